//! LLEN, LINDEX, LRANGE.

use super::{number, range, reply_item, reply_walk};
use crate::{Ctx, Fault};
use ironkeep_values::list::{List, Way};

/// LLEN
pub fn llen(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let result = ctx.read::<List>(&key).map(|seen| seen.map_or(0, |seen| seen.value.len()));
    match result {
        Ok(len) => ctx.reply.integer(len as i64),
        Err(fault) => ctx.fail(fault),
    }
}

/// LINDEX
pub fn lindex(ctx: &mut Ctx<'_>) {
    let result = element(ctx);
    ctx.finish(result);
}

fn element(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let Some(seen) = ctx.read::<List>(&key)? else {
        ctx.reply.null();
        return Ok(());
    };
    let index = number(args.at(2))?;
    match place_of(index, seen.value).and_then(|index| seen.value.get(index)) {
        Some(item) => reply_item(item, seen.reply),
        None => seen.reply.null(),
    }
    Ok(())
}

/// The place of an element, if an index, which counts from the end when negative, may mean one.
pub(super) fn place_of(index: i64, list: &List) -> Option<usize> {
    let from_front = if index < 0 { index.saturating_add(list.len() as i64) } else { index };
    usize::try_from(from_front).ok().filter(|index| *index < list.len())
}

/// LRANGE
pub fn lrange(ctx: &mut Ctx<'_>) {
    let result = elements(ctx);
    ctx.finish(result);
}

fn elements(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (start, end) = (number(ctx.args.at(2))?, number(ctx.args.at(3))?);
    let key = ctx.key(1);
    let Some(seen) = ctx.read::<List>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let range = range(start, end, seen.value.len());
    reply_walk(seen.value, range.start, Way::Forward, range.len(), seen.reply);
    Ok(())
}
