//! Walking a list from any place in either direction.
//!
//! Gives items that borrow from the leaves. Must not allocate.

use super::chunk::Chunk;
use super::{List, Way};
use crate::packed::{self, Item, Packed};
use crate::thin::Form;
use crate::tree::Cursor;

/// The elements from a place on.
#[derive(Clone)]
pub struct Walk<'a> {
    way: Way,
    items: Items<'a>,
    cursor: Option<Cursor<'a, Chunk>>,
}

/// What is left of a leaf.
#[derive(Clone)]
enum Items<'a> {
    Packed(packed::Iter<'a>),
    Plain(Option<&'a [u8]>),
}

impl<'a> Items<'a> {
    fn none() -> Self {
        Self::Plain(None)
    }

    /// The items of a leaf from one on.
    fn of(leaf: &'a Chunk, from: usize, way: Way) -> Self {
        match leaf {
            Chunk::Packed(packed) => Self::packed(packed, from, way),
            Chunk::Plain(value) => Self::Plain((from == 0).then_some(value)),
        }
    }

    fn packed(packed: &'a Packed, from: usize, way: Way) -> Self {
        match packed.seek(from) {
            Some(place) if way == Way::Forward => Self::Packed(packed.iter_from(place)),
            Some(place) => Self::Packed(packed.iter_to(place)),
            None => Self::none(),
        }
    }

    /// All items of a leaf.
    fn all(leaf: &'a Chunk) -> Self {
        match leaf {
            Chunk::Packed(packed) => Self::Packed(packed.iter()),
            Chunk::Plain(value) => Self::Plain(Some(value)),
        }
    }

    #[inline]
    fn next(&mut self, way: Way) -> Option<Item<'a>> {
        match self {
            Self::Packed(iter) if way == Way::Forward => iter.next(),
            Self::Packed(iter) => iter.next_back(),
            Self::Plain(value) => value.take().map(Item::Bytes),
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(list: &'a List, from: usize, way: Way) -> Self {
        match list.body.get() {
            Form::Small(packed) => Self { way, items: Items::packed(packed, from, way), cursor: None },
            Form::Large(big) => match big.tree.cursor_at(from) {
                Some((cursor, at)) => {
                    Self { way, items: Items::of(cursor.leaf(), at, way), cursor: Some(cursor) }
                }
                None => Self { way, items: Items::none(), cursor: None },
            },
        }
    }

    /// The first item of the next leaf, if there is one.
    #[cold]
    fn next_leaf(&mut self) -> Option<Item<'a>> {
        let cursor = self.cursor.as_mut()?;
        let moved = match self.way {
            Way::Forward => cursor.forward(),
            Way::Backward => cursor.backward(),
        };
        if !moved {
            self.cursor = None;
            return None;
        }
        self.items = Items::all(cursor.leaf());
        self.items.next(self.way)
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        self.items.next(self.way).or_else(|| self.next_leaf())
    }
}
