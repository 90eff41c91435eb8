//! A big sorted set: a tree of packed leaves in order, and an index from members to leaves.
//!
//! Three parts that change together: `tree` holds the members, `index` knows the number of each member's leaf,
//! `table` the key that leads to the leaf with a number. A clone shares all three.
//! Must not know when a set is big.

use super::index::Index;
use super::items::{Items, Key, MOST};
use super::score::{mark, order};
use super::table::Table;
use crate::hash::Hasher;
use crate::tree::{Change, Leaf, Tree};
use std::cmp::Ordering;
use std::ops::Range;

/// The tree, the index and the table.
#[derive(Clone)]
pub(super) struct Big {
    pub tree: Tree<Items>,
    pub index: Index,
    pub table: Table,
}

/// The bits of a member's hash that the index keeps; the lowest ones are its tag in the leaf.
#[inline]
fn hash32(hasher: &Hasher, member: &[u8]) -> u32 {
    hash32_of(hasher.hash(member))
}

#[inline]
pub(super) fn hash32_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl Key {
    #[inline]
    fn compare(&self, score: f64, member: &[u8]) -> Ordering {
        order((self.score, &self.member), (score, member))
    }
}

impl Big {
    pub(super) fn new() -> Self {
        Self { tree: Tree::new(), index: Index::default(), table: Table::new() }
    }

    /// A set of these members, which come in order. `None` if a member comes twice.
    pub(super) fn build<'a>(items: impl Iterator<Item = (f64, &'a [u8])>, hasher: &Hasher) -> Option<Self> {
        let mut leaves = vec![Items::default()];
        for (score, member) in items {
            if leaves.last().is_some_and(|last| !last.takes_in_bulk(member)) {
                leaves.push(Items::numbered(leaves.len() as u32));
            }
            if let Some(last) = leaves.last_mut() {
                last.insert(last.len(), member, score, hash32(hasher, member) as u8);
            }
        }
        let mut table = Table::new();
        leaves.iter().filter(|leaf| !leaf.is_empty()).for_each(|leaf| table.set(leaf.id, leaf.key()));
        let hashes =
            |leaf: &Items| (0..leaf.len()).map(|at| hash32(hasher, leaf.member(at))).collect::<Vec<_>>();
        let index =
            Index::build(leaves.iter().flat_map(|leaf| hashes(leaf).into_iter().map(|hash| (hash, leaf.id))));
        let big = Self { tree: Tree::from_leaves(leaves), index, table };
        (!big.has_twins(hasher)).then_some(big)
    }

    /// Whether a member is there twice: looks closely only where hashes are equal.
    fn has_twins(&self, hasher: &Hasher) -> bool {
        let mut last = None;
        self.index.from(0).any(|(hash, _)| {
            let again = last.replace(hash) == Some(hash);
            again && self.has_twins_with(hash, hasher)
        })
    }

    fn has_twins_with(&self, hash: u32, hasher: &Hasher) -> bool {
        let mut members: Vec<Vec<u8>> = Vec::new();
        self.visit_hash(hash, hasher, &mut |member, _| members.push(member.to_vec()));
        members.sort_unstable();
        members.windows(2).any(|pair| pair[0] == pair[1])
    }

    pub(super) fn len(&self) -> usize {
        self.tree.len()
    }

    pub(super) fn size(&self) -> usize {
        self.tree.size() + self.index.size() + self.table.size()
    }

    /// The leaf with a number.
    fn leaf(&self, id: u32) -> Option<&Items> {
        let key = self.table.get(id)?;
        let (mark, compare) = (mark(key.score), |own: &Key| own.compare(key.score, &key.member));
        let near = self.tree.near_mark(mark, compare).filter(|leaf| leaf.id == id);
        let found = near.or_else(|| self.tree.by_mark(mark, compare));
        debug_assert_eq!(found.map(|leaf| leaf.id), Some(id));
        found
    }

    pub(super) fn score(&self, member: &[u8], hasher: &Hasher) -> Option<f64> {
        let hash = hash32(hasher, member);
        self.index.leaves(hash).find_map(|id| {
            let leaf = self.leaf(id)?;
            leaf.find(member, hash as u8).map(|at| leaf.score(at))
        })
    }

    /// How many members come before the one with this score, whether it is there or not.
    pub(super) fn rank(&self, score: f64, member: &[u8]) -> usize {
        self.count_below(|own, other| order((own, other), (score, member)).is_lt())
    }

    /// Adds a member that isn't there.
    pub(super) fn insert(&mut self, member: &[u8], score: f64, hasher: &Hasher) {
        self.put(member, score, hasher, None);
    }

    /// Puts a member into the tree. It is new to the index, or was in a leaf with the number `from`.
    fn put(&mut self, member: &[u8], score: f64, hasher: &Hasher, from: Option<u32>) {
        let Self { tree, index, table } = self;
        let hash = hash32(hasher, member);
        let done = tree.change_by_mark(
            mark(score),
            |key| key.compare(score, member),
            |leaf| {
                let at = leaf.place(score, member);
                leaf.insert(at, member, score, hash as u8);
                index.enter(hash, from, leaf.id);
                if !leaf.is_too_big() {
                    return (Change::Kept, ());
                }
                let mut right = leaf.split(at);
                number_anew(leaf, &mut right, index, table, hasher);
                (Change::Split(vec![right]), ())
            },
        );
        if done.is_none() {
            let mut leaf = Items::numbered(table.next());
            leaf.insert(0, member, score, hash as u8);
            index.enter(hash, from, leaf.id);
            table.set(leaf.id, leaf.key());
            tree.push_back(leaf);
        }
    }

    /// Changes the score of a member that is there and has another one.
    pub(super) fn update(&mut self, member: &[u8], old: f64, score: f64, hasher: &Hasher) {
        let Self { tree, table, .. } = self;
        let tag = hash32(hasher, member) as u8;
        let moved = tree.change_by_mark(
            mark(old),
            |key| key.compare(old, member),
            |leaf| {
                let Some(at) = leaf.find(member, tag) else { return (Change::Kept, None) };
                if leaf.stays(at, score) {
                    leaf.set_score(at, score);
                    return (Change::Kept, None);
                }
                leaf.remove(at, 1);
                (left_over(leaf, table), Some((leaf.id, leaf.is_small())))
            },
        );
        if let Some(Some((from, small))) = moved {
            if small {
                self.join_around(self.rank(old, member), hasher);
            }
            self.put(member, score, hasher, Some(from));
        }
    }

    /// Removes the members of these ranks and shows each one before it goes.
    pub(super) fn remove_range(
        &mut self,
        range: Range<usize>,
        hasher: &Hasher,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let mut left = range.end.min(self.len()).saturating_sub(range.start);
        let mut small = false;
        while left > 0 {
            let Self { tree, index, table } = self;
            let removed = tree.change_at(range.start, |leaf, at| {
                let count = left.min(leaf.len() - at);
                for (score, member) in (at..at + count).map(|at| leaf.item(at)) {
                    index.remove(hash32(hasher, member), leaf.id);
                    visit(member, score);
                }
                leaf.remove(at, count);
                small |= leaf.is_small();
                (left_over(leaf, table), count)
            });
            left -= removed.unwrap_or(left);
        }
        if small {
            self.join_around(range.start, hasher);
        }
    }

    /// Joins the small ones among the leaves next to the gap before this rank.
    fn join_around(&mut self, rank: usize, hasher: &Hasher) {
        self.join_near(rank.saturating_sub(1), hasher);
        self.join_near(rank, hasher);
    }

    /// Joins the leaf of this rank with a neighbour, if it is small and they fit into one.
    fn join_near(&mut self, rank: usize, hasher: &Hasher) {
        let Some((leaf, at)) = self.tree.at(rank) else { return };
        if !leaf.is_small() {
            return;
        }
        let (first, after) = (rank - at, rank - at + leaf.len());
        let fits = |rank| self.tree.at(rank).is_some_and(|(other, _)| leaf.fits_with(other));
        if fits(after) {
            self.join(first, after, hasher);
        } else if first > 0 && fits(first - 1) {
            self.join(first - 1, first, hasher);
        }
    }

    /// Joins two neighbouring leaves, each known by the rank of some member.
    fn join(&mut self, left: usize, right: usize, hasher: &Hasher) {
        let Self { tree, index, table } = self;
        let Some(right) = tree.change_at(right, |leaf, _| (Change::Empty, std::mem::take(leaf))) else {
            return;
        };
        table.free(right.id);
        tree.change_at(left, |leaf, _| {
            leaf.append(&right);
            for at in 0..right.len() {
                index.rename(hash32(hasher, right.member(at)), right.id, leaf.id);
            }
            (Change::Kept, ())
        });
    }

    /// How many members come before the first one that isn't `below`, which must be so for all after it.
    pub(super) fn count_below(&self, below: impl Fn(f64, &[u8]) -> bool) -> usize {
        let side = |key: &Key| if below(key.score, &key.member) { Ordering::Less } else { Ordering::Greater };
        self.tree.by_key(side).map_or(0, |(leaf, first)| first + leaf.count_below(&below))
    }

    /// Shows members in the order of hashes, from `cursor` on until `count` were shown and no other has the last
    /// one's hash. Gives the cursor to go on with, 0 at the end.
    pub(super) fn scan(
        &self,
        cursor: u64,
        count: usize,
        hasher: &Hasher,
        visit: &mut dyn FnMut(&[u8], f64),
    ) -> u64 {
        let Ok(start) = u32::try_from(cursor) else { return 0 };
        let (mut shown, mut last) = (0, None);
        for (hash, _) in self.index.from(start) {
            if last == Some(hash) {
                continue;
            }
            if shown >= count {
                return u64::from(hash);
            }
            self.visit_hash(hash, hasher, &mut |member, score| {
                shown += 1;
                visit(member, score);
            });
            last = Some(hash);
        }
        0
    }

    /// Shows all members with a hash.
    fn visit_hash(&self, hash: u32, hasher: &Hasher, visit: &mut dyn FnMut(&[u8], f64)) {
        let mut last = None;
        for id in self.index.leaves(hash) {
            // Entries of one leaf are neighbours: the first one shows all its members with this hash.
            if last.replace(id) == Some(id) {
                continue;
            }
            let Some(leaf) = self.leaf(id) else { continue };
            for (score, member) in leaf.tagged(hash as u8).map(|at| leaf.item(at)) {
                if hash32(hasher, member) == hash {
                    visit(member, score);
                }
            }
        }
    }

    /// Whether the three parts agree, for tests.
    pub(super) fn check(&self, hasher: &Hasher) -> Result<(), String> {
        let (mut count, mut last) = (0, None);
        for leaf in self.tree.leaves() {
            for item in (0..leaf.len()).map(|at| leaf.item(at)) {
                if last.replace(item).is_some_and(|last| order(last, item).is_ge()) {
                    return Err(format!("out of order at {item:?}"));
                }
            }
            if self.leaf(leaf.id).is_none_or(|other| other.id != leaf.id) {
                return Err(format!("leaf {} can't be found by its number", leaf.id));
            }
            for at in 0..leaf.len() {
                if !self.index.leaves(hash32(hasher, leaf.member(at))).any(|id| id == leaf.id) {
                    return Err(format!("member {at} of leaf {} isn't in the index", leaf.id));
                }
            }
            count += leaf.len();
        }
        let entries = self.index.from(0).count();
        if (count, count) != (self.len(), entries) {
            return Err(format!("{count} members, {} counted, {entries} in the index", self.len()));
        }
        Ok(())
    }
}

/// What becomes of a leaf that lost items; its number is free when nothing is left.
fn left_over(leaf: &Items, table: &mut Table) -> Change<Items> {
    if !leaf.is_empty() {
        return Change::Kept;
    }
    table.free(leaf.id);
    Change::Empty
}

/// Gives the smaller part of a split leaf a new number, and both parts their keys.
fn number_anew(left: &mut Items, right: &mut Items, index: &mut Index, table: &mut Table, hasher: &Hasher) {
    let (old, new) = (left.id, table.next());
    let smaller = if left.len() < right.len() { &mut *left } else { &mut *right };
    smaller.id = new;
    let hashes: Vec<u32> = (0..smaller.len()).map(|at| hash32(hasher, smaller.member(at))).collect();
    index.load_ahead::<MOST>(&hashes);
    hashes.into_iter().for_each(|hash| index.rename(hash, old, new));
    table.set(left.id, left.key());
    table.set(right.id, right.key());
}
