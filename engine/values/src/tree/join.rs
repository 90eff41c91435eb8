//! Cutting a tree in two and joining two trees, in O(log n): only nodes along the cut are touched.
//!
//! Takes and gives nodes whose leaves all lie at one depth.

use super::Leaf;
use super::inner::{Child, Inner, Node};
use super::way::{ByItem, Way};
use std::sync::Arc;

impl<L: Leaf> Node<L> {
    /// Keeps the first `n` items and gives the others as a node of the same height; `n` is neither 0 nor all.
    pub(super) fn split_off(&mut self, n: usize) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(Arc::new(Arc::make_mut(leaf).split_off(n))),
            Self::Inner(inner) => {
                let inner = Arc::make_mut(inner);
                let mut way = ByItem(n);
                let at = way.pick(inner);
                if way.0 == 0 {
                    return Self::Inner(Arc::new(Inner::new(inner.split_off(at))));
                }
                let mut right = inner.split_off(at);
                let mut cut = right.remove(0);
                let node = cut.node.split_off(way.0);
                inner.insert_all(at, vec![cut]);
                right.insert(0, Child { key: node.first_key(), node });
                Self::Inner(Arc::new(Inner::new(right)))
            }
        }
    }

    fn height(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::Inner(inner) => 1 + inner.children[0].node.height(),
        }
    }
}

/// Joins two nodes of any heights. Gives the first node and those that follow it, all as high as the higher one.
pub(super) fn join<L: Leaf>(left: Node<L>, right: Node<L>, most: Option<usize>) -> (Node<L>, Vec<Child<L>>) {
    let heights = (left.height(), right.height());
    let right = Child { key: right.first_key(), node: right };
    join_at(left, right, heights, most)
}

fn join_at<L: Leaf>(
    mut left: Node<L>,
    mut right: Child<L>,
    heights: (usize, usize),
    most: Option<usize>,
) -> (Node<L>, Vec<Child<L>>) {
    let (higher, lower) = heights;
    if let Node::Inner(inner) = &mut left
        && higher > lower
    {
        let inner = Arc::make_mut(inner);
        let last = inner.children.len() - 1;
        let child = inner.remove(last);
        let (node, extra) = join_at(child.node, right, (higher - 1, lower), most);
        inner.insert_all(last, vec![Child { key: child.key, node }]);
        let extra = inner.insert_and_split(last + 1, extra);
        return (left, extra);
    }
    if let Node::Inner(inner) = &mut right.node
        && higher < lower
    {
        let inner = Arc::make_mut(inner);
        let child = Child { key: right.key, node: inner.remove(0).node };
        let key = left.first_key();
        let (node, extra) = join_at(left, child, (higher, lower - 1), most);
        inner.insert_all(0, vec![Child { key, node }]);
        let extra = inner.insert_and_split(1, extra);
        return (right.node, extra);
    }
    // Without a limit only inner nodes are joined: no leaf joins within nothing.
    let may_join = most.is_some() || matches!(left, Node::Inner(_));
    let joined = may_join && left.take_in(&right, most.unwrap_or(0));
    (left, if joined { Vec::new() } else { vec![right] })
}
