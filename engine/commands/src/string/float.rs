//! INCRBYFLOAT.

use crate::event::Classes;
use crate::text::{Text, stored_as_bytes};
use crate::{Ctx, Fault, Look};
use ironkeep_wire::{Extended, IntText};

/// INCRBYFLOAT
pub fn incrbyfloat(ctx: &mut Ctx<'_>) {
    let result = add(ctx);
    ctx.finish(result);
}

fn add(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let (old, expiry) = match place {
        Some(place) => (number(ctx.text(&key, place)?)?, ctx.at(&key, place).expiry()),
        None => (Extended::ZERO, None),
    };
    let by = Extended::parse(ctx.args.at(2)).ok_or(Fault::NotFloat)?;
    let new = old.checked_add(by).ok_or(Fault::NanOrInfinity)?.format_17();
    ctx.put(&key, place, stored_as_bytes(&new), expiry);
    ctx.changed(&key);
    ctx.notify(Classes::STRING, "incrbyfloat", &key);
    // The sum, not the step: another machine might print another one.
    ctx.effect(&[b"SET", key.bytes, &new, b"KEEPTTL"]);
    ctx.reply.bulk(&new);
    Ok(())
}

fn number(text: Text<'_>) -> Result<Extended, Fault> {
    match text {
        Text::Bytes(bytes) => Extended::parse(bytes),
        Text::Int(number) => Extended::parse(IntText::signed(number).as_bytes()),
    }
    .ok_or(Fault::NotFloat)
}
