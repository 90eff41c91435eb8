//! Loading what several searches in a big sorted set will read, part by part for all of them.
//!
//! Must not change anything, or decide what is found.

use super::big::{Big, hash32_of};
use super::score::mark;
use crate::prefetch::prefetch_value;

/// Members that are prepared together, and as many scores.
const TOGETHER: usize = 64;

impl Big {
    /// Starts to load what searches for members with these hashes will read, and where members with these scores go.
    pub(super) fn load_ahead(&self, hashes: &[u64], scores: &[f64]) {
        let most = hashes.len().max(scores.len());
        for first in (0..most).step_by(TOGETHER) {
            let end = first + TOGETHER;
            let part = |len: usize| first.min(len)..end.min(len);
            self.load_together(&hashes[part(hashes.len())], &scores[part(scores.len())]);
        }
    }

    fn load_together(&self, hashes: &[u64], scores: &[f64]) {
        let mut all = [0; TOGETHER];
        let all = &mut all[..hashes.len()];
        all.iter_mut().zip(hashes).for_each(|(own, hash)| *own = hash32_of(*hash));
        self.index.load_ahead::<TOGETHER>(all);
        let ids = || all.iter().filter_map(|hash| self.index.leaves(*hash).next());
        ids().filter_map(|id| self.table.slot(id)).for_each(prefetch_value);
        let (mut marks, mut count) = ([0; 2 * TOGETHER], 0);
        for key in ids().filter_map(|id| self.table.get(id)) {
            marks[count] = mark(key.score);
            count += 1;
        }
        for score in scores {
            marks[count] = mark(*score);
            count += 1;
        }
        self.tree.load_ahead::<{ 2 * TOGETHER }>(&marks[..count]);
    }
}
