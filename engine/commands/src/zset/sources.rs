//! The sets that ZUNION and its family combine: sorted ones, and plain ones whose members have the score 1.

use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_values::hash::Hasher;
use ironkeep_values::packed::Item;
use ironkeep_values::set::Set;
use ironkeep_values::zset::ZSet;

/// The score of the members of a plain set.
const PLAIN: f64 = 1.0;

/// A set to be combined with others; one more reference to what the key holds.
pub(super) enum Source {
    Missing,
    Set(Set),
    ZSet(ZSet),
}

impl Source {
    /// The set at a key.
    pub(super) fn read(ctx: &mut Ctx<'_>, index: usize) -> Result<Self, Fault> {
        let key = ctx.key(index);
        let Some(place) = ctx.find(&key, Look::Read) else { return Ok(Self::Missing) };
        match ctx.at(&key, place).into_value() {
            Value::Object(ObjectRef::Set(set)) => Ok(Self::Set(set.clone())),
            Value::Object(ObjectRef::ZSet(set)) => Ok(Self::ZSet(set.clone())),
            _ => Err(Fault::WrongType),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Set(set) => set.len(),
            Self::ZSet(set) => set.len(),
        }
    }

    /// The score of a member, if it is there.
    pub(super) fn score(&self, member: &[u8], hasher: &Hasher) -> Option<f64> {
        match self {
            Self::Missing => None,
            Self::Set(set) => set.contains(member, hasher).then_some(PLAIN),
            Self::ZSet(set) => set.score(member, hasher),
        }
    }

    /// All members with their scores.
    pub(super) fn members(&self) -> Box<dyn Iterator<Item = (Item<'_>, f64)> + '_> {
        match self {
            Self::Missing => Box::new(std::iter::empty()),
            Self::Set(set) => Box::new(set.iter().map(|item| (item, PLAIN))),
            Self::ZSet(set) => Box::new(set.iter()),
        }
    }
}
