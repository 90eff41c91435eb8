//! Ways through a table: in order with a cursor, at random, and by expiry.
//!
//! The order is that of (directory bits reversed, tag). A segment that splits makes two which lie side by side
//! in it, and a resize does not change it at all, so a cursor stays good whatever the table does between two
//! steps: nothing that was there all the time is left out; a split may show entries twice.
//! Must not change a table, but for the hints on the earliest expiry.

use crate::entry::EntryRef;
use crate::segment::{Segment, Slot, TAG_BITS};
use crate::table::{MOST_DEPTH, Table};

/// Bits of a cursor.
pub const CURSOR_BITS: u32 = TAG_BITS + MOST_DEPTH as u32;
const TAG_MASK: u64 = (1 << TAG_BITS) - 1;

/// The last `MOST_DEPTH` bits in reverse.
fn reversed(bits: u64) -> u64 {
    bits.reverse_bits() >> (64 - u32::from(MOST_DEPTH))
}

fn entry_of<'a>(slot: Slot) -> Option<EntryRef<'a>> {
    // SAFETY: callers pass slots of a table which they borrow for `'a` and do not change meanwhile.
    slot.address().map(|address| unsafe { EntryRef::new(address) })
}

impl Table {
    /// Shows the entries at a cursor (those of one home bucket) and gives the next cursor; none at the end.
    /// A tour begins at zero. Any number is a valid cursor.
    pub fn step<'a>(&'a self, cursor: u64, mut show: impl FnMut(EntryRef<'a>)) -> Option<u64> {
        if self.directory.is_empty() {
            return None;
        }
        let (position, tag) = (cursor >> TAG_BITS & ((1 << MOST_DEPTH) - 1), cursor & TAG_MASK);
        let index = reversed(position) as usize & ((1usize << self.depth) - 1);
        let segment = &self.directory[index];
        let home = segment.home(tag);
        let mut at = home;
        for _ in 0..segment.buckets() {
            let bucket = segment.bucket(at);
            for slot in (0..crate::segment::WIDTH).map(|i| bucket.slot(i)) {
                if slot.tag() >= tag
                    && segment.home(slot.tag()) == home
                    && let Some(entry) = entry_of(slot)
                {
                    show(entry);
                }
            }
            if !bucket.is_full() {
                break;
            }
            at = segment.next(at);
        }
        if home + 1 < segment.buckets() {
            return Some(position << TAG_BITS | segment.first_tag(home + 1));
        }
        let span = 1u64 << (MOST_DEPTH - segment.header().depth);
        let next = (position | (span - 1)) + 1;
        (next < 1 << MOST_DEPTH).then_some(next << TAG_BITS)
    }

    /// Every entry once.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        self.segment_indexes()
            .flat_map(|index| self.directory[index].slots().filter_map(|(_, _, slot)| entry_of(slot)))
    }

    /// An entry drawn with equal chances, given a source of random numbers.
    pub fn random(&self, mut draw: impl FnMut() -> u64) -> Option<EntryRef<'_>> {
        if self.is_empty() {
            return None;
        }
        const MOST_SLOTS: u64 = 31 * crate::segment::WIDTH as u64;
        // Each try meets an entry with the chance that a slot of a largest segment is taken.
        for _ in 0..10_000 {
            let bits = draw();
            let index = bits as usize & ((1usize << self.depth) - 1);
            let segment = &self.directory[index];
            if index >> segment.header().depth != 0 {
                continue;
            }
            let nth = ((bits >> 32) * MOST_SLOTS >> 32) as usize;
            let (bucket, slot) = (nth / crate::segment::WIDTH, nth % crate::segment::WIDTH);
            if bucket < segment.buckets()
                && let Some(entry) = entry_of(segment.bucket(bucket).slot(slot))
            {
                return Some(entry);
            }
        }
        self.entries().next()
    }

    /// Shows up to `count` neighbouring entries from a random place on, only those with an expiry if asked.
    pub fn sample<'a>(
        &'a self,
        start: u64,
        count: usize,
        with_expiry: bool,
        mut show: impl FnMut(EntryRef<'a>),
    ) {
        if count == 0 || self.directory.is_empty() || (with_expiry && self.expiring() == 0) {
            return;
        }
        let mut left = count;
        let size = self.directory.len();
        let first = start as usize & (size - 1);
        for nth in 0..size {
            let index = (first + nth) & (size - 1);
            let segment = &self.directory[index];
            if index >> segment.header().depth != 0 && nth != 0 {
                continue;
            }
            if with_expiry && segment.header().expiring == 0 {
                continue;
            }
            // Begin at a random bucket of the first segment: its neighbours are as random as any.
            let turn = if nth == 0 { (start >> 40) as usize % segment.buckets() } else { 0 };
            for step in 0..segment.buckets() {
                let bucket = segment.bucket((turn + step) % segment.buckets());
                for i in 0..crate::segment::WIDTH {
                    let Some(entry) = entry_of(bucket.slot(i)) else { break };
                    if with_expiry && entry.expiry().is_none() {
                        continue;
                    }
                    show(entry);
                    left -= 1;
                    if left == 0 {
                        return;
                    }
                }
            }
        }
    }

    /// Collects keys that have expired, from directory index `from` on, looking at no more than `segments`
    /// segments and stopping after `most` keys. Gives the index to go on from; zero when the round is done.
    pub fn expired(
        &mut self,
        from: usize,
        segments: usize,
        most: usize,
        now: i64,
        keys: &mut Vec<Box<[u8]>>,
    ) -> usize {
        let mut looked = 0;
        for index in from..self.directory.len() {
            let segment = &mut self.directory[index];
            if index >> segment.header().depth != 0 {
                continue;
            }
            if looked == segments || keys.len() >= most {
                return index;
            }
            looked += 1;
            let header = segment.header();
            if header.expiring == 0 || header.earliest > now {
                continue;
            }
            let earliest = collect_expired(segment, now, keys);
            segment.header_mut().earliest = earliest;
        }
        self.earliest = self.segment_indexes().map(|i| self.directory[i].header().earliest).min().unwrap_or(i64::MAX);
        0
    }
}

/// Collects the expired keys of one segment and gives the earliest expiry of all its entries.
fn collect_expired(segment: &Segment, now: i64, keys: &mut Vec<Box<[u8]>>) -> i64 {
    let mut earliest = i64::MAX;
    for entry in segment.slots().filter_map(|(_, _, slot)| entry_of(slot)) {
        if let Some(at) = entry.expiry() {
            earliest = earliest.min(at);
            if at <= now {
                keys.push(entry.key().into());
            }
        }
    }
    earliest
}
