//! LMOVE and RPOPLPUSH: an element from one list into another, or to another place of the same.

use super::{End, push_one, taken};
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::list::List;
use ironkeep_values::packed::Item;

/// LMOVE
pub fn lmove(ctx: &mut Ctx<'_>) {
    let result = ends(ctx).and_then(|(from, to)| move_or_null(ctx, from, to));
    ctx.finish(result);
}

/// RPOPLPUSH
pub fn rpoplpush(ctx: &mut Ctx<'_>) {
    let result = move_or_null(ctx, End::Right, End::Left);
    ctx.finish(result);
}

/// The ends that LMOVE and BLMOVE are told.
pub(super) fn ends(ctx: &Ctx<'_>) -> Result<(End, End), Fault> {
    Ok((End::parse(ctx.args.at(3))?, End::parse(ctx.args.at(4))?))
}

fn move_or_null(ctx: &mut Ctx<'_>, from: End, to: End) -> Result<(), Fault> {
    if !move_one(ctx, from, to)? {
        ctx.reply.null();
    }
    Ok(())
}

/// Moves an element from the list at the first argument to the one at the second; says whether there was one.
pub(super) fn move_one(ctx: &mut Ctx<'_>, from: End, to: End) -> Result<bool, Fault> {
    let (source, target) = (ctx.key(1), ctx.key(2));
    let Some(mut place) = ctx.find_as::<List>(&source, Look::Write)? else { return Ok(false) };
    let found = ctx.find_as::<List>(&target, Look::Write)?;
    if found.is_none() {
        // A target that had expired has gone, and entries may have moved up.
        let Some(still) = ctx.table(&source).find(source.hash, source.bytes) else { return Ok(false) };
        place = still;
    }
    let value = ctx.open::<List>(&source, place)?.value;
    let Some(element) = from.pop(value, |item: Item<'_>| item.to_vec()) else { return Ok(false) };
    if found.is_some() && source.bytes == target.bytes {
        rotated(ctx, &source, place, (from, to), &element)?;
    } else {
        let is_emptied = value.is_empty();
        // The new element first, as Valkey tells it.
        ctx.notify(Classes::LIST, to.pushed(), &target);
        taken(ctx, &source, place, 1, from.popped())?;
        // Entries may have moved when the source went.
        let found = if is_emptied { ctx.table(&target).find(target.hash, target.bytes) } else { found };
        add(ctx, &target, found, to, &element)?;
        // One change for Valkey, though on two keys.
        ctx.turn.dirty -= 1;
    }
    ctx.reply.bulk(&element);
    Ok(true)
}

/// Puts the element that was taken from a list into the same one again.
fn rotated(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Place,
    (from, to): (End, End),
    element: &[u8],
) -> Result<(), Fault> {
    let limit = ctx.rules.sizes.list;
    push_one(ctx.open::<List>(key, place)?.value, to, element, limit);
    ctx.notify(Classes::LIST, to.pushed(), key);
    taken(ctx, key, place, 1, from.popped())
}

fn add(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Option<Place>,
    end: End,
    element: &[u8],
) -> Result<(), Fault> {
    let limit = ctx.rules.sizes.list;
    let place = place.unwrap_or_else(|| ctx.put_value(key, None, List::new()));
    push_one(ctx.open::<List>(key, place)?.value, end, element, limit);
    ctx.changed(key);
    Ok(())
}
