//! A leaf of the trie: records in no order, in one counted block.
//!
//! A tag is eight bits of a key's hash: a search reads a few words of them and, most often, one record. A removed
//! record leaves a hole that the next rebuild closes.
//! Must not know where in the trie it lies, or how keys are hashed.

use super::layout::{COUNTS, Layout};
use super::record::{self, Entry};
use crate::prefetch::prefetch_slice;
use crate::tags;
use std::sync::Arc;

/// Bytes of tags and offsets that are loaded ahead, at most.
const MOST_AHEAD: usize = 512;

/// A leaf.
#[derive(Clone, Default)]
pub(super) struct Leaf {
    block: Arc<[u8]>,
    /// Places for tags and offsets; a multiple of eight.
    slots: u32,
    count: u32,
    /// Bytes from the first record to the end of the last one.
    end: usize,
    /// Bytes of holes in that.
    waste: usize,
    /// No record expires before this time.
    pub(super) earliest: Earliest,
}

/// A time before which nothing expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Earliest(pub(super) i64);

impl Default for Earliest {
    fn default() -> Self {
        Self(i64::MAX)
    }
}

impl From<Option<i64>> for Earliest {
    fn from(expiry: Option<i64>) -> Self {
        Self(expiry.unwrap_or(i64::MAX))
    }
}

impl Leaf {
    /// Number of records.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// Bytes of its block.
    pub(super) fn size(&self) -> usize {
        if self.block.is_empty() { 0 } else { COUNTS + self.block.len() }
    }

    /// Bytes that the records and their slots need.
    #[inline]
    pub(super) fn weight(&self) -> usize {
        self.end - self.waste + 3 * self.len()
    }

    #[inline]
    fn layout(&self) -> Layout {
        Layout::of(self.block.len(), self.slots as usize)
    }

    #[inline]
    fn record(&self, index: usize) -> &[u8] {
        &self.block[self.layout().start(&self.block, index)..]
    }

    /// The entry at a place.
    #[inline]
    pub(super) fn entry(&self, index: usize) -> Entry<'_> {
        record::read(self.record(index))
    }

    /// All entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.entry(index))
    }

    /// Where the entry of a key is.
    #[inline]
    pub(super) fn find(&self, tag: u8, key: &[u8]) -> Option<usize> {
        self.find_tagged(tag, |index| record::has_key(self.record(index), key))
    }

    /// The first record with this tag that is the one.
    #[inline]
    fn find_tagged(&self, tag: u8, mut is_it: impl FnMut(usize) -> bool) -> Option<usize> {
        let (layout, len) = (self.layout(), self.len());
        for first in (0..len).step_by(8) {
            let Some(tags) = self.block[layout.tag(first)..].first_chunk() else { break };
            let mut found = tags::places(*tags, tag).map(|at| first + at);
            if let Some(index) = found.find(|index| *index < len && is_it(*index)) {
                return Some(index);
            }
        }
        None
    }

    /// Starts to load the tags and offsets.
    #[inline]
    pub(super) fn load_tags(&self) {
        prefetch_slice(&self.block[..self.layout().records().min(MOST_AHEAD)]);
    }

    /// Starts to load the records with this tag.
    #[inline]
    pub(super) fn load_records(&self, tag: u8) {
        self.find_tagged(tag, |index| {
            prefetch_slice(&self.record(index)[..1]);
            false
        });
    }

    /// Adds an entry whose key is not there.
    #[inline]
    pub(super) fn push(&mut self, tag: u8, entry: &Entry<'_>) {
        let need = record::size(entry);
        let mut layout = self.layout();
        if self.count == self.slots || layout.records() + self.end + need > self.block.len() {
            *self = self.rebuilt(1, need);
            layout = self.layout();
        }
        self.earliest = self.earliest.min(entry.expiry.into());
        let (index, start) = (self.len(), layout.records() + self.end);
        let block = Arc::make_mut(&mut self.block);
        layout.set(block, index, tag, self.end);
        record::write(&mut block[start..], entry);
        self.count += 1;
        self.end += need;
    }

    /// Takes the entry at a place out; the last one takes its place.
    pub(super) fn remove(&mut self, index: usize) {
        self.take(index);
        if 2 * self.waste > self.end - self.waste + 64 {
            *self = self.rebuilt(0, 0);
        }
    }

    /// Gives the room of what was removed back.
    pub(super) fn tighten(&mut self) {
        if self.waste > 0 {
            *self = self.rebuilt(0, 0);
        }
    }

    fn take(&mut self, index: usize) {
        self.waste += record::size_at(self.record(index));
        let (layout, last) = (self.layout(), self.len() - 1);
        let block = Arc::make_mut(&mut self.block);
        let (tag, offset) = (block[layout.tag(last)], layout.offset(block, last));
        layout.set(block, index, tag, offset);
        self.count -= 1;
    }

    /// Gives the key at a place another value and expiry.
    pub(super) fn replace(&mut self, index: usize, entry: &Entry<'_>) {
        if record::size_at(self.record(index)) != record::size(entry) {
            let tag = self.block[self.layout().tag(index)];
            self.take(index);
            return self.push(tag, entry);
        }
        let start = self.layout().start(&self.block, index);
        record::write(&mut Arc::make_mut(&mut self.block)[start..], entry);
        self.earliest = self.earliest.min(entry.expiry.into());
    }

    /// Looks again when the first of its records expires.
    pub(super) fn refresh(&mut self) {
        self.earliest = self.entries().map(|entry| entry.expiry.into()).min().unwrap_or_default();
    }

    /// An empty leaf for so many records of so many bytes.
    fn with_room(count: usize, bytes: usize) -> Self {
        if count == 0 {
            return Self::default();
        }
        let (slots, size) = Layout::plan(count, bytes);
        Self { block: std::iter::repeat_n(0, size).collect(), slots: slots as u32, ..Self::default() }
    }

    /// The same entries without holes, with room for `count` more of so many bytes together.
    fn rebuilt(&self, count: usize, bytes: usize) -> Self {
        let live = self.end - self.waste;
        // Where there were holes there will be more of them: a full block would be rebuilt again at once.
        let spare = if self.waste > 0 { live / 16 } else { 0 };
        let mut leaf = Self::with_room(self.len() + count, live + spare + bytes);
        let (from, to) = (self.layout(), leaf.layout());
        if self.waste == 0 && from.width == to.width && self.count > 0 {
            leaf.copy_all(self, from, to);
        } else {
            leaf.append(self, self.places());
        }
        leaf.earliest = self.earliest;
        leaf
    }

    /// Copies all, where nothing but the place of the records changes.
    fn copy_all(&mut self, source: &Self, from: Layout, to: Layout) {
        let (end, groups) = (source.end, source.len().div_ceil(8) * from.group());
        let block = Arc::make_mut(&mut self.block);
        block[..groups].copy_from_slice(&source.block[..groups]);
        block[to.records()..to.records() + end]
            .copy_from_slice(&source.block[from.records()..from.records() + end]);
        (self.count, self.end) = (source.count, end);
    }

    /// Appends records of another leaf, by their places and sizes. There must be room.
    fn append(&mut self, source: &Self, places: impl Iterator<Item = (usize, usize)>) {
        let (layout, from) = (self.layout(), source.layout());
        let (mut count, mut end) = (self.len(), self.end);
        let block = Arc::make_mut(&mut self.block);
        for (index, size) in places {
            let (start, source_start) = (layout.records() + end, from.start(&source.block, index));
            layout.set(block, count, source.block[from.tag(index)], end);
            block[start..start + size].copy_from_slice(&source.block[source_start..source_start + size]);
            (count, end) = (count + 1, end + size);
        }
        (self.count, self.end) = (count as u32, end);
    }

    /// The places and sizes of all records.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.len()).map(|index| (index, record::size_at(self.record(index))))
    }

    /// All entries of both leaves in one.
    pub(super) fn joined(&self, other: &Self) -> Self {
        let bytes = self.end - self.waste + other.end - other.waste;
        let mut leaf = Self::with_room(self.len() + other.len(), bytes);
        leaf.append(self, self.places());
        leaf.append(other, other.places());
        leaf.earliest = self.earliest.min(other.earliest);
        leaf
    }

    /// What a cut needs to know of each record; `slot` tells its slot by its key.
    pub(super) fn shares(&self, slot: impl Fn(&[u8]) -> u32) -> Vec<Share> {
        self.entries().map(|entry| Share { slot: slot(entry.key), size: record::size(&entry) }).collect()
    }

    /// The entries with slots before the middle, and the others.
    pub(super) fn divided(self, shares: &[Share], middle: u32) -> (Self, Self) {
        match shares.iter().filter(|share| share.slot < middle).count() {
            0 => (Self::default(), self),
            all if all == self.len() => (self, Self::default()),
            _ => (
                self.chosen(shares, |share| share.slot < middle),
                self.chosen(shares, |share| share.slot >= middle),
            ),
        }
    }

    fn chosen(&self, shares: &[Share], wanted: impl Fn(&Share) -> bool) -> Self {
        let places =
            || shares.iter().enumerate().filter(|(_, share)| wanted(share)).map(|(i, share)| (i, share.size));
        let (count, bytes) = places().fold((0, 0), |(count, bytes), (_, size)| (count + 1, bytes + size));
        let mut leaf = Self::with_room(count, bytes);
        leaf.append(self, places());
        if self.earliest != Earliest::default() {
            leaf.refresh();
        }
        leaf
    }

    /// Bytes that the record of an entry would take, with its slot.
    #[inline]
    pub(super) fn weight_of_new(entry: &Entry<'_>) -> usize {
        record::size(entry) + 3
    }
}

/// What a cut needs to know of a record.
pub(super) struct Share {
    pub(super) slot: u32,
    pub(super) size: usize,
}
