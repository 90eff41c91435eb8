//! RENAME and RENAMENX.

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;

/// RENAME
pub fn rename(ctx: &mut Ctx<'_>) {
    let result = give_name(ctx, true).map(|_| ctx.reply.ok());
    ctx.finish(result);
}

/// RENAMENX
pub fn renamenx(ctx: &mut Ctx<'_>) {
    let result = give_name(ctx, false).map(|done| ctx.reply.integer(i64::from(done)));
    ctx.finish(result);
}

/// Says whether the key has another name now.
fn give_name(ctx: &mut Ctx<'_>, over: bool) -> Result<bool, Fault> {
    let (old, new) = (ctx.key(1), ctx.key(2));
    ctx.find(&old, Look::Write).ok_or(Fault::NoSuchKey)?;
    if old.bytes == new.bytes {
        return Ok(false);
    }
    let taken = ctx.find(&new, Look::Write);
    if taken.is_some() && !over {
        return Ok(false);
    }
    if let Some(place) = taken {
        let lazy = ctx.rules.lazy_overwrite;
        ctx.remove(&new, place, lazy);
    }
    carry(ctx, &old, &new);
    // Two keys are concerned, but it is one change.
    ctx.removed(&old);
    ctx.turn.dirty -= 1;
    ctx.changed(&new);
    ctx.notify(Classes::GENERIC, "rename_from", &old);
    ctx.notify(Classes::GENERIC, "rename_to", &new);
    Ok(true)
}

fn carry(ctx: &mut Ctx<'_>, old: &Key<'_>, new: &Key<'_>) {
    // The table may have changed since the key was found there.
    let Some(place) = ctx.table(old).find(old.hash, old.bytes) else { return };
    let entry = ctx.take(old, place);
    let expiry = entry.expiry();
    ctx.put_entry(new, None, entry.rebuilt(Some(new.bytes), expiry));
}
