//! Sets: integers in order, or a listpack, while they are small; a hash trie when they aren't.
//!
//! Takes members as bytes, limits, a hash function and random bits. Becomes a larger form exactly when Valkey does, and
//! never a smaller one by itself. Must not know the configuration, or draw lots itself.

mod combine;
mod grow;
mod look;

pub use combine::{intersect, subtract};
pub use look::Iter;

use crate::hash::Hasher;
use crate::intset::IntSet;
use crate::lots;
use crate::packed::{Item, Packed, parse_integer};
use crate::trie::{Entry, Trie};

/// How large the small forms may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `set-max-intset-entries`.
    pub intset_entries: usize,
    /// `set-max-listpack-entries`.
    pub listpack_entries: usize,
    /// `set-max-listpack-value`.
    pub listpack_value: usize,
}

/// A set. Cloning costs no more than copying one small block.
#[derive(Clone)]
pub struct Set {
    body: Body,
}

#[derive(Clone)]
enum Body {
    Ints(IntSet),
    Packed(Packed),
    /// Boxed, so that small sets are small.
    Table(Box<Trie>),
}

/// What a set is made of, for who saves it.
pub enum Form<'a> {
    /// Integers.
    Ints(&'a IntSet),
    /// A listpack of its members.
    Packed(&'a Packed),
    /// Neither: its members are to be walked.
    Table,
}

impl Set {
    /// Number of members.
    pub fn len(&self) -> usize {
        match &self.body {
            Body::Ints(ints) => ints.len(),
            Body::Packed(packed) => packed.len(),
            Body::Table(trie) => trie.len(),
        }
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        let blocks = match &self.body {
            Body::Ints(ints) => ints.size() - size_of::<IntSet>(),
            Body::Packed(packed) => packed.size() - size_of::<Packed>(),
            Body::Table(trie) => trie.size(),
        };
        size_of::<Self>() + blocks
    }

    /// The name of the form, as OBJECT ENCODING says it.
    pub fn encoding(&self) -> &'static str {
        match &self.body {
            Body::Ints(_) => "intset",
            Body::Packed(_) => "listpack",
            Body::Table(_) => "hashtable",
        }
    }

    /// The form.
    pub fn form(&self) -> Form<'_> {
        match &self.body {
            Body::Ints(ints) => Form::Ints(ints),
            Body::Packed(packed) => Form::Packed(packed),
            Body::Table(_) => Form::Table,
        }
    }

    /// Whether there is this member.
    #[inline]
    pub fn contains(&self, member: &[u8], hasher: &Hasher) -> bool {
        match &self.body {
            Body::Ints(ints) => parse_integer(member).is_some_and(|number| ints.contains(number)),
            Body::Packed(packed) => find(packed, member).is_some(),
            Body::Table(trie) => trie.get(hasher.hash(member), member).is_some(),
        }
    }

    /// Whether there is this member of another set.
    #[inline]
    pub fn has(&self, item: &Item<'_>, hasher: &Hasher) -> bool {
        match (&self.body, item) {
            (Body::Ints(ints), Item::Int(number)) => ints.contains(*number),
            _ => self.contains(item.text(&mut [0; 20]), hasher),
        }
    }

    /// Adds a member. Gives whether it is new.
    #[inline]
    pub fn add(&mut self, member: &[u8], limits: &Limits, hasher: &Hasher) -> bool {
        match &mut self.body {
            Body::Table(trie) => trie.insert_new(&|key: &[u8]| hasher.hash(key), &Entry::key(member)),
            Body::Ints(_) => self.add_to_ints(member, limits, hasher),
            Body::Packed(packed) => {
                let is_new = find(packed, member).is_none();
                if is_new {
                    self.add_to_packed(member, limits, hasher);
                }
                is_new
            }
        }
    }

    /// Takes a member out. Gives whether there was one.
    pub fn remove(&mut self, member: &[u8], hasher: &Hasher) -> bool {
        match &mut self.body {
            Body::Ints(ints) => parse_integer(member).is_some_and(|number| ints.remove(number)),
            Body::Table(trie) => trie.remove(hasher.hash(member), member),
            Body::Packed(packed) => {
                let place = find(packed, member);
                if let Some(place) = place {
                    packed.remove(place);
                }
                place.is_some()
            }
        }
    }

    /// Takes a random member out, each as likely as another.
    pub fn pop(&mut self, hasher: &Hasher, random: &mut dyn FnMut() -> u64) -> Option<Vec<u8>> {
        let member = self.random(random)?.to_vec();
        self.remove(&member, hasher);
        Some(member)
    }
}

#[inline]
fn find(packed: &Packed, member: &[u8]) -> Option<crate::packed::Place> {
    packed.find(packed.first()?, member, 0)
}

impl Set {
    /// A random member, each as likely as another.
    pub fn random(&self, random: &mut dyn FnMut() -> u64) -> Option<Item<'_>> {
        self.nth(lots::below(self.len(), random))
    }
}
