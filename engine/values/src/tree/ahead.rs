//! Loading what searches by mark will read, level by level for all of them.
//!
//! Must not change anything. Where marks are equal it may load a neighbour of the leaf that is meant.

use super::inner::{Inner, Node};
use super::{Leaf, Tree};
use crate::prefetch::{NEAR, prefetch_slice, prefetch_value};

impl<L: Leaf> Tree<L> {
    /// Starts to load what searches for keys with these marks, at most `N`, will read.
    pub fn load_ahead<const N: usize>(&self, marks: &[u64]) {
        let Some(root) = self.root.as_ref().filter(|root| root.size() > NEAR) else { return };
        let mut nodes = [root; N];
        let nodes = &mut nodes[..marks.len().min(N)];
        // All leaves lie at one depth.
        while let Some(Node::Inner(_)) = nodes.first() {
            inners(nodes).for_each(prefetch_value);
            inners(nodes).for_each(|inner| prefetch_slice(&inner.marks));
            for (node, mark) in nodes.iter_mut().zip(marks) {
                if let Node::Inner(inner) = node {
                    let at = inner.marks[1..].partition_point(|own| own <= mark);
                    prefetch_value(&inner.lens[at]);
                    prefetch_value(&inner.children[at]);
                    *node = &inner.children[at].node;
                }
            }
        }
        leaves(nodes).for_each(prefetch_value);
        leaves(nodes).for_each(L::load_ahead);
    }
}

fn inners<'a, L: Leaf>(nodes: &[&'a Node<L>]) -> impl Iterator<Item = &'a Inner<L>> {
    nodes.iter().filter_map(|node| if let Node::Inner(inner) = node { Some(&**inner) } else { None })
}

fn leaves<'a, L: Leaf>(nodes: &[&'a Node<L>]) -> impl Iterator<Item = &'a L> {
    nodes.iter().filter_map(|node| if let Node::Leaf(leaf) = node { Some(&**leaf) } else { None })
}
