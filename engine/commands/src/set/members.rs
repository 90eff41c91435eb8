//! SADD, SREM, SISMEMBER, SMISMEMBER, SCARD: members by name.

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_values::set::Set;

/// SADD
pub fn sadd(ctx: &mut Ctx<'_>) {
    let result = add(ctx).map(|added| ctx.reply.integer(added as i64));
    ctx.finish(result);
}

fn add(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let (limits, hasher) = (&ctx.rules.sizes.set, ctx.space.hasher());
    let (members, count) = (args.iter().skip(2), args.len() - 2);
    let add_to = |set: &mut Set| members.map(|member| u64::from(set.add(member, limits, hasher))).sum();
    let added: u64 = match ctx.find(&key, Look::Write) {
        Some(place) => {
            let set = ctx.open::<Set>(&key, place)?.value;
            set.expect(count, limits, hasher);
            add_to(set)
        }
        None => {
            let mut set = Set::new(args.at(2), count, limits);
            let added = add_to(&mut set);
            ctx.put_value(&key, None, set);
            added
        }
    };
    if added > 0 {
        ctx.changed(&key);
        ctx.turn.dirty += added - 1;
        ctx.notify(Classes::SET, "sadd", &key);
    }
    Ok(added)
}

/// SREM
pub fn srem(ctx: &mut Ctx<'_>) {
    let result = remove(ctx).map(|removed| ctx.reply.integer(removed as i64));
    ctx.finish(result);
}

fn remove(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let (key, members, hasher) = (ctx.key(1), ctx.args.iter().skip(2), ctx.space.hasher());
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(0) };
    let set = ctx.open::<Set>(&key, place)?.value;
    let removed: u64 = members.map(|member| u64::from(set.remove(member, hasher))).sum();
    if removed > 0 {
        ctx.notify(Classes::SET, "srem", &key);
        if ctx.remove_if_spent::<Set>(&key, place) {
            ctx.removed(&key);
        } else {
            ctx.changed(&key);
        }
        ctx.turn.dirty += removed - 1;
    }
    Ok(removed)
}

/// SISMEMBER
pub fn sismember(ctx: &mut Ctx<'_>) {
    let (key, hasher, member) = (ctx.key(1), ctx.space.hasher(), ctx.args.at(2));
    let result =
        ctx.read::<Set>(&key).map(|seen| seen.is_some_and(|seen| seen.value.contains(member, hasher)));
    let result = result.map(|is_there| ctx.reply.integer(i64::from(is_there)));
    ctx.finish(result);
}

/// SMISMEMBER
pub fn smismember(ctx: &mut Ctx<'_>) {
    let result = look_for(ctx);
    ctx.finish(result);
}

fn look_for(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, hasher, args) = (ctx.key(1), ctx.space.hasher(), ctx.args);
    let members = args.iter().skip(2);
    let Some(seen) = ctx.read::<Set>(&key)? else {
        ctx.reply.array_len(members.len());
        members.for_each(|_| ctx.reply.integer(0));
        return Ok(());
    };
    seen.reply.array_len(members.len());
    members.for_each(|member| seen.reply.integer(i64::from(seen.value.contains(member, hasher))));
    Ok(())
}

/// SCARD
pub fn scard(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let result = ctx.read::<Set>(&key).map(|seen| seen.map_or(0, |seen| seen.value.len()));
    let result = result.map(|len| ctx.reply.integer(len as i64));
    ctx.finish(result);
}
