//! Walking over a trie that changes between the steps.
//!
//! A cursor is a place in the order of the leading 48 bits of the hashes: everything before it was given. An entry keeps its
//! place whatever is cut or joined, so one that is there all the time is given exactly once. A cursor stays below
//! 2^53: clients that keep it as a floating-point number lose nothing. Must not remember anything.

use super::Trie;
use super::leaf::Leaf;
use super::node::{Node, REST, SLOTS, slot};
use super::record::Entry;

/// Places there are.
const PLACES: u64 = 1 << (64 - REST);

impl Trie {
    /// Gives at least `count` entries from the cursor on, if there are as many, and the cursor from which to go on.
    /// Zero is the start and the end.
    pub fn scan<'a, H: Fn(&[u8]) -> u64>(
        &'a self,
        hash: &H,
        cursor: u64,
        count: usize,
        mut visit: impl FnMut(Entry<'a>),
    ) -> u64 {
        let (mut cursor, mut given) = (cursor, 0);
        // A cursor from outside may be any number.
        while cursor < PLACES {
            let (leaf, end) = self.leaf_at(cursor);
            let mut found: Vec<(u64, usize)> =
                leaf.entries().enumerate().map(|(index, entry)| (hash(entry.key) >> REST, index)).collect();
            found.retain(|&(place, _)| place >= cursor);
            found.sort_unstable();
            let mut last = None;
            for (place, index) in found {
                // Entries of one place can only be given together.
                if given >= count && last != Some(place) {
                    return place;
                }
                visit(leaf.entry(index));
                given += 1;
                last = Some(place);
            }
            cursor = end;
            if given >= count {
                break;
            }
        }
        if cursor < PLACES { cursor } else { 0 }
    }

    /// The leaf with a place, and the place after its last one.
    fn leaf_at(&self, place: u64) -> (&Leaf, u64) {
        let (mut node, mut level, mut end) = (&self.root, 0, PLACES);
        loop {
            let inner = match node {
                Node::Leaf(leaf) => return (leaf, end),
                Node::Inner(inner) => inner,
            };
            let at = slot(place << REST, level);
            let after = inner.starts.run(at).end;
            // Places that a slot of this level has.
            let width = PLACES >> (SLOTS.ilog2() * (level + 1));
            if after < SLOTS {
                end = (place / width - u64::from(at) + u64::from(after)) * width;
            }
            node = &inner.children[inner.index(at)];
            level += 1;
        }
    }
}
