//! LPUSH, RPUSH, LPUSHX, RPUSHX.

use super::End;
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_values::list::List;

/// LPUSH
pub fn lpush(ctx: &mut Ctx<'_>) {
    let result = push(ctx, End::Left);
    ctx.finish(result);
}

/// RPUSH
pub fn rpush(ctx: &mut Ctx<'_>) {
    let result = push(ctx, End::Right);
    ctx.finish(result);
}

/// LPUSHX
pub fn lpushx(ctx: &mut Ctx<'_>) {
    let result = push_if_there(ctx, End::Left);
    ctx.finish(result);
}

/// RPUSHX
pub fn rpushx(ctx: &mut Ctx<'_>) {
    let result = push_if_there(ctx, End::Right);
    ctx.finish(result);
}

fn push(ctx: &mut Ctx<'_>, end: End) -> Result<(), Fault> {
    let key = ctx.key(1);
    let args = ctx.args;
    let limit = ctx.rules.sizes.list;
    let (_, open) = ctx.open_or_new(&key, List::new)?;
    let count = args.len() - 2;
    let values = || args.iter().skip(2);
    open.value.expect(values().map(<[u8]>::len).sum(), count, limit);
    values().for_each(|value| end.push(open.value, value));
    open.reply.integer(open.value.len() as i64);
    ctx.notify(Classes::LIST, end.pushed(), &key);
    ctx.changed(&key);
    ctx.turn.dirty += count as u64 - 1;
    Ok(())
}

fn push_if_there(ctx: &mut Ctx<'_>, end: End) -> Result<(), Fault> {
    let key = ctx.key(1);
    if ctx.find(&key, Look::Write).is_none() {
        ctx.reply.integer(0);
        return Ok(());
    }
    push(ctx, end)
}
