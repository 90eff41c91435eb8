//! HGETEX: the values of fields, which get another expiry or none.
//!
//! The log gets HPEXPIREAT, HPERSIST, or HDEL when the time has passed already, of the fields that were there.

use super::{World, edit, reply_nulls, reply_value, request, settle};
use crate::event::Classes;
use crate::expiry::{Expiry, is_past};
use crate::{Args, Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hash_map::Map;
use ironkeep_wire::IntText;

/// HGETEX
pub fn hgetex(ctx: &mut Ctx<'_>) {
    let result = run(ctx);
    ctx.finish(result);
}

/// What becomes of the fields.
#[derive(Clone, Copy)]
enum Change {
    None,
    /// They expire then.
    At(i64),
    /// They no longer expire.
    Persist,
    /// They go.
    Remove,
}

fn run(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let word = request::find_word(args, 1)?;
    let said = parse(args, word)?;
    let first = request::counted(args, word, 1, request::MISCOUNTED)?;
    let place = ctx.find_as::<Map>(&key, Look::Read)?;
    let change = match request::deadline(ctx, said, "hgetex")? {
        Some(at) if is_past(ctx, at) => Change::Remove,
        Some(at) => Change::At(at),
        None if said == Expiry::Persist => Change::Persist,
        None => Change::None,
    };
    match (place, change) {
        (None, _) => reply_nulls(&mut ctx.reply, args.len() - first),
        (Some(place), Change::None) => look(ctx, &key, place, first)?,
        (Some(place), change) => look_and_change(ctx, &key, place, first, change)?,
    }
    Ok(())
}

/// Reads the option before the word FIELDS.
fn parse(args: Args<'_>, word: usize) -> Result<Expiry, Fault> {
    let (mut said, mut at) = (Expiry::None, 2);
    while at < word {
        (said, at) = request::read_time(said, args, at, word, Expiry::Persist)?;
        at += 1;
    }
    Ok(said)
}

fn look(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, first: usize) -> Result<(), Fault> {
    let (world, args) = (World::of(ctx), ctx.args);
    let seen = ctx.see::<Map>(key, place)?;
    seen.reply.array_len(args.len() - first);
    for name in args.iter().skip(first) {
        reply_value(seen.reply, world.get(seen.value, name));
    }
    Ok(())
}

fn look_and_change(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Place,
    first: usize,
    change: Change,
) -> Result<(), Fault> {
    let (world, args) = (World::of(ctx), ctx.args);
    let changed = edit(ctx, key, place, |open| {
        open.reply.array_len(args.len() - first);
        let mut changed = Vec::new();
        for name in args.iter().skip(first) {
            reply_value(open.reply, world.get(open.value, name));
            if change.make(open.value, name, world) {
                changed.push(name);
            }
        }
        changed
    })?;
    if changed.is_empty() {
        return Ok(());
    }
    let event = match change {
        Change::Remove => "hexpired",
        Change::Persist => "hpersist",
        Change::At(_) | Change::None => "hexpire",
    };
    if let Change::Remove = change {
        ctx.turn.counts.expired_fields += changed.len() as u64;
    }
    ctx.notify(Classes::HASH, event, key);
    log(ctx, key, change, &changed);
    settle(ctx, key, place, changed.len());
    Ok(())
}

impl Change {
    /// Says whether it changed anything.
    fn make(self, map: &mut Map, name: &[u8], world: World<'_>) -> bool {
        match self {
            Self::None => false,
            Self::At(at) => map.set_expiry(name, Some(at), world.now, world.hasher),
            Self::Persist => {
                matches!(world.get(map, name), Some((_, Some(_))))
                    && map.set_expiry(name, None, world.now, world.hasher)
            }
            Self::Remove => world.remove(map, name),
        }
    }
}

fn log(ctx: &mut Ctx<'_>, key: &Key<'_>, change: Change, names: &[&[u8]]) {
    let count = IntText::unsigned(names.len() as u64);
    let time;
    let head: &[&[u8]] = match change {
        Change::None => return,
        Change::Remove => &[b"HDEL", key.bytes],
        Change::Persist => &[b"HPERSIST", key.bytes, b"FIELDS", count.as_bytes()],
        Change::At(at) => {
            time = IntText::signed(at);
            &[b"HPEXPIREAT", key.bytes, time.as_bytes(), b"FIELDS", count.as_bytes()]
        }
    };
    ctx.effect(&[head, names].concat());
}
