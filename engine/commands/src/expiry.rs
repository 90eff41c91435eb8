//! Times to live as commands say them: EX, PX, EXAT, PXAT, KEEPTTL, PERSIST.
//!
//! Takes arguments and the time now, gives an absolute time in milliseconds. Must not touch keys.

use crate::{Ctx, Fault};
use ironkeep_wire::parse_i64;

/// What a command says of the expiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// Nothing.
    None,
    /// Leave it as it is.
    Keep,
    /// Take it away.
    Persist,
    /// Expire then.
    At(i64),
}

/// An amount of time from now on, in units of so many milliseconds. Must be above zero.
pub fn relative(text: &[u8], unit: i64, now: i64, command: &'static str) -> Result<i64, Fault> {
    absolute(text, unit, command)?.checked_add(now).ok_or(Fault::InvalidExpire(command))
}

/// A point in time, in units of so many milliseconds. Must be above zero.
pub fn absolute(text: &[u8], unit: i64, command: &'static str) -> Result<i64, Fault> {
    let amount = parse_i64(text).ok_or(Fault::NotInteger)?;
    if amount <= 0 {
        return Err(Fault::InvalidExpire(command));
    }
    amount.checked_mul(unit).ok_or(Fault::InvalidExpire(command))
}

/// Reads an expiry option at an argument, and gives it with the place of its last argument.
pub fn parse_option(
    ctx: &Ctx<'_>,
    at: usize,
    command: &'static str,
    keep: bool,
) -> Result<(Expiry, usize), Fault> {
    if keep && ctx.args.is(at, "keepttl") {
        return Ok((Expiry::Keep, at));
    }
    if !keep && ctx.args.is(at, "persist") {
        return Ok((Expiry::Persist, at));
    }
    if at + 1 >= ctx.args.len() {
        return Err(Fault::Syntax);
    }
    let text = ctx.args.at(at + 1);
    let time = if ctx.args.is(at, "ex") {
        relative(text, 1000, ctx.now, command)
    } else if ctx.args.is(at, "px") {
        relative(text, 1, ctx.now, command)
    } else if ctx.args.is(at, "exat") {
        absolute(text, 1000, command)
    } else if ctx.args.is(at, "pxat") {
        absolute(text, 1, command)
    } else {
        Err(Fault::Syntax)
    };
    Ok((Expiry::At(time?), at + 1))
}
