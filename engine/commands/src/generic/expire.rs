//! EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, which set when a key expires, and PERSIST.
//!
//! The log gets absolute times (PEXPIREAT), or the deletion when the time has passed already.

use super::quoting;
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::{IntText, parse_i64};

/// How one of the commands says a time.
#[derive(Clone, Copy)]
struct Form {
    command: &'static str,
    /// Milliseconds of its unit.
    unit: i64,
    /// Whether it counts from now on.
    relative: bool,
}

/// EXPIRE
pub fn expire(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "expire", unit: 1000, relative: true });
}

/// PEXPIRE
pub fn pexpire(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "pexpire", unit: 1, relative: true });
}

/// EXPIREAT
pub fn expireat(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "expireat", unit: 1000, relative: false });
}

/// PEXPIREAT
pub fn pexpireat(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "pexpireat", unit: 1, relative: false });
}

/// PERSIST
pub fn persist(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let expiring = place.filter(|&place| ctx.at(&key, place).expiry().is_some());
    if let Some(place) = expiring {
        ctx.set_expiry(&key, place, None);
        ctx.changed(&key);
        ctx.notify(Classes::GENERIC, "persist", &key);
    }
    ctx.reply.integer(i64::from(expiring.is_some()));
}

fn run(ctx: &mut Ctx<'_>, form: Form) {
    let Some(conditions) = Conditions::parse(ctx, ctx.args.len()) else { return };
    let result = form.time(ctx).map(|at| set(ctx, form, conditions, at));
    ctx.finish(result);
}

impl Form {
    /// The time that is asked for, in milliseconds since the epoch and not before it.
    fn time(self, ctx: &Ctx<'_>) -> Result<i64, Fault> {
        let amount = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)?;
        let from = if self.relative { ctx.now } else { 0 };
        let at = amount.checked_mul(self.unit).and_then(|time| time.checked_add(from));
        Ok(at.ok_or(Fault::InvalidExpire(self.command))?.max(0))
    }
}

fn set(ctx: &mut Ctx<'_>, form: Form, conditions: Conditions, at: i64) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let place = place.filter(|&place| conditions.hold(ctx.at(&key, place).expiry(), at));
    ctx.reply.integer(i64::from(place.is_some()));
    let Some(place) = place else { return };
    if at <= ctx.now && ctx.rules.remove_expired {
        return expire_at_once(ctx, &key, place);
    }
    ctx.set_expiry(&key, place, Some(at));
    ctx.changed(&key);
    ctx.notify(Classes::GENERIC, "expire", &key);
    if form.unit != 1 || form.relative {
        log_absolute(ctx, at);
    }
}

fn expire_at_once(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) {
    let lazy = ctx.rules.lazy_expire;
    ctx.remove(key, place, lazy);
    ctx.removed(key);
    ctx.notify(Classes::EXPIRED, "expired", key);
    ctx.turn.counts.expired += 1;
    ctx.effect(&[if lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
}

/// Logs the command as PEXPIREAT, with the conditions that it came with.
fn log_absolute(ctx: &mut Ctx<'_>, at: i64) {
    let time = IntText::signed(at);
    let mut words: Vec<&[u8]> = ctx.args.iter().collect();
    words[0] = b"PEXPIREAT";
    words[2] = time.as_bytes();
    ctx.effect(&words);
}

/// NX, XX, GT, LT.
#[derive(Clone, Copy, Default)]
pub(crate) struct Conditions {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

impl Conditions {
    /// Reads the arguments from the fourth on up to `end`; replies with the error if there is one.
    pub(crate) fn parse(ctx: &mut Ctx<'_>, end: usize) -> Option<Self> {
        let mut all = Self::default();
        for index in 3..end {
            match ctx.args.at(index).to_ascii_lowercase().as_slice() {
                b"nx" => all.nx = true,
                b"xx" => all.xx = true,
                b"gt" => all.gt = true,
                b"lt" => all.lt = true,
                _ => {
                    ctx.reply.error(quoting("ERR Unsupported option ", ctx.args.at(index), ""));
                    return None;
                }
            }
        }
        if let Some(fault) = all.clash() {
            ctx.fail(fault);
            return None;
        }
        Some(all)
    }

    fn clash(self) -> Option<Fault> {
        if self.nx && (self.xx || self.gt || self.lt) {
            return Some(Fault::Other("ERR NX and XX, GT or LT options at the same time are not compatible"));
        }
        (self.gt && self.lt)
            .then_some(Fault::Other("ERR GT and LT options at the same time are not compatible"))
    }

    /// Whether the expiry may change from `old` to `new`. No expiry counts as one that is never reached.
    pub(crate) fn hold(self, old: Option<i64>, new: i64) -> bool {
        let refused = self.nx && old.is_some()
            || self.xx && old.is_none()
            || self.gt && old.is_none_or(|old| new <= old)
            || self.lt && old.is_some_and(|old| new >= old);
        !refused
    }
}
