//! ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZREM.

use super::result::taken;
use crate::{Ctx, Fault, Look};
use ironkeep_values::zset::ZSet;

/// ZCARD
pub fn zcard(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    match ctx.read::<ZSet>(&key) {
        Ok(Some(seen)) => seen.reply.integer(seen.value.len() as i64),
        Ok(None) => ctx.reply.integer(0),
        Err(fault) => ctx.fail(fault),
    }
}

/// ZSCORE
pub fn zscore(ctx: &mut Ctx<'_>) {
    let (key, member, hasher) = (ctx.key(1), ctx.args.at(2), ctx.space.hasher());
    match ctx.read::<ZSet>(&key) {
        Ok(Some(seen)) => match seen.value.score(member, hasher) {
            Some(score) => seen.reply.double(score),
            None => seen.reply.null(),
        },
        Ok(None) => ctx.reply.null(),
        Err(fault) => ctx.fail(fault),
    }
}

/// ZMSCORE
pub fn zmscore(ctx: &mut Ctx<'_>) {
    let (key, args, hasher) = (ctx.key(1), ctx.args, ctx.space.hasher());
    let members = args.iter().skip(2);
    match ctx.read::<ZSet>(&key) {
        Ok(Some(seen)) => {
            seen.reply.array_len(members.len());
            for member in members {
                match seen.value.score(member, hasher) {
                    Some(score) => seen.reply.double(score),
                    None => seen.reply.null(),
                }
            }
        }
        Ok(None) => {
            ctx.reply.array_len(members.len());
            members.for_each(|_| ctx.reply.null());
        }
        Err(fault) => ctx.fail(fault),
    }
}

/// ZRANK
pub fn zrank(ctx: &mut Ctx<'_>) {
    let result = rank(ctx, "zrank", false);
    ctx.finish(result);
}

/// ZREVRANK
pub fn zrevrank(ctx: &mut Ctx<'_>) {
    let result = rank(ctx, "zrevrank", true);
    ctx.finish(result);
}

fn rank(ctx: &mut Ctx<'_>, command: &'static str, reverse: bool) -> Result<(), Fault> {
    let with_score = match ctx.args.len() {
        ..=3 => false,
        4 if ctx.args.is(3, "withscore") => true,
        4 => return Err(Fault::Syntax),
        _ => return Err(Fault::Arity(command)),
    };
    let (key, member, hasher) = (ctx.key(1), ctx.args.at(2), ctx.space.hasher());
    let found = match ctx.read::<ZSet>(&key)? {
        Some(seen) => seen.value.rank(member, hasher).map(|(rank, score)| {
            let rank = if reverse { seen.value.len() - 1 - rank } else { rank };
            (rank, score)
        }),
        None => None,
    };
    match (found, with_score) {
        (Some((rank, _)), false) => ctx.reply.integer(rank as i64),
        (Some((rank, score)), true) => {
            ctx.reply.array_len(2);
            ctx.reply.integer(rank as i64);
            ctx.reply.double(score);
        }
        (None, false) => ctx.reply.null(),
        (None, true) => ctx.reply.null_array(),
    }
    Ok(())
}

/// ZREM
pub fn zrem(ctx: &mut Ctx<'_>) {
    let result = remove(ctx);
    ctx.finish(result);
}

fn remove(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, hasher) = (ctx.key(1), ctx.args, ctx.space.hasher());
    let Some(place) = ctx.find(&key, Look::Write) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let open = ctx.open::<ZSet>(&key, place)?;
    let removed = args.iter().skip(2).filter(|member| open.value.remove(member, hasher).is_some()).count();
    open.reply.integer(removed as i64);
    taken(ctx, &key, place, removed, "zrem");
    Ok(())
}
