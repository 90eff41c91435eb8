//! Ranges of a sorted set: the ends that commands name, and the walk through a range of ranks.
//!
//! Every kind of range becomes a range of ranks in O(log n); counting, removing and walking know ranks only.

use super::items::Items;
use super::{ZSet, score};
use crate::packed::{self, Item};
use crate::thin::Form;
use crate::tree::Cursor;
use std::iter::FusedIterator;
use std::ops::Bound;

/// An end of a range by bytes: `-`, `+`, `[member` or `(member`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexEnd<'a> {
    /// Before all members.
    Lowest,
    /// Behind all members.
    Highest,
    /// This member belongs to the range.
    Included(&'a [u8]),
    /// This member doesn't belong to it.
    Excluded(&'a [u8]),
}

impl LexEnd<'_> {
    /// Whether a member lies before a range that begins here.
    pub(super) fn begins_after(self, member: &[u8]) -> bool {
        match self {
            Self::Lowest => false,
            Self::Highest => true,
            Self::Included(end) => member < end,
            Self::Excluded(end) => member <= end,
        }
    }

    /// Whether a member lies in a range or before it that ends here.
    pub(super) fn ends_after(self, member: &[u8]) -> bool {
        match self {
            Self::Lowest => false,
            Self::Highest => true,
            Self::Included(end) => member <= end,
            Self::Excluded(end) => member < end,
        }
    }
}

/// Whether a score lies before a range that begins here.
pub(super) fn begins_after(min: Bound<f64>, score: f64) -> bool {
    match min {
        Bound::Unbounded => false,
        Bound::Included(end) => score < end,
        Bound::Excluded(end) => score <= end,
    }
}

/// Whether a score lies in a range or before it that ends here.
pub(super) fn ends_after(max: Bound<f64>, score: f64) -> bool {
    match max {
        Bound::Unbounded => true,
        Bound::Included(end) => score <= end,
        Bound::Excluded(end) => score < end,
    }
}

/// The members of a range of ranks with their scores, from both ends.
#[derive(Clone)]
pub struct Iter<'a> {
    set: &'a ZSet,
    start: usize,
    end: usize,
    front: Option<Walk<'a>>,
    back: Option<Walk<'a>>,
}

/// A place between two members.
#[derive(Clone)]
enum Walk<'a> {
    Small(packed::Iter<'a>),
    Big(Cursor<'a, Items>, usize),
}

impl<'a> Iter<'a> {
    pub(super) fn new(set: &'a ZSet, start: usize, end: usize) -> Self {
        let end = end.min(set.len());
        Self { set, start: start.min(end), end, front: None, back: None }
    }

    /// A walk that begins before the member of this rank, or behind all.
    fn walk(&self, rank: usize) -> Option<Walk<'a>> {
        match self.set.form.get() {
            Form::Small(packed) => Some(Walk::Small(match packed.seek(2 * rank) {
                Some(place) => packed.iter_from(place),
                None => packed.iter_before(packed.last()?),
            })),
            Form::Large(big) if rank == big.len() => {
                let (cursor, at) = big.tree.cursor_at(rank.checked_sub(1)?)?;
                Some(Walk::Big(cursor, at + 1))
            }
            Form::Large(big) => big.tree.cursor_at(rank).map(|(cursor, at)| Walk::Big(cursor, at)),
        }
    }

    /// A walk that goes back from before the member of this rank.
    fn walk_back(&self, rank: usize) -> Option<Walk<'a>> {
        match self.set.form.get() {
            Form::Small(packed) => Some(Walk::Small(match packed.seek(2 * rank) {
                Some(place) => packed.iter_before(place),
                None => packed.iter(),
            })),
            Form::Large(_) => self.walk(rank),
        }
    }
}

impl<'a> Walk<'a> {
    fn next(&mut self) -> Option<(Item<'a>, f64)> {
        match self {
            Self::Small(iter) => {
                let member = iter.next()?;
                Some((member, score::read(iter.next()?)?))
            }
            Self::Big(cursor, at) => {
                if *at == crate::tree::Leaf::len(cursor.leaf()) {
                    if !cursor.forward() {
                        return None;
                    }
                    *at = 0;
                }
                let (score, member) = cursor.leaf().item(*at);
                *at += 1;
                Some((Item::Bytes(member), score))
            }
        }
    }

    fn next_back(&mut self) -> Option<(Item<'a>, f64)> {
        match self {
            Self::Small(iter) => {
                let score = score::read(iter.next_back()?)?;
                Some((iter.next_back()?, score))
            }
            Self::Big(cursor, at) => {
                if *at == 0 {
                    if !cursor.backward() {
                        return None;
                    }
                    *at = crate::tree::Leaf::len(cursor.leaf());
                }
                *at -= 1;
                let (score, member) = cursor.leaf().item(*at);
                Some((Item::Bytes(member), score))
            }
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Item<'a>, f64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.start == self.end {
            return None;
        }
        if self.front.is_none() {
            self.front = self.walk(self.start);
        }
        self.start += 1;
        self.front.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.start, Some(self.end - self.start))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.start == self.end {
            return None;
        }
        if self.back.is_none() {
            self.back = self.walk_back(self.end);
        }
        self.end -= 1;
        self.back.as_mut()?.next_back()
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl FusedIterator for Iter<'_> {}
