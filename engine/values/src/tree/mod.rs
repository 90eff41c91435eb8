//! A tree of counted chunks in order: what every big list, sorted set and stream is made of.
//!
//! Takes leaves (packed chunks of items, a type of the user's) and keeps them in order under inner nodes that
//! count the items and bytes below. Gives the leaf of item n or of a key in O(log n), walks both ways, cuts and
//! joins. Nodes and leaves lie behind `Arc`s and are changed in place while nobody else holds them: a clone
//! costs one count, and the first change after it copies one path.
//! Must not know what is in a leaf. No leaf in a tree is empty.

mod ahead;
mod cursor;
mod inner;
mod join;
mod way;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

pub use cursor::Cursor;
use inner::{Child, Node, State};
use way::{ByEnd, ByItem, ByKey, ByMark, Way};

/// A chunk of items, a few hundred bytes to a few kilobytes.
pub trait Leaf: Clone {
    /// What inner nodes know of the first item of a leaf; `()` where nobody looks by key.
    type Key: Clone;
    /// The most children of an inner node, at least four.
    const FANOUT: usize = 48;

    /// The key of the first item.
    fn key(&self) -> Self::Key;
    /// A number that rises with the key or stays: where it tells keys apart, searching reads no keys.
    fn mark(_: &Self::Key) -> u64 {
        0
    }
    /// Starts to load what most searches in it read.
    fn load_ahead(&self) {}
    /// How many items it holds.
    fn len(&self) -> usize;
    /// How many bytes of memory it takes.
    fn size(&self) -> usize;
    /// Whether it holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether this leaf and its right neighbour should be one: `most` is the user's own limit for that.
    fn joins(&self, right: &Self, most: usize) -> bool {
        self.size() + right.size() <= most
    }
    /// Adds all items of the right neighbour behind its own.
    fn append(&mut self, right: &Self);
    /// Keeps the first `n` items and gives the others; `n` is neither 0 nor all.
    fn split_off(&mut self, n: usize) -> Self;
}

/// What a change made of a leaf.
pub enum Change<L> {
    /// It is there still. Its first item is not below its key, unless it is the first leaf of all.
    Kept,
    /// These leaves, none empty, follow it now.
    Split(Vec<L>),
    /// It lost items: neighbours that `joins` approves with this `most` become one leaf.
    Shrunk(usize),
    /// Nothing is left in it: it goes.
    Empty,
}

/// The tree.
pub struct Tree<L: Leaf> {
    root: Option<Node<L>>,
}

impl<L: Leaf> Clone for Tree<L> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone() }
    }
}

impl<L: Leaf> Default for Tree<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: Leaf> Tree<L> {
    /// A tree without leaves.
    pub const fn new() -> Self {
        Self { root: None }
    }

    /// A tree of these leaves; empty ones are left out.
    pub fn from_leaves(leaves: impl IntoIterator<Item = L>) -> Self {
        let mut level: Vec<Child<L>> =
            leaves.into_iter().filter(|l| !l.is_empty()).map(Child::leaf).collect();
        while level.len() > 1 {
            level = inner::pack(level);
        }
        Self { root: level.pop().map(|child| child.node) }
    }

    /// How many items all leaves hold.
    pub fn len(&self) -> usize {
        self.root.as_ref().map_or(0, Node::len)
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Bytes of memory: the leaves and the nodes above them.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.root.as_ref().map_or(0, Node::size)
    }

    /// The leaf that holds item `n`, and the place of the item in it.
    pub fn at(&self, n: usize) -> Option<(&L, usize)> {
        if n >= self.len() {
            return None;
        }
        self.look(ByItem(n))
    }

    /// The last leaf whose key is not above the sought one (else the first leaf), and the rank of its first item.
    /// `compare` orders a key against the sought one.
    pub fn by_key(&self, compare: impl Fn(&L::Key) -> Ordering) -> Option<(&L, usize)> {
        self.look(ByKey::new(compare))
    }

    /// As [`Tree::by_key`] for the leaves with marks. Without the rank: it costs a little to count.
    pub fn by_mark(&self, mark: u64, compare: impl Fn(&L::Key) -> Ordering) -> Option<&L> {
        Some(self.look(ByMark { mark, compare, hasty: false })?.0)
    }

    /// As [`Tree::by_mark`] for the key of a leaf. Reads hardly any keys, but where marks are equal it may give a
    /// neighbour.
    pub fn near_mark(&self, mark: u64, compare: impl Fn(&L::Key) -> Ordering) -> Option<&L> {
        Some(self.look(ByMark { mark, compare, hasty: true })?.0)
    }

    /// The first leaf.
    pub fn first(&self) -> Option<&L> {
        Some(self.look(ByEnd::Front)?.0)
    }

    /// The last leaf.
    pub fn last(&self) -> Option<&L> {
        Some(self.look(ByEnd::Back)?.0)
    }

    /// All leaves in order.
    pub fn leaves(&self) -> impl Iterator<Item = &L> {
        let mut cursor = self.cursor_at(0);
        std::iter::from_fn(move || {
            let leaf = cursor.as_ref()?.0.leaf();
            if let Some(moved) = &mut cursor
                && !moved.0.forward()
            {
                cursor = None;
            }
            Some(leaf)
        })
    }

    /// Changes the leaf of item `n` (of the last item, if there are fewer): `edit` gets the leaf and the place
    /// of item `n` in it. `None` without leaves.
    pub fn change_at<R>(
        &mut self,
        n: usize,
        edit: impl FnOnce(&mut L, usize) -> (Change<L>, R),
    ) -> Option<R> {
        self.change(ByItem(n), edit)
    }

    /// Changes the leaf that [`Tree::by_key`] finds: `edit` gets the leaf and the rank of its first item.
    pub fn change_by_key<R>(
        &mut self,
        compare: impl Fn(&L::Key) -> Ordering,
        edit: impl FnOnce(&mut L, usize) -> (Change<L>, R),
    ) -> Option<R> {
        self.change(ByKey::new(compare), edit)
    }

    /// Changes the leaf that [`Tree::by_mark`] finds.
    pub fn change_by_mark<R>(
        &mut self,
        mark: u64,
        compare: impl Fn(&L::Key) -> Ordering,
        edit: impl FnOnce(&mut L) -> (Change<L>, R),
    ) -> Option<R> {
        self.change(ByMark { mark, compare, hasty: false }, |leaf, _| edit(leaf))
    }

    /// Changes the first leaf.
    pub fn change_first<R>(&mut self, edit: impl FnOnce(&mut L) -> (Change<L>, R)) -> Option<R> {
        self.change(ByEnd::Front, |leaf, _| edit(leaf))
    }

    /// Changes the last leaf.
    pub fn change_last<R>(&mut self, edit: impl FnOnce(&mut L) -> (Change<L>, R)) -> Option<R> {
        self.change(ByEnd::Back, |leaf, _| edit(leaf))
    }

    /// Puts a leaf behind all others; an empty one is left out.
    pub fn push_back(&mut self, leaf: L) {
        self.join_with(Self::from_leaves([leaf]), None);
    }

    /// Puts a leaf before all others; an empty one is left out.
    pub fn push_front(&mut self, leaf: L) {
        let old = std::mem::replace(self, Self::from_leaves([leaf]));
        self.join_with(old, None);
    }

    /// Puts all leaves of `right` behind its own; small neighbours are joined, by `most` as in [`Leaf::joins`].
    pub fn append(&mut self, right: Self, most: usize) {
        self.join_with(right, Some(most));
    }

    /// Keeps the first `n` items and gives the others.
    pub fn split_off(&mut self, n: usize) -> Self {
        if n == 0 {
            return std::mem::take(self);
        }
        let mut right = match &mut self.root {
            Some(root) if n < root.len() => Self { root: Some(root.split_off(n)) },
            _ => return Self::new(),
        };
        self.lower();
        right.lower();
        right
    }

    /// Takes a range of items out and gives them, so that they can be freed elsewhere. `most` as in [`Tree::append`].
    pub fn remove_range(&mut self, range: Range<usize>, most: usize) -> Self {
        if range.start >= range.end {
            return Self::new();
        }
        let tail = self.split_off(range.end);
        let removed = self.split_off(range.start);
        self.append(tail, most);
        removed
    }

    /// A cursor on the leaf of item `n`, and the place of the item in it.
    pub fn cursor_at(&self, n: usize) -> Option<(Cursor<'_, L>, usize)> {
        Cursor::at(self, n)
    }

    /// A cursor on the leaf that [`Tree::by_key`] finds.
    pub fn cursor_by_key(&self, compare: impl Fn(&L::Key) -> Ordering) -> Option<Cursor<'_, L>> {
        Cursor::by_key(self, compare)
    }

    fn look(&self, mut way: impl Way<L>) -> Option<(&L, usize)> {
        let mut node = self.root.as_ref()?;
        loop {
            match node {
                Node::Leaf(leaf) => return Some((leaf, way.place())),
                Node::Inner(inner) => node = &inner.children[way.pick(inner)].node,
            }
        }
    }

    fn change<R>(
        &mut self,
        mut way: impl Way<L>,
        edit: impl FnOnce(&mut L, usize) -> (Change<L>, R),
    ) -> Option<R> {
        let root = self.root.as_mut()?;
        let (outcome, answer) = root.change(&mut way, edit);
        match outcome.state {
            State::Kept => self.raise(outcome.extra),
            State::Shrunk(_) => self.lower(),
            State::Empty => self.root = None,
        }
        Some(answer)
    }

    /// Puts a new root over the old one and the nodes that follow it.
    fn raise(&mut self, mut extra: Vec<Child<L>>) {
        while !extra.is_empty()
            && let Some(root) = self.root.take()
        {
            let mut level = Vec::with_capacity(extra.len() + 1);
            level.push(Child { key: root.first_key(), node: root });
            level.append(&mut extra);
            let mut packed = inner::pack(level);
            extra = packed.split_off(1);
            self.root = packed.pop().map(|child| child.node);
        }
    }

    /// Takes roots away that have one child only.
    fn lower(&mut self) {
        while let Some(Node::Inner(root)) = &mut self.root
            && root.children.len() == 1
        {
            let only = root.children[0].node.clone();
            self.root = Some(only);
        }
    }

    fn join_with(&mut self, right: Self, most: Option<usize>) {
        let Some(other) = right.root else { return };
        let Some(root) = self.root.take() else {
            self.root = Some(other);
            return;
        };
        let (root, extra) = join::join(root, other, most);
        self.root = Some(root);
        self.raise(extra);
        self.lower();
    }
}

/// The first leaf below a node.
fn first_leaf<L: Leaf>(mut node: &Node<L>) -> &Arc<L> {
    loop {
        match node {
            Node::Leaf(leaf) => return leaf,
            Node::Inner(inner) => node = &inner.children[0].node,
        }
    }
}
