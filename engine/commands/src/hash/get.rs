//! HGET, HMGET, HGETALL, HKEYS, HVALS, HLEN, HSTRLEN, HEXISTS: looks at fields.

use super::{World, reply_item, reply_nulls, reply_value};
use crate::{Ctx, Fault};
use ironkeep_values::hash_map::Map;

/// HGET
#[inline]
pub fn hget(ctx: &mut Ctx<'_>) {
    let result = value(ctx);
    ctx.finish(result);
}

#[inline]
fn value(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, name, world) = (ctx.key(1), ctx.args.at(2), World::of(ctx));
    match ctx.read::<Map>(&key)? {
        Some(seen) => reply_value(seen.reply, world.get(seen.value, name)),
        None => ctx.reply.null(),
    }
    Ok(())
}

/// HMGET
pub fn hmget(ctx: &mut Ctx<'_>) {
    let result = values(ctx);
    ctx.finish(result);
}

fn values(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let Some(seen) = ctx.read::<Map>(&key)? else {
        reply_nulls(&mut ctx.reply, args.len() - 2);
        return Ok(());
    };
    seen.reply.array_len(args.len() - 2);
    for name in args.iter().skip(2) {
        reply_value(seen.reply, world.get(seen.value, name));
    }
    Ok(())
}

/// HGETALL
pub fn hgetall(ctx: &mut Ctx<'_>) {
    let result = all(ctx, true, true);
    ctx.finish(result);
}

/// HKEYS
pub fn hkeys(ctx: &mut Ctx<'_>) {
    let result = all(ctx, true, false);
    ctx.finish(result);
}

/// HVALS
pub fn hvals(ctx: &mut Ctx<'_>) {
    let result = all(ctx, false, true);
    ctx.finish(result);
}

fn all(ctx: &mut Ctx<'_>, names: bool, values: bool) -> Result<(), Fault> {
    let (key, now) = (ctx.key(1), ctx.expiry_now());
    let (reply, map) = match ctx.read::<Map>(&key)? {
        Some(seen) => (seen.reply, Some(seen.value)),
        None => (&mut ctx.reply, None),
    };
    let len = map.map_or(0, |map| map.live_len(now));
    if names && values {
        reply.map_len(len)
    } else {
        reply.array_len(len)
    }
    for field in map.into_iter().flat_map(|map| map.live(now)) {
        if names {
            reply_item(reply, field.name);
        }
        if values {
            reply_item(reply, field.value);
        }
    }
    Ok(())
}

/// HLEN
pub fn hlen(ctx: &mut Ctx<'_>) {
    number(ctx, |map, _| map.len());
}

/// HSTRLEN
pub fn hstrlen(ctx: &mut Ctx<'_>) {
    let name = ctx.args.at(2);
    number(ctx, |map, world| world.get(map, name).map_or(0, |(value, _)| value.text_len()));
}

/// HEXISTS
pub fn hexists(ctx: &mut Ctx<'_>) {
    let name = ctx.args.at(2);
    number(ctx, |map, world| usize::from(world.get(map, name).is_some()));
}

/// Replies with a number that a hash has; 0 when there is none.
#[inline]
fn number<'a>(ctx: &mut Ctx<'a>, of: impl FnOnce(&Map, World<'a>) -> usize) {
    let (key, world) = (ctx.key(1), World::of(ctx));
    let number = ctx.read::<Map>(&key).map(|seen| seen.map_or(0, |seen| of(seen.value, world)));
    match number {
        Ok(number) => ctx.reply.integer(number as i64),
        Err(fault) => ctx.fail(fault),
    }
}
