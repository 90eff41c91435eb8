//! SMOVE: a member goes from one set to another.

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_values::set::Set;

/// SMOVE
pub fn smove(ctx: &mut Ctx<'_>) {
    let result = shift(ctx).map(|moved| ctx.reply.integer(i64::from(moved)));
    ctx.finish(result);
}

fn shift(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let (from, to) = (ctx.key(1), ctx.key(2));
    let (member, hasher) = (ctx.args.at(3), ctx.space.hasher());
    let found = ctx.find(&from, Look::Write).is_some();
    let target = ctx.find(&to, Look::Write);
    if !found {
        return Ok(false);
    }
    // The look at the destination may have changed the table.
    let Some(place) = ctx.table(&from).find(from.hash, from.bytes) else { return Ok(false) };
    let is_there = ctx.see::<Set>(&from, place)?.value.contains(member, hasher);
    if let Some(target) = target {
        ctx.see::<Set>(&to, target)?;
    }
    if !is_there || from.bytes == to.bytes {
        return Ok(is_there);
    }
    ctx.open::<Set>(&from, place)?.value.remove(member, hasher);
    ctx.notify(Classes::SET, "srem", &from);
    if ctx.remove_if_spent::<Set>(&from, place) {
        ctx.removed(&from);
    } else {
        ctx.changed(&from);
    }
    add(ctx, &to, member)?;
    Ok(true)
}

fn add(ctx: &mut Ctx<'_>, key: &Key<'_>, member: &[u8]) -> Result<(), Fault> {
    let (limits, hasher) = (&ctx.rules.sizes.set, ctx.space.hasher());
    // The end of the source may have changed the table.
    let added = match ctx.table(key).find(key.hash, key.bytes) {
        Some(place) => ctx.open::<Set>(key, place)?.value.add(member, limits, hasher),
        None => {
            let mut set = Set::new(member, 1, limits);
            set.add(member, limits, hasher);
            ctx.put_value(key, None, set);
            true
        }
    };
    if added {
        ctx.changed(key);
        ctx.notify(Classes::SET, "sadd", key);
    }
    Ok(())
}
