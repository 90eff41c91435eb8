//! The block of a leaf: `score:f64* end:u32* tag:u8* bytes`, each item once in each run.
//!
//! Takes places below the count of items. Must not know the order.

use crate::prefetch::prefetch_slice;
use std::ops::Range;

/// Bytes of a score, of an end, and of all that an item takes beside its member.
const SCORE: usize = 8;
const END: usize = 4;
const FIXED: usize = SCORE + END + 1;

/// The block; spare room is what the size class of the allocation leaves.
#[derive(Clone, Default)]
pub(super) struct Block {
    count: usize,
    data: Vec<u8>,
}

/// Some neighbouring items of a block.
pub(super) struct Slice<'a> {
    scores: &'a [u8],
    ends: &'a [u8],
    tags: &'a [u8],
    bytes: &'a [u8],
    /// What comes before the bytes in their block.
    before: u32,
}

#[inline]
fn read_end(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |end| u32::from_le_bytes(*end))
}

/// Adds to all ends in these bytes (less than nothing wraps round).
fn shift_ends(ends: &mut [u8], by: u32) {
    for end in ends.chunks_exact_mut(END) {
        end.copy_from_slice(&read_end(end).wrapping_add(by).to_le_bytes());
    }
}

/// The size that an allocator gives for a request.
fn roomy(need: usize) -> usize {
    need.next_multiple_of((need.next_power_of_two() / 8).max(16))
}

impl Block {
    /// A block of these slices, one behind the other.
    pub(super) fn of(slices: &[Slice]) -> Self {
        let count = slices.iter().map(|slice| slice.tags.len()).sum();
        let bytes: usize = slices.iter().map(|slice| slice.bytes.len()).sum();
        let mut data = Vec::with_capacity(roomy(count * FIXED + bytes));
        slices.iter().for_each(|slice| data.extend_from_slice(slice.scores));
        let mut before = 0u32;
        for slice in slices {
            let start = data.len();
            data.extend_from_slice(slice.ends);
            shift_ends(&mut data[start..], before.wrapping_sub(slice.before));
            before += slice.bytes.len() as u32;
        }
        slices.iter().for_each(|slice| data.extend_from_slice(slice.tags));
        slices.iter().for_each(|slice| data.extend_from_slice(slice.bytes));
        Self { count, data }
    }

    /// Starts to load it.
    pub(super) fn load_ahead(&self) {
        prefetch_slice(&self.data);
    }

    pub(super) fn slice(&self, range: Range<usize>) -> Slice<'_> {
        let Range { start, end } = range;
        let (ends, tags, bytes) = (self.ends_at(), self.tags_at(), self.bytes_at());
        let (first, last) = (self.start(start), self.start(end));
        Slice {
            scores: &self.data[start * SCORE..end * SCORE],
            ends: &self.data[ends + start * END..ends + end * END],
            tags: &self.data[tags + start..tags + end],
            bytes: &self.data[bytes + first..bytes + last],
            before: first as u32,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn capacity(&self) -> usize {
        self.data.capacity()
    }

    #[inline]
    pub(super) fn member_bytes(&self) -> usize {
        self.data.len() - self.bytes_at()
    }

    #[inline]
    fn ends_at(&self) -> usize {
        self.count * SCORE
    }

    #[inline]
    fn tags_at(&self) -> usize {
        self.count * (SCORE + END)
    }

    #[inline]
    fn bytes_at(&self) -> usize {
        self.count * FIXED
    }

    #[inline]
    fn end(&self, at: usize) -> usize {
        read_end(&self.data[self.ends_at() + at * END..]) as usize
    }

    /// Where the bytes of a member begin; behind the last one, where all end.
    #[inline]
    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.end(at - 1) }
    }

    #[inline]
    pub(super) fn score(&self, at: usize) -> f64 {
        self.data[at * SCORE..].first_chunk().map_or(0.0, |score| f64::from_le_bytes(*score))
    }

    /// The bytes of all scores.
    #[inline]
    pub(super) fn scores(&self) -> &[[u8; SCORE]] {
        self.data[..self.ends_at()].as_chunks().0
    }

    pub(super) fn set_score(&mut self, at: usize, score: f64) {
        self.data[at * SCORE..(at + 1) * SCORE].copy_from_slice(&score.to_le_bytes());
    }

    #[inline]
    pub(super) fn member(&self, at: usize) -> &[u8] {
        let bytes = self.bytes_at();
        &self.data[bytes + self.start(at)..bytes + self.end(at)]
    }

    #[inline]
    pub(super) fn tags(&self) -> &[u8] {
        &self.data[self.tags_at()..self.bytes_at()]
    }

    /// Every run moves up, the last one first, by what the runs before it grow.
    pub(super) fn insert(&mut self, at: usize, member: &[u8], score: f64, tag: u8) {
        let (n, more, start) = (self.count, member.len(), self.start(at));
        let (ends, tags, bytes, old) = (self.ends_at(), self.tags_at(), self.bytes_at(), self.data.len());
        let new = old + FIXED + more;
        if new > self.data.capacity() {
            self.data.reserve_exact(roomy(new) - old);
        }
        self.data.resize(new, 0);
        let data = &mut self.data[..];
        data.copy_within(bytes + start..old, bytes + start + FIXED + more);
        data.copy_within(tags + at..bytes + start, tags + at + FIXED);
        data[bytes + FIXED + start..][..more].copy_from_slice(member);
        data[tags + SCORE + END + at] = tag;
        data.copy_within(ends + at * END..tags + at, ends + at * END + SCORE + END);
        let end = ends + SCORE + at * END;
        data[end..end + END].copy_from_slice(&(start as u32).to_le_bytes());
        data.copy_within(at * SCORE..ends + at * END, (at + 1) * SCORE);
        data[at * SCORE..(at + 1) * SCORE].copy_from_slice(&score.to_le_bytes());
        self.count = n + 1;
        let (first, last) = (self.ends_at() + at * END, self.tags_at());
        shift_ends(&mut self.data[first..last], more as u32);
    }

    /// Every run moves down, the first one first, by what the runs before it lose.
    pub(super) fn remove(&mut self, at: usize, count: usize) {
        let (start, end) = (self.start(at), self.start(at + count));
        let (ends, tags, bytes) = (self.ends_at(), self.tags_at(), self.bytes_at());
        let after = at + count;
        self.data.copy_within(after * SCORE..ends + at * END, at * SCORE);
        self.data.copy_within(ends + after * END..tags + at, ends - count * SCORE + at * END);
        self.data.copy_within(tags + after..bytes + start, tags + at - count * (SCORE + END));
        self.data.copy_within(bytes + end.., bytes + start - count * FIXED);
        self.data.truncate(self.data.len() - count * FIXED - (end - start));
        self.count -= count;
        let (first, last) = (self.ends_at() + at * END, self.tags_at());
        shift_ends(&mut self.data[first..last], ((end - start) as u32).wrapping_neg());
        if self.data.len() < self.data.capacity() / 4 * 3 {
            self.data.shrink_to(roomy(self.data.len()));
        }
    }
}
