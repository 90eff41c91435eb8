//! Where the members of a big sorted set are: for each one the number of its leaf, in the order of hashes.
//!
//! An entry is 64 bits: 32 of the member's hash, then the leaf's number. The member itself stands in the leaf
//! only; who looks up finds the few leaves with the right hash (nearly always one or none) and reads there.
//! The order by hash doesn't depend on the set's history: it is what cursors of SCAN follow.

use crate::tree::{Change, Leaf, Tree};

/// The most entries of a leaf.
const MOST: usize = 256;

/// The index.
#[derive(Clone, Default)]
pub(super) struct Index {
    entries: Tree<Run>,
}

/// Entries in order.
#[derive(Clone)]
struct Run(Vec<u64>);

impl Leaf for Run {
    type Key = u64;

    fn key(&self) -> u64 {
        self.0[0]
    }

    fn mark(key: &u64) -> u64 {
        *key
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.capacity() * 8
    }

    fn joins(&self, right: &Self, most: usize) -> bool {
        self.0.len() + right.0.len() <= most
    }

    fn append(&mut self, right: &Self) {
        self.0.extend_from_slice(&right.0);
    }

    fn split_off(&mut self, n: usize) -> Self {
        let right = self.0.split_off(n);
        self.0.shrink_to_fit();
        Self(right)
    }
}

impl Run {
    /// How many entries are below this one. Hashes are spread evenly: it is near to where it would be by its size.
    #[inline]
    fn below(&self, entry: u64) -> usize {
        let run = &self.0[..];
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return 0 };
        if entry <= *first {
            return 0;
        }
        let width = (last >> 32) - (first >> 32) + 1;
        let guess = ((entry >> 32) - (first >> 32)) * run.len() as u64 / width;
        let mut at = (guess as usize).min(run.len());
        while at > 0 && run[at - 1] >= entry {
            at -= 1;
        }
        while run.get(at).is_some_and(|own| *own < entry) {
            at += 1;
        }
        at
    }

    fn find(&self, entry: u64) -> Option<usize> {
        Some(self.below(entry)).filter(|at| self.0.get(*at) == Some(&entry))
    }

    fn insert(&mut self, entry: u64) -> Change<Self> {
        let at = self.below(entry);
        if self.0.capacity() == self.0.len() {
            self.0.reserve_exact(16 + self.0.len() / 16);
        }
        self.0.insert(at, entry);
        if self.0.len() > MOST { Change::Split(vec![self.split_off(MOST / 2)]) } else { Change::Kept }
    }

    fn remove(&mut self, entry: u64) -> Change<Self> {
        if let Some(at) = self.find(entry) {
            self.0.remove(at);
        }
        if self.0.capacity() > 2 * self.0.len() {
            self.0.shrink_to_fit();
        }
        match self.0.len() {
            0 => Change::Empty,
            few if few < MOST / 3 => Change::Shrunk(MOST * 3 / 4),
            _ => Change::Kept,
        }
    }

    /// Gives an entry another value if it stays where it is.
    fn replace(&mut self, old: u64, new: u64) -> bool {
        let Some(at) = self.find(old) else { return false };
        let above = new >= old || (at > 0 && self.0[at - 1] <= new);
        let below = new <= old || self.0.get(at + 1).is_some_and(|next| new <= *next);
        let stays = above && below;
        if stays {
            self.0[at] = new;
        }
        stays
    }
}

fn entry(hash: u32, leaf: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(leaf)
}

impl Index {
    /// An index of these entries of hash and leaf, in any order.
    pub(super) fn build(pairs: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut all: Vec<u64> = pairs.map(|(hash, leaf)| entry(hash, leaf)).collect();
        all.sort_unstable();
        Self { entries: Tree::from_leaves(all.chunks(MOST * 7 / 8).map(|run| Run(run.to_vec()))) }
    }

    pub(super) fn size(&self) -> usize {
        self.entries.size()
    }

    fn insert(&mut self, hash: u32, leaf: u32) {
        let new = entry(hash, leaf);
        let done = self.entries.change_by_mark(new, |key| key.cmp(&new), |run| (run.insert(new), ()));
        if done.is_none() {
            self.entries.push_back(Run(vec![new]));
        }
    }

    /// A member is in a leaf now, after it was in another one or in none.
    pub(super) fn enter(&mut self, hash: u32, from: Option<u32>, to: u32) {
        match from {
            None => self.insert(hash, to),
            Some(from) if from != to => self.rename(hash, from, to),
            Some(_) => {}
        }
    }

    pub(super) fn remove(&mut self, hash: u32, leaf: u32) {
        let old = entry(hash, leaf);
        self.entries.change_by_mark(old, |key| key.cmp(&old), |run| (run.remove(old), ()));
    }

    /// A member went from one leaf to another.
    pub(super) fn rename(&mut self, hash: u32, from: u32, to: u32) {
        let (old, new) = (entry(hash, from), entry(hash, to));
        let done = self.entries.change_by_mark(
            old,
            |key| key.cmp(&old),
            |run| (Change::Kept, run.replace(old, new)),
        );
        if done == Some(false) {
            self.remove(hash, from);
            self.insert(hash, to);
        }
    }

    /// The entries from a hash on: hash and leaf.
    pub(super) fn from(&self, hash: u32) -> impl Iterator<Item = (u32, u32)> {
        let least = entry(hash, 0);
        let mut cursor = self.entries.cursor_by_key(|key| key.cmp(&least));
        let mut rest: &[u64] = match &cursor {
            Some(cursor) => {
                let run = cursor.leaf();
                &run.0[run.below(least)..]
            }
            None => &[],
        };
        std::iter::from_fn(move || {
            if rest.is_empty() {
                let moving = cursor.as_mut()?;
                rest = if moving.forward() { &moving.leaf().0 } else { &[] };
            }
            let (first, others) = rest.split_first()?;
            rest = others;
            Some(((first >> 32) as u32, *first as u32))
        })
    }

    /// The first leaf for which `look` finds something, among those that may hold a member with this hash.
    pub(super) fn find<R>(&self, hash: u32, mut look: impl FnMut(u32) -> Option<R>) -> Option<R> {
        let least = entry(hash, 0);
        let run = self.entries.by_mark(least, |key| key.cmp(&least))?;
        let same = |own: &&u64| **own >> 32 == u64::from(hash);
        let at = run.below(least);
        let found = run.0[at..].iter().take_while(same).find_map(|own| look(*own as u32));
        // Only where a run ends may more of the same hash follow, in the next one.
        let may_go_on = found.is_none() && run.0[at..].iter().all(|own| same(&own));
        if may_go_on { self.leaves(hash).find_map(look) } else { found }
    }

    /// The leaves that may hold a member with this hash.
    pub(super) fn leaves(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.from(hash).take_while(move |(own, _)| *own == hash).map(|(_, leaf)| leaf)
    }
}
