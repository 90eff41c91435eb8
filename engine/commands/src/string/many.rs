//! MGET and MSET.

use crate::text::stored;
use crate::{Ctx, Fault, Look};

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
    }
    ctx.reply.ok();
}
