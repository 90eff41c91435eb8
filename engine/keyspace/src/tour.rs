//! Ways through a table: in order with a cursor, at random, and by expiry.
//!
//! The order is that of (directory bits reversed, tag). A segment that splits makes two which lie side by side
//! in it, and a resize does not change it at all, so a cursor stays good whatever the table does between two
//! steps: nothing that was there all the time is left out; a split may show entries twice.
//! Must not change a table, but for the hints on the earliest expiry.

use crate::entry::EntryRef;
use crate::segment::{Segment, Slot, TAG_BITS, WIDTH};
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
            for slot in (0..WIDTH).map(|i| bucket.slot(i)) {
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
        const MOST_SLOTS: u64 = 31 * WIDTH as u64;
        // Each try meets an entry with the chance that a slot of a largest segment is taken.
        for _ in 0..10_000 {
            let bits = draw();
            let index = bits as usize & ((1usize << self.depth) - 1);
            let segment = &self.directory[index];
            if index >> segment.header().depth != 0 {
                continue;
            }
            let nth = (((bits >> 32) * MOST_SLOTS) >> 32) as usize;
            let (bucket, slot) = (nth / WIDTH, nth % WIDTH);
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
            // Begin at a random slot of the first segment: its neighbours are as random as any.
            let slots = segment.buckets() * WIDTH;
            let turn = if nth == 0 { (start >> 40) as usize % slots } else { 0 };
            for step in 0..slots {
                let at = (turn + step) % slots;
                let Some(entry) = entry_of(segment.bucket(at / WIDTH).slot(at % WIDTH)) else { continue };
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

    /// Collects keys that have expired, from directory index `from` on, looking at no more than `segments`
    /// segments and collecting up to `most` keys. Gives the index to go on from; none when the round is done.
    /// The caller removes all of them before it lets go of the table: the hints count on it.
    pub fn expired(
        &mut self,
        from: usize,
        segments: usize,
        most: usize,
        now: i64,
        keys: &mut Vec<Box<[u8]>>,
    ) -> Option<usize> {
        let (mut looked, mut earliest) = (0, i64::MAX);
        for index in from..self.directory.len() {
            let segment = &mut self.directory[index];
            if index >> segment.header().depth != 0 {
                continue;
            }
            if looked == segments || keys.len() >= most {
                return Some(index);
            }
            looked += 1;
            let header = segment.header();
            if header.expiring == 0 {
                segment.header_mut().earliest = i64::MAX;
            } else if is_over(Some(header.earliest), now) {
                segment.header_mut().earliest = collect_expired(segment, now, most, keys);
            }
            let left = segment.header().earliest;
            if is_over(Some(left), now) {
                // More than were asked for: here it goes on.
                return Some(index);
            }
            earliest = earliest.min(left);
        }
        // What was learnt in an earlier call of this round may be out of date.
        self.earliest = if from == 0 { earliest } else { self.earliest_of_segments() };
        None
    }

    fn earliest_of_segments(&self) -> i64 {
        self.segment_indexes().map(|index| self.directory[index].header().earliest).min().unwrap_or(i64::MAX)
    }
}

/// Whether a key with this expiry has expired. It lives through the millisecond of its expiry, as in Valkey.
#[inline(always)]
pub fn is_over(expiry: Option<i64>, now: i64) -> bool {
    expiry.is_some_and(|at| at < now)
}

/// Collects expired keys of one segment, up to `most`, and gives the earliest expiry of all its other entries.
fn collect_expired(segment: &Segment, now: i64, most: usize, keys: &mut Vec<Box<[u8]>>) -> i64 {
    let mut earliest = i64::MAX;
    for entry in segment.slots().filter_map(|(_, _, slot)| entry_of(slot)) {
        let Some(at) = entry.expiry() else { continue };
        if is_over(Some(at), now) && keys.len() < most {
            keys.push(entry.key().into());
        } else {
            earliest = earliest.min(at);
        }
    }
    earliest
}
