//! The list: a listpack while it is small, else a tree of listpacks and of elements too large for one.
//!
//! Takes elements as bytes and places as numbers from the front. Gives items that borrow from the list. Adding and
//! taking at both ends moves no element. The name that Valkey gives the encoding follows its own rules
//! (`limit`), whatever the list is made of. A clone of a big list costs one count.
//! Must not know keys, replies or clients.

mod chunk;
mod limit;
mod load;
mod remove;
mod shape;
mod walk;

pub use limit::Limit;
pub use load::{Builder, Part};
pub use remove::Removed;
pub use walk::Walk;

use crate::packed::{Encoded, Item, Needle, Packed};
use crate::thin::{COUNTS, Either, Form, Shared};
use shape::Big;

/// From now on elements that would take so many bytes in a listpack lie outside of one, in all lists; with zero only
/// those that are too large. For tests, which have seldom large elements.
pub fn keep_apart(bytes: usize) {
    chunk::keep_apart(bytes);
}

/// A direction to walk in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the front to the back.
    Forward,
    /// From the back to the front.
    Backward,
}

/// A list, as wide as a pointer. Cloning is counting.
#[derive(Clone)]
pub struct List {
    body: Either<Packed, Shared<Big>>,
}

impl Default for List {
    fn default() -> Self {
        Self::new()
    }
}

impl List {
    /// An empty list.
    pub fn new() -> Self {
        Packed::new().into()
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        match self.body.get() {
            Form::Small(packed) => packed.len(),
            Form::Large(big) => big.tree.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        match self.body.get() {
            Form::Small(packed) => packed.is_empty(),
            Form::Large(big) => big.tree.is_empty(),
        }
    }

    /// Bytes of memory, without this pointer.
    pub fn size(&self) -> usize {
        match self.body.get() {
            Form::Small(packed) => packed.size(),
            Form::Large(big) => COUNTS + size_of::<Big>() - size_of_val(&big.tree) + big.tree.size(),
        }
    }

    /// What OBJECT ENCODING calls it.
    pub fn encoding(&self) -> &'static str {
        if self.is_quick() { "quicklist" } else { "listpack" }
    }

    /// To be called before elements with so many bytes together are added (or one is replaced by such): the list
    /// becomes a quicklist if it would not fit into one listpack.
    pub fn expect(&mut self, bytes: usize, count: usize, limit: Limit) {
        if !self.is_quick() && !self.fits(bytes, count, limit) {
            self.call(true);
        }
    }

    /// To be called after elements went or became smaller: the list becomes a listpack again below half the limit.
    pub fn settle_smaller(&mut self, limit: Limit) {
        if self.is_quick() && self.fits(0, 0, limit.half()) {
            self.call(false);
        }
    }

    /// To be called when a list has been built or loaded: gives it the name that fits it.
    pub fn settle(&mut self, limit: Limit) {
        self.call(!self.fits(0, 0, limit));
    }

    fn is_quick(&self) -> bool {
        matches!(self.body.get(), Form::Large(big) if big.quick)
    }

    /// Whether the list with so much more is within a limit.
    fn fits(&self, more_bytes: usize, more: usize, limit: Limit) -> bool {
        let tree = match self.body.get() {
            Form::Small(packed) => {
                let bytes = packed.bytes_len().saturating_add(more_bytes);
                return limit.allows(bytes, packed.len().saturating_add(more));
            }
            Form::Large(big) => &big.tree,
        };
        // Spare room and nodes are less than the elements: this much memory can't be so few bytes.
        if tree.size() > 2 * limit.bytes() + 4 * chunk::LEAF_BYTES {
            return false;
        }
        let frame = Packed::new().bytes_len();
        let bytes: usize = tree.leaves().map(|leaf| leaf.bytes_len() - frame).sum();
        limit.allows((frame + bytes).saturating_add(more_bytes), tree.len().saturating_add(more))
    }

    /// The element at a place.
    pub fn get(&self, index: usize) -> Option<Item<'_>> {
        match self.body.get() {
            Form::Small(packed) => packed.item(index),
            Form::Large(big) => big.tree.at(index).and_then(|(leaf, at)| leaf.item(at)),
        }
    }

    /// Adds an element at the back.
    #[inline]
    pub fn push_back(&mut self, value: &[u8]) {
        if let Form::Small(packed) = self.body.get_mut() {
            let entry = Encoded::from(value);
            if chunk::has_room(packed, &entry) {
                return packed.push_back(entry);
            }
        }
        self.edit_end(Way::Backward, |leaf| (leaf.insert(usize::MAX, value), ()));
    }

    /// Adds an element at the front.
    #[inline]
    pub fn push_front(&mut self, value: &[u8]) {
        if let Form::Small(packed) = self.body.get_mut() {
            let entry = Encoded::from(value);
            if chunk::has_room(packed, &entry) {
                return packed.push_front(entry);
            }
        }
        self.edit_end(Way::Forward, |leaf| (leaf.insert(0, value), ()));
    }

    /// Puts an element before the one at a place; at the length or beyond: at the back.
    pub fn insert(&mut self, index: usize, value: &[u8]) {
        if index >= self.len() {
            return self.push_back(value);
        }
        self.edit(index, |leaf, at| (leaf.insert(at, value), ()));
    }

    /// Puts an element before or after the first one that is `pivot`; whether there is one.
    pub fn insert_beside(&mut self, pivot: &[u8], after: bool, value: &[u8]) -> bool {
        let found = self.positions(pivot, Way::Forward, usize::MAX).next();
        if let Some(index) = found {
            self.insert(index + usize::from(after), value);
        }
        found.is_some()
    }

    /// Replaces the element at a place; whether there is one.
    pub fn set(&mut self, index: usize, value: &[u8]) -> bool {
        if index >= self.len() {
            return false;
        }
        self.edit(index, |leaf, at| (leaf.replace(at, value), ()));
        self.settle_form();
        true
    }

    /// The places of elements that are `value`, from an end on, looking at no more than so many elements.
    pub fn positions<'a>(
        &'a self,
        value: &'a [u8],
        way: Way,
        most: usize,
    ) -> impl Iterator<Item = usize> + use<'a> {
        let (needle, last) = (Needle::new(value), self.len().wrapping_sub(1));
        let all = self.walk_all(way).take(most).enumerate();
        all.filter(move |(_, item)| needle.is(item)).map(move |(n, _)| match way {
            Way::Forward => n,
            Way::Backward => last - n,
        })
    }

    /// The elements from a place on, in either direction.
    pub fn walk(&self, from: usize, way: Way) -> Walk<'_> {
        Walk::new(self, from, way)
    }

    /// All elements from the front or from the back.
    pub fn walk_all(&self, way: Way) -> Walk<'_> {
        self.walk(if way == Way::Forward { 0 } else { self.len().saturating_sub(1) }, way)
    }
}
