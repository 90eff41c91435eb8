//! A sorted map in chunks: consumer groups by name, consumers by name, pending entries by id.
//!
//! Takes keys with an order. A clone costs one count; the first change after it copies one path. Chunks are split
//! such that a map that grows at its end stays dense.

use crate::tree::{Change, Cursor, Leaf, Tree};
use std::borrow::Borrow;
use std::sync::Arc;

/// Items of a chunk.
const MOST: usize = 32;

/// What takes memory elsewhere than where it lies.
pub trait Heap {
    /// How many bytes.
    fn heap(&self) -> usize {
        0
    }
}

impl Heap for () {}

impl Heap for Arc<[u8]> {
    fn heap(&self) -> usize {
        const COUNTS: usize = 16;
        (COUNTS + self.len()).next_multiple_of(8)
    }
}

/// A sorted map.
pub struct Index<K: Ord + Clone + Heap, V: Clone + Heap> {
    tree: Tree<Chunk<K, V>>,
}

#[derive(Clone)]
struct Chunk<K, V> {
    items: Vec<(K, V)>,
    heap: usize,
}

impl<K: Ord + Clone + Heap, V: Clone + Heap> Clone for Index<K, V> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone() }
    }
}

impl<K: Ord + Clone + Heap, V: Clone + Heap> Default for Index<K, V> {
    fn default() -> Self {
        Self { tree: Tree::new() }
    }
}

impl<K: Ord + Clone + Heap, V: Clone + Heap> Index<K, V> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Bytes of memory, what items have elsewhere included.
    pub fn size(&self) -> usize {
        self.tree.size()
    }

    /// The item with this key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (chunk, _) = self.tree.by_key(|first| first.borrow().cmp(key))?;
        let (key, value) = &chunk.items[chunk.find(key).ok()?];
        Some((key, value))
    }

    /// The first item.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.tree.first()?.items.first().map(|(key, value)| (key, value))
    }

    /// The last item.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.tree.last()?.items.last().map(|(key, value)| (key, value))
    }

    /// All items in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { cursor: self.tree.cursor_at(0).map(|(cursor, _)| cursor), at: 0 }
    }

    /// The items from the first one on whose key is not below this.
    pub fn iter_from<Q: Ord + ?Sized>(&self, key: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let cursor = self.tree.cursor_by_key(|first| first.borrow().cmp(key));
        let at = cursor.as_ref().map_or(0, |cursor| cursor.leaf().find(key).unwrap_or_else(|at| at));
        Iter { cursor, at }
    }

    /// Puts an item in and gives the value that its key had before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.tree.is_empty() {
            self.tree.push_back(Chunk::of(vec![(key, value)]));
            return None;
        }
        let sought = key.clone();
        self.tree.change_by_key(|first| first.cmp(&sought), |chunk, _| chunk.insert(key, value)).flatten()
    }

    /// Takes an item out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.tree.change_by_key(|first| first.borrow().cmp(key), |chunk, _| chunk.remove(key)).flatten()
    }

    /// Changes the value of a key.
    pub fn change<Q: Ord + ?Sized, R>(&mut self, key: &Q, edit: impl FnOnce(&mut V) -> R) -> Option<R>
    where
        K: Borrow<Q>,
    {
        let edit = |chunk: &mut Chunk<K, V>, _| (Change::Kept, chunk.change(key, edit));
        self.tree.change_by_key(|first| first.borrow().cmp(key), edit).flatten()
    }
}

impl<K: Ord + Clone + Heap, V: Clone + Heap> Chunk<K, V> {
    fn of(items: Vec<(K, V)>) -> Self {
        let heap = items.iter().map(|(key, value)| key.heap() + value.heap()).sum();
        Self { items, heap }
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.items.binary_search_by(|(own, _)| own.borrow().cmp(key))
    }

    fn insert(&mut self, key: K, value: V) -> (Change<Self>, Option<V>) {
        let heap = value.heap();
        let at = match self.find(&key) {
            Ok(at) => {
                let old = std::mem::replace(&mut self.items[at].1, value);
                self.heap = self.heap + heap - old.heap();
                return (Change::Kept, Some(old));
            }
            Err(at) => at,
        };
        if self.items.len() < MOST {
            self.heap += key.heap() + heap;
            self.items.insert(at, (key, value));
            return (Change::Kept, None);
        }
        if at == MOST {
            return (Change::Split(vec![Self::of(vec![(key, value)])]), None);
        }
        let mut right = self.split_off(MOST / 2);
        let (half, at) = if at > MOST / 2 { (&mut right, at - MOST / 2) } else { (self, at) };
        half.heap += key.heap() + heap;
        half.items.insert(at, (key, value));
        (Change::Split(vec![right]), None)
    }

    fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> (Change<Self>, Option<V>)
    where
        K: Borrow<Q>,
    {
        let Ok(at) = self.find(key) else { return (Change::Kept, None) };
        let (key, value) = self.items.remove(at);
        self.heap -= key.heap() + value.heap();
        if self.items.len() <= self.items.capacity() / 4 {
            self.items.shrink_to_fit();
        }
        let change = match self.items.len() {
            0 => Change::Empty,
            few if few <= MOST / 4 => Change::Shrunk(MOST / 2),
            _ => Change::Kept,
        };
        (change, Some(value))
    }

    fn change<Q: Ord + ?Sized, R>(&mut self, key: &Q, edit: impl FnOnce(&mut V) -> R) -> Option<R>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        let value = &mut self.items[at].1;
        let before = value.heap();
        let answer = edit(value);
        self.heap = self.heap + value.heap() - before;
        Some(answer)
    }
}

impl<K: Ord + Clone + Heap, V: Clone + Heap> Leaf for Chunk<K, V> {
    type Key = K;

    fn key(&self) -> K {
        self.items[0].0.clone()
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.items.capacity() * size_of::<(K, V)>() + self.heap
    }

    fn joins(&self, right: &Self, most: usize) -> bool {
        self.items.len() + right.items.len() <= most
    }

    fn append(&mut self, right: &Self) {
        self.items.reserve_exact(right.items.len());
        self.items.extend_from_slice(&right.items);
        self.heap += right.heap;
    }

    fn split_off(&mut self, n: usize) -> Self {
        let right = Self::of(self.items.split_off(n));
        self.heap -= right.heap;
        right
    }
}

/// Items in order.
pub struct Iter<'a, K: Ord + Clone + Heap, V: Clone + Heap> {
    cursor: Option<Cursor<'a, Chunk<K, V>>>,
    at: usize,
}

impl<'a, K: Ord + Clone + Heap, V: Clone + Heap> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = self.cursor.as_mut()?;
        if self.at >= cursor.leaf().items.len() {
            if !cursor.forward() {
                self.cursor = None;
                return None;
            }
            self.at = 0;
        }
        let (key, value) = &cursor.leaf().items[self.at];
        self.at += 1;
        Some((key, value))
    }
}
