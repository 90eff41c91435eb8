//! Loading what searches in the index will read, level by level for all of them.
//!
//! Must not change anything.

use super::node::{Node, slot_of};
use super::{Index, entry};
use crate::prefetch::{LINE, NEAR, prefetch, prefetch_value};

impl Index {
    /// Starts to load what searches for these hashes, at most `N`, will read.
    pub(in crate::zset) fn load_ahead<const N: usize>(&self, hashes: &[u32]) {
        if self.blocks <= NEAR {
            return;
        }
        let mut nodes = [&self.root; N];
        let nodes = &mut nodes[..hashes.len().min(N)];
        let (mut level, mut deeper) = (0, true);
        while std::mem::take(&mut deeper) {
            for (node, hash) in nodes.iter_mut().zip(hashes) {
                if let Node::Inner(inner) = node {
                    *node = inner.child(slot_of(*hash, level));
                    prefetch_value(*node);
                    deeper = true;
                }
            }
            level += 1;
        }
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
