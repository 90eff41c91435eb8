//! A hash trie of counted chunks: what large sets and hashes are kept in.
//!
//! Entries lie packed in leaves of bounded size, in the order of the leading bits of their hashes. Every node knows how
//! many entries are below it, and when the first of them expires. A clone is one more reference to the root;
//! the next change copies one path. Takes keys, values, expiries and a hash function (always the same one).
//! Must not know the time, or draw lots: these are arguments.

mod ahead;
mod expire;
mod iter;
mod layout;
mod leaf;
mod node;
mod record;
mod scan;
mod shape;

pub use iter::Iter;
pub use record::Entry;

use leaf::Leaf;
use node::{Node, slot};
use shape::{Knife, Limit, Newcomer};
use std::sync::Arc;

/// The most bytes that a leaf has, unless one entry alone has more.
const LIMIT: u32 = 1536;

/// The trie.
#[derive(Clone)]
pub struct Trie {
    root: Node,
    /// Bytes of all blocks.
    blocks: usize,
    expiring: usize,
    limit: Limit,
}

impl Default for Trie {
    fn default() -> Self {
        Self::new()
    }
}

/// What a change does to the sums along its way.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Add,
    Keep,
    Remove,
}

impl Trie {
    /// An empty trie. Takes no memory until the first insertion.
    pub fn new() -> Self {
        Self::with_limit(LIMIT)
    }

    /// An empty trie with leaves of so many bytes at most, for tests of what happens when they are cut.
    pub fn with_limit(bytes: u32) -> Self {
        Self { root: Node::default(), blocks: 0, expiring: 0, limit: Limit(bytes) }
    }

    /// Number of entries, expired ones included.
    pub fn len(&self) -> usize {
        self.root.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.blocks
    }

    /// The same, counted block by block: for tests.
    pub fn measured(&self) -> usize {
        size_of::<Self>() + self.root.size()
    }

    /// Number of entries with an expiry.
    pub fn expiring(&self) -> usize {
        self.expiring
    }

    /// When the first entry expires.
    pub fn earliest(&self) -> Option<i64> {
        (self.expiring > 0).then_some(self.root.earliest().0)
    }

    /// The leaf that has a hash.
    #[inline]
    fn leaf(&self, hash: u64) -> &Leaf {
        let (mut node, mut level) = (&self.root, 0);
        loop {
            match node {
                Node::Leaf(leaf) => return leaf,
                Node::Inner(inner) => node = &inner.children[inner.index(slot(hash, level))],
            }
            level += 1;
        }
    }

    /// The same, to change it; what is about to happen is counted on the way.
    #[inline]
    fn leaf_mut(&mut self, hash: u64, change: Change, expiry: Option<i64>) -> &mut Leaf {
        let (mut node, mut level) = (&mut self.root, 0);
        loop {
            match node {
                Node::Leaf(leaf) => return leaf,
                Node::Inner(inner) => {
                    match change {
                        Change::Add => inner.len += 1,
                        Change::Keep => {}
                        Change::Remove => inner.len -= 1,
                    }
                    inner.earliest = inner.earliest.min(expiry.into());
                    let index = inner.index(slot(hash, level));
                    node = &mut Arc::make_mut(&mut inner.children)[index];
                }
            }
            level += 1;
        }
    }

    /// Changes the leaf that has a hash and keeps the sums right.
    #[inline]
    fn change<R>(
        &mut self,
        hash: u64,
        change: Change,
        expiry: Option<i64>,
        act: impl FnOnce(&mut Leaf) -> R,
    ) -> R {
        let leaf = self.leaf_mut(hash, change, expiry);
        let before = leaf.size();
        let result = act(leaf);
        let after = leaf.size();
        self.blocks = self.blocks + after - before;
        result
    }

    /// Looks for the entry of a key.
    #[inline]
    pub fn get(&self, hash: u64, key: &[u8]) -> Option<Entry<'_>> {
        let leaf = self.leaf(hash);
        leaf.find(hash as u8, key).map(|index| leaf.entry(index))
    }

    /// Adds an entry, or replaces the one with its key. Gives whether the key is new.
    #[inline]
    pub fn insert<H: Fn(&[u8]) -> u64>(&mut self, hasher: &H, entry: &Entry<'_>) -> bool {
        let hash = hasher(entry.key);
        let found = self.leaf(hash).find(hash as u8, entry.key);
        match found {
            Some(index) => self.replace(hasher, hash, index, entry),
            None => self.add(hasher, hash, entry),
        }
        found.is_none()
    }

    /// Adds an entry unless its key is there. Gives whether it was added.
    #[inline]
    pub fn insert_new<H: Fn(&[u8]) -> u64>(&mut self, hasher: &H, entry: &Entry<'_>) -> bool {
        let hash = hasher(entry.key);
        let is_new = self.leaf(hash).find(hash as u8, entry.key).is_none();
        if is_new {
            self.add(hasher, hash, entry);
        }
        is_new
    }

    fn add<H: Fn(&[u8]) -> u64>(&mut self, hasher: &H, hash: u64, entry: &Entry<'_>) {
        self.expiring += usize::from(entry.expiry.is_some());
        let leaf = self.leaf(hash);
        if self.limit.allows(leaf.weight() + Leaf::weight_of_new(entry), leaf.len() + 1) {
            self.change(hash, Change::Add, entry.expiry, |leaf| leaf.push(hash as u8, entry));
        } else {
            self.cut(hasher, hash, Some(Newcomer { hash, entry }));
        }
    }

    fn replace<H: Fn(&[u8]) -> u64>(&mut self, hasher: &H, hash: u64, index: usize, entry: &Entry<'_>) {
        let limit = self.limit;
        let (old, is_allowed) = self.change(hash, Change::Keep, entry.expiry, |leaf| {
            let old = leaf.entry(index).expiry;
            leaf.replace(index, entry);
            (old, limit.allows(leaf.weight(), leaf.len()))
        });
        self.expiring += usize::from(entry.expiry.is_some());
        self.forget(hash, old);
        if !is_allowed {
            self.cut(hasher, hash, None);
        }
    }

    /// An expiry is no longer there.
    fn forget(&mut self, hash: u64, expiry: Option<i64>) {
        if expiry.is_some() {
            self.expiring -= 1;
            self.root.refresh(0, hash);
        }
    }

    fn cut<H: Fn(&[u8]) -> u64>(&mut self, hash: &H, at: u64, new: Option<Newcomer<'_>>) {
        let change = Knife { limit: self.limit, hash }.cut(&mut self.root, 0, at, new);
        self.blocks = self.blocks.saturating_add_signed(change);
    }

    /// Takes the entry of a key out. Gives whether there was one.
    pub fn remove(&mut self, hash: u64, key: &[u8]) -> bool {
        let Some(index) = self.leaf(hash).find(hash as u8, key) else { return false };
        let limit = self.limit;
        let (expiry, far) = self.change(hash, Change::Remove, None, |leaf| {
            let expiry = leaf.entry(index).expiry;
            leaf.remove(index);
            (expiry, limit.is_far(leaf))
        });
        self.forget(hash, expiry);
        if self.is_empty() {
            *self = Self { limit, ..Self::new() };
        } else if far {
            let change = shape::join(&mut self.root, limit, 0, hash);
            self.blocks = self.blocks.saturating_add_signed(change);
        }
        true
    }

    /// Entry number n of all, in an order that changes with every change. A fair lot, if n is one.
    pub fn nth(&self, mut n: usize) -> Option<Entry<'_>> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Leaf(leaf) => return (n < leaf.len()).then(|| leaf.entry(n)),
                Node::Inner(inner) => {
                    node = inner.children.iter().find(|child| match n.checked_sub(child.len()) {
                        Some(rest) => {
                            n = rest;
                            false
                        }
                        None => true,
                    })?;
                }
            }
        }
    }

    /// All entries.
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(&self.root)
    }
}
