//! The elements that SORT begins with.
//!
//! Shares the value, so that elements can be looked at while other keys are looked up.

use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::{Object, ObjectRef};
use ironkeep_values::list::Way;
use ironkeep_values::packed::Item;
use ironkeep_values::zset::ZSet;
use std::ops::Range;

/// A list, a set or a sorted set; or nothing.
pub(super) struct Source(Option<Object>);

impl Source {
    /// The value of the key to sort.
    pub fn find(ctx: &mut Ctx<'_>) -> Result<Self, Fault> {
        let key = ctx.key(1);
        let Some(place) = ctx.find(&key, Look::Read) else { return Ok(Self(None)) };
        let (limits, hasher) = (ctx.rules.sizes.zset, ctx.space.hasher());
        if let Ok(open) = ctx.open::<ZSet>(&key, place) {
            // In Valkey a sorted set that was sorted has its large form from then on, and OBJECT ENCODING tells.
            open.value.prepare(usize::MAX, 0, limits, hasher);
        }
        match ctx.at(&key, place).into_value() {
            Value::Object(object @ (ObjectRef::List(_) | ObjectRef::Set(_) | ObjectRef::ZSet(_))) => {
                Ok(Self(Some(object.share())))
            }
            _ => Err(Fault::WrongType),
        }
    }

    pub fn len(&self) -> usize {
        match &self.0 {
            Some(Object::List(list)) => list.len(),
            Some(Object::Set(set)) => set.len(),
            Some(Object::ZSet(zset)) => zset.len(),
            _ => 0,
        }
    }

    /// Whether the elements have no order of their own.
    pub fn is_set(&self) -> bool {
        matches!(self.0, Some(Object::Set(_)))
    }

    /// The elements.
    pub fn items(&self) -> Vec<Item<'_>> {
        self.part(0..self.len(), false)
    }

    /// Some of the elements in their own order, which may be turned round. A set knows no such order.
    pub fn part(&self, range: Range<usize>, backward: bool) -> Vec<Item<'_>> {
        let len = self.len();
        match &self.0 {
            _ if range.is_empty() => Vec::new(),
            Some(Object::List(list)) if backward => {
                list.walk(len - 1 - range.start, Way::Backward).take(range.len()).collect()
            }
            Some(Object::List(list)) => list.walk(range.start, Way::Forward).take(range.len()).collect(),
            Some(Object::ZSet(zset)) if backward => {
                zset.range(len - range.end..len - range.start).rev().map(|(item, _)| item).collect()
            }
            Some(Object::ZSet(zset)) => zset.range(range).map(|(item, _)| item).collect(),
            Some(Object::Set(set)) => set.iter().skip(range.start).take(range.len()).collect(),
            _ => Vec::new(),
        }
    }
}
