//! Times to live as commands say them: EX, PX, EXAT, PXAT, KEEPTTL, PERSIST.
//!
//! Takes arguments and the time now, gives an absolute time in milliseconds; removes a key whose new time is past
//! already. What a command says is read first, and what it means is worked out when all of it has been read.

use crate::event::Classes;
use crate::{Args, Ctx, Fault};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::parse_i64;

/// The ways to say a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `EX`: seconds from now on.
    Seconds,
    /// `PX`: milliseconds from now on.
    Millis,
    /// `EXAT`: seconds since the epoch.
    SecondsAt,
    /// `PXAT`: milliseconds since the epoch.
    MillisAt,
}

impl Form {
    fn of(word: &[u8]) -> Option<Self> {
        const WORDS: [(&[u8], Form); 4] = [
            (b"ex", Form::Seconds),
            (b"px", Form::Millis),
            (b"exat", Form::SecondsAt),
            (b"pxat", Form::MillisAt),
        ];
        WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, form)| *form)
    }
}

/// What a command says of the expiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// Nothing.
    None,
    /// Leave it as it is.
    Keep,
    /// Take it away.
    Persist,
    /// Expire at the time that the argument of this index says.
    Time(Form, usize),
}

impl Expiry {
    /// Reads the option at an argument, after `self` was read. `other` is the option besides times that the command
    /// takes. Gives the index of the last argument that belongs to it. An option may be repeated, but not go with
    /// another.
    pub fn read(self, args: Args<'_>, at: usize, other: Self) -> Result<(Self, usize), Fault> {
        let word = match other {
            Self::Keep => "keepttl",
            _ => "persist",
        };
        if args.is(at, word) && (self == Self::None || self == other) {
            return Ok((other, at));
        }
        let form = Form::of(args.at(at)).ok_or(Fault::Syntax)?;
        let alone = match self {
            Self::None => true,
            Self::Time(earlier, _) => earlier == form,
            _ => false,
        };
        if !alone || at + 1 >= args.len() {
            return Err(Fault::Syntax);
        }
        Ok((Self::Time(form, at + 1), at + 1))
    }

    /// The time that was said, in milliseconds since the epoch.
    pub fn deadline(self, ctx: &Ctx<'_>, command: &'static str) -> Result<Option<i64>, Fault> {
        let Self::Time(form, at) = self else { return Ok(None) };
        let text = ctx.args.at(at);
        let deadline = match form {
            Form::Seconds => relative(text, 1000, ctx.now, command),
            Form::Millis => relative(text, 1, ctx.now, command),
            Form::SecondsAt => absolute(text, 1000, command),
            Form::MillisAt => absolute(text, 1, command),
        };
        deadline.map(Some)
    }
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

/// Whether a key that is given this expiry is to be removed at once. Where expired keys are not removed, it stays.
pub fn is_past(ctx: &Ctx<'_>, deadline: i64) -> bool {
    deadline <= ctx.now && ctx.rules.remove_expired
}

/// Removes a key because the expiry that it was to get is past, and logs that in place of the request.
pub fn remove_overdue(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) {
    let lazy = ctx.rules.lazy_expire;
    ctx.remove(key, place, lazy);
    ctx.removed(key);
    ctx.notify(Classes::EXPIRED, "expired", key);
    ctx.turn.counts.expired += 1;
    ctx.effect(&[if lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
}
