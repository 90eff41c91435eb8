//! A leaf of a big sorted set: some sixty members with their scores, packed, in order.
//!
//! All lies in one block: scores, ends of members, tags (a byte of each member's hash), bytes of members. A search
//! by order reads scores until they are equal; a search by member reads tags and then the one member.
//! Must not know the index: it has a number by which the index names it.

mod block;

use super::score::{mark, order};
use crate::tags;
use crate::tree::Leaf;
use block::Block;

/// The most members of a leaf.
pub(super) const MOST: usize = 64;
/// The most bytes of members of a leaf with more than one.
const MOST_BYTES: usize = 4096;

/// Where a leaf begins, as inner nodes know it.
#[derive(Clone)]
pub(super) struct Key {
    pub score: f64,
    pub member: Box<[u8]>,
}

/// The leaf.
#[derive(Clone, Default)]
pub(super) struct Items {
    /// The number by which the index names this leaf.
    pub id: u32,
    block: Block,
}

impl Items {
    /// An empty leaf with a number.
    pub(super) fn numbered(id: u32) -> Self {
        Self { id, ..Self::default() }
    }

    /// Whether it has more than a leaf should.
    pub(super) fn is_too_big(&self) -> bool {
        self.len() > MOST || (self.len() > 1 && self.block.member_bytes() > MOST_BYTES)
    }

    /// Whether it has so little that it should join a neighbour.
    pub(super) fn is_small(&self) -> bool {
        self.len() < MOST / 3 && self.block.member_bytes() < MOST_BYTES / 3
    }

    /// Whether this leaf and a neighbour make one with room to spare.
    pub(super) fn fits_with(&self, other: &Self) -> bool {
        self.len() + other.len() <= MOST * 3 / 4
            && self.block.member_bytes() + other.block.member_bytes() <= MOST_BYTES * 3 / 4
    }

    /// Whether another member of this size would leave a freshly built leaf dense but not full.
    pub(super) fn takes_in_bulk(&self, member: &[u8]) -> bool {
        let bytes = self.block.member_bytes() + member.len();
        self.is_empty() || (self.len() < MOST * 7 / 8 && bytes <= MOST_BYTES * 7 / 8)
    }

    #[inline]
    pub(super) fn score(&self, at: usize) -> f64 {
        self.block.score(at)
    }

    #[inline]
    pub(super) fn member(&self, at: usize) -> &[u8] {
        self.block.member(at)
    }

    #[inline]
    pub(super) fn item(&self, at: usize) -> (f64, &[u8]) {
        (self.block.score(at), self.block.member(at))
    }

    /// How many items come before the first one that isn't `below`.
    #[inline]
    pub(super) fn count_below(&self, below: impl Fn(f64, &[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if below(self.score(middle), self.member(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Where an item is or would be.
    #[inline]
    pub(super) fn place(&self, score: f64, member: &[u8]) -> usize {
        let scores = self.block.scores();
        let (mut low, mut high) =
            (scores.partition_point(|own| f64::from_le_bytes(*own) < score), self.len());
        // Members are read only where scores are equal.
        if low < high && self.score(low) == score {
            high = low + scores[low..].partition_point(|own| f64::from_le_bytes(*own) <= score);
            while low < high {
                let middle = low.midpoint(high);
                if self.member(middle) < member {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
        }
        low
    }

    /// Where a member is, whatever its score.
    #[inline]
    pub(super) fn find(&self, member: &[u8], tag: u8) -> Option<usize> {
        self.tagged(tag).find(|at| self.member(*at) == member)
    }

    /// The places of the members with this tag.
    pub(super) fn tagged(&self, tag: u8) -> impl Iterator<Item = usize> {
        let (eights, rest) = self.block.tags().as_chunks();
        let first = 8 * eights.len();
        let eights = eights.iter().enumerate();
        let found =
            eights.flat_map(move |(nth, eight)| tags::places(*eight, tag).map(move |at| 8 * nth + at));
        found.chain(
            rest.iter().enumerate().filter(move |(_, own)| **own == tag).map(move |(at, _)| first + at),
        )
    }

    pub(super) fn insert(&mut self, at: usize, member: &[u8], score: f64, tag: u8) {
        self.block.insert(at, member, score, tag);
    }

    pub(super) fn set_score(&mut self, at: usize, score: f64) {
        self.block.set_score(at, score);
    }

    /// Removes `count` items from a place on.
    pub(super) fn remove(&mut self, at: usize, count: usize) {
        self.block.remove(at, count);
    }

    /// Whether an item that gets another score is still between its neighbours, all inside of the leaf.
    pub(super) fn stays(&self, at: usize, score: f64) -> bool {
        let (old, member) = self.item(at);
        let above = score >= old || (at > 0 && order(self.item(at - 1), (score, member)).is_lt());
        let next = || order((score, member), self.item(at + 1)).is_lt();
        above && (score <= old || (at + 1 < self.len() && next()))
    }

    /// Splits a leaf that is too big after an insertion at `at`; gives the right part, with the same number.
    /// A leaf that grows at an end leaves a full one behind.
    pub(super) fn split(&mut self, at: usize) -> Self {
        let all = self.len();
        let keep = match at {
            0 => 1,
            _ if at + 1 == all => at,
            _ => all / 2,
        };
        self.split_off(keep)
    }
}

impl Leaf for Items {
    type Key = Key;

    fn key(&self) -> Key {
        let (score, member) = self.item(0);
        Key { score, member: member.into() }
    }

    fn mark(key: &Key) -> u64 {
        mark(key.score)
    }

    fn load_ahead(&self) {
        self.block.load_ahead();
    }

    fn len(&self) -> usize {
        self.block.len()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.block.capacity()
    }

    fn joins(&self, _: &Self, _: usize) -> bool {
        // The number of the one that goes must leave the index: the set joins leaves itself.
        false
    }

    fn append(&mut self, right: &Self) {
        self.block = Block::of(&[self.block.slice(0..self.len()), right.block.slice(0..right.len())]);
    }

    fn split_off(&mut self, n: usize) -> Self {
        let right = Block::of(&[self.block.slice(n..self.len())]);
        self.block = Block::of(&[self.block.slice(0..n)]);
        Self { id: self.id, block: right }
    }
}
