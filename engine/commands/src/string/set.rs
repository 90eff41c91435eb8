//! GET, and SET with all that it can be told; SETNX, SETEX, PSETEX.

use crate::expiry::{self, Expiry};
use crate::text::stored;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::table::Place;
use ironkeep_wire::IntText;

/// GET
#[inline]
pub fn get(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    match ctx.find(&key, Look::Read) {
        Some(place) => {
            let result = ctx.reply_text(&key, place);
            ctx.finish(result);
        }
        None => ctx.reply.null(),
    }
}

/// When SET sets.
#[derive(Clone, Copy, PartialEq)]
enum When {
    Always,
    Absent,
    Present,
    /// The value equals that argument.
    Equal(usize),
}

struct Options {
    when: When,
    get: bool,
    expiry: Expiry,
}

impl Options {
    const PLAIN: Self = Self { when: When::Always, get: false, expiry: Expiry::None };

    fn parse(ctx: &Ctx<'_>) -> Result<Self, Fault> {
        let mut options = Self::PLAIN;
        let mut at = 3;
        while at < ctx.args.len() {
            let only = options.when == When::Always;
            if ctx.args.is(at, "nx") && only {
                options.when = When::Absent;
            } else if ctx.args.is(at, "xx") && only {
                options.when = When::Present;
            } else if ctx.args.is(at, "ifeq") && only && at + 1 < ctx.args.len() {
                at += 1;
                options.when = When::Equal(at);
            } else if ctx.args.is(at, "get") {
                options.get = true;
            } else if options.expiry == Expiry::None {
                (options.expiry, at) = expiry::parse_option(ctx, at, "set", true)?;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        Ok(options)
    }
}

/// SET
#[inline]
pub fn set(ctx: &mut Ctx<'_>) {
    let options = if ctx.args.len() == 3 { Ok(Options::PLAIN) } else { Options::parse(ctx) };
    let result = options.and_then(|options| set_with(ctx, &options));
    ctx.finish(result);
}

fn set_with(ctx: &mut Ctx<'_>, options: &Options) -> Result<(), Fault> {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    if options.get {
        match place {
            Some(place) => ctx.reply_text(&key, place)?,
            None => ctx.reply.null(),
        }
    }
    let go = match (options.when, place) {
        (When::Always, _) | (When::Absent, None) | (When::Present, Some(_)) => true,
        (When::Equal(at), Some(place)) => {
            let wanted = ctx.args.at(at);
            ctx.text(&key, place)?.with(|bytes| bytes == wanted)
        }
        _ => false,
    };
    if go {
        store(ctx, 2, place, options.expiry);
    }
    match (options.get, go) {
        (true, _) => {}
        (false, true) => ctx.reply.ok(),
        (false, false) => ctx.reply.null(),
    }
    Ok(())
}

/// Stores the value at an argument under the key at argument 1.
#[inline]
fn store(ctx: &mut Ctx<'_>, value: usize, place: Option<Place>, expiry: Expiry) {
    let key = ctx.key(1);
    let bytes = ctx.args.at(value);
    let at = match expiry {
        Expiry::None | Expiry::Persist => None,
        Expiry::Keep => place.and_then(|place| ctx.at(&key, place).expiry()),
        Expiry::At(at) => Some(at),
    };
    ctx.put(&key, place, stored(bytes), at);
    ctx.changed(&key);
    if let Expiry::At(at) = expiry {
        ctx.effect(&[b"SET", key.bytes, bytes, b"PXAT", IntText::signed(at).as_bytes()]);
    }
}

/// SETNX
pub fn setnx(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    if place.is_none() {
        store(ctx, 2, None, Expiry::None);
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
    store(ctx, 3, place, Expiry::At(at));
    ctx.reply.ok();
    Ok(())
}
