//! Where the members of a big sorted set are: for each one the number of its leaf, in the order of hashes.
//!
//! An entry is 64 bits: 32 of the member's hash, then the leaf's number. The member itself stands in the leaf
//! only; who looks up finds the few leaves with the right hash (nearly always one or none) and reads there.
//! Entries lie in runs, found by the leading bits of the hash; all of one hash are in one run.
//! The order by hash doesn't depend on the set's history: it is what cursors of SCAN follow.

mod ahead;
mod node;
mod run;

use node::Node;
use run::Run;

/// The index.
#[derive(Clone)]
pub(super) struct Index {
    root: Node,
    /// Bytes of all blocks.
    blocks: usize,
}

impl Default for Index {
    fn default() -> Self {
        Self::of(Node::default())
    }
}

/// The hashes that a node has.
#[derive(Clone, Copy)]
struct Span {
    first: u64,
    width: u64,
}

impl Span {
    const ALL: Self = Self { first: 0, width: 1 << 32 };

    fn end(self) -> u64 {
        self.first + self.width
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
        Self::of(Node::of(&all))
    }

    fn of(root: Node) -> Self {
        let blocks = root.size();
        Self { root, blocks }
    }

    pub(super) fn size(&self) -> usize {
        self.blocks
    }

    /// The run that has a hash, and all hashes that it has.
    #[inline]
    fn run(&self, hash: u32) -> (&Run, Span) {
        let (mut node, mut span, mut level) = (&self.root, Span::ALL, 0);
        loop {
            match node {
                Node::Run(run) => return (run, span),
                Node::Inner(inner) => {
                    let at = node::slot_of(hash, level);
                    span = inner.span(span, at);
                    node = inner.child(at);
                }
            }
            level += 1;
        }
    }

    fn insert(&mut self, hash: u32, leaf: u32) {
        let change = self.root.insert(entry(hash, leaf), Span::ALL, 0);
        self.blocks = self.blocks.saturating_add_signed(change);
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
        let change = self.root.remove(entry(hash, leaf), Span::ALL, 0);
        self.blocks = self.blocks.saturating_add_signed(change);
    }

    /// A member went from one leaf to another.
    pub(super) fn rename(&mut self, hash: u32, from: u32, to: u32) {
        let (run, span) = self.root.run_mut(hash);
        run.rename(entry(hash, from), entry(hash, to), span);
    }

    /// The entries from a hash on: hash and leaf.
    pub(super) fn from(&self, hash: u32) -> impl Iterator<Item = (u32, u32)> {
        let (run, span) = self.run(hash);
        let (mut rest, mut next) = (run.from(entry(hash, 0), span), span.end());
        std::iter::from_fn(move || {
            while rest.is_empty() {
                let (run, span) = self.run(u32::try_from(next).ok()?);
                (rest, next) = (run.all(), span.end());
            }
            let (first, others) = rest.split_first()?;
            rest = others;
            Some(((first >> 32) as u32, *first as u32))
        })
    }

    /// The leaves that may hold a member with this hash.
    #[inline]
    pub(super) fn leaves(&self, hash: u32) -> impl Iterator<Item = u32> {
        let (run, span) = self.run(hash);
        let same = move |own: &&u64| **own >> 32 == u64::from(hash);
        run.from(entry(hash, 0), span).iter().take_while(same).map(|own| *own as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hasher;
    use std::collections::BTreeSet;

    fn check(index: &Index, model: &BTreeSet<(u32, u32)>) {
        assert!(index.from(0).eq(model.iter().copied()));
        assert_eq!(index.size(), index.root.size());
        for hash in
            [0, 1, 1 << 31, u32::MAX].into_iter().chain(model.iter().map(|(hash, _)| *hash).step_by(97))
        {
            let expected = model.range((hash, 0)..=(hash, u32::MAX)).map(|(_, leaf)| *leaf);
            assert!(index.leaves(hash).eq(expected), "{hash}");
            assert!(index.from(hash).take(5).eq(model.range((hash, 0)..).take(5).copied()), "{hash}");
        }
    }

    /// Hashes of which many are close together: they share all leading bits but few, or all.
    fn hash(random: u64) -> u32 {
        let hash = random as u32;
        match random >> 61 {
            0 => hash % 5,
            1 => u32::MAX - hash % 4000,
            _ => hash,
        }
    }

    #[test]
    fn entries_come_and_go_as_in_a_model() {
        let (hasher, mut index, mut model) = (Hasher::new([9; 16]), Index::default(), BTreeSet::new());
        let mut aside = Vec::new();
        for step in 0..60_000u64 {
            let random = hasher.hash(&step.to_le_bytes());
            let (hash, leaf) = (hash(random), random as u32 >> 20);
            // First it grows, then it shrinks.
            let grows = random >> 40 & 7 < if step < 40_000 { 6 } else { 1 };
            let near = model.range((hash, leaf)..).next().copied();
            match near {
                Some((hash, old)) if random >> 50 & 1 == 0 => {
                    index.load_ahead::<64>(&[hash, leaf]);
                    if model.insert((hash, leaf)) {
                        model.remove(&(hash, old));
                        index.enter(hash, Some(old), leaf);
                    }
                }
                Some((hash, old)) if !grows => {
                    model.remove(&(hash, old));
                    index.remove(hash, old);
                }
                _ if grows && model.insert((hash, leaf)) => index.enter(hash, None, leaf),
                _ => {}
            }
            if step % 9_973 == 0 {
                aside.push((index.clone(), model.clone()));
            }
        }
        aside.push((index, model.clone()));
        assert!(aside.iter().any(|(_, model)| model.len() > 5_000), "{}", model.len());
        aside.push((Index::build(model.iter().copied().rev()), model));
        aside.iter().for_each(|(index, model)| check(index, model));
    }

    #[test]
    fn an_index_that_is_emptied_gives_its_memory_back() {
        let hasher = Hasher::new([2; 16]);
        let all: Vec<u32> = (0..5_000u32).map(|n| hasher.hash(&n.to_le_bytes()) as u32).collect();
        let mut index = Index::build(all.iter().map(|hash| (*hash, 7)));
        assert!(index.size() > 40_000);
        all.iter().for_each(|hash| index.remove(*hash, 7));
        assert!(index.from(0).next().is_none() && index.size() < 1000, "{}", index.size());
    }
}
