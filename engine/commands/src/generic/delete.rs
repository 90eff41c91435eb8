//! DEL and UNLINK.

use crate::event::Classes;
use crate::{Ctx, Look};

/// DEL
pub fn del(ctx: &mut Ctx<'_>) {
    delete(ctx, ctx.rules.lazy_del);
}

/// UNLINK
pub fn unlink(ctx: &mut Ctx<'_>) {
    delete(ctx, true);
}

fn delete(ctx: &mut Ctx<'_>, lazy: bool) {
    let mut deleted = 0;
    for index in 1..ctx.args.len() {
        let key = ctx.key(index);
        // Where expired keys are left alone until the primary deletes them, this is how it does.
        let place = if ctx.rules.remove_expired {
            ctx.find(&key, Look::Write)
        } else {
            ctx.table(&key).find(key.hash, key.bytes)
        };
        if let Some(place) = place {
            ctx.remove(&key, place, lazy);
            ctx.removed(&key);
            ctx.notify(Classes::GENERIC, "del", &key);
            deleted += 1;
        }
    }
    ctx.reply.integer(deleted);
}
