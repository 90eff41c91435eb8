//! SINTER, SUNION, SDIFF and what they store: sets out of sets.
//!
//! The sets are shared while they are combined, so that several can be looked at together, and the destination may be
//! one of them. No key counts as an empty set.

mod card;
mod store;

pub use card::sintercard;
pub use store::{sdiffstore, sinterstore, sunionstore};

use super::look::show_all;
use super::{reply_item, reply_set};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_values::set::{self, Set};
use std::ops::{ControlFlow, Range};

/// The sets of some keys.
struct Sources(Vec<Option<Set>>);

impl Sources {
    /// Those of the keys at these positions of the request.
    fn of(ctx: &mut Ctx<'_>, keys: Range<usize>) -> Result<Self, Fault> {
        keys.map(|index| share(ctx, index)).collect::<Result<_, _>>().map(Self)
    }

    /// All of them, unless one is missing.
    fn all(&self) -> Option<Vec<&Set>> {
        self.0.iter().map(Option::as_ref).collect()
    }

    /// Those that are there.
    fn some(&self) -> Vec<&Set> {
        self.0.iter().flatten().collect()
    }

    /// The first, if it is there, and those of the others that are.
    fn first_and_others(&self) -> Option<(&Set, Vec<&Set>)> {
        let (first, others) = self.0.split_first()?;
        Some((first.as_ref()?, others.iter().flatten().collect()))
    }
}

fn share(ctx: &mut Ctx<'_>, index: usize) -> Result<Option<Set>, Fault> {
    let key = ctx.key(index);
    let Some(place) = ctx.find(&key, Look::Read) else { return Ok(None) };
    match ctx.at(&key, place).into_value() {
        Value::Object(ObjectRef::Set(set)) => Ok(Some(set.clone())),
        _ => Err(Fault::WrongType),
    }
}

/// SINTER
pub fn sinter(ctx: &mut Ctx<'_>) {
    let result = show(ctx, show_intersection);
    ctx.finish(result);
}

/// SUNION
pub fn sunion(ctx: &mut Ctx<'_>) {
    let result = show(ctx, show_union);
    ctx.finish(result);
}

/// SDIFF
pub fn sdiff(ctx: &mut Ctx<'_>) {
    let result = show(ctx, show_difference);
    ctx.finish(result);
}

fn show(ctx: &mut Ctx<'_>, way: fn(&mut Ctx<'_>, &Sources)) -> Result<(), Fault> {
    if ctx.args.len() == 2 {
        return show_all(ctx, 1);
    }
    let sources = Sources::of(ctx, 1..ctx.args.len())?;
    way(ctx, &sources);
    Ok(())
}

fn show_intersection(ctx: &mut Ctx<'_>, sources: &Sources) {
    let Some(mut sets) = sources.all() else { return ctx.reply.set_len(0) };
    let (hasher, head, mut count) = (ctx.space.hasher(), ctx.reply.defer(), 0);
    set::intersect(&mut sets, hasher, |item| {
        count += 1;
        reply_item(&mut ctx.reply, item);
        ControlFlow::Continue(())
    });
    ctx.reply.finish_set(head, count);
}

fn show_union(ctx: &mut Ctx<'_>, sources: &Sources) {
    let all = Set::gathered(&sources.some(), &ctx.rules.sizes.set, ctx.space.hasher());
    reply_set(&mut ctx.reply, &all);
}

fn show_difference(ctx: &mut Ctx<'_>, sources: &Sources) {
    let Some((first, mut others)) = sources.first_and_others() else { return ctx.reply.set_len(0) };
    let (hasher, head, mut count) = (ctx.space.hasher(), ctx.reply.defer(), 0);
    set::subtract(first, &mut others, hasher, |item| {
        count += 1;
        reply_item(&mut ctx.reply, item);
    });
    ctx.reply.finish_set(head, count);
}
