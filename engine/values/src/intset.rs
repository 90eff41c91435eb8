//! The intset: a small set of integers, sorted, in one block of memory.
//!
//! Takes and gives the exact layout that RDB files hold: `width:u32 count:u32 integer*`, little-endian, all integers as
//! wide (2, 4 or 8 bytes) as the widest that came needs. A set never becomes narrower.
//! Must not know when a set is too large for this.

use std::ops::Range;

use crate::packed::block::Block;
use crate::thin::Thin;

/// Bytes of the header.
const HEADER: usize = 8;

/// A sorted set of integers. A clone is one more holder of the same bytes; who changes them makes a copy first.
#[derive(Clone)]
#[repr(transparent)]
pub struct IntSet {
    room: Block<1>,
}

// SAFETY: it is a block.
unsafe impl Thin for IntSet {
    const LABELS: u8 = Block::<1>::LABELS;
}

/// The bytes that an integer needs.
fn width_of(value: i64) -> usize {
    match value {
        -0x8000..=0x7fff => 2,
        -0x8000_0000..=0x7fff_ffff => 4,
        _ => 8,
    }
}

/// Where a value is among cells of so many bytes, or where it would be.
#[inline]
fn search<const W: usize>(body: &[u8], read: impl Fn([u8; W]) -> i64, value: i64) -> Result<usize, usize> {
    body.as_chunks::<W>().0.binary_search_by(|cell| read(*cell).cmp(&value))
}

fn narrow(cell: [u8; 2]) -> i64 {
    i16::from_le_bytes(cell).into()
}

fn middle(cell: [u8; 4]) -> i64 {
    i32::from_le_bytes(cell).into()
}

impl IntSet {
    /// The most integers a set may have. Who lets sets grow asks before: a full one takes no more.
    pub const MOST: usize = 1 << 28;

    /// The empty set.
    pub fn new() -> Self {
        Self::of_width(2, [])
    }

    /// A set from bytes of the outside world, if they are one to the last bit. The format has no empty set.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::validate(bytes).then(|| Self { room: Block::holding(bytes) })
    }

    /// Whether bytes of the outside world are a set: of the length that they say, not empty, in ascending order.
    pub fn validate(bytes: &[u8]) -> bool {
        let Some((header, body)) = bytes.split_first_chunk::<HEADER>() else { return false };
        let [width @ 2 | width @ 4 | width @ 8, 0, 0, 0, a, b, c, d] = *header else { return false };
        let count = u32::from_le_bytes([a, b, c, d]) as usize;
        if count == 0 || count > Self::MOST || count.checked_mul(usize::from(width)) != Some(body.len()) {
            return false;
        }
        let read = |i| cell(usize::from(width), body, i);
        (1..count).all(|i| read(i - 1) < read(i))
    }

    /// The set as it stands in an RDB file.
    pub fn as_bytes(&self) -> &[u8] {
        self.room.bytes()
    }

    /// The number of integers.
    #[inline]
    pub fn len(&self) -> usize {
        self.body().len() / self.width()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.body().is_empty()
    }

    /// Bytes of its allocation.
    pub fn size(&self) -> usize {
        self.room.size()
    }

    /// Whether the integer is in the set.
    pub fn contains(&self, value: i64) -> bool {
        self.position(value).is_ok()
    }

    /// How many are smaller: `Ok` when the integer is in the set.
    #[inline]
    pub fn position(&self, value: i64) -> Result<usize, usize> {
        let body = self.body();
        match self.width() {
            2 => search(body, narrow, value),
            4 => search(body, middle, value),
            _ => search(body, i64::from_le_bytes, value),
        }
    }

    /// The integer with so many smaller ones.
    #[inline]
    pub fn nth(&self, index: usize) -> Option<i64> {
        cell(self.width(), self.body(), index)
    }

    /// Puts an integer in; whether it is new.
    pub fn insert(&mut self, value: i64) -> bool {
        let needed = width_of(value);
        if needed > self.width() {
            self.widen(needed);
        }
        let Err(index) = self.position(value) else { return false };
        if self.len() >= Self::MOST {
            debug_assert!(false, "who adds to a set without a bound compares with `MOST` before");
            return false;
        }
        let width = self.width();
        let at = HEADER + index * width;
        self.room.splice(at, 0, width);
        self.room.bytes_mut()[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
        self.set_header(width);
        true
    }

    /// Takes an integer out; whether it was there.
    pub fn remove(&mut self, value: i64) -> bool {
        let Ok(index) = self.position(value) else { return false };
        let width = self.width();
        self.room.splice(HEADER + index * width, width, 0);
        self.set_header(width);
        true
    }

    /// All integers in ascending order, from both ends.
    pub fn iter(&self) -> Iter<'_> {
        Iter { set: self, range: 0..self.len() }
    }

    #[inline]
    fn width(&self) -> usize {
        usize::from(self.room.bytes()[0])
    }

    #[inline]
    fn body(&self) -> &[u8] {
        &self.room.bytes()[HEADER..]
    }

    /// Writes all integers with more bytes each.
    #[cold]
    fn widen(&mut self, width: usize) {
        *self = Self::of_width(width, self.iter());
    }

    /// A set of integers that come in ascending order and need no more bytes than that.
    fn of_width(width: usize, values: impl IntoIterator<Item = i64>) -> Self {
        let mut bytes = vec![0; HEADER];
        values.into_iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()[..width]));
        let mut set = Self { room: Block::holding(&bytes) };
        set.set_header(width);
        set
    }

    fn set_header(&mut self, width: usize) {
        let bytes = self.room.bytes_mut();
        let count = ((bytes.len() - HEADER) / width) as u32;
        bytes[..4].copy_from_slice(&(width as u32).to_le_bytes());
        bytes[4..HEADER].copy_from_slice(&count.to_le_bytes());
    }
}

/// One integer of a body.
#[inline]
fn cell(width: usize, body: &[u8], index: usize) -> Option<i64> {
    Some(match width {
        2 => narrow(*body.as_chunks().0.get(index)?),
        4 => middle(*body.as_chunks().0.get(index)?),
        _ => i64::from_le_bytes(*body.as_chunks().0.get(index)?),
    })
}

impl Default for IntSet {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for IntSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

/// Builds at once, whatever the order.
impl FromIterator<i64> for IntSet {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let mut sorted: Vec<i64> = values.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let width = sorted.first().into_iter().chain(sorted.last()).map(|value| width_of(*value)).max();
        Self::of_width(width.unwrap_or(2), sorted)
    }
}

impl<'a> IntoIterator for &'a IntSet {
    type Item = i64;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The integers of a set, from both ends.
#[derive(Clone)]
pub struct Iter<'a> {
    set: &'a IntSet,
    range: Range<usize>,
}

impl Iterator for Iter<'_> {
    type Item = i64;

    #[inline]
    fn next(&mut self) -> Option<i64> {
        self.range.next().and_then(|i| self.set.nth(i))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<i64> {
        self.range.next_back().and_then(|i| self.set.nth(i))
    }
}

impl ExactSizeIterator for Iter<'_> {}
