//! Reading the entries of a node, forwards and backwards.
//!
//! Takes nodes that are sound, gives their entries with names and values in place. Must not change anything.

use super::Id;
use super::node::{DELETED, NAMES_AT, Node, SAME_NAMES};
use crate::packed::{Item, Iter, Place};

/// Pieces that every entry begins with: flags and the two halves of the id.
pub(super) const FIXED: usize = 3;

/// An integer of the listpack, which the check has found to be one.
pub(super) fn integer(item: Option<Item<'_>>) -> i64 {
    item.and_then(|item| item.integer()).unwrap_or(0)
}

/// A node whose names were found.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    node: &'a Node,
    names: Iter<'a>,
    count: usize,
}

impl<'a> Reader<'a> {
    pub fn of(node: &'a Node) -> Self {
        let mut names = node.packed().iter();
        let count = usize::try_from(integer(names.nth(NAMES_AT - 1))).unwrap_or(0);
        Self { node, names, count }
    }

    /// What stands behind the names.
    pub fn terminator(&self) -> Option<i64> {
        self.names.clone().nth(self.count)?.integer()
    }

    /// Where the first entry is.
    pub fn first_place(&self) -> Option<Place> {
        let mut items = self.names.clone();
        items.nth(self.count)?;
        items.place()
    }

    /// The entry that begins here.
    pub fn at(&self, place: Place) -> Option<Entry<'a>> {
        let mut items = self.node.packed().iter_from(place);
        let flags = items.next()?.integer()?;
        let (ms, seq) = (items.next()?.integer()?, items.next()?.integer()?);
        let (names, count) = if flags & SAME_NAMES == 0 {
            (None, usize::try_from(items.next()?.integer()?).ok()?)
        } else {
            (Some(self.names.clone()), self.count)
        };
        Some(Entry { id: self.node.id().plus(ms, seq), flags, count, names, values: items })
    }

    /// The entry whose last piece is here, and the last piece of what precedes it.
    pub fn before(&self, end: Place) -> Option<(Entry<'a>, Option<Place>)> {
        let (entry, place) = self.start(end)?;
        Some((entry, self.node.packed().prev(place)))
    }

    /// The entry whose last piece is here, and where it begins.
    pub fn start(&self, end: Place) -> Option<(Entry<'a>, Place)> {
        let packed = self.node.packed();
        // The master entry has a zero there.
        let pieces = packed.get(end).integer().filter(|pieces| *pieces > 0)?;
        let mut place = end;
        for _ in 0..pieces {
            place = packed.prev(place)?;
        }
        Some((self.at(place)?, place))
    }
}

/// An entry of a stream.
#[derive(Clone)]
pub struct Entry<'a> {
    id: Id,
    flags: i64,
    count: usize,
    names: Option<Iter<'a>>,
    values: Iter<'a>,
}

impl<'a> Entry<'a> {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The pairs of name and value.
    pub fn pairs(&self) -> Pairs<'a> {
        Pairs { names: self.names.clone(), values: self.values.clone(), left: self.count }
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.flags & DELETED != 0
    }

    /// Where the next entry is.
    pub(super) fn end(&self) -> Option<Place> {
        let mut items = self.values.clone();
        items.nth(self.value_pieces())?;
        items.place()
    }

    /// Whether all pieces are there.
    pub(super) fn is_sound(&self) -> bool {
        let number = usize::from(self.names.is_none());
        let pieces = (FIXED + number).checked_add(self.value_pieces());
        let told = self.values.clone().nth(self.value_pieces()).and_then(|item| item.integer());
        told.is_some() && told.and_then(|told| usize::try_from(told).ok()) == pieces
    }

    fn value_pieces(&self) -> usize {
        if self.names.is_some() { self.count } else { self.count.saturating_mul(2) }
    }
}

/// The pairs of an entry.
#[derive(Clone)]
pub struct Pairs<'a> {
    names: Option<Iter<'a>>,
    values: Iter<'a>,
    left: usize,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let name = match &mut self.names {
            Some(names) => names.next()?,
            None => self.values.next()?,
        };
        Some((name, self.values.next()?))
    }
}
