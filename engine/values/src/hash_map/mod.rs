//! Hashes: fields with values, in a listpack while they are small and never expire, else in a hash trie.
//!
//! Takes fields and values as bytes, limits, the time, a hash function and random bits. Becomes the larger form exactly when
//! Valkey does, and never the smaller one again. A field that has expired is not seen by anything that takes the
//! time; it stays, and counts, until it is removed. Must not know the configuration, the clock, or draw lots.

mod expire;
mod grow;
mod look;
mod write;

pub use look::Iter;
pub use write::{Keep, Was};

use crate::hash::Hasher;
use crate::packed::{Item, Packed, Place};
use crate::thin::{COUNTS, Either, Form, Shared};
pub use crate::trie::Entry;
use crate::trie::Trie;

/// How large the small form may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `hash-max-listpack-entries`.
    pub entries: usize,
    /// `hash-max-listpack-value`.
    pub value: usize,
}

/// A hash, as wide as a pointer. Cloning is counting.
#[derive(Clone)]
pub struct Map {
    body: Either<Packed, Shared<Trie>>,
}

/// A field with what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name.
    pub name: Item<'a>,
    /// Its value.
    pub value: Item<'a>,
    /// When it expires, in milliseconds.
    pub expiry: Option<i64>,
}

impl<'a> From<Entry<'a>> for Field<'a> {
    fn from(entry: Entry<'a>) -> Self {
        Self { name: Item::Bytes(entry.key), value: Item::Bytes(entry.value), expiry: entry.expiry }
    }
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty hash.
    pub fn new() -> Self {
        Self { body: Either::small(Packed::new()) }
    }

    /// Number of fields, expired ones included: what HLEN says.
    pub fn len(&self) -> usize {
        match self.body.get() {
            Form::Small(packed) => packed.len() / 2,
            Form::Large(trie) => trie.len(),
        }
    }

    /// Whether there are no fields, not even expired ones.
    pub fn is_empty(&self) -> bool {
        match self.body.get() {
            Form::Small(packed) => packed.is_empty(),
            Form::Large(trie) => trie.is_empty(),
        }
    }

    /// Bytes of memory, without this pointer.
    pub fn size(&self) -> usize {
        match self.body.get() {
            Form::Small(packed) => packed.size(),
            Form::Large(trie) => COUNTS + trie.size(),
        }
    }

    /// The name of the form, as OBJECT ENCODING says it.
    pub fn encoding(&self) -> &'static str {
        match self.body.get() {
            Form::Small(_) => "listpack",
            Form::Large(_) => "hashtable",
        }
    }

    /// The listpack of fields and values, while the hash is small.
    pub fn packed(&self) -> Option<&Packed> {
        match self.body.get() {
            Form::Small(packed) => Some(packed),
            Form::Large(_) => None,
        }
    }

    /// The value of a field and when it expires.
    #[inline]
    pub fn get(&self, name: &[u8], now: i64, hasher: &Hasher) -> Option<(Item<'_>, Option<i64>)> {
        match self.body.get() {
            Form::Small(packed) => {
                let value = packed.next(find(packed, name)?)?;
                Some((packed.get(value), None))
            }
            Form::Large(trie) => {
                let entry = trie.get(hasher.hash(name), name)?;
                (!entry.is_expired(now)).then_some((Item::Bytes(entry.value), entry.expiry))
            }
        }
    }

    /// Starts to load what searches for fields with these hashes will read.
    pub fn load_ahead(&self, hashes: &[u64]) {
        if let Form::Large(trie) = self.body.get() {
            trie.load_ahead(hashes);
        }
    }

    /// Whether there is this field.
    pub fn contains(&self, name: &[u8], now: i64, hasher: &Hasher) -> bool {
        self.get(name, now, hasher).is_some()
    }
}

/// Where a field is.
#[inline]
fn find(packed: &Packed, name: &[u8]) -> Option<Place> {
    packed.find(packed.first()?, name, 1)
}
