//! Loading what searches in the index will read, level by level for all of them.
//!
//! Must not change anything.

use super::node::{Node, slot_of};
use super::{Index, entry};
use crate::prefetch::{LINE, NEAR, prefetch, prefetch_value};
use crate::slots::descend;

impl Index {
    /// Starts to load what searches for these hashes, at most `N`, will read.
    pub(in crate::zset) fn load_ahead<const N: usize>(&self, hashes: &[u32]) {
        if self.blocks <= NEAR {
            return;
        }
        let mut nodes = [&self.root; N];
        let nodes = &mut nodes[..hashes.len().min(N)];
        descend(nodes, hashes, |node, hash, level| match node {
            Node::Inner(inner) => Some(inner.child(slot_of(hash, level))),
            Node::Run(_) => None,
        });
        for node in nodes {
            if let Node::Run(run) = node {
                prefetch_value(&**run);
            }
        }
        for hash in hashes {
            let (run, span) = self.run(*hash);
            let near = run.all().as_ptr().wrapping_add(run.guess(entry(*hash, 0), span)).cast::<u8>();
            // It is rarely farther than a line from where it would be.
            [near.wrapping_sub(LINE), near, near.wrapping_add(LINE)].into_iter().for_each(prefetch);
        }
    }
}
