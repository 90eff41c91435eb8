//! Values that live outside of their entry, each behind a reference count.
//!
//! A count of one means that the keyspace alone holds the value and changes it in place; while a snapshot,
//! a reply in flight or the freeing thread also holds it, a change copies first (`Arc::make_mut`). For the types other
//! than text that copies no more than one small block, for they are trees of counted chunks themselves.
//! Must not know keys, tables or commands.

use ironkeep_values::hash_map::Map;
use ironkeep_values::list::List;
use ironkeep_values::set::Set;
use ironkeep_values::stream::Stream;
use ironkeep_values::zset::ZSet;
use std::sync::Arc;

/// A value behind a reference count.
pub enum Object {
    /// A long string, or one that grows.
    Text(Arc<Vec<u8>>),
    /// A list.
    List(Arc<List>),
    /// A set.
    Set(Arc<Set>),
    /// A sorted set.
    ZSet(Arc<ZSet>),
    /// A hash.
    Map(Arc<Map>),
    /// A stream.
    Stream(Arc<Stream>),
}

/// Strings are given room ahead of their growth up to this much.
const MOST_SPARE: usize = 1 << 20;

/// What the counts of an `Arc` take.
const COUNTS: usize = 2 * size_of::<usize>();

impl Object {
    /// A long string.
    pub fn from_text(text: Vec<u8>) -> Self {
        Self::Text(Arc::new(text))
    }

    /// One more reference to the same value.
    pub fn share(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Arc::clone(text)),
            Self::List(list) => Self::List(Arc::clone(list)),
            Self::Set(set) => Self::Set(Arc::clone(set)),
            Self::ZSet(zset) => Self::ZSet(Arc::clone(zset)),
            Self::Map(map) => Self::Map(Arc::clone(map)),
            Self::Stream(stream) => Self::Stream(Arc::clone(stream)),
        }
    }

    /// The bytes, if this is a string.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes to be changed, if this is a string; copied first while somebody else holds them.
    pub fn text_mut(&mut self) -> Option<&mut Vec<u8>> {
        match self {
            Self::Text(text) => Some(Arc::make_mut(text)),
            _ => None,
        }
    }

    /// Bytes of memory that the value takes.
    pub fn size(&self) -> usize {
        COUNTS
            + match self {
                Self::Text(text) => text.capacity() + size_of::<Vec<u8>>(),
                Self::List(list) => list.size(),
                Self::Set(set) => set.size(),
                Self::ZSet(zset) => zset.size(),
                Self::Map(map) => map.size(),
                Self::Stream(stream) => stream.size(),
            }
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            Self::Text(_) => "Text",
            Self::List(_) => List::NAME,
            Self::Set(_) => Set::NAME,
            Self::ZSet(_) => ZSet::NAME,
            Self::Map(_) => Map::NAME,
            Self::Stream(_) => Stream::NAME,
        };
        write!(f, "{name} of {} bytes", self.size())
    }
}

/// A type of values that are no strings.
pub trait Typed: Clone {
    /// What TYPE says.
    const NAME: &'static str;
    /// The value of an object, if it has this type.
    fn of(object: &Object) -> Option<&Self>;
    /// The value to be changed; copied first while somebody else holds it.
    fn of_mut(object: &mut Object) -> Option<&mut Self>;
    /// An object with this value.
    fn into_object(self) -> Object;
    /// Whether a key that holds it has no reason to be there any more.
    fn is_spent(&self) -> bool;
}

macro_rules! typed {
    ($type:ident, $name:literal, $spent:expr) => {
        impl Typed for $type {
            const NAME: &'static str = $name;
            #[inline]
            fn of(object: &Object) -> Option<&Self> {
                if let Object::$type(value) = object { Some(value) } else { None }
            }
            #[inline]
            fn of_mut(object: &mut Object) -> Option<&mut Self> {
                if let Object::$type(value) = object { Some(Arc::make_mut(value)) } else { None }
            }
            fn into_object(self) -> Object {
                Object::$type(Arc::new(self))
            }
            #[inline]
            fn is_spent(&self) -> bool {
                let spent: fn(&Self) -> bool = $spent;
                spent(self)
            }
        }
    };
}

typed!(List, "list", List::is_empty);
typed!(Set, "set", Set::is_empty);
typed!(ZSet, "zset", ZSet::is_empty);
typed!(Map, "hash", Map::is_empty);
// A stream without entries still knows its last id and its groups.
typed!(Stream, "stream", |_| false);

/// Makes a string `len` long, filled up with zeros, with room ahead for the next growth
/// as Valkey's strings have: as much again, at most a mebibyte.
pub fn grow(text: &mut Vec<u8>, len: usize) {
    if len > text.capacity() {
        text.reserve_exact(len + len.min(MOST_SPARE) - text.len());
    }
    if len > text.len() {
        text.resize(len, 0);
    }
}
