//! Loading what several searches will need before the first of them begins.
//!
//! All go down one level, then all the next one: each waits for memory while the others wait too.
//! Must not change anything, or decide what is found.

use super::Trie;
use super::node::{Node, slot};
use crate::prefetch::NEAR;
use crate::slots::descend;

/// Searches that are prepared together.
const TOGETHER: usize = 64;

impl Trie {
    /// Starts to load what searches for keys with these hashes will read.
    pub fn load_ahead(&self, hashes: &[u64]) {
        if self.blocks > NEAR {
            hashes.chunks(TOGETHER).for_each(|hashes| self.load_together(hashes));
        }
    }

    fn load_together(&self, hashes: &[u64]) {
        let mut nodes = [&self.root; TOGETHER];
        let nodes = &mut nodes[..hashes.len()];
        descend(nodes, hashes, |node, hash, level| match node {
            Node::Inner(inner) => Some(&inner.children[inner.index(slot(hash, level))]),
            Node::Leaf(_) => None,
        });
        let leaves =
            || nodes.iter().zip(hashes).filter_map(|(node, hash)| Some((node.as_leaf()?, *hash as u8)));
        leaves().for_each(|(leaf, _)| leaf.load_tags());
        leaves().for_each(|(leaf, tag)| leaf.load_records(tag));
    }
}
