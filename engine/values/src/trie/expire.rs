//! Finding the entries of a trie that have expired, without a list of them.
//!
//! Every node knows when the first entry below it expires, so only ways that lead to expired ones are gone.

use super::leaf::Leaf;
use super::node::Node;
use super::record::Entry;
use super::{Change, Trie};

impl Trie {
    /// Calls `visit` with entries that have expired, at most so many.
    pub fn expired(&self, now: i64, most: usize, mut visit: impl FnMut(Entry<'_>)) {
        let mut left = most;
        collect(&self.root, now, &mut left, &mut visit);
    }

    /// Takes entries that have expired out, at most so many, and gives their keys.
    pub fn remove_expired<H: Fn(&[u8]) -> u64>(&mut self, hash: &H, now: i64, most: usize) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        self.expired(now, most, |entry| keys.push(entry.key.to_vec()));
        for key in &keys {
            self.remove(hash(key), key);
        }
        // Fields expire so that memory comes back, so their leaves are left without holes.
        for key in &keys {
            self.change(hash(key), Change::Keep, None, Leaf::tighten);
        }
        keys
    }
}

fn collect(node: &Node, now: i64, left: &mut usize, visit: &mut impl FnMut(Entry<'_>)) {
    if *left == 0 || node.earliest().0 >= now {
        return;
    }
    match node {
        Node::Inner(inner) => inner.children.iter().for_each(|child| collect(child, now, left, visit)),
        Node::Leaf(leaf) => {
            for entry in leaf.entries().filter(|entry| entry.is_expired(now)).take(*left) {
                visit(entry);
                *left -= 1;
            }
        }
    }
}
