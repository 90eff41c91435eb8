//! What a list is made of: one listpack, or a tree of leaves.
//!
//! A change is a function on a leaf, for both alike: a listpack whose change leaves more than one leaf becomes a
//! tree. Must not know names and limits of encodings.

use super::Way;
use super::chunk::{Chunk, JOIN_BYTES, LEAF_BYTES};
use crate::packed::Packed;
use crate::tree::{Change, Tree};

#[derive(Clone)]
pub(super) enum Shape {
    Small(Packed),
    Big(Tree<Chunk>),
}

impl Shape {
    pub(super) const NONE: Self = Self::Big(Tree::new());

    /// Changes the leaf of an element that exists. `R::default()` when there is none.
    pub(super) fn edit<R: Default>(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut Chunk, usize) -> (Change<Chunk>, R),
    ) -> R {
        match self {
            Self::Big(tree) => edit_tree(tree, index, change),
            Self::Small(_) => self.edit_small(|leaf| change(leaf, index)),
        }
    }

    /// Changes the leaf where a walk in this direction begins.
    pub(super) fn edit_end<R: Default>(
        &mut self,
        way: Way,
        change: impl FnOnce(&mut Chunk) -> (Change<Chunk>, R),
    ) -> R {
        match (self, way) {
            (Self::Big(tree), Way::Forward) => tree.change_first(change).unwrap_or_default(),
            (Self::Big(tree), Way::Backward) => tree.change_last(change).unwrap_or_default(),
            (small, _) => small.edit_small(change),
        }
    }

    fn edit_small<R: Default>(&mut self, change: impl FnOnce(&mut Chunk) -> (Change<Chunk>, R)) -> R {
        let Self::Small(packed) = std::mem::replace(self, Self::NONE) else { return R::default() };
        let mut leaf = Chunk::Packed(packed);
        let (change, answer) = change(&mut leaf);
        *self = match (change, leaf) {
            (Change::Kept | Change::Shrunk(_), Chunk::Packed(packed)) => Self::Small(packed),
            (Change::Kept | Change::Shrunk(_), plain) => Self::Big(Tree::from_leaves([plain])),
            (Change::Split(more), leaf) => Self::Big(Tree::from_leaves(std::iter::once(leaf).chain(more))),
            (Change::Empty, _) => Self::Small(Packed::new()),
        };
        answer
    }

    /// Makes one listpack of a tree that has shrunk to half of one leaf.
    #[inline]
    pub(super) fn settle(&mut self) {
        if let Self::Big(tree) = self
            && tree.size() <= LEAF_BYTES
        {
            self.make_small();
        }
    }

    #[cold]
    fn make_small(&mut self) {
        let Self::Big(tree) = self else { return };
        if tree.leaves().map(Chunk::bytes_len).sum::<usize>() > LEAF_BYTES / 2 {
            return;
        }
        let mut all = Packed::new();
        for leaf in tree.leaves() {
            match leaf {
                Chunk::Packed(packed) => all.append(packed),
                // It is alone for a test's sake: one too large for a listpack is above this size.
                Chunk::Plain(value) => all.push_back(&**value),
            }
        }
        *self = Self::Small(all);
    }
}

fn edit_tree<R: Default>(
    tree: &mut Tree<Chunk>,
    index: usize,
    change: impl FnOnce(&mut Chunk, usize) -> (Change<Chunk>, R),
) -> R {
    let mut emptied = false;
    let answer = tree.change_at(index, |leaf, at| {
        let (change, answer) = change(leaf, at);
        emptied = matches!(change, Change::Empty);
        (change, answer)
    });
    if emptied {
        // The leaves on both sides of the one that went are neighbours now, and may be small.
        tree.change_at(index, |_, _| (Change::Shrunk(JOIN_BYTES), ()));
    }
    answer.unwrap_or_default()
}
