//! LSET, LINSERT, LREM, LTRIM.

use super::look::place_of;
use super::{number, range, symmetric, taken};
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_values::list::{List, Way};

/// LSET
pub fn lset(ctx: &mut Ctx<'_>) {
    let result = set(ctx);
    ctx.finish(result);
}

fn set(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, limit) = (ctx.key(1), ctx.args, ctx.rules.sizes.list);
    let place = ctx.find_as::<List>(&key, Look::Write)?.ok_or(Fault::NoSuchKey)?;
    let index = number(args.at(2))?;
    let open = ctx.open::<List>(&key, place)?;
    // Whether or not there is such an element, as in Valkey.
    open.value.expect(args.at(3).len(), 1, limit);
    let index = place_of(index, open.value).ok_or(Fault::Other("ERR index out of range"))?;
    open.value.set(index, args.at(3));
    open.value.settle_smaller(limit);
    open.reply.ok();
    ctx.notify(Classes::LIST, "lset", &key);
    ctx.changed(&key);
    Ok(())
}

/// LINSERT
pub fn linsert(ctx: &mut Ctx<'_>) {
    match insert(ctx) {
        Ok(reply) => ctx.reply.integer(reply),
        Err(fault) => ctx.fail(fault),
    }
}

fn insert(ctx: &mut Ctx<'_>) -> Result<i64, Fault> {
    let (key, args, limit) = (ctx.key(1), ctx.args, ctx.rules.sizes.list);
    let after = args.is(2, "after");
    if !after && !args.is(2, "before") {
        return Err(Fault::Syntax);
    }
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(0) };
    let list = ctx.open::<List>(&key, place)?.value;
    // Whether or not the pivot is found, as in Valkey.
    list.expect(args.at(4).len(), 1, limit);
    if !list.insert_beside(args.at(3), after, args.at(4)) {
        return Ok(-1);
    }
    let len = list.len();
    ctx.notify(Classes::LIST, "linsert", &key);
    ctx.changed(&key);
    Ok(len as i64)
}

/// LREM
pub fn lrem(ctx: &mut Ctx<'_>) {
    match remove(ctx) {
        Ok(removed) => ctx.reply.integer(removed as i64),
        Err(fault) => ctx.fail(fault),
    }
}

fn remove(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let count = symmetric(args.at(2))?;
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(0) };
    let list = ctx.open::<List>(&key, place)?.value;
    let way = if count < 0 { Way::Backward } else { Way::Forward };
    let most = usize::try_from(count.unsigned_abs()).ok().filter(|most| *most > 0).unwrap_or(usize::MAX);
    let removed = list.remove_value(args.at(3), way, most);
    if removed > 0 {
        taken(ctx, &key, place, removed, "lrem")?;
    }
    Ok(removed)
}

/// LTRIM
pub fn ltrim(ctx: &mut Ctx<'_>) {
    match trim(ctx) {
        Ok(()) => ctx.reply.ok(),
        Err(fault) => ctx.fail(fault),
    }
}

fn trim(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (start, end) = (number(ctx.args.at(2))?, number(ctx.args.at(3))?);
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(()) };
    let limit = ctx.rules.sizes.list;
    let list = ctx.open::<List>(&key, place)?.value;
    let len = list.len();
    let kept = range(start, end, len);
    let count = len - kept.len();
    let removed = list.keep(kept);
    if count == 0 {
        list.settle_smaller(limit);
        ctx.notify(Classes::LIST, "ltrim", &key);
        return Ok(());
    }
    ctx.discard_elements(removed.into_iter().flatten());
    taken(ctx, &key, place, count, "ltrim")
}
