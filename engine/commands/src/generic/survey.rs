//! KEYS and RANDOMKEY, which look at all of a database.

use crate::{Ctx, Look, Reach, Turn};
use ironkeep_keyspace::entry::EntryRef;
use ironkeep_keyspace::space::PARTITIONS;
use ironkeep_keyspace::table::Table;
use ironkeep_keyspace::tour::is_over;
use ironkeep_values::glob;

/// How often RANDOMKEY draws before it looks for a key that has not expired one by one.
const DRAWS: usize = 100;

/// KEYS
pub fn keys(ctx: &mut Ctx<'_>) {
    let (db, now, pattern) = (ctx.db, ctx.expiry_now(), ctx.args.at(1));
    let wanted = |entry: &EntryRef<'_>| {
        (pattern == b"*" || glob::matches(pattern, entry.key(), false)) && !is_over(entry.expiry(), now)
    };
    let place = ctx.reply.defer();
    let mut count = 0;
    for partition in 0..PARTITIONS as u16 {
        ctx.visit_with_reply(partition, |part, reply| {
            for entry in part.tables(db).iter().flat_map(Table::entries).filter(wanted) {
                reply.bulk(entry.key());
                count += 1;
            }
        });
    }
    ctx.reply.finish_array(place, count);
}

/// RANDOMKEY
pub fn randomkey(ctx: &mut Ctx<'_>) {
    match draw_key(ctx) {
        Some(name) => ctx.reply.bulk(&name),
        None => ctx.reply.null(),
    }
}

fn draw_key(ctx: &mut Ctx<'_>) -> Option<Box<[u8]>> {
    let mut dice = Turn::new(ctx.turn.random());
    let mut overdue = Vec::new();
    let lens = lens(ctx);
    let total: u64 = lens.iter().sum();
    let mut found = None;
    for _ in 0..DRAWS.min(total as usize) {
        let (partition, nth) = share(&lens, dice.random() % total);
        match draw_in(ctx, partition, nth, &mut dice) {
            Some((name, true)) => overdue.push(name),
            Some((name, false)) => {
                found = Some(name);
                break;
            }
            None => {}
        }
    }
    if found.is_none() && total > 0 {
        found = first_living(ctx, dice.random());
    }
    // Where nothing may be removed, the name of an expired key is better than none, as in Valkey.
    if found.is_none() && !ctx.rules.remove_expired {
        found = overdue.last().cloned();
    }
    settle(ctx, overdue);
    found
}

/// How many keys each partition has.
fn lens(ctx: &mut Ctx<'_>) -> Vec<u64> {
    let db = ctx.db;
    let len =
        |partition| ctx.visit(partition, |part| part.tables(db).iter().map(Table::len).sum::<usize>() as u64);
    (0..PARTITIONS as u16).map(len).collect()
}

/// Of all keys in a row, the partition of the `nth` and its number there.
fn share(lens: &[u64], mut nth: u64) -> (u16, u64) {
    for (partition, &len) in lens.iter().enumerate() {
        if nth < len {
            return (partition as u16, nth);
        }
        nth -= len;
    }
    (0, 0)
}

/// A key from a partition, by chance, and whether it has expired. `nth` chooses the table.
fn draw_in(ctx: &mut Ctx<'_>, partition: u16, mut nth: u64, dice: &mut Turn) -> Option<(Box<[u8]>, bool)> {
    let (db, now) = (ctx.db, ctx.expiry_now());
    ctx.visit(partition, |part| {
        let table = part.tables(db).iter().find(|table| {
            let here = nth < table.len() as u64;
            nth = nth.saturating_sub(table.len() as u64);
            here
        });
        let entry = table?.random(|| dice.random())?;
        Some((entry.key().into(), is_over(entry.expiry(), now)))
    })
}

/// The first key that has not expired, from a partition chosen by `draw` on.
fn first_living(ctx: &mut Ctx<'_>, draw: u64) -> Option<Box<[u8]>> {
    let (db, now) = (ctx.db, ctx.expiry_now());
    (0..PARTITIONS as u64).find_map(|nth| {
        let partition = (draw.wrapping_add(nth) % PARTITIONS as u64) as u16;
        ctx.visit(partition, |part| {
            let mut entries = part.tables(db).iter().flat_map(Table::entries);
            entries.find(|entry| !is_over(entry.expiry(), now)).map(|entry| entry.key().into())
        })
    })
}

/// Removes keys that were found to have expired: now if their partitions are held, else the server does it later.
pub(super) fn settle(ctx: &mut Ctx<'_>, overdue: Vec<Box<[u8]>>) {
    if !ctx.rules.remove_expired {
        return;
    }
    if matches!(ctx.reach, Reach::Free) {
        let db = ctx.db;
        ctx.turn.overdue.extend(overdue.into_iter().map(|name| (db, name)));
        return;
    }
    for name in overdue {
        let key = ctx.space.key(&name);
        ctx.find(&key, Look::Write);
    }
}
