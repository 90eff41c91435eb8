//! What a list is made of: one listpack, or a tree of leaves.
//!
//! A change is a function on a leaf, for both alike: a listpack whose change leaves more than one leaf becomes a
//! tree. A list that is called a quicklist is a tree, however small. Must not know limits of encodings.

use super::chunk::{Chunk, JOIN_BYTES, LEAF_BYTES};
use super::{List, Way};
use crate::packed::Packed;
use crate::thin::{Either, Form, Shared};
use crate::tree::{Change, Tree};

/// A list that is no single listpack, or not called one.
#[derive(Clone)]
pub(super) struct Big {
    pub tree: Tree<Chunk>,
    /// Whether it is called a quicklist.
    pub quick: bool,
}

impl Big {
    fn with(leaves: impl IntoIterator<Item = Chunk>, quick: bool) -> Shared<Self> {
        Shared::new(Self { tree: Tree::from_leaves(leaves), quick })
    }
}

impl From<Packed> for List {
    fn from(packed: Packed) -> Self {
        Self { body: Either::small(packed) }
    }
}

impl List {
    /// A list of these leaves that isn't called a quicklist.
    pub(super) fn of_leaves(leaves: impl IntoIterator<Item = Chunk>) -> Self {
        Self { body: Either::large(Big::with(leaves, false)) }
    }

    /// Gives the list its name.
    pub(super) fn call(&mut self, quick: bool) {
        match self.body.get_mut() {
            Form::Small(packed) if quick => {
                let leaf = Chunk::Packed(std::mem::take(packed));
                self.body = Either::large(Big::with([leaf], true));
            }
            Form::Large(big) if big.quick != quick => {
                big.quick = quick;
                self.settle_form();
            }
            _ => {}
        }
    }

    /// Changes the leaf of an element that exists. `R::default()` when there is none.
    pub(super) fn edit<R: Default>(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut Chunk, usize) -> (Change<Chunk>, R),
    ) -> R {
        match self.body.get_mut() {
            Form::Large(big) => edit_tree(&mut big.tree, index, change),
            Form::Small(_) => self.edit_alone(|leaf| change(leaf, index)),
        }
    }

    /// Changes the leaf where a walk in this direction begins.
    pub(super) fn edit_end<R: Default>(
        &mut self,
        way: Way,
        change: impl FnOnce(&mut Chunk) -> (Change<Chunk>, R),
    ) -> R {
        match self.body.get_mut() {
            Form::Large(big) if !big.tree.is_empty() => {
                let tree = &mut big.tree;
                let answer =
                    if way == Way::Forward { tree.change_first(change) } else { tree.change_last(change) };
                answer.unwrap_or_default()
            }
            _ => self.edit_alone(change),
        }
    }

    /// Changes the only leaf of a list, or the first one that an empty list gets.
    fn edit_alone<R>(&mut self, change: impl FnOnce(&mut Chunk) -> (Change<Chunk>, R)) -> R {
        let (packed, quick) = match self.body.get_mut() {
            Form::Small(packed) => (std::mem::take(packed), false),
            Form::Large(big) => (Packed::new(), big.quick),
        };
        let mut leaf = Chunk::Packed(packed);
        let (change, answer) = change(&mut leaf);
        self.body = match (change, leaf) {
            (Change::Kept | Change::Shrunk(_), Chunk::Packed(packed)) if !quick => Either::small(packed),
            (Change::Kept | Change::Shrunk(_), leaf) => Either::large(Big::with([leaf], quick)),
            (Change::Split(more), leaf) => Either::large(Big::with(std::iter::once(leaf).chain(more), quick)),
            (Change::Empty, _) if !quick => Either::small(Packed::new()),
            (Change::Empty, _) => Either::large(Big::with([], quick)),
        };
        answer
    }

    /// Makes one listpack of a tree that has shrunk to half of one leaf.
    #[inline]
    pub(super) fn settle_form(&mut self) {
        if let Form::Large(big) = self.body.get()
            && big.tree.size() <= LEAF_BYTES
            && !big.quick
        {
            self.make_small();
        }
    }

    #[cold]
    fn make_small(&mut self) {
        let Form::Large(big) = self.body.get() else { return };
        if big.tree.leaves().map(Chunk::bytes_len).sum::<usize>() > LEAF_BYTES / 2 {
            return;
        }
        let mut all = Packed::new();
        for leaf in big.tree.leaves() {
            match leaf {
                Chunk::Packed(packed) => all.append(packed),
                // It is alone for a test's sake: one too large for a listpack is above this size.
                Chunk::Plain(value) => all.push_back(&**value),
            }
        }
        *self = all.into();
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
