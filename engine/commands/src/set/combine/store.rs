//! SINTERSTORE, SUNIONSTORE, SDIFFSTORE: the result takes the place of whatever the destination held.

use super::Sources;
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_values::hash::Hasher;
use ironkeep_values::set::{Limits, Set};

/// How to combine. Nothing means an empty set.
type Way = fn(&Sources, &Limits, &Hasher) -> Option<Set>;

/// SINTERSTORE
pub fn sinterstore(ctx: &mut Ctx<'_>) {
    run(ctx, "sinterstore", |sources, limits, hasher| {
        sources.all().map(|mut sets| Set::intersection(&mut sets, limits, hasher))
    });
}

/// SUNIONSTORE
pub fn sunionstore(ctx: &mut Ctx<'_>) {
    run(ctx, "sunionstore", |sources, limits, hasher| Some(Set::union(&sources.some(), limits, hasher)));
}

/// SDIFFSTORE
pub fn sdiffstore(ctx: &mut Ctx<'_>) {
    run(ctx, "sdiffstore", |sources, limits, hasher| {
        let (first, mut others) = sources.first_and_others()?;
        Some(Set::difference(first, &mut others, limits, hasher))
    });
}

fn run(ctx: &mut Ctx<'_>, event: &'static str, way: Way) {
    let result = combine(ctx, way).map(|set| store(ctx, set, event));
    ctx.finish(result);
}

fn combine(ctx: &mut Ctx<'_>, way: Way) -> Result<Option<Set>, Fault> {
    let sources = Sources::of(ctx, 2..ctx.args.len())?;
    let result = way(&sources, &ctx.rules.sizes.set, ctx.space.hasher());
    Ok(result.filter(|set| !set.is_empty()))
}

/// Puts the result at the destination, or removes that, and replies.
fn store(ctx: &mut Ctx<'_>, result: Option<Set>, event: &'static str) {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let len = result.as_ref().map_or(0, Set::len);
    match (result, place) {
        (Some(set), place) => {
            ctx.put_value(&key, place, set);
            ctx.changed(&key);
            ctx.notify(Classes::SET, event, &key);
        }
        (None, Some(place)) => {
            let lazy = ctx.rules.lazy_overwrite;
            ctx.remove(&key, place, lazy);
            ctx.removed(&key);
            ctx.notify(Classes::GENERIC, "del", &key);
        }
        (None, None) => {}
    }
    ctx.reply.integer(len as i64);
}
