//! The nodes of the index: how runs are cut when they are long and joined when they are short.
//!
//! Counts the bytes that come and go with each change. Must not know what an entry is, but for its leading bits.

use super::Span;
use super::run::Run;
use crate::slots::{BITS, SLOTS, Starts, slot};
use std::ops::Range;
use std::sync::Arc;

/// The most entries of a run, if their hashes can be told apart.
const MOST: usize = 256;
/// Levels of nodes: thirty bits of the hash are looked at.
const LEVELS: u32 = 5;
/// Bytes in front of the content of an `Arc`: its two counts.
const COUNTS: usize = 16;

/// A run, or up to 64 nodes in the order of their hashes.
#[derive(Clone)]
pub(super) enum Node {
    Run(Arc<Run>),
    Inner(Inner),
}

/// A node with children.
#[derive(Clone)]
pub(super) struct Inner {
    starts: Starts,
    children: Arc<[Node]>,
}

impl Default for Node {
    fn default() -> Self {
        Self::Run(Arc::default())
    }
}

/// The slot of a hash in a node of this level.
#[inline]
pub(super) fn slot_of(hash: u32, level: u32) -> u32 {
    slot(u64::from(hash) << 32, level)
}

impl Inner {
    fn new(parts: Vec<(u32, Node)>) -> Self {
        let starts = parts.iter().map(|(slot, _)| *slot).collect();
        Self { starts, children: parts.into_iter().map(|(_, node)| node).collect() }
    }

    /// The child that has a slot.
    #[inline]
    pub(super) fn child(&self, slot: u32) -> &Node {
        &self.children[self.starts.index(slot)]
    }

    #[inline]
    fn child_mut(&mut self, slot: u32) -> &mut Node {
        &mut Arc::make_mut(&mut self.children)[self.starts.index(slot)]
    }

    /// The hashes of the child that has a slot, where this node has those of `span`.
    #[inline]
    pub(super) fn span(&self, span: Span, slot: u32) -> Span {
        let (run, each) = (self.starts.run(slot), span.width >> BITS);
        Span { first: span.first + u64::from(run.start) * each, width: run.len() as u64 * each }
    }

    /// Bytes of the block of its children.
    fn block_size(&self) -> usize {
        COUNTS + self.children.len() * size_of::<Node>()
    }

    /// Puts other children, at their slots, in the place of `count` ones from `index` on.
    fn splice(&mut self, index: usize, count: usize, parts: Vec<(u32, Node)>) {
        let mut all: Vec<_> = self.starts.iter().zip(self.children.iter().cloned()).collect();
        all.splice(index..index + count, parts);
        *self = Self::new(all);
    }

    /// Cuts the run of a slot.
    fn cut(&mut self, slot: u32, level: u32) -> isize {
        let Node::Run(run) = self.child(slot) else { return 0 };
        let before = self.block_size() + COUNTS + run.size();
        let mut parts = Vec::new();
        part(run.all(), self.starts.run(slot), level, &mut parts);
        let sizes: usize = parts.iter().map(|(_, node)| node.size()).sum();
        self.splice(self.starts.index(slot), 1, parts);
        (self.block_size() + sizes) as isize - before as isize
    }

    /// Joins a child with the next one, if both are short.
    fn join(&mut self, left: usize) -> isize {
        let Some([Node::Run(one), Node::Run(other)]) = self.children.get(left..left + 2) else { return 0 };
        if one.len() + other.len() > MOST / 2 {
            return 0;
        }
        let before = self.block_size() + 2 * COUNTS + one.size() + other.size();
        let joined = Node::run(&[one.all(), other.all()].concat());
        let size = joined.size();
        let start = self.starts.iter().nth(left).unwrap_or(0);
        self.splice(left, 2, vec![(start, joined)]);
        (self.block_size() + size) as isize - before as isize
    }
}

/// What entries with these slots are cut into, each part with its first slot.
fn part(entries: &[u64], slots: Range<u32>, level: u32, parts: &mut Vec<(u32, Node)>) {
    if entries.len() <= MOST || (slots.len() == 1 && level + 1 == LEVELS) {
        return parts.push((slots.start, Node::run(entries)));
    }
    if slots.len() == 1 {
        return parts.push((slots.start, Node::inner(entries, level + 1)));
    }
    // One of the boundaries beside the entry in the middle is the nearest to it.
    let (half, first) = (entries.len() / 2, slot(entries[entries.len() / 2], level));
    let below = |middle: u32| entries.partition_point(|entry| slot(*entry, level) < middle);
    let imbalance = |middle: u32| below(middle).abs_diff(half);
    let middle = if imbalance(first) < imbalance(first + 1) { first } else { first + 1 };
    let middle = middle.clamp(slots.start + 1, slots.end - 1);
    let (left, right) = entries.split_at(below(middle));
    part(left, slots.start..middle, level, parts);
    part(right, middle..slots.end, level, parts);
}

impl Node {
    /// A node of these entries, which are in order.
    pub(super) fn of(entries: &[u64]) -> Self {
        if entries.len() <= MOST { Self::run(entries) } else { Self::inner(entries, 0) }
    }

    fn run(entries: &[u64]) -> Self {
        Self::Run(Arc::new(Run::new(entries)))
    }

    fn inner(entries: &[u64], level: u32) -> Self {
        let mut parts = Vec::new();
        part(entries, 0..SLOTS, level, &mut parts);
        Self::Inner(Inner::new(parts))
    }

    /// Bytes of its blocks, its own and those below.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Run(run) => COUNTS + run.size(),
            Self::Inner(inner) => inner.block_size() + inner.children.iter().map(Self::size).sum::<usize>(),
        }
    }

    fn is_longer(&self, count: usize) -> bool {
        matches!(self, Self::Run(run) if run.len() > count)
    }

    /// The run that has a hash, to change it, and all hashes that it has.
    #[inline]
    pub(super) fn run_mut(&mut self, hash: u32) -> (&mut Run, Span) {
        let (mut node, mut span, mut level) = (self, Span::ALL, 0);
        loop {
            match node {
                Self::Run(run) => return (Arc::make_mut(run), span),
                Self::Inner(inner) => {
                    let at = slot_of(hash, level);
                    span = inner.span(span, at);
                    node = inner.child_mut(at);
                }
            }
            level += 1;
        }
    }

    /// Adds an entry. Gives how many bytes of blocks there are more now.
    pub(super) fn insert(&mut self, entry: u64, span: Span, level: u32) -> isize {
        let inner = match self {
            Self::Run(run) => {
                let run = Arc::make_mut(run);
                let before = run.size();
                run.insert(entry, span);
                let change = run.size() as isize - before as isize;
                return change + if level == 0 { self.deepen() } else { 0 };
            }
            Self::Inner(inner) => inner,
        };
        let at = slot(entry, level);
        let span = inner.span(span, at);
        // Hashes that no level tells apart stay together, however many they are.
        let can_cut = level + 1 < LEVELS || inner.starts.run(at).len() > 1;
        let child = inner.child_mut(at);
        let change = child.insert(entry, span, level + 1);
        change + if can_cut && child.is_longer(MOST) { inner.cut(at, level) } else { 0 }
    }

    /// Puts a node over a root that is a long run.
    fn deepen(&mut self) -> isize {
        match self {
            Self::Run(run) if run.len() > MOST => {
                let before = COUNTS + run.size();
                *self = Self::inner(run.all(), 0);
                self.size() as isize - before as isize
            }
            _ => 0,
        }
    }

    /// Takes an entry out. Gives how many bytes of blocks there are more now: none, or fewer.
    pub(super) fn remove(&mut self, entry: u64, span: Span, level: u32) -> isize {
        let inner = match self {
            Self::Run(run) => {
                let run = Arc::make_mut(run);
                let before = run.size();
                run.remove(entry, span);
                return run.size() as isize - before as isize;
            }
            Self::Inner(inner) => inner,
        };
        let at = slot(entry, level);
        let span = inner.span(span, at);
        let child = inner.child_mut(at);
        let mut change = child.remove(entry, span, level + 1);
        if matches!(child, Self::Inner(_)) || child.is_longer(MOST / 4) {
            return change;
        }
        let index = inner.starts.index(at);
        change += inner.join(index);
        change += index.checked_sub(1).map_or(0, |left| inner.join(left));
        if let [Self::Run(run)] = &*inner.children {
            change -= inner.block_size() as isize;
            *self = Self::Run(run.clone());
        }
        change
    }
}
