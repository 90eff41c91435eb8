//! A node of the trie: a leaf, or up to 64 nodes in the order of their hashes.
//!
//! A child has a run of slots (see `slots.rs`), one that is no leaf has one.
//! Must not know the sizes that make a leaf be cut or joined: see `shape.rs`.

use super::layout::COUNTS;
use super::leaf::{Earliest, Leaf};
use crate::slots::{BITS, Starts};
use std::sync::Arc;

pub(super) use crate::slots::{SLOTS, slot};

/// Levels: 48 bits of the hash are looked at. A leaf that isn't told apart by them grows.
pub(super) const LEVELS: u32 = 8;
/// Hash bits that no level looks at.
pub(super) const REST: u32 = 64 - BITS * LEVELS;

/// A node.
#[derive(Clone)]
pub(super) enum Node {
    Leaf(Leaf),
    Inner(Inner),
}

/// A node with children.
#[derive(Clone)]
pub(super) struct Inner {
    /// The slots at which the children begin.
    pub(super) starts: Starts,
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

    /// The leaf, if it is one.
    #[inline]
    pub(super) fn as_leaf(&self) -> Option<&Leaf> {
        if let Self::Leaf(leaf) = self { Some(leaf) } else { None }
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
        let starts = parts.iter().map(|(slot, _)| *slot).collect();
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
        self.starts.index(slot)
    }

    /// Bytes of the block of its children.
    pub(super) fn block_size(&self) -> usize {
        COUNTS + self.children.len() * size_of::<Node>()
    }

    /// Puts other children, at their slots, in the place of `count` ones from `index` on.
    pub(super) fn splice(&mut self, index: usize, count: usize, parts: Vec<(u32, Node)>) {
        let children = Arc::make_mut(&mut self.children).iter_mut().map(std::mem::take);
        let mut all: Vec<_> = self.starts.iter().zip(children).collect();
        all.splice(index..index + count, parts);
        *self = Self::new(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_takes_little_of_its_parent() {
        assert!(size_of::<Node>() <= 56, "{}", size_of::<Node>());
    }
}
