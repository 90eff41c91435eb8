//! Removes fields of hashes that have expired: commands only leave them out.
//!
//! Every table knows the keys whose hashes have fields that expire, the first to do so first; so a round costs next to
//! nothing when nothing has expired, and finds everything when something has. A partition is held for one small batch
//! of one key at a time. The log gets HDEL, and the deletion of the key when its last field has gone.

use crate::active_expiry::{Progress, batch};
use crate::chore::Chore;
use crate::event::Classes;
use crate::hash::edit;
use crate::{Ctx, Look};
use ironkeep_keyspace::object::Typed;
use ironkeep_keyspace::space::{Key, PARTITIONS, Partition};
use ironkeep_keyspace::table::Place;
use ironkeep_keyspace::tour::is_over;
use ironkeep_values::hash_map::Map;

/// Fields are removed in batches larger than those of keys.
const FIELDS_A_KEY: usize = 4;

/// Where the next step goes on.
#[derive(Debug, Default)]
pub struct Round {
    partition: u16,
}

/// Goes once round all partitions and counts the batches, or until `keep_going` says no; the next step then goes on from there.
/// Locks partitions one by one, so the caller may hold none.
pub fn step(chore: &mut Chore<'_>, round: &mut Round, effort: u8, keep_going: &dyn Fn() -> bool) -> Progress {
    let mut removed = 0;
    if !chore.rules.remove_expired {
        return Progress { removed, finished: true };
    }
    for _ in 0..PARTITIONS {
        while remove_batch(chore, round.partition, FIELDS_A_KEY * batch(effort)) {
            removed += 1;
            if !keep_going() {
                return Progress { removed, finished: false };
            }
        }
        round.partition = (round.partition + 1) % PARTITIONS as u16;
        if !keep_going() {
            return Progress { removed, finished: false };
        }
    }
    Progress { removed, finished: true }
}

/// Removes some fields of one key of a partition. Says whether there was one with fields that had expired.
fn remove_batch(chore: &mut Chore<'_>, partition: u16, most: usize) -> bool {
    let space = chore.space;
    let Some(mut part) = chore.lock(partition) else { return false };
    let Some((db, name)) = overdue_key(&mut part, space.databases(), chore.now) else { return false };
    let count = chore.on_key(&mut part, db, &name, |ctx, key| {
        // The key itself may have expired, and has gone then.
        ctx.find(key, Look::Write).map_or(1, |place| ctx.expire_fields(key, place, most))
    });
    chore.flush();
    count > 0
}

/// A key of a partition whose hash has fields that have expired.
fn overdue_key(part: &mut Partition, databases: u32, now: i64) -> Option<(u32, Box<[u8]>)> {
    (0..databases).find_map(|db| {
        let mut firsts = part.tables(db).iter().filter_map(|table| table.first_field());
        firsts.find(|(at, _)| is_over(Some(*at), now)).map(|(_, key)| (db, key.into()))
    })
}

impl Ctx<'_> {
    /// Removes fields that have expired from the hash at a place, at most so many, and the key with the last of them.
    /// Gives how many they were.
    fn expire_fields(&mut self, key: &Key<'_>, place: Place, most: usize) -> usize {
        let (now, hasher) = (self.now, self.space.hasher());
        let removed = edit(self, key, place, |open| {
            let names = open.value.remove_expired(now, most, hasher);
            (names, open.value.is_spent())
        });
        let Ok((names, spent)) = removed else { return 0 };
        if names.is_empty() {
            return 0;
        }
        self.turn.counts.expired_fields += names.len() as u64;
        if self.turn.effects.wanted {
            let words = [b"HDEL".as_slice(), key.bytes].into_iter().chain(names.iter().map(Vec::as_slice));
            self.turn.effects.push(&words.collect::<Vec<_>>());
        }
        self.notify(Classes::EXPIRED, "hexpired", key);
        if spent {
            let lazy = self.rules.lazy_expire;
            self.turn.effects.push(&[if lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
            self.remove_if_spent::<Map>(key, place);
        }
        self.changed_by_time(key, !spent);
        names.len()
    }
}
