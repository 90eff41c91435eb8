//! SINTERCARD: how many members sets have in common.

use super::Sources;
use crate::{Ctx, Fault};
use ironkeep_values::set;
use ironkeep_wire::parse_i64;
use std::ops::ControlFlow;

const NO_KEYS: Fault = Fault::Other("ERR numkeys should be greater than 0");
const TOO_MANY_KEYS: Fault = Fault::Other("ERR Number of keys can't be greater than number of args");
const NEGATIVE_LIMIT: Fault = Fault::Other("ERR LIMIT can't be negative");

/// SINTERCARD
pub fn sintercard(ctx: &mut Ctx<'_>) {
    let result = count(ctx).map(|count| ctx.reply.integer(count as i64));
    ctx.finish(result);
}

fn count(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let (keys, limit) = parse(ctx)?;
    let sources = Sources::of(ctx, 2..2 + keys)?;
    let (hasher, mut count) = (ctx.space.hasher(), 0);
    if let Some(mut sets) = sources.all() {
        set::intersect(&mut sets, hasher, |_| {
            count += 1;
            if count == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
    Ok(count)
}

/// How many keys there are and how far to count; zero is to the end.
fn parse(ctx: &Ctx<'_>) -> Result<(usize, usize), Fault> {
    let number = |at: usize| parse_i64(ctx.args.at(at)).and_then(|number| usize::try_from(number).ok());
    let keys = number(1).filter(|keys| *keys > 0).ok_or(NO_KEYS)?;
    if keys > ctx.args.len() - 2 {
        return Err(TOO_MANY_KEYS);
    }
    let (mut limit, mut at) = (0, 2 + keys);
    while at < ctx.args.len() {
        if !ctx.args.is(at, "limit") || at + 1 == ctx.args.len() {
            return Err(Fault::Syntax);
        }
        limit = number(at + 1).ok_or(NEGATIVE_LIMIT)?;
        at += 2;
    }
    Ok((keys, limit))
}
