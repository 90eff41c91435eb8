//! INCR, DECR, INCRBY, DECRBY.

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::NewValue;
use ironkeep_wire::parse_i64;

/// INCR
pub fn incr(ctx: &mut Ctx<'_>) {
    let result = add(ctx, 1);
    ctx.finish(result);
}

/// DECR
pub fn decr(ctx: &mut Ctx<'_>) {
    let result = add(ctx, -1);
    ctx.finish(result);
}

/// INCRBY
pub fn incrby(ctx: &mut Ctx<'_>) {
    let result = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger).and_then(|by| add(ctx, by));
    ctx.finish(result);
}

/// DECRBY
pub fn decrby(ctx: &mut Ctx<'_>) {
    let by = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger);
    let result =
        by.and_then(|by| by.checked_neg().ok_or(Fault::DecrementOverflow)).and_then(|by| add(ctx, by));
    ctx.finish(result);
}

fn add(ctx: &mut Ctx<'_>, by: i64) -> Result<(), Fault> {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let (old, expiry) = match place {
        Some(place) => {
            let expiry = ctx.at(&key, place).expiry();
            (ctx.text(&key, place)?.integer().ok_or(Fault::NotInteger)?, expiry)
        }
        None => (0, None),
    };
    let new = old.checked_add(by).ok_or(Fault::Overflow)?;
    ctx.put(&key, place, NewValue::Int(new), expiry);
    ctx.changed(&key);
    ctx.notify(Classes::STRING, "incrby", &key);
    ctx.reply.integer(new);
    Ok(())
}
