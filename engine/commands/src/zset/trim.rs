//! ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX.

use super::ends::{By, Ends};
use super::result::taken;
use crate::{Ctx, Fault, Look};
use ironkeep_values::zset::ZSet;

/// ZREMRANGEBYRANK
pub fn zremrangebyrank(ctx: &mut Ctx<'_>) {
    let result = trim(ctx, By::Rank, "zremrangebyrank");
    ctx.finish(result);
}

/// ZREMRANGEBYSCORE
pub fn zremrangebyscore(ctx: &mut Ctx<'_>) {
    let result = trim(ctx, By::Score, "zremrangebyscore");
    ctx.finish(result);
}

/// ZREMRANGEBYLEX
pub fn zremrangebylex(ctx: &mut Ctx<'_>) {
    let result = trim(ctx, By::Lex, "zremrangebylex");
    ctx.finish(result);
}

fn trim(ctx: &mut Ctx<'_>, by: By, event: &'static str) -> Result<(), Fault> {
    let ends = Ends::parse(by, ctx.args.at(2), ctx.args.at(3))?;
    let (key, hasher) = (ctx.key(1), ctx.space.hasher());
    let Some(place) = ctx.find(&key, Look::Write) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let open = ctx.open::<ZSet>(&key, place)?;
    let ranks = ends.ranks(open.value, false);
    let count = ranks.len();
    if count > 0 {
        open.value.remove_range(ranks, hasher, |_, _| ());
    }
    open.reply.integer(count as i64);
    taken(ctx, &key, place, count, event);
    Ok(())
}
