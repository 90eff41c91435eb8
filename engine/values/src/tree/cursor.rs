//! A cursor that walks the leaves of a tree both ways.
//!
//! It remembers the lowest inner node only and goes down anew when that one's children are through: no stack,
//! no allocation.

use super::inner::{Inner, Node};
use super::way::{ByItem, ByKey, Way};
use super::{Leaf, Tree};
use std::cmp::Ordering;

/// A place at a leaf.
pub struct Cursor<'a, L: Leaf> {
    tree: &'a Tree<L>,
    /// The node right above the leaf, and the leaf's place there; none if the leaf is the root.
    parent: Option<(&'a Inner<L>, usize)>,
    leaf: &'a L,
    first: usize,
}

impl<L: Leaf> Clone for Cursor<'_, L> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, L: Leaf> Cursor<'a, L> {
    pub(super) fn at(tree: &'a Tree<L>, n: usize) -> Option<(Self, usize)> {
        if n >= tree.len() {
            return None;
        }
        let mut way = ByItem(n);
        let (parent, leaf) = descend(tree, &mut way)?;
        Some((Self { tree, parent, leaf, first: n - way.0 }, way.0))
    }

    pub(super) fn by_key(tree: &'a Tree<L>, compare: impl Fn(&L::Key) -> Ordering) -> Option<Self> {
        let mut way = ByKey::new(compare);
        let (parent, leaf) = descend(tree, &mut way)?;
        Some(Self { tree, parent, leaf, first: Way::<L>::place(&way) })
    }

    /// The leaf.
    pub fn leaf(&self) -> &'a L {
        self.leaf
    }

    /// The number of its first item.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Goes to the next leaf; false, and no move, at the last one.
    pub fn forward(&mut self) -> bool {
        let next = self.first + self.leaf.len();
        if let Some((inner, at)) = self.parent
            && let Some(child) = inner.children.get(at + 1)
            && let Node::Leaf(leaf) = &child.node
        {
            (self.parent, self.leaf, self.first) = (Some((inner, at + 1)), leaf, next);
            return true;
        }
        self.move_to(next)
    }

    /// Goes to the leaf before; false, and no move, at the first one.
    pub fn backward(&mut self) -> bool {
        if let Some((inner, at)) = self.parent
            && at > 0
            && let Node::Leaf(leaf) = &inner.children[at - 1].node
        {
            (self.parent, self.leaf, self.first) = (Some((inner, at - 1)), leaf, self.first - leaf.len());
            return true;
        }
        self.first > 0 && self.move_to(self.first - 1)
    }

    fn move_to(&mut self, n: usize) -> bool {
        match Self::at(self.tree, n) {
            Some((cursor, _)) => {
                *self = cursor;
                true
            }
            None => false,
        }
    }
}

type Place<'a, L> = (Option<(&'a Inner<L>, usize)>, &'a L);

fn descend<'a, L: Leaf>(tree: &'a Tree<L>, way: &mut impl Way<L>) -> Option<Place<'a, L>> {
    let (mut node, mut parent) = (tree.root.as_ref()?, None);
    loop {
        match node {
            Node::Leaf(leaf) => return Some((parent, leaf)),
            Node::Inner(inner) => {
                let at = way.pick(inner);
                parent = Some((&**inner, at));
                node = &inner.children[at].node;
            }
        }
    }
}
