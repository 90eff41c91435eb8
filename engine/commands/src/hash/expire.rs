//! HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT, which set when fields expire, and HPERSIST.
//!
//! The log gets absolute times (HPEXPIREAT), or the deletion when the time has passed already.

use super::{World, edit, request, settle};
use crate::event::Classes;
use crate::expiry::is_past;
use crate::generic::Conditions;
use crate::{Ctx, Fault, Look};
use ironkeep_values::hash_map::Map;
use ironkeep_wire::IntText;

/// How one of the commands says a time.
#[derive(Clone, Copy)]
struct Form {
    command: &'static str,
    /// Milliseconds of its unit.
    unit: i64,
    /// Whether it counts from now on.
    relative: bool,
}

/// HEXPIRE
pub fn hexpire(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "hexpire", unit: 1000, relative: true });
}

/// HPEXPIRE
pub fn hpexpire(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "hpexpire", unit: 1, relative: true });
}

/// HEXPIREAT
pub fn hexpireat(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "hexpireat", unit: 1000, relative: false });
}

/// HPEXPIREAT
pub fn hpexpireat(ctx: &mut Ctx<'_>) {
    run(ctx, Form { command: "hpexpireat", unit: 1, relative: false });
}

fn run(ctx: &mut Ctx<'_>, form: Form) {
    let result = request::find_word(ctx.args, 3).and_then(|word| match Conditions::parse(ctx, word) {
        Some(conditions) => set(ctx, form, conditions, word),
        None => Ok(()),
    });
    ctx.finish(result);
}

/// What became of a field, as the reply says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    NoField = -2,
    Refused = 0,
    Set = 1,
    Expired = 2,
}

fn set(ctx: &mut Ctx<'_>, form: Form, conditions: Conditions, word: usize) -> Result<(), Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let first = request::counted(args, word, 1, request::MISCOUNTED)?;
    let from = if form.relative { ctx.now } else { 0 };
    let at = request::moment(args.at(2), form.unit, from, form.command)?;
    let change = Change { world: World::of(ctx), conditions, at, past: is_past(ctx, at) };
    let Some(place) = ctx.find(&key, Look::Write) else {
        reply_absent(ctx, args.len() - first);
        return Ok(());
    };
    let changed = edit(ctx, &key, place, |open| {
        open.reply.array_len(args.len() - first);
        let mut changed = Vec::new();
        for name in args.iter().skip(first) {
            let outcome = change.make(open.value, name);
            if matches!(outcome, Outcome::Set | Outcome::Expired) {
                changed.push(name);
            }
            open.reply.integer(outcome as i64);
        }
        changed
    })?;
    if changed.is_empty() {
        return Ok(());
    }
    if change.past {
        ctx.turn.counts.expired_fields += changed.len() as u64;
        ctx.effect(&[&[b"HDEL", key.bytes], changed.as_slice()].concat());
        ctx.notify(Classes::HASH, "hexpired", &key);
    } else {
        if form.relative || form.unit != 1 {
            log_absolute(ctx, at);
        }
        ctx.notify(Classes::HASH, "hexpire", &key);
    }
    settle(ctx, &key, place, changed.len());
    Ok(())
}

/// What is to be done with each field.
struct Change<'a> {
    world: World<'a>,
    conditions: Conditions,
    at: i64,
    /// Whether the time has passed already.
    past: bool,
}

impl Change<'_> {
    fn make(&self, map: &mut Map, name: &[u8]) -> Outcome {
        match self.world.get(map, name) {
            None => Outcome::NoField,
            Some((_, old)) if !self.conditions.hold(old, self.at) => Outcome::Refused,
            Some(_) if self.past => {
                self.world.remove(map, name);
                Outcome::Expired
            }
            Some(_) => {
                map.set_expiry(name, Some(self.at), self.world.now, self.world.hasher);
                Outcome::Set
            }
        }
    }
}

fn reply_absent(ctx: &mut Ctx<'_>, count: usize) {
    ctx.reply.array_len(count);
    (0..count).for_each(|_| ctx.reply.integer(Outcome::NoField as i64));
}

/// Logs the command as HPEXPIREAT, with the conditions that it came with.
fn log_absolute(ctx: &mut Ctx<'_>, at: i64) {
    if ctx.turn.effects.wanted {
        let time = IntText::signed(at);
        let mut words: Vec<&[u8]> = ctx.args.iter().collect();
        words[0] = b"HPEXPIREAT";
        words[2] = time.as_bytes();
        ctx.effect(&words);
    }
}

/// HPERSIST
pub fn hpersist(ctx: &mut Ctx<'_>) {
    let result = persist(ctx);
    ctx.finish(result);
}

fn persist(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let first = request::fields_at(args, 2, request::MISCOUNTED)?;
    let Some(place) = ctx.find(&key, Look::Write) else {
        reply_absent(ctx, args.len() - first);
        return Ok(());
    };
    let changes = edit(ctx, &key, place, |open| {
        open.reply.array_len(args.len() - first);
        let mut changes = 0;
        for name in args.iter().skip(first) {
            let expiry = world.get(open.value, name).map(|(_, expiry)| expiry);
            if let Some(Some(_)) = expiry {
                open.value.set_expiry(name, None, world.now, world.hasher);
                changes += 1;
            }
            open.reply.integer(expiry.map_or(-2, |expiry| if expiry.is_some() { 1 } else { -1 }));
        }
        changes
    })?;
    if changes > 0 {
        ctx.notify(Classes::HASH, "hpersist", &key);
        settle(ctx, &key, place, changes);
    }
    Ok(())
}
