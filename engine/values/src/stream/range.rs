//! Walking the entries of a stream between two ids, from either end.
//!
//! Takes a tree of nodes, gives entries that are not deleted unless asked for those too. Must not change anything.

use super::Id;
use super::entry::{Entry, Reader};
use super::node::Node;
use crate::packed::Place;
use crate::tree::{Cursor, Tree};

/// Entries in order of their ids, or against it.
pub struct Range<'a> {
    cursor: Option<Cursor<'a, Node>>,
    reader: Option<Reader<'a>>,
    /// Where the next entry begins, or its last piece if the walk goes backwards.
    place: Option<Place>,
    low: Id,
    high: Id,
    backwards: bool,
    deleted: bool,
}

impl<'a> Range<'a> {
    pub(super) fn new(nodes: &'a Tree<Node>, low: Id, high: Id, backwards: bool) -> Self {
        Self::opened(nodes, low, high, backwards, false)
    }

    /// All entries, the deleted ones too.
    pub(super) fn with_deleted(nodes: &'a Tree<Node>) -> Self {
        Self::opened(nodes, Id::MIN, Id::MAX, false, true)
    }

    fn opened(nodes: &'a Tree<Node>, low: Id, high: Id, backwards: bool, deleted: bool) -> Self {
        let from = if backwards { high } else { low };
        let cursor = nodes.cursor_by_key(|id| id.cmp(&from)).filter(|_| low <= high);
        let mut range = Self { cursor, reader: None, place: None, low, high, backwards, deleted };
        range.open();
        range
    }

    /// Begins with the node at the cursor.
    fn open(&mut self) {
        let node = self.cursor.as_ref().map(Cursor::leaf);
        self.reader = node.map(Reader::of);
        self.place = if self.backwards {
            node.and_then(|node| node.packed().last())
        } else if self.deleted {
            self.reader.as_ref().and_then(Reader::first_place)
        } else {
            node.and_then(Node::front)
        };
    }

    fn step(&mut self) -> Option<Entry<'a>> {
        loop {
            let reader = self.reader.as_ref()?;
            let found = match self.place {
                Some(place) if self.backwards => reader.before(place),
                Some(place) => reader.at(place).map(|entry| (entry.clone(), entry.end())),
                None => None,
            };
            if let Some((entry, next)) = found {
                self.place = next;
                return Some(entry);
            }
            let moved = self
                .cursor
                .as_mut()
                .is_some_and(|cursor| if self.backwards { cursor.backward() } else { cursor.forward() });
            if !moved {
                self.reader = None;
                return None;
            }
            self.open();
        }
    }
}

impl<'a> Iterator for Range<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            let entry = self.step()?;
            let id = entry.id();
            let (before, behind) = if self.backwards {
                (id > self.high, id < self.low)
            } else {
                (id < self.low, id > self.high)
            };
            if before || (entry.is_deleted() && !self.deleted) {
                continue;
            }
            if behind {
                self.reader = None;
                return None;
            }
            return Some(entry);
        }
    }
}
