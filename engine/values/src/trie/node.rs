//! A node of the trie: a leaf, or up to 64 nodes in the order of their hashes.
//!
//! A node of level n looks at six bits of the hash, after n times six. These name one of 64 slots; a child has a
//! run of slots, a child that is no leaf has one. So a leaf can be cut anywhere, and neighbours can be joined.
//! Must not know the sizes that make a leaf be cut or joined: see `shape.rs`.

use super::layout::COUNTS;
use super::leaf::{Earliest, Leaf};
use std::sync::Arc;

/// Hash bits that a level looks at.
const BITS: u32 = 6;
/// Slots of a node.
pub(super) const SLOTS: u32 = 1 << BITS;
/// Levels: 48 bits of the hash are looked at. A leaf that isn't told apart by them grows.
pub(super) const LEVELS: u32 = 8;
/// Hash bits that no level looks at.
pub(super) const REST: u32 = 64 - BITS * LEVELS;

/// The slot of a hash in a node of this level.
#[inline]
pub(super) fn slot(hash: u64, level: u32) -> u32 {
    (hash >> (64 - BITS - BITS * level)) as u32 % SLOTS
}

/// A node.
#[derive(Clone)]
pub(super) enum Node {
    Leaf(Leaf),
    Inner(Inner),
}

/// A node with children.
#[derive(Clone)]
pub(super) struct Inner {
    /// The slots at which a child begins. Slot 0 always is one.
    pub(super) starts: u64,
    pub(super) len: usize,
    pub(super) earliest: Earliest,
    pub(super) children: Arc<[Node]>,
}

impl Default for Node {
    fn default() -> Self {
        Self::Leaf(Leaf::default())
    }
}

impl Node {
    /// Number of entries.
    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Leaf(leaf) => leaf.len(),
            Self::Inner(inner) => inner.len,
        }
    }

    /// When the first of its entries expires.
    pub(super) fn earliest(&self) -> Earliest {
        match self {
            Self::Leaf(leaf) => leaf.earliest,
            Self::Inner(inner) => inner.earliest,
        }
    }

    /// Bytes of its blocks, its own and those below.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Leaf(leaf) => leaf.size(),
            Self::Inner(inner) => inner.block_size() + inner.children.iter().map(Self::size).sum::<usize>(),
        }
    }

    /// Looks again when the first entry expires, along the way of a hash.
    pub(super) fn refresh(&mut self, level: u32, hash: u64) {
        match self {
            Self::Leaf(leaf) => leaf.refresh(),
            Self::Inner(inner) => {
                let index = inner.index(slot(hash, level));
                Arc::make_mut(&mut inner.children)[index].refresh(level + 1, hash);
                inner.earliest = inner.children.iter().map(Self::earliest).min().unwrap_or_default();
            }
        }
    }
}

impl Inner {
    /// A node of these children, each with the slot at which it begins.
    pub(super) fn new(parts: Vec<(u32, Node)>) -> Self {
        let starts = parts.iter().fold(0, |starts, (slot, _)| starts | 1 << slot);
        let children: Arc<[Node]> = parts.into_iter().map(|(_, node)| node).collect();
        let mut inner = Self { starts, len: 0, earliest: Earliest::default(), children };
        for child in inner.children.iter() {
            inner.len += child.len();
            inner.earliest = inner.earliest.min(child.earliest());
        }
        inner
    }

    /// Which child has a slot.
    #[inline]
    pub(super) fn index(&self, slot: u32) -> usize {
        (self.starts << (SLOTS - 1 - slot)).count_ones() as usize - 1
    }

    /// The slots of the child that has a slot: the first, and the one after the last.
    pub(super) fn run(&self, slot: u32) -> (u32, u32) {
        let below = self.starts << (SLOTS - 1 - slot);
        let above = self.starts.checked_shr(slot + 1).unwrap_or(0);
        let end = if above == 0 { SLOTS } else { slot + 1 + above.trailing_zeros() };
        (slot - below.leading_zeros(), end)
    }

    /// Bytes of the block of its children.
    pub(super) fn block_size(&self) -> usize {
        COUNTS + self.children.len() * size_of::<Node>()
    }

    /// Puts other children, at their slots, in the place of `count` ones from `index` on.
    pub(super) fn splice(&mut self, index: usize, count: usize, parts: Vec<(u32, Node)>) {
        let mut starts = self.starts;
        let mut all = Vec::with_capacity(self.children.len() + parts.len() - count);
        for child in Arc::make_mut(&mut self.children) {
            all.push((starts.trailing_zeros(), std::mem::take(child)));
            starts &= starts - 1;
        }
        all.splice(index..index + count, parts);
        *self = Self::new(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_find_their_children() {
        let node = Inner::new([0, 5, 6, 63].map(|slot| (slot, Node::default())).to_vec());
        for (slot, index, run) in [
            (0, 0, (0, 5)),
            (4, 0, (0, 5)),
            (5, 1, (5, 6)),
            (6, 2, (6, 63)),
            (62, 2, (6, 63)),
            (63, 3, (63, 64)),
        ] {
            assert_eq!(node.index(slot), index, "{slot}");
            assert_eq!(node.run(slot), run, "{slot}");
        }
    }

    #[test]
    fn a_node_takes_little_of_its_parent() {
        assert!(size_of::<Node>() <= 56, "{}", size_of::<Node>());
    }

    #[test]
    fn a_level_looks_at_its_six_bits() {
        let hash = 0b000001_000010_000011 << 46;
        assert_eq!([slot(hash, 0), slot(hash, 1), slot(hash, 2), slot(hash, 3)], [1, 2, 3, 0]);
        assert_eq!(slot(63 << REST, LEVELS - 1), 63);
    }
}
