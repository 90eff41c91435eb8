//! HSET, HMSET, HSETNX: fields get values.
//!
//! A field that gets a value this way never expires.

use super::{World, edit, find_or_new, tell_overwritten};
use crate::event::Classes;
use crate::{Ctx, Fault};
use ironkeep_values::hash_map::{Keep, Was};

/// HSET
#[inline]
pub fn hset(ctx: &mut Ctx<'_>) {
    match set_all(ctx, "hset") {
        Ok(new) => ctx.reply.integer(new as i64),
        Err(fault) => ctx.fail(fault),
    }
}

/// HMSET
pub fn hmset(ctx: &mut Ctx<'_>) {
    match set_all(ctx, "hmset") {
        Ok(_) => ctx.reply.ok(),
        Err(fault) => ctx.fail(fault),
    }
}

/// Sets all fields of the request and says how many are new.
#[inline]
fn set_all(ctx: &mut Ctx<'_>, command: &'static str) -> Result<usize, Fault> {
    let (args, world) = (ctx.args, World::of(ctx));
    if args.len() % 2 == 1 {
        return Err(Fault::Arity(command));
    }
    let (key, pairs) = (ctx.key(1), args.len() / 2 - 1);
    let place = find_or_new(ctx, &key);
    let (mut new, mut expired) = (0, 0);
    edit(ctx, &key, place, |open| {
        open.value.expect(pairs, args.iter().skip(2), &world.limits, world.hasher);
        for at in (2..args.len()).step_by(2) {
            let was = world.set(open.value, args.at(at), args.at(at + 1), Keep::Put(None));
            new += usize::from(was != Was::Present);
            expired += usize::from(was == Was::Expired);
        }
    })?;
    ctx.changed(&key);
    ctx.turn.dirty += pairs as u64 - 1;
    tell_overwritten(ctx, &key, expired);
    ctx.notify(Classes::HASH, "hset", &key);
    Ok(new)
}

/// HSETNX
pub fn hsetnx(ctx: &mut Ctx<'_>) {
    match set_new(ctx) {
        Ok(new) => ctx.reply.integer(i64::from(new)),
        Err(fault) => ctx.fail(fault),
    }
}

fn set_new(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let (name, value) = (args.at(2), args.at(3));
    let place = find_or_new(ctx, &key);
    if world.get(ctx.see(&key, place)?.value, name).is_some() {
        return Ok(false);
    }
    let (was, expires) = edit(ctx, &key, place, |open| {
        let expires = open.value.expiring() > 0;
        open.value.expect(1, [name, value].into_iter(), &world.limits, world.hasher);
        (world.set(open.value, name, value, Keep::Put(None)), expires)
    })?;
    ctx.changed(&key);
    tell_overwritten(ctx, &key, usize::from(was == Was::Expired));
    ctx.notify(Classes::HASH, "hset", &key);
    if expires {
        // On another machine the field may not have expired yet.
        ctx.effect(&[b"HSET", key.bytes, name, value]);
    }
    Ok(true)
}
