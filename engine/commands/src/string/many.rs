//! Commands on many strings: MGET, MSET, MSETNX, MSETEX.

use super::options::{Command, Options, When};
use crate::event::Classes;
use crate::expiry::{Expiry, Form};
use crate::text::stored;
use crate::{Ctx, Fault, Look};
use ironkeep_wire::{IntText, parse_i64};
use std::ops::Range;

/// MGET
pub fn mget(ctx: &mut Ctx<'_>) {
    ctx.reply.array_len(ctx.args.len() - 1);
    for index in 1..ctx.args.len() {
        let key = ctx.key(index);
        let found = ctx.find(&key, Look::Read);
        // A value of another type counts as none.
        if found.is_none_or(|place| ctx.reply_text(&key, place).is_err()) {
            ctx.reply.null();
        }
    }
}

/// MSET
pub fn mset(ctx: &mut Ctx<'_>) {
    if ctx.args.len().is_multiple_of(2) {
        return ctx.fail(Fault::Arity("mset"));
    }
    for index in (1..ctx.args.len()).step_by(2) {
        let key = ctx.key(index);
        let place = ctx.table(&key).find(key.hash, key.bytes);
        ctx.put(&key, place, stored(ctx.args.at(index + 1)), None);
        ctx.changed(&key);
        ctx.notify(Classes::STRING, "set", &key);
    }
    ctx.reply.ok();
}

/// MSETNX
pub fn msetnx(ctx: &mut Ctx<'_>) {
    if ctx.args.len().is_multiple_of(2) {
        return ctx.fail(Fault::Arity("msetnx"));
    }
    let pairs = 1..ctx.args.len();
    let go = all_keys(ctx, pairs.clone(), When::Absent);
    if go {
        set_all(ctx, pairs, Expiry::None, None);
    }
    ctx.reply.integer(i64::from(go));
}

/// Whether all keys are as they must be to be set.
fn all_keys(ctx: &mut Ctx<'_>, pairs: Range<usize>, when: When) -> bool {
    when == When::Always
        || pairs.step_by(2).all(|index| {
            let key = ctx.key(index);
            ctx.find(&key, Look::Write).is_some() == (when == When::Present)
        })
}

fn set_all(ctx: &mut Ctx<'_>, pairs: Range<usize>, said: Expiry, deadline: Option<i64>) {
    for index in pairs.step_by(2) {
        let key = ctx.key(index);
        let place = ctx.find(&key, Look::Write);
        let kept = match (said, place) {
            (Expiry::Keep, Some(place)) => ctx.at(&key, place).expiry(),
            _ => None,
        };
        ctx.put(&key, place, stored(ctx.args.at(index + 1)), deadline.or(kept));
        ctx.changed(&key);
        ctx.notify(Classes::STRING, "set", &key);
        if deadline.is_some() {
            ctx.notify(Classes::GENERIC, "expire", &key);
        }
    }
}

/// MSETEX
pub fn msetex(ctx: &mut Ctx<'_>) {
    match set_all_with(ctx) {
        Ok(done) => ctx.reply.integer(i64::from(done)),
        Err(fault) => ctx.fail(fault),
    }
}

fn set_all_with(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let count =
        parse_i64(ctx.args.at(1)).and_then(|count| i32::try_from(count).ok()).filter(|count| *count > 0);
    let count = count.ok_or(Fault::Other("ERR invalid numkeys value or out of range"))?;
    let pairs = 2..2 + 2 * count as usize;
    if pairs.end > ctx.args.len() {
        return Err(Fault::Syntax);
    }
    let options = Options::parse(ctx.args, pairs.end, Command::MSetEx)?;
    let deadline = options.expiry.deadline(ctx, "msetex")?;
    if !all_keys(ctx, pairs.clone(), options.when) {
        return Ok(false);
    }
    // Keys whose time is past are set all the same and then expire, as in Valkey.
    set_all(ctx, pairs.clone(), options.expiry, deadline);
    if let (Expiry::Time(form, at), Some(deadline)) = (options.expiry, deadline)
        && form != Form::MillisAt
    {
        log_with_deadline(ctx, pairs.end, at, deadline);
    }
    Ok(true)
}

/// Logs the request with the time as one that does not depend on when it is read. Of a repeated option only the
/// last one counts, so the others go.
fn log_with_deadline(ctx: &mut Ctx<'_>, options: usize, time: usize, deadline: i64) {
    if !ctx.turn.effects.wanted {
        return;
    }
    let args = ctx.args;
    let option = args.at(time - 1);
    let deadline = IntText::signed(deadline);
    let mut words: Vec<&[u8]> = args.iter().take(options).collect();
    let mut at = options;
    while at < args.len() {
        if at + 1 == time {
            words.extend([b"PXAT", deadline.as_bytes()]);
        }
        if args.at(at).eq_ignore_ascii_case(option) {
            at += 2;
        } else {
            words.push(args.at(at));
            at += 1;
        }
    }
    ctx.effect(&words);
}
