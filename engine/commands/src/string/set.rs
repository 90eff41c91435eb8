//! SET with all that it can be told; SETNX, SETEX, PSETEX, GETSET.

use super::options::{Command, Options, When};
use crate::event::Classes;
use crate::expiry::{self, Expiry, Form};
use crate::text::stored;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::IntText;

/// SET
#[inline]
pub fn set(ctx: &mut Ctx<'_>) {
    if ctx.args.len() == 3 {
        let key = ctx.key(1);
        let place = ctx.find(&key, Look::Write);
        store(ctx, &key, place, 2, None);
        ctx.reply.ok();
    } else {
        let result = Options::parse(ctx.args, 3, Command::Set).and_then(|options| set_with(ctx, &options));
        ctx.finish(result);
    }
}

/// Stores the value at an argument.
#[inline]
fn store(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Option<Place>, value: usize, expiry: Option<i64>) {
    let bytes = ctx.args.at(value);
    ctx.put(key, place, stored(bytes), expiry);
    ctx.changed(key);
    ctx.notify(Classes::STRING, "set", key);
}

fn set_with(ctx: &mut Ctx<'_>, options: &Options) -> Result<(), Fault> {
    let deadline = options.expiry.deadline(ctx, "set")?;
    let key = ctx.key(1);
    let place = ctx.find(&key, if options.get { Look::Read } else { Look::Write });
    if options.get {
        match place {
            Some(place) => ctx.reply_text(&key, place)?,
            None => ctx.reply.null(),
        }
    }
    let go = may_set(ctx, &key, place, options.when)?;
    if go {
        set_or_expire(ctx, &key, place, options, deadline);
    }
    match (options.get, go) {
        (true, _) => {}
        (false, true) => ctx.reply.ok(),
        (false, false) => ctx.reply.null(),
    }
    Ok(())
}

fn may_set(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Option<Place>, when: When) -> Result<bool, Fault> {
    Ok(match (when, place) {
        (When::Always, _) | (When::Absent, None) | (When::Present, Some(_)) => true,
        (When::Equal(at), Some(place)) => {
            let wanted = ctx.args.at(at);
            ctx.text(key, place)?.with(|bytes| bytes == wanted)
        }
        _ => false,
    })
}

/// Sets the key, or removes it when it would expire at once.
fn set_or_expire(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Option<Place>,
    options: &Options,
    deadline: Option<i64>,
) {
    if deadline.is_some_and(|at| expiry::is_past(ctx, at)) {
        if let Some(place) = place {
            expiry::remove_overdue(ctx, key, place);
        }
        return;
    }
    let kept = match (options.expiry, place) {
        (Expiry::Keep, Some(place)) => ctx.at(key, place).expiry(),
        _ => None,
    };
    store(ctx, key, place, 2, deadline.or(kept));
    if deadline.is_some() {
        ctx.notify(Classes::GENERIC, "expire", key);
    }
    log_set(ctx, options, deadline);
}

/// What replicas get: a time that does not depend on when they get it, and no wish for a reply.
fn log_set(ctx: &mut Ctx<'_>, options: &Options, deadline: Option<i64>) {
    let args = ctx.args;
    match (options.expiry, deadline) {
        (Expiry::Time(Form::MillisAt, _), _) => {}
        (_, Some(at)) => {
            let name = if args.len() == 5 { args.at(0) } else { b"SET" };
            ctx.effect(&[name, args.at(1), args.at(2), b"PXAT", IntText::signed(at).as_bytes()]);
        }
        _ if options.get && ctx.turn.effects.wanted => {
            let is_get = |at: usize| at > 2 && args.is(at, "get") && options.when != When::Equal(at);
            let words = args.iter().enumerate().filter(|(at, _)| !is_get(*at)).map(|(_, word)| word);
            ctx.effect(&words.collect::<Vec<_>>());
        }
        _ => {}
    }
}

/// SETNX
pub fn setnx(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    if place.is_none() {
        store(ctx, &key, None, 2, None);
    }
    ctx.reply.integer(i64::from(place.is_none()));
}

/// SETEX
pub fn setex(ctx: &mut Ctx<'_>) {
    let result = set_for(ctx, 1000, "setex");
    ctx.finish(result);
}

/// PSETEX
pub fn psetex(ctx: &mut Ctx<'_>) {
    let result = set_for(ctx, 1, "psetex");
    ctx.finish(result);
}

fn set_for(ctx: &mut Ctx<'_>, unit: i64, command: &'static str) -> Result<(), Fault> {
    let at = expiry::relative(ctx.args.at(2), unit, ctx.now, command)?;
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    store(ctx, &key, place, 3, Some(at));
    ctx.notify(Classes::GENERIC, "expire", &key);
    ctx.effect(&[b"SET", key.bytes, ctx.args.at(3), b"PXAT", IntText::signed(at).as_bytes()]);
    ctx.reply.ok();
    Ok(())
}

/// GETSET
pub fn getset(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Read);
    match place {
        Some(place) => {
            if let Err(fault) = ctx.reply_text(&key, place) {
                return ctx.fail(fault);
            }
        }
        None => ctx.reply.null(),
    }
    store(ctx, &key, place, 2, None);
    ctx.effect(&[b"SET", key.bytes, ctx.args.at(2)]);
}
