//! What commands on sorted sets have in common at their end: members in replies, sets in the place of keys, what was
//! taken away.

use crate::event::Classes;
use crate::{Ctx, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::packed::Item;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::Reply;
use std::borrow::Cow;

/// The bytes of a member, copied only if they are digits of an integer.
pub(crate) fn bytes(item: Item<'_>) -> Cow<'_, [u8]> {
    match item {
        Item::Bytes(bytes) => Cow::Borrowed(bytes),
        Item::Int(_) => Cow::Owned(item.to_vec()),
    }
}

/// The header of so many members: with their scores they are twice as many strings in RESP2, and pairs in RESP3.
#[inline]
pub(super) fn header(reply: &mut Reply<'_>, len: usize, with_scores: bool) {
    reply.array_len(if with_scores && !reply.is_resp3() { len * 2 } else { len });
}

/// A member, with its score if that is wanted.
#[inline]
pub(super) fn member(reply: &mut Reply<'_>, item: Item<'_>, score: f64, with_scores: bool) {
    if with_scores && reply.is_resp3() {
        reply.array_len(2);
    }
    name(reply, item);
    if with_scores {
        reply.double(score);
    }
}

/// A member without its score.
#[inline]
pub(super) fn name(reply: &mut Reply<'_>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// Puts a set in the place of whatever a key holds, or removes the key if there is nothing in the set. Replies with
/// how many members it has, and gives that.
pub(crate) fn store(ctx: &mut Ctx<'_>, index: usize, set: Option<ZSet>, event: &'static str) -> usize {
    let key = ctx.key(index);
    let place = ctx.find(&key, Look::Write);
    let len = set.as_ref().map_or(0, ZSet::len);
    if let (Some(set), true) = (set, len > 0) {
        ctx.put_value(&key, place, set);
        ctx.changed(&key);
        ctx.notify(Classes::ZSET, event, &key);
    } else if let Some(place) = place {
        let lazy = ctx.rules.lazy_overwrite;
        ctx.remove(&key, place, lazy);
        ctx.removed(&key);
        ctx.notify(Classes::GENERIC, "del", &key);
    }
    ctx.reply.integer(len as i64);
    len
}

/// Says that so many members were taken out of a set, and removes its key if none is left.
pub(super) fn taken(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, count: usize, event: &'static str) {
    let Some(more) = count.checked_sub(1) else { return };
    ctx.notify(Classes::ZSET, event, key);
    if ctx.remove_if_spent::<ZSet>(key, place) {
        ctx.removed(key);
    } else {
        ctx.changed(key);
    }
    ctx.turn.dirty += more as u64;
}
