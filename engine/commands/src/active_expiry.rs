//! Removes keys that have expired without waiting for somebody to ask for them.
//!
//! Every table knows the earliest time at which one of its keys expires, so a round costs next to nothing when
//! nothing has, and finds everything when something has. A partition is held for one small batch at a time.
//! The caller says how often a round begins and, by `keep_going`, when it has to pause.

use crate::Look;
use crate::chore::Chore;
use ironkeep_keyspace::space::{PARTITIONS, Partition};
use ironkeep_keyspace::tour::is_over;

/// Segments looked at while a partition is held.
const SEGMENTS: usize = 64;

/// Keys removed while a partition is held, for an `active-expire-effort` from 1 to 10.
pub(crate) fn batch(effort: u8) -> usize {
    20 + 5 * extra(effort)
}

/// The share of the time that may be spent, in percent of one core, for an `active-expire-effort`.
pub fn time_share(effort: u8) -> usize {
    25 + 2 * extra(effort)
}

fn extra(effort: u8) -> usize {
    usize::from(effort.clamp(1, 10) - 1)
}

/// Where the next step goes on.
#[derive(Debug, Default)]
pub struct Round {
    partition: u16,
    /// The table (by database and number) that is being gone through, and the place in it.
    spot: Option<(u32, usize, usize)>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Keys removed; of fields, batches of one key each.
    pub removed: usize,
    /// Whether it got round: no expired key was left behind.
    pub finished: bool,
}

/// Goes once round all partitions, or until `keep_going` says no; the next step then goes on from there.
/// Locks partitions one by one, so the caller may hold none.
pub fn step(chore: &mut Chore<'_>, round: &mut Round, effort: u8, keep_going: &dyn Fn() -> bool) -> Progress {
    let mut removed = 0;
    if !chore.rules.remove_expired {
        return Progress { removed, finished: true };
    }
    for _ in 0..PARTITIONS {
        while let Some(count) = remove_batch(chore, round, batch(effort)) {
            removed += count;
            if !keep_going() {
                return Progress { removed, finished: false };
            }
        }
        round.partition = (round.partition + 1) % PARTITIONS as u16;
        round.spot = None;
        if !keep_going() {
            return Progress { removed, finished: false };
        }
    }
    Progress { removed, finished: true }
}

/// Removes some keys from the partition of the round; none when nothing there has expired.
fn remove_batch(chore: &mut Chore<'_>, round: &mut Round, most: usize) -> Option<usize> {
    let space = chore.space;
    let mut part = chore.lock(round.partition)?;
    let (db, nth) = overdue_table(&mut part, space.databases(), chore.now)?;
    let from = match round.spot {
        Some((in_db, table, index)) if (in_db, table) == (db, nth) => index,
        _ => 0,
    };
    let mut names = Vec::new();
    let next = part.tables(db)[nth].expired(from, SEGMENTS, most, chore.now, &mut names);
    round.spot = next.map(|index| (db, nth, index));
    for name in &names {
        chore.on_key(&mut part, db, name, |ctx, key| ctx.find(key, Look::Write));
    }
    chore.flush();
    Some(names.len())
}

/// The first table of a partition where a key may have expired.
fn overdue_table(part: &mut Partition, databases: u32, now: i64) -> Option<(u32, usize)> {
    (0..databases).find_map(|db| {
        let mut tables = part.tables(db).iter();
        let nth = tables.position(|table| table.expiring() > 0 && is_over(Some(table.earliest()), now))?;
        Some((db, nth))
    })
}

/// Removes the expired keys that commands met without holding their partitions (`Turn::overdue`).
pub fn remove_met(chore: &mut Chore<'_>) {
    for (db, name) in std::mem::take(&mut chore.turn.overdue) {
        let Some(mut part) = chore.lock(chore.space.key(&name).partition) else { return };
        chore.on_key(&mut part, db, &name, |ctx, key| ctx.find(key, Look::Write));
        chore.flush();
    }
}
