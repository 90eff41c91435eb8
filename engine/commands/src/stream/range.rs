//! XLEN, XRANGE, XREVRANGE.

use super::{entries, ids};
use crate::{Args, Ctx, Fault};
use ironkeep_values::stream::Stream;
use ironkeep_wire::parse_i64;

/// XLEN
pub fn xlen(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let length = ctx.read::<Stream>(&key).map(|seen| seen.map_or(0, |seen| seen.value.len()));
    match length {
        Ok(length) => ctx.reply.integer(length.cast_signed()),
        Err(fault) => ctx.fail(fault),
    }
}

/// XRANGE
pub fn xrange(ctx: &mut Ctx<'_>) {
    let result = range(ctx, 2, 3);
    ctx.finish(result);
}

/// XREVRANGE
pub fn xrevrange(ctx: &mut Ctx<'_>) {
    let result = range(ctx, 3, 2);
    ctx.finish(result);
}

/// Replies with a range whose start and end are these arguments: against the order if the end comes first.
fn range(ctx: &mut Ctx<'_>, start: usize, end: usize) -> Result<(), Fault> {
    let args = ctx.args;
    let (low, high) = (ids::low(args.at(start))?, ids::high(args.at(end))?);
    let count = count(args)?;
    let key = ctx.key(1);
    let Some(seen) = ctx.read::<Stream>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let log = seen.value.log();
    match count {
        Some(0) => seen.reply.null_array(),
        _ if start < end => entries::all(seen.reply, log.range(low, high), count.unwrap_or(0)),
        _ => entries::all(seen.reply, log.range_back(low, high), count.unwrap_or(0)),
    }
    Ok(())
}

fn count(args: Args<'_>) -> Result<Option<u64>, Fault> {
    let (mut count, mut at) = (None, 4);
    while at < args.len() {
        if !args.is(at, "count") || at + 1 >= args.len() {
            return Err(Fault::Syntax);
        }
        let given = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
        count = Some(u64::try_from(given).unwrap_or(0));
        at += 2;
    }
    Ok(count)
}
