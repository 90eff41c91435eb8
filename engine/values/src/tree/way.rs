//! The ways down a tree: by number, by key, along an end.
//!
//! Each picks a child in every inner node and remembers what the user wants to know at the leaf.
//! Must not change anything.

use super::Leaf;
use super::inner::Inner;
use std::cmp::Ordering;

/// How to get from the root to a leaf.
pub(super) trait Way<L: Leaf> {
    /// The child to go to; inner nodes always have one.
    fn pick(&mut self, inner: &Inner<L>) -> usize;
    /// What the user wants to know when the leaf is reached.
    fn place(&self) -> usize;
}

/// To the item with this number below the node; at the leaf: its place there.
pub(super) struct ByItem(pub usize);

impl<L: Leaf> Way<L> for ByItem {
    #[inline]
    fn pick(&mut self, inner: &Inner<L>) -> usize {
        let last = inner.lens.len() - 1;
        for (at, len) in inner.lens[..last].iter().enumerate() {
            if self.0 < *len {
                return at;
            }
            self.0 -= len;
        }
        last
    }

    fn place(&self) -> usize {
        self.0
    }
}

/// To the last leaf with a key that is not above the sought one; at the leaf: the items before it.
pub(super) struct ByKey<F> {
    compare: F,
    before: usize,
}

impl<F> ByKey<F> {
    pub(super) fn new(compare: F) -> Self {
        Self { compare, before: 0 }
    }
}

impl<L: Leaf, F: Fn(&L::Key) -> Ordering> Way<L> for ByKey<F> {
    #[inline]
    fn pick(&mut self, inner: &Inner<L>) -> usize {
        // The first child holds whatever is below the second one's key: its own key doesn't matter.
        let rest = &inner.children[1..];
        let at = rest.partition_point(|child| (self.compare)(&child.key) != Ordering::Greater);
        self.before += inner.lens[..at].iter().sum::<usize>();
        at
    }

    fn place(&self) -> usize {
        self.before
    }
}

/// To the leaf that [`ByKey`] finds, where the sought key has this mark; at the leaf: nothing of use.
pub(super) struct ByMark<F> {
    pub mark: u64,
    /// Whether a child that alone has the mark is taken for the one without reading its key.
    pub hasty: bool,
    pub compare: F,
}

impl<L: Leaf, F: Fn(&L::Key) -> Ordering> Way<L> for ByMark<F> {
    #[inline]
    fn pick(&mut self, inner: &Inner<L>) -> usize {
        let marks = &inner.marks[1..];
        let below = marks.partition_point(|mark| *mark < self.mark);
        let same = marks[below..].iter().take_while(|mark| **mark == self.mark).count();
        if self.hasty && same == 1 {
            return below + 1;
        }
        let same = &inner.children[below + 1..=below + same];
        below + same.partition_point(|child| (self.compare)(&child.key) != Ordering::Greater)
    }

    fn place(&self) -> usize {
        0
    }
}

/// To the first or the last leaf; at the leaf: nothing of use.
pub(super) enum ByEnd {
    Front,
    Back,
}

impl<L: Leaf> Way<L> for ByEnd {
    #[inline]
    fn pick(&mut self, inner: &Inner<L>) -> usize {
        match self {
            Self::Front => 0,
            Self::Back => inner.children.len() - 1,
        }
    }

    fn place(&self) -> usize {
        0
    }
}
