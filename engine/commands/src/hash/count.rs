//! HINCRBY, HINCRBYFLOAT: fields as counters. They keep their expiry.
//!
//! Where fields expire the log gets the sum, for on another machine a field may not have expired yet.

use super::{World, edit, find_or_new, tell_overwritten};
use crate::event::Classes;
use crate::{Ctx, Fault};
use ironkeep_values::hash_map::{Keep, Was};
use ironkeep_values::packed::Item;
use ironkeep_wire::{Extended, IntText, parse_i64};

/// HINCRBY
pub fn hincrby(ctx: &mut Ctx<'_>) {
    let result = add_integer(ctx);
    ctx.finish(result);
}

fn add_integer(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let by = parse_i64(ctx.args.at(3)).ok_or(Fault::NotInteger)?;
    let sum = |old: Option<Item<'_>>| {
        let old = match old {
            Some(item) => item.integer().ok_or(Fault::Other("ERR hash value is not an integer"))?,
            None => 0,
        };
        let number = old.checked_add(by).ok_or(Fault::Overflow)?;
        Ok(Whole { number, text: IntText::signed(number) })
    };
    let done = count(ctx, sum)?;
    ctx.notify(Classes::HASH, "hincrby", &ctx.key(1));
    if done.expires {
        log_sum(ctx, done.sum.bytes(), done.expiry);
    }
    ctx.reply.integer(done.sum.number);
    Ok(())
}

/// HINCRBYFLOAT
pub fn hincrbyfloat(ctx: &mut Ctx<'_>) {
    let result = add_float(ctx);
    ctx.finish(result);
}

fn add_float(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let by = Extended::parse(ctx.args.at(3)).ok_or(Fault::NotFloat)?;
    if !by.is_finite() {
        return Err(Fault::Other("ERR value is NaN or Infinity"));
    }
    let sum = |old: Option<Item<'_>>| {
        let mut digits = [0; 20];
        let old = match old {
            Some(item) => Extended::parse(item.text(&mut digits))
                .ok_or(Fault::Other("ERR hash value is not a float"))?,
            None => Extended::ZERO,
        };
        old.checked_add(by).map(Extended::format_17).ok_or(Fault::NanOrInfinity)
    };
    let done = count(ctx, sum)?;
    ctx.notify(Classes::HASH, "hincrbyfloat", &ctx.key(1));
    // The sum, not the step: another machine might print another one.
    log_sum(ctx, &done.sum, done.expiry);
    ctx.reply.bulk(&done.sum);
    Ok(())
}

/// What became of a counter.
struct Counted<T> {
    sum: T,
    /// When the field expires.
    expiry: Option<i64>,
    /// Whether the hash had fields that expire.
    expires: bool,
}

/// Sets the field of the request to what is made of its value.
fn count<T: AsBytes>(
    ctx: &mut Ctx<'_>,
    make: impl FnOnce(Option<Item<'_>>) -> Result<T, Fault>,
) -> Result<Counted<T>, Fault> {
    let (key, name, world) = (ctx.key(1), ctx.args.at(2), World::of(ctx));
    let place = find_or_new(ctx, &key);
    let (counted, was) = edit(ctx, &key, place, |open| {
        let (old, expiry) = world.get(open.value, name).unzip();
        let (sum, expiry, expires) = (make(old)?, expiry.flatten(), open.value.expiring() > 0);
        let was = world.set(open.value, name, sum.bytes(), Keep::Put(expiry));
        Ok((Counted { sum, expiry, expires }, was))
    })??;
    ctx.changed(&key);
    tell_overwritten(ctx, &key, usize::from(was == Was::Expired));
    Ok(counted)
}

fn log_sum(ctx: &mut Ctx<'_>, sum: &[u8], expiry: Option<i64>) {
    let (key, name) = (ctx.args.at(1), ctx.args.at(2));
    match expiry {
        Some(at) => {
            let at = IntText::signed(at);
            ctx.effect(&[b"HSETEX", key, b"PXAT", at.as_bytes(), b"FIELDS", b"1", name, sum]);
        }
        None => ctx.effect(&[b"HSET", key, name, sum]),
    }
}

/// A sum, as it is kept.
trait AsBytes {
    fn bytes(&self) -> &[u8];
}

/// A whole number with its digits.
struct Whole {
    number: i64,
    text: IntText,
}

impl AsBytes for Whole {
    fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl AsBytes for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}
