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
use crate::thin::{self, Either, Shared};
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

/// A set, as wide as a pointer. Cloning is counting.
#[derive(Clone)]
pub struct Set {
    body: Either<Packed, Either<IntSet, Shared<Trie>>>,
}

/// What a set is made of.
pub enum Form<'a> {
    /// Integers.
    Ints(&'a IntSet),
    /// A listpack of its members.
    Packed(&'a Packed),
    /// Neither: its members are to be walked.
    Table(&'a Trie),
}

/// The same, to be changed.
enum FormMut<'a> {
    Ints(&'a mut IntSet),
    Packed(&'a mut Packed),
    Table(&'a mut Shared<Trie>),
}

/// A set of the integers of a file.
impl From<IntSet> for Set {
    fn from(ints: IntSet) -> Self {
        Self { body: Either::large(Either::small(ints)) }
    }
}

impl From<Packed> for Set {
    fn from(packed: Packed) -> Self {
        Self { body: Either::small(packed) }
    }
}

impl From<Trie> for Set {
    fn from(trie: Trie) -> Self {
        Self { body: Either::large(Either::large(Shared::new(trie))) }
    }
}

impl Set {
    /// Whether this is the other set, or a clone of it that was not changed since.
    pub fn is_same(&self, other: &Self) -> bool {
        self.body.is_same(&other.body)
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        match self.form() {
            Form::Ints(ints) => ints.len(),
            Form::Packed(packed) => packed.len(),
            Form::Table(trie) => trie.len(),
        }
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory, without this pointer.
    pub fn size(&self) -> usize {
        match self.form() {
            Form::Ints(ints) => ints.size(),
            Form::Packed(packed) => packed.size(),
            Form::Table(trie) => thin::COUNTS + trie.size(),
        }
    }

    /// The name of the form, as OBJECT ENCODING says it.
    pub fn encoding(&self) -> &'static str {
        match self.form() {
            Form::Ints(_) => "intset",
            Form::Packed(_) => "listpack",
            Form::Table(_) => "hashtable",
        }
    }

    /// The form.
    #[inline]
    pub fn form(&self) -> Form<'_> {
        match self.body.get() {
            thin::Form::Small(packed) => Form::Packed(packed),
            thin::Form::Large(larger) => match larger.get() {
                thin::Form::Small(ints) => Form::Ints(ints),
                thin::Form::Large(trie) => Form::Table(trie),
            },
        }
    }

    #[inline]
    fn form_mut(&mut self) -> FormMut<'_> {
        match self.body.get_mut() {
            thin::Form::Small(packed) => FormMut::Packed(packed),
            thin::Form::Large(larger) => match larger.get_mut() {
                thin::Form::Small(ints) => FormMut::Ints(ints),
                thin::Form::Large(trie) => FormMut::Table(trie),
            },
        }
    }

    /// Whether there is this member.
    #[inline]
    pub fn contains(&self, member: &[u8], hasher: &Hasher) -> bool {
        match self.form() {
            Form::Ints(ints) => parse_integer(member).is_some_and(|number| ints.contains(number)),
            Form::Packed(packed) => find(packed, member).is_some(),
            Form::Table(trie) => trie.get(hasher.hash(member), member).is_some(),
        }
    }

    /// Starts to load what searches for members with these hashes will read.
    pub fn load_ahead(&self, hashes: &[u64]) {
        if let Form::Table(trie) = self.form() {
            trie.load_ahead(hashes);
        }
    }

    /// Whether there is this member of another set.
    #[inline]
    pub fn has(&self, item: &Item<'_>, hasher: &Hasher) -> bool {
        match (self.form(), item) {
            (Form::Ints(ints), Item::Int(number)) => ints.contains(*number),
            _ => self.contains(item.text(&mut [0; 20]), hasher),
        }
    }

    /// Adds a member. Gives whether it is new.
    #[inline]
    pub fn add(&mut self, member: &[u8], limits: &Limits, hasher: &Hasher) -> bool {
        match self.form_mut() {
            FormMut::Table(trie) => trie.insert_new(&|key: &[u8]| hasher.hash(key), &Entry::key(member)),
            FormMut::Ints(_) => self.add_to_ints(member, limits, hasher),
            FormMut::Packed(packed) => {
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
        match self.form_mut() {
            FormMut::Ints(ints) => parse_integer(member).is_some_and(|number| ints.remove(number)),
            FormMut::Table(trie) => trie.remove(hasher.hash(member), member),
            FormMut::Packed(packed) => {
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
