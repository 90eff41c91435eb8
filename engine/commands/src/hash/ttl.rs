//! HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME: when fields expire.

use super::{World, request};
use crate::{Ctx, Fault};
use ironkeep_values::hash_map::Map;

/// HTTL
pub fn httl(ctx: &mut Ctx<'_>) {
    let now = ctx.now;
    tell(ctx, |at| seconds(left(at, now)));
}

/// HPTTL
pub fn hpttl(ctx: &mut Ctx<'_>) {
    let now = ctx.now;
    tell(ctx, |at| left(at, now));
}

/// HEXPIRETIME
pub fn hexpiretime(ctx: &mut Ctx<'_>) {
    tell(ctx, seconds);
}

/// HPEXPIRETIME
pub fn hpexpiretime(ctx: &mut Ctx<'_>) {
    tell(ctx, |at| at);
}

fn left(at: i64, now: i64) -> i64 {
    at.saturating_sub(now).max(0)
}

/// Rounded to the nearest. The last moments there are wrap around, as in Valkey.
fn seconds(milliseconds: i64) -> i64 {
    milliseconds.wrapping_add(500) / 1000
}

fn tell(ctx: &mut Ctx<'_>, say: impl Fn(i64) -> i64) {
    let result = reply_times(ctx, say);
    ctx.finish(result);
}

/// Replies with what is made of the expiries: -1 where there is none, -2 where there is no field.
fn reply_times(ctx: &mut Ctx<'_>, say: impl Fn(i64) -> i64) -> Result<(), Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let first = request::fields_at(args, 2, Fault::Syntax)?;
    let (reply, map) = match ctx.read::<Map>(&key)? {
        Some(seen) => (seen.reply, Some(seen.value)),
        None => (&mut ctx.reply, None),
    };
    reply.array_len(args.len() - first);
    for name in args.iter().skip(first) {
        reply.integer(match map.and_then(|map| world.get(map, name)) {
            Some((_, Some(at))) => say(at),
            Some((_, None)) => -1,
            None => -2,
        });
    }
    Ok(())
}
