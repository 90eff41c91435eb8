//! Walking over all entries of a trie.
//!
//! Must not allocate more than a place for each level.

use super::leaf::Leaf;
use super::node::Node;
use super::record::Entry;
use std::slice;

/// All entries of a trie, in the order of its leaves.
pub struct Iter<'a> {
    /// Nodes still to visit, by level.
    levels: Vec<slice::Iter<'a, Node>>,
    leaf: Option<&'a Leaf>,
    /// The next entry of the leaf.
    index: usize,
    left: usize,
}

impl<'a> Iter<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        Self { levels: vec![slice::from_ref(root).iter()], leaf: None, index: 0, left: root.len() }
    }

    fn next_leaf(&mut self) -> Option<&'a Leaf> {
        loop {
            match self.levels.last_mut()?.next() {
                None => {
                    self.levels.pop();
                }
                Some(Node::Inner(inner)) => self.levels.push(inner.children.iter()),
                Some(Node::Leaf(leaf)) => return Some(leaf),
            }
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            if let Some(leaf) = self.leaf
                && self.index < leaf.len()
            {
                self.index += 1;
                self.left -= 1;
                return Some(leaf.entry(self.index - 1));
            }
            self.leaf = Some(self.next_leaf()?);
            self.index = 0;
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Iter<'_> {}
