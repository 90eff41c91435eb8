//! TTL, PTTL, EXPIRETIME, PEXPIRETIME: when a key expires.

use crate::{Ctx, Look};

/// TTL
pub fn ttl(ctx: &mut Ctx<'_>) {
    tell(ctx, |at, now| seconds(left(at, now)));
}

/// PTTL
pub fn pttl(ctx: &mut Ctx<'_>) {
    tell(ctx, left);
}

/// EXPIRETIME
pub fn expiretime(ctx: &mut Ctx<'_>) {
    tell(ctx, |at, _| seconds(at));
}

/// PEXPIRETIME
pub fn pexpiretime(ctx: &mut Ctx<'_>) {
    tell(ctx, |at, _| at);
}

fn left(at: i64, now: i64) -> i64 {
    at.saturating_sub(now).max(0)
}

/// Rounded to the nearest. Unsigned, so that the last moment there is rounds up too, as in Valkey.
fn seconds(milliseconds: i64) -> i64 {
    ((milliseconds.unsigned_abs() + 500) / 1000) as i64
}

/// Replies with what is made of expiry and time: -1 when there is no expiry, -2 when there is no key.
fn tell(ctx: &mut Ctx<'_>, say: impl FnOnce(i64, i64) -> i64) {
    let key = ctx.key(1);
    let answer = match ctx.find(&key, Look::Peek) {
        Some(place) => ctx.at(&key, place).expiry().map_or(-1, |at| say(at, ctx.now)),
        None => -2,
    };
    ctx.reply.integer(answer);
}
