//! The way from a leaf's number to the leaf: a key that leads there, by number.
//!
//! A trie by six bits a level, behind `Arc`s like all big values. Numbers of leaves that went are used again.

use super::items::Key;
use std::sync::Arc;

const BITS: u32 = 6;
const FANOUT: usize = 1 << BITS;

#[derive(Clone)]
enum Node {
    Inner(Arc<Vec<Node>>),
    Slots(Arc<Vec<Slot>>),
}

/// A number in use, or a free one with the free one to use after it.
#[derive(Clone)]
pub(super) enum Slot {
    Used(Key),
    Free(u32),
}

/// The table.
#[derive(Clone)]
pub(super) struct Table {
    root: Node,
    /// Levels of inner nodes.
    height: u32,
    /// The number to give out next.
    next: u32,
    /// The first number that never was given out: the count of slots.
    end: u32,
    key_bytes: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        let root = Node::Slots(Arc::new(Vec::new()));
        Self { root, height: 0, next: 0, end: 0, key_bytes: 0 }
    }

    pub(super) fn size(&self) -> usize {
        // A node above sixty-four slots takes as much as one slot, nearly.
        self.end as usize * (size_of::<Slot>() + 1) + self.key_bytes
    }

    /// The number that [`Table::set`] may use next.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    pub(super) fn get(&self, id: u32) -> Option<&Key> {
        match self.slot(id)? {
            Slot::Used(key) => Some(key),
            Slot::Free(_) => None,
        }
    }

    /// The place of a number.
    pub(super) fn slot(&self, id: u32) -> Option<&Slot> {
        let mut node = &self.root;
        for level in (0..=self.height).rev() {
            match node {
                Node::Inner(nodes) => node = nodes.get((id >> (level * BITS)) as usize % FANOUT)?,
                Node::Slots(slots) => return slots.get(id as usize % FANOUT),
            }
        }
        None
    }

    /// Gives a leaf its key; the leaf has a number already or takes the next one.
    pub(super) fn set(&mut self, id: u32, key: Key) {
        if id == self.next {
            self.next = match self.slot(id) {
                Some(Slot::Free(next)) => *next,
                _ => id + 1,
            };
            self.end = self.end.max(id + 1);
        }
        self.key_bytes += key.member.len();
        if let Some(Slot::Used(old)) = self.put(id, Slot::Used(key)) {
            self.key_bytes -= old.member.len();
        }
    }

    /// The leaf is gone.
    pub(super) fn free(&mut self, id: u32) {
        if let Some(Slot::Used(old)) = self.put(id, Slot::Free(self.next)) {
            self.key_bytes -= old.member.len();
        }
        self.next = id;
    }

    fn put(&mut self, id: u32, slot: Slot) -> Option<Slot> {
        while u64::from(id) >> ((self.height + 1) * BITS) != 0 {
            let old = std::mem::replace(&mut self.root, Node::Slots(Arc::default()));
            self.root = Node::Inner(Arc::new(vec![old]));
            self.height += 1;
        }
        put_at(&mut self.root, self.height, id, slot)
    }
}

/// Puts a slot below a node; numbers come one after the other, so at most one place is new in each level.
fn put_at(node: &mut Node, level: u32, id: u32, slot: Slot) -> Option<Slot> {
    let at = (id >> (level * BITS)) as usize % FANOUT;
    match node {
        Node::Inner(nodes) => {
            let nodes = Arc::make_mut(nodes);
            if at >= nodes.len() {
                let new = if level == 1 { Node::Slots(Arc::default()) } else { Node::Inner(Arc::default()) };
                nodes.push(new);
            }
            put_at(nodes.get_mut(at)?, level - 1, id, slot)
        }
        Node::Slots(slots) => {
            let slots = Arc::make_mut(slots);
            if at >= slots.len() {
                slots.push(slot);
                return None;
            }
            Some(std::mem::replace(&mut slots[at], slot))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> Key {
        Key { score: f64::from(n), member: Box::default() }
    }

    #[test]
    fn numbers_lead_to_keys_and_are_used_again() {
        let mut table = Table::new();
        for n in 0..10_000 {
            assert_eq!(table.next(), n);
            table.set(n, key(n));
        }
        let old = table.clone();
        table.free(17);
        table.free(9000);
        assert_eq!(table.next(), 9000);
        table.set(9000, key(1));
        table.set(17, key(2));
        assert_eq!(table.next(), 10_000);
        for n in 0..10_000 {
            assert_eq!(old.get(n).map(|key| key.score), Some(f64::from(n)));
        }
        assert_eq!(
            (table.get(9000).map(|k| k.score), table.get(17).map(|k| k.score)),
            (Some(1.0), Some(2.0))
        );
        assert!(table.get(10_000).is_none());
    }
}
