//! What a request says of fields and times: `FIELDS numfields field ...`, and when they expire.

use crate::expiry::{Expiry, Form};
use crate::{Args, Ctx, Fault};
use ironkeep_wire::parse_i64;

/// The number of fields is not the one that was said.
pub(super) const MISCOUNTED: Fault =
    Fault::Other("ERR numfields should be greater than 0 and match the provided number of fields");

/// The first of the fields when the word FIELDS has its fixed place. `miscounted` is said when they are not as many as
/// the number before them says.
pub(super) fn fields_at(args: Args<'_>, word: usize, miscounted: Fault) -> Result<usize, Fault> {
    if !args.is(word, "fields") {
        return Err(Fault::Syntax);
    }
    counted(args, word, 1, miscounted)
}

/// Where the word FIELDS is, from an argument on.
pub(super) fn find_word(args: Args<'_>, from: usize) -> Result<usize, Fault> {
    (from..args.len() - 1).find(|&at| args.is(at, "fields")).ok_or(MISCOUNTED)
}

/// The first of the fields after the word FIELDS, each of which has so many arguments.
pub(super) fn counted(args: Args<'_>, word: usize, each: i64, miscounted: Fault) -> Result<usize, Fault> {
    let count = parse_i64(args.at(word + 1)).ok_or(Fault::NotInteger)?;
    let first = word + 2;
    let given = args.len().saturating_sub(first) as i64;
    if count != 0 && count.checked_mul(each) == Some(given) { Ok(first) } else { Err(miscounted) }
}

/// A point in time in milliseconds, said in units of so many of them from a point on. Not below zero.
pub(super) fn moment(text: &[u8], unit: i64, from: i64, command: &'static str) -> Result<i64, Fault> {
    let amount = parse_i64(text).ok_or(Fault::NotInteger)?;
    let at = amount.checked_mul(unit).and_then(|time| time.checked_add(from));
    at.filter(|_| amount >= 0).ok_or(Fault::InvalidExpire(command))
}

/// The time that EX, PX, EXAT or PXAT said.
pub(super) fn deadline(ctx: &Ctx<'_>, said: Expiry, command: &'static str) -> Result<Option<i64>, Fault> {
    let Expiry::Time(form, at) = said else { return Ok(None) };
    let (unit, from) = match form {
        Form::Seconds => (1000, ctx.now),
        Form::Millis => (1, ctx.now),
        Form::SecondsAt => (1000, 0),
        Form::MillisAt => (1, 0),
    };
    moment(ctx.args.at(at), unit, from, command).map(Some)
}

/// Reads one option of time, which must lie before `end`. Gives what is said now, and the last argument of it.
pub(super) fn read_time(
    said: Expiry,
    args: Args<'_>,
    at: usize,
    end: usize,
    other: Expiry,
) -> Result<(Expiry, usize), Fault> {
    let (said, last) = said.read(args, at, other)?;
    if last < end { Ok((said, last)) } else { Err(Fault::Syntax) }
}
