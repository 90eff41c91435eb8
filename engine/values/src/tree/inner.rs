//! Inner nodes: children with their keys and counts, and how a change of one leaf goes up the path.
//!
//! The key of a child is above every item before it and not above its own first one. The first child's key
//! says nothing (smaller items may have come since): whoever moves a first child to another place gives it one.
//! Must not leave a node empty, nor with more than `FANOUT` children.

use super::{Change, Leaf, Way, first_leaf};
use std::sync::Arc;

/// A place in the tree.
pub(super) enum Node<L: Leaf> {
    Leaf(Arc<L>),
    Inner(Arc<Inner<L>>),
}

/// A node with the key it is found by.
pub(super) struct Child<L: Leaf> {
    pub key: L::Key,
    pub node: Node<L>,
}

/// The children of a node; `lens` and `marks` lie apart because most searches read nothing else.
pub(super) struct Inner<L: Leaf> {
    pub lens: Vec<usize>,
    pub marks: Vec<u64>,
    pub children: Vec<Child<L>>,
    len: usize,
    size: usize,
}

/// What a change below made of a node.
pub(super) enum State {
    Kept,
    Shrunk(usize),
    Empty,
}

/// The state of a changed node, and the nodes that follow it now (only if it was kept).
pub(super) struct Outcome<L: Leaf> {
    pub state: State,
    /// Whether what was its first child is gone: the key by which it is found may be that of items which a leaf before
    /// it takes in.
    pub front_gone: bool,
    pub extra: Vec<Child<L>>,
}

impl<L: Leaf> Clone for Node<L> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(leaf.clone()),
            Self::Inner(inner) => Self::Inner(inner.clone()),
        }
    }
}

impl<L: Leaf> Clone for Child<L> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), node: self.node.clone() }
    }
}

impl<L: Leaf> Clone for Inner<L> {
    fn clone(&self) -> Self {
        let (lens, marks, children) = (self.lens.clone(), self.marks.clone(), self.children.clone());
        Self { lens, marks, children, len: self.len, size: self.size }
    }
}

impl<L: Leaf> Child<L> {
    pub(super) fn leaf(leaf: L) -> Self {
        Self { key: leaf.key(), node: Node::Leaf(Arc::new(leaf)) }
    }

    fn inner(inner: Inner<L>) -> Self {
        Self { key: inner.children[0].key.clone(), node: Node::Inner(Arc::new(inner)) }
    }
}

impl<L: Leaf> Node<L> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Leaf(leaf) => leaf.len(),
            Self::Inner(inner) => inner.len,
        }
    }

    /// Bytes of everything from here down.
    pub(super) fn size(&self) -> usize {
        // Two counts stand before what an `Arc` points to.
        const COUNTS: usize = 16;
        match self {
            Self::Leaf(leaf) => COUNTS + leaf.size(),
            Self::Inner(inner) => COUNTS + size_of::<Inner<L>>() + inner.size,
        }
    }

    pub(super) fn first_key(&self) -> L::Key {
        first_leaf(self).key()
    }

    /// Goes down to a leaf, changes it, and brings the counts on the way back up to date.
    pub(super) fn change<R>(
        &mut self,
        way: &mut impl Way<L>,
        edit: impl FnOnce(&mut L, usize) -> (Change<L>, R),
    ) -> (Outcome<L>, R) {
        match self {
            Self::Leaf(leaf) => {
                let (change, answer) = edit(Arc::make_mut(leaf), way.place());
                (Outcome::of(change), answer)
            }
            Self::Inner(inner) => {
                let inner = Arc::make_mut(inner);
                let at = way.pick(inner);
                let node = &mut inner.children[at].node;
                let before = node.size();
                let (outcome, answer) = node.change(way, edit);
                let (len, size) = (node.len(), node.size());
                inner.len = inner.len - inner.lens[at] + len;
                inner.size = inner.size - before + size;
                inner.lens[at] = len;
                (inner.settle(at, outcome), answer)
            }
        }
    }

    /// Joins the right neighbour to this node if both fit well into one.
    pub(super) fn take_in(&mut self, right: &Child<L>, most: usize) -> bool {
        match (self, &right.node) {
            (Self::Leaf(left), Node::Leaf(leaf)) if left.joins(leaf, most) => {
                Arc::make_mut(left).append(leaf);
                true
            }
            (Self::Inner(left), Node::Inner(inner))
                if left.children.len() + inner.children.len() <= roomy::<L>() =>
            {
                let left = Arc::make_mut(left);
                let mut children = inner.children.clone();
                children[0].key = right.key.clone();
                left.insert_all(left.children.len(), children);
                true
            }
            _ => false,
        }
    }
}

impl<L: Leaf> Outcome<L> {
    fn of(change: Change<L>) -> Self {
        let (state, leaves) = match change {
            Change::Kept => (State::Kept, Vec::new()),
            Change::Split(leaves) => (State::Kept, leaves),
            Change::Shrunk(most) => (State::Shrunk(most), Vec::new()),
            Change::Empty => (State::Empty, Vec::new()),
        };
        Self { state, front_gone: false, extra: leaves.into_iter().map(Child::leaf).collect() }
    }
}

/// Children that a node made of two may have: some room is left, so that the next insertion doesn't split it.
fn roomy<L: Leaf>() -> usize {
    L::FANOUT * 3 / 4
}

impl<L: Leaf> Inner<L> {
    pub(super) fn new(children: Vec<Child<L>>) -> Self {
        let mut inner = Self { lens: Vec::new(), marks: Vec::new(), children: Vec::new(), len: 0, size: 0 };
        inner.insert_all(0, children);
        inner
    }

    /// Bytes a child takes in its parent.
    const PER_CHILD: usize = size_of::<Child<L>>() + size_of::<usize>() + size_of::<u64>();

    pub(super) fn insert_all(&mut self, at: usize, children: Vec<Child<L>>) {
        for child in &children {
            self.len += child.node.len();
            self.size += child.node.size() + Self::PER_CHILD;
        }
        self.lens.splice(at..at, children.iter().map(|child| child.node.len()));
        self.marks.splice(at..at, children.iter().map(|child| L::mark(&child.key)));
        self.children.splice(at..at, children);
    }

    pub(super) fn remove(&mut self, at: usize) -> Child<L> {
        let child = self.children.remove(at);
        self.marks.remove(at);
        self.len -= self.lens.remove(at);
        self.size -= child.node.size() + Self::PER_CHILD;
        child
    }

    /// Keeps the children before `at` and gives the others.
    pub(super) fn split_off(&mut self, at: usize) -> Vec<Child<L>> {
        let right = self.children.split_off(at);
        self.marks.truncate(at);
        self.len -= self.lens.split_off(at).iter().sum::<usize>();
        self.size -= right.iter().map(|child| child.node.size() + Self::PER_CHILD).sum::<usize>();
        right
    }

    /// Does what the change of child `at` asks for.
    fn settle(&mut self, at: usize, outcome: Outcome<L>) -> Outcome<L> {
        if outcome.front_gone {
            self.raise_key(at);
        }
        let front_gone = at == 0 && (outcome.front_gone || matches!(outcome.state, State::Empty));
        match outcome.state {
            State::Kept if outcome.extra.is_empty() => {
                return Outcome { state: State::Kept, front_gone, extra: Vec::new() };
            }
            State::Kept => {
                let extra = self.insert_and_split(at + 1, outcome.extra);
                return Outcome { state: State::Kept, front_gone, extra };
            }
            State::Shrunk(most) => self.join_around(at, most),
            State::Empty => drop(self.remove(at)),
        }
        let state = match self.children.len() {
            0 => State::Empty,
            few if few <= L::FANOUT / 2 => State::Shrunk(0),
            _ => State::Kept,
        };
        Outcome { state, front_gone, extra: Vec::new() }
    }

    /// Gives a child the key of what is its own first child now.
    fn raise_key(&mut self, at: usize) {
        if let Node::Inner(below) = &self.children[at].node
            && let Some(first) = below.children.first()
        {
            let key = first.key.clone();
            self.marks[at] = L::mark(&key);
            self.children[at].key = key;
        }
    }

    /// Inserts children; those that are too many follow as nodes of their own. Where children come in at an end,
    /// the split leaves the other side full: a tree that grows at its ends stays dense.
    pub(super) fn insert_and_split(&mut self, at: usize, children: Vec<Child<L>>) -> Vec<Child<L>> {
        let (at_front, at_end) = (at <= 1, at == self.children.len());
        self.insert_all(at, children);
        let all = self.children.len();
        if all <= L::FANOUT {
            return Vec::new();
        }
        let keep = match all {
            _ if at_end || all > 2 * L::FANOUT => L::FANOUT,
            _ if at_front => all - L::FANOUT,
            _ => all / 2,
        };
        pack(self.split_off(keep))
    }

    fn join_around(&mut self, at: usize, most: usize) {
        self.join_pair(at, most);
        if at > 0 {
            self.join_pair(at - 1, most);
        }
    }

    /// Makes one child of child `at` and the next one, if there is a next one and they fit.
    fn join_pair(&mut self, at: usize, most: usize) {
        let [.., left, right] = self.children.get_mut(..at + 2).unwrap_or_default() else { return };
        let before = left.node.size();
        if left.node.take_in(right, most) {
            let (len, size) = (left.node.len(), left.node.size());
            self.len = self.len - self.lens[at] + len;
            self.size = self.size - before + size;
            self.lens[at] = len;
            self.remove(at + 1);
        }
    }
}

/// Puts inner nodes over a level of nodes.
pub(super) fn pack<L: Leaf>(level: Vec<Child<L>>) -> Vec<Child<L>> {
    let nodes = level.len().div_ceil(L::FANOUT).max(1);
    let each = level.len().div_ceil(nodes).max(1);
    let mut level = level.into_iter().peekable();
    let mut packed = Vec::with_capacity(nodes);
    while level.peek().is_some() {
        packed.push(Child::inner(Inner::new(level.by_ref().take(each).collect())));
    }
    packed
}
