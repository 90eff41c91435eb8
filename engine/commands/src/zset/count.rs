//! ZCOUNT and ZLEXCOUNT.

use super::ends::{By, Ends};
use crate::{Ctx, Fault};
use ironkeep_values::zset::ZSet;

/// ZCOUNT
pub fn zcount(ctx: &mut Ctx<'_>) {
    let result = count(ctx, By::Score);
    ctx.finish(result);
}

/// ZLEXCOUNT
pub fn zlexcount(ctx: &mut Ctx<'_>) {
    let result = count(ctx, By::Lex);
    ctx.finish(result);
}

fn count(ctx: &mut Ctx<'_>, by: By) -> Result<(), Fault> {
    let (key, ends) = (ctx.key(1), Ends::parse(by, ctx.args.at(2), ctx.args.at(3))?);
    match ctx.read::<ZSet>(&key)? {
        Some(seen) => seen.reply.integer(ends.ranks(seen.value, false).len() as i64),
        None => ctx.reply.integer(0),
    }
    Ok(())
}
