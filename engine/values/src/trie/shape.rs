//! Cutting leaves that are too large and joining those that are too small.
//!
//! Takes nodes, gives nodes. What a change of shape needs is what is near: a leaf and its neighbours.
//! Must not lose an entry.

use super::leaf::{Leaf, Share};
use super::node::{Inner, LEVELS, Node, SLOTS, slot};
use super::record::Entry;
use std::ops::Range;
use std::sync::Arc;

/// The most bytes that a leaf should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) u32);

impl Limit {
    /// Whether entries of this weight, in so many records, may be in one leaf. One entry may have any size.
    #[inline]
    pub(super) fn allows(self, weight: usize, records: usize) -> bool {
        weight <= self.0 as usize || records <= 1
    }

    /// Whether a leaf is so small that it may be joined with a neighbour.
    #[inline]
    pub(super) fn is_far(self, leaf: &Leaf) -> bool {
        leaf.weight() < self.0 as usize / 4
    }

    fn allows_both(self, one: &Leaf, other: &Leaf) -> bool {
        one.weight() + other.weight() <= self.0 as usize / 2
    }
}

/// An entry for which there is no room in its leaf.
#[derive(Clone, Copy)]
pub(super) struct Newcomer<'a> {
    pub(super) hash: u64,
    pub(super) entry: &'a Entry<'a>,
}

impl Newcomer<'_> {
    fn weight(&self) -> usize {
        Leaf::weight_of_new(self.entry)
    }
}

/// How leaves are cut: when, and by which hashes.
pub(super) struct Knife<'h, H> {
    pub(super) limit: Limit,
    pub(super) hash: &'h H,
}

impl<H: Fn(&[u8]) -> u64> Knife<'_, H> {
    /// Cuts the leaf that has this hash as far as need be, and puts the new entry, if any, into what becomes of it.
    /// Gives how many bytes of blocks there are more now.
    pub(super) fn cut(&self, node: &mut Node, level: u32, hash: u64, new: Option<Newcomer<'_>>) -> isize {
        let inner = match node {
            Node::Leaf(leaf) => {
                let before = leaf.size();
                *node = self.deepened(std::mem::take(leaf), new, level);
                return node.size() as isize - before as isize;
            }
            Node::Inner(inner) => inner,
        };
        let at = slot(hash, level);
        let index = inner.index(at);
        let Node::Leaf(leaf) = &mut Arc::make_mut(&mut inner.children)[index] else {
            let before = inner.children[index].len();
            let child = &mut Arc::make_mut(&mut inner.children)[index];
            let change = self.cut(child, level + 1, hash, new);
            inner.len += child.len() - before;
            inner.earliest = inner.earliest.min(child.earliest());
            return change;
        };
        let leaf = std::mem::take(leaf);
        let before = inner.block_size() + leaf.size();
        let run = inner.starts.run(at);
        let parts = self.parts(leaf, new, run, level);
        let sizes: usize = parts.iter().map(|(_, node)| node.size()).sum();
        inner.splice(index, 1, parts);
        (inner.block_size() + sizes) as isize - before as isize
    }

    /// What is in the place of a leaf where a node of this level may stand.
    fn deepened(&self, mut leaf: Leaf, new: Option<Newcomer<'_>>, level: u32) -> Node {
        if level < LEVELS {
            return Node::Inner(Inner::new(self.parts(leaf, new, 0..SLOTS, level)));
        }
        // Nothing tells these entries apart.
        if let Some(new) = new {
            leaf.push(new.hash as u8, new.entry);
        }
        Node::Leaf(leaf)
    }

    /// What a leaf with these slots is cut into, each with its first slot. A leaf that stays whole isn't copied, so
    /// a large entry isn't either.
    fn parts(
        &self,
        mut leaf: Leaf,
        new: Option<Newcomer<'_>>,
        run: Range<u32>,
        level: u32,
    ) -> Vec<(u32, Node)> {
        let weight = leaf.weight() + new.map_or(0, |new| new.weight());
        if self.limit.allows(weight, leaf.len() + usize::from(new.is_some())) {
            if let Some(new) = new {
                leaf.push(new.hash as u8, new.entry);
            }
            return vec![(run.start, Node::Leaf(leaf))];
        }
        if run.len() == 1 {
            return vec![(run.start, self.deepened(leaf, new, level + 1))];
        }
        let shares = leaf.shares(|key| slot((self.hash)(key), level));
        let new_share = new.map(|new| Share { slot: slot(new.hash, level), size: new.weight() });
        let middle = middle(shares.iter().chain(&new_share), &run);
        let goes_left = new_share.is_some_and(|share| share.slot < middle);
        let (left, right) = leaf.divided(&shares, middle);
        let mut parts = self.parts(left, new.filter(|_| goes_left), run.start..middle, level);
        parts.extend(self.parts(right, new.filter(|_| !goes_left), middle..run.end, level));
        parts
    }
}

/// The first slot of the second half, by bytes. If all entries have one slot, it is at one side of the cut.
fn middle<'a>(shares: impl Iterator<Item = &'a Share>, run: &Range<u32>) -> u32 {
    let mut weights = [0; SLOTS as usize];
    shares.for_each(|share| weights[share.slot as usize] += share.size);
    let total: usize = weights.iter().sum();
    let (mut best, mut least) = (run.start + 1, usize::MAX);
    let mut left = 0;
    for middle in run.start + 1..run.end {
        left += weights[middle as usize - 1];
        let difference = left.abs_diff(total - left);
        if difference < least || left == 0 {
            (best, least) = (middle, difference);
        }
    }
    best
}

/// Joins the leaf that has this hash with a neighbour if both are small, and leaves out what has no use then.
/// Gives how many bytes of blocks there are more now: none, or fewer.
pub(super) fn join(node: &mut Node, limit: Limit, level: u32, hash: u64) -> isize {
    let Node::Inner(inner) = node else { return 0 };
    let mut index = inner.index(slot(hash, level));
    let mut change = 0;
    if let Node::Inner(_) = &inner.children[index] {
        change += join(&mut Arc::make_mut(&mut inner.children)[index], limit, level + 1, hash);
    }
    for left in [index.checked_sub(1), Some(index)].into_iter().flatten() {
        let left = left.min(index);
        if let Some(joined) = join_two(inner, limit, left) {
            change += joined;
            index = left;
        }
    }
    if let [Node::Leaf(leaf)] = &*inner.children {
        change -= inner.block_size() as isize;
        *node = Node::Leaf(leaf.clone());
    }
    change
}

/// Joins a child with the next one.
fn join_two(inner: &mut Inner, limit: Limit, left: usize) -> Option<isize> {
    let [Node::Leaf(one), Node::Leaf(other)] = inner.children.get(left..left + 2)? else { return None };
    if !limit.allows_both(one, other) {
        return None;
    }
    let before = inner.block_size() + one.size() + other.size();
    let joined = one.joined(other);
    let size = joined.size();
    let start = inner.starts.iter().nth(left).unwrap_or(0);
    inner.splice(left, 2, vec![(start, Node::Leaf(joined))]);
    Some((inner.block_size() + size) as isize - before as isize)
}
