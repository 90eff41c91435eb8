//! HDEL, HGETDEL: fields go.

use super::{World, edit, reply_nulls, reply_value, request, settle};
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;

/// HDEL
pub fn hdel(ctx: &mut Ctx<'_>) {
    let result = delete(ctx).map(|deleted| ctx.reply.integer(deleted as i64));
    ctx.finish(result);
}

fn delete(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(0) };
    let deleted = edit(ctx, &key, place, |open| {
        args.iter().skip(2).filter(|name| world.remove(open.value, name)).count()
    })?;
    tell(ctx, &key, place, deleted);
    Ok(deleted)
}

/// HGETDEL
pub fn hgetdel(ctx: &mut Ctx<'_>) {
    let result = get_and_delete(ctx);
    ctx.finish(result);
}

fn get_and_delete(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, world) = (ctx.key(1), ctx.args, World::of(ctx));
    let first = request::fields_at(args, 2, request::MISCOUNTED)?;
    let Some(place) = ctx.find(&key, Look::Write) else {
        reply_nulls(&mut ctx.reply, args.len() - first);
        return Ok(());
    };
    let deleted = edit(ctx, &key, place, |open| {
        open.reply.array_len(args.len() - first);
        let mut deleted = 0;
        for name in args.iter().skip(first) {
            reply_value(open.reply, world.get(open.value, name));
            deleted += usize::from(world.remove(open.value, name));
        }
        deleted
    })?;
    tell(ctx, &key, place, deleted);
    Ok(())
}

fn tell(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, deleted: usize) {
    if deleted > 0 {
        ctx.notify(Classes::HASH, "hdel", key);
        settle(ctx, key, place, deleted);
    }
}
