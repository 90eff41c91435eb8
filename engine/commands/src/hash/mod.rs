//! The commands on hashes: their fields, and when those expire.
//!
//! `get` and `random` and `scan` look, `set`, `setex`, `count` and `delete` change, `expire`, `getex` and `ttl` are about
//! the time that fields have; `request` reads what a request says of fields and times. All changes go through [`edit`],
//! so that the table knows which keys have fields that expire. `crate::field_expiry` removes those that have.

mod count;
mod delete;
mod expire;
mod get;
mod getex;
mod random;
mod request;
mod scan;
mod set;
mod setex;
mod ttl;

pub use count::{hincrby, hincrbyfloat};
pub use delete::{hdel, hgetdel};
pub use expire::{hexpire, hexpireat, hpersist, hpexpire, hpexpireat};
pub use get::{hexists, hget, hgetall, hkeys, hlen, hmget, hstrlen, hvals};
pub use getex::hgetex;
pub use random::hrandfield;
pub use scan::hscan;
pub use set::{hmset, hset, hsetnx};
pub use setex::hsetex;
pub use ttl::{hexpiretime, hpexpiretime, hpttl, httl};

use crate::event::Classes;
use crate::typed::Open;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hash::Hasher;
use ironkeep_values::hash_map::{Keep, Limits, Map, Was};
use ironkeep_values::packed::Item;
use ironkeep_wire::Reply;

/// What a hash has to be told to be looked at or changed.
#[derive(Clone, Copy)]
struct World<'a> {
    hasher: &'a Hasher,
    limits: Limits,
    /// The time for looks.
    now: i64,
    /// The time for fields that get a value: in its last millisecond a field is seen, but counts as expired when it is
    /// overwritten, as in Valkey.
    due: i64,
}

impl<'a> World<'a> {
    #[inline]
    fn of(ctx: &Ctx<'a>) -> Self {
        let due = if ctx.rules.remove_expired { ctx.now.saturating_add(1) } else { i64::MIN };
        Self { hasher: ctx.space.hasher(), limits: ctx.rules.sizes.map, now: ctx.expiry_now(), due }
    }

    #[inline]
    fn get<'m>(&self, map: &'m Map, name: &[u8]) -> Option<(Item<'m>, Option<i64>)> {
        map.get(name, self.now, self.hasher)
    }

    #[inline]
    fn set(&self, map: &mut Map, name: &[u8], value: &[u8], keep: Keep) -> Was {
        map.set(name, value, keep, self.due, &self.limits, self.hasher)
    }

    #[inline]
    fn remove(&self, map: &mut Map, name: &[u8]) -> bool {
        map.remove(name, self.now, self.hasher)
    }
}

/// Replies with the value of a field, or with null.
#[inline]
fn reply_value(reply: &mut Reply<'_>, found: Option<(Item<'_>, Option<i64>)>) {
    match found {
        Some((value, _)) => reply_item(reply, value),
        None => reply.null(),
    }
}

#[inline]
fn reply_item(reply: &mut Reply<'_>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// An array of so many nulls: what fields of no hash are.
fn reply_nulls(reply: &mut Reply<'_>, count: usize) {
    reply.array_len(count);
    (0..count).for_each(|_| reply.null());
}

/// The place of a key, which gets an empty hash if it is not there.
#[inline]
fn find_or_new(ctx: &mut Ctx<'_>, key: &Key<'_>) -> Place {
    match ctx.find(key, Look::Write) {
        Some(place) => place,
        None => ctx.put_value(key, None, Map::new()),
    }
}

/// Changes the hash at a place, and tells the table when another field is now the first to expire.
#[inline]
pub(crate) fn edit<'a, R>(
    ctx: &mut Ctx<'a>,
    key: &Key<'_>,
    place: Place,
    work: impl FnOnce(&mut Open<'_, 'a, Map>) -> R,
) -> Result<R, Fault> {
    let mut open = ctx.open::<Map>(key, place)?;
    let before = open.value.earliest();
    let result = work(&mut open);
    if open.value.earliest() != before {
        ctx.table(key).fields_changed(place, before);
    }
    Ok(result)
}

/// Ends a change of so many fields, at least one, which may have taken the last of them.
fn settle(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, changes: usize) {
    if ctx.remove_if_spent::<Map>(key, place) {
        ctx.removed(key);
    } else {
        ctx.changed(key);
    }
    ctx.turn.dirty += changes as u64 - 1;
}

/// Counts and tells that expired fields were overwritten.
fn tell_overwritten(ctx: &mut Ctx<'_>, key: &Key<'_>, expired: usize) {
    if expired > 0 {
        ctx.turn.counts.expired_fields += expired as u64;
        ctx.notify(Classes::HASH, "hexpired", key);
    }
}
