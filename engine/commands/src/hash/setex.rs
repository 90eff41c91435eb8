//! HSETEX: fields get values and an expiry, if conditions hold.
//!
//! The log gets no conditions and absolute times, or the deletion when the time has passed already.

use super::{World, edit, find_or_new, request, settle, tell_overwritten};
use crate::event::Classes;
use crate::expiry::{Expiry, Form, is_past};
use crate::{Args, Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hash_map::{Keep, Map, Was};
use ironkeep_wire::IntText;

/// HSETEX
pub fn hsetex(ctx: &mut Ctx<'_>) {
    let result = run(ctx).map(|done| ctx.reply.integer(i64::from(done)));
    ctx.finish(result);
}

/// When it is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Absent,
    Present,
}

impl When {
    /// Whether something that is there or not lets it be done.
    fn holds(self, there: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Absent => !there,
            Self::Present => there,
        }
    }
}

#[derive(Clone, Copy)]
struct Options {
    key: When,
    fields: When,
    expiry: Expiry,
}

impl Options {
    /// Reads the options before the word FIELDS.
    fn parse(args: Args<'_>, word: usize) -> Result<Self, Fault> {
        let mut options = Self { key: When::Always, fields: When::Always, expiry: Expiry::None };
        let mut at = 2;
        while at < word {
            if args.is(at, "nx") && options.key != When::Present {
                options.key = When::Absent;
            } else if args.is(at, "xx") && options.key != When::Absent {
                options.key = When::Present;
            } else if args.is(at, "fnx") && options.fields != When::Present {
                options.fields = When::Absent;
            } else if args.is(at, "fxx") && options.fields != When::Absent {
                options.fields = When::Present;
            } else {
                (options.expiry, at) = request::read_time(options.expiry, args, at, word, Expiry::Keep)?;
            }
            at += 1;
        }
        Ok(options)
    }

    /// Whether the log can't have the request as it came.
    fn must_be_rewritten(&self) -> bool {
        let relative = matches!(self.expiry, Expiry::Time(form, _) if form != Form::MillisAt);
        relative || self.key != When::Always || self.fields != When::Always
    }
}

/// Says whether it was done.
fn run(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let word = request::find_word(args, 1)?;
    let options = Options::parse(args, word)?;
    let first = request::counted(args, word, 2, request::MISCOUNTED)?;
    let place = ctx.find_as::<Map>(&key, Look::Write)?;
    if !options.key.holds(place.is_some()) {
        return Ok(false);
    }
    let deadline = request::deadline(ctx, options.expiry, "hsetex")?;
    if !fields_hold(ctx, &key, place, options.fields, first)? {
        return Ok(false);
    }
    let place = place.unwrap_or_else(|| find_or_new(ctx, &key));
    if deadline.is_some_and(|at| is_past(ctx, at)) {
        expire_at_once(ctx, &key, place, first)?;
    } else {
        store(ctx, &key, place, &options, deadline, first)?;
    }
    Ok(true)
}

/// Whether the fields of the request are there, or not, as they must be.
fn fields_hold(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Option<Place>,
    when: When,
    first: usize,
) -> Result<bool, Fault> {
    let (world, args) = (World::of(ctx), ctx.args);
    let Some(place) = place else { return Ok(when != When::Present) };
    if when == When::Always {
        return Ok(true);
    }
    let map = ctx.see::<Map>(key, place)?.value;
    Ok((first..args.len()).step_by(2).all(|at| when.holds(world.get(map, args.at(at)).is_some())))
}

fn store(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Place,
    options: &Options,
    deadline: Option<i64>,
    first: usize,
) -> Result<(), Fault> {
    let (world, args) = (World::of(ctx), ctx.args);
    let keep = if options.expiry == Expiry::Keep { Keep::Old } else { Keep::Put(deadline) };
    let overwritten = edit(ctx, key, place, |open| {
        let mut overwritten = Vec::new();
        for at in (first..args.len()).step_by(2) {
            if world.set(open.value, args.at(at), args.at(at + 1), keep) == Was::Expired {
                overwritten.push(args.at(at));
            }
        }
        overwritten
    })?;
    ctx.changed(key);
    ctx.turn.dirty += (args.len() - first) as u64 / 2 - 1;
    tell_overwritten(ctx, key, overwritten.len());
    ctx.notify(Classes::HASH, "hset", key);
    if deadline.is_some() {
        ctx.notify(Classes::HASH, "hexpire", key);
    }
    let kept = keep == Keep::Old && !overwritten.is_empty();
    if kept {
        // Who gets the log doesn't know that they had expired, and would keep their expiry.
        ctx.effect(&[&[b"HDEL", key.bytes], overwritten.as_slice()].concat());
    }
    if kept || options.must_be_rewritten() {
        log_set(ctx, options.expiry, deadline, first);
    }
    Ok(())
}

/// Logs what was set, without conditions.
fn log_set(ctx: &mut Ctx<'_>, expiry: Expiry, deadline: Option<i64>, first: usize) {
    if !ctx.turn.effects.wanted {
        return;
    }
    let args = ctx.args;
    let time = IntText::signed(deadline.unwrap_or_default());
    let mut words: Vec<&[u8]> = vec![b"HSETEX", args.at(1)];
    match expiry {
        Expiry::Time(..) => words.extend([b"PXAT", time.as_bytes()]),
        Expiry::Keep => words.push(b"KEEPTTL"),
        _ => {}
    }
    words.extend(args.iter().skip(first - 2));
    ctx.effect(&words);
}

/// Removes the fields because the expiry that they were to get is past.
fn expire_at_once(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, first: usize) -> Result<(), Fault> {
    let (world, args) = (World::of(ctx), ctx.args);
    let removed = edit(ctx, key, place, |open| {
        let names = (first..args.len()).step_by(2).map(|at| args.at(at));
        // Those go too that have expired already.
        names.filter(|name| open.value.remove(name, i64::MIN, world.hasher)).collect::<Vec<_>>()
    })?;
    ctx.turn.counts.expired_fields += (args.len() - first) as u64 / 2;
    ctx.notify(Classes::HASH, "hset", key);
    ctx.notify(Classes::HASH, "hexpire", key);
    ctx.notify(Classes::HASH, "hexpired", key);
    if removed.is_empty() {
        // A hash that was made for this goes again.
        ctx.remove_if_spent::<Map>(key, place);
        return Ok(());
    }
    ctx.effect(&[&[b"HDEL", key.bytes], removed.as_slice()].concat());
    settle(ctx, key, place, removed.len());
    Ok(())
}
