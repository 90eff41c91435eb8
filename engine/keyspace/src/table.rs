//! One table of entries: an extendible hash table of segments.
//!
//! The directory is indexed by hash bits above those that choose the partition; a full segment of the largest
//! size splits in two, smaller ones grow by a step. So growth costs a few microseconds at a time and never
//! stops anybody, and the fill stays between three quarters and fifteen sixteenths.
//! A whole tour in the order of `tour.rs` sees every entry that was there all the time at least once,
//! whatever grows, shrinks or splits meanwhile.
//!
//! Takes hashes and keys, gives places and entries. Must not know locks, clocks, databases or commands.

use crate::entry::{Entry, EntryRef, Value};
use crate::fields::FieldExpiries;
use crate::object::{ObjectMut, ObjectRef};
use crate::pool::{Pool, UNIT};
use crate::segment::{Segment, Slot, WIDTH, tag_of};
use ironkeep_values::hash::Hasher;
use ironkeep_values::prefetch::{LINE, prefetch};
use std::ptr::NonNull;

/// Hash bits that choose the partition; the directory uses those above.
pub const PARTITION_BITS: u32 = 8;
/// The most bits that the directory uses: a cursor of [`crate::tour`] has room for as many.
pub(crate) const MOST_DEPTH: u8 = 20;

/// Where an entry lies. Valid until the next change of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    index: u32,
    bucket: u8,
    slot: u8,
}

/// A table.
pub struct Table {
    pub(crate) directory: Vec<Segment>,
    pub(crate) depth: u8,
    len: usize,
    expiring: usize,
    /// No entry of the table expires before this time; may be too early, never too late.
    pub(crate) earliest: i64,
    /// Keys whose hashes have fields that expire.
    fields: FieldExpiries,
    /// The memory of the segments.
    pool: Pool,
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    /// An empty table. Takes no memory until the first insertion.
    pub const fn new() -> Self {
        Self {
            directory: Vec::new(),
            depth: 0,
            len: 0,
            expiring: 0,
            earliest: i64::MAX,
            fields: FieldExpiries::new(),
            pool: Pool::new(),
        }
    }

    /// Number of entries, expired ones included.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Number of entries with an expiry.
    pub fn expiring(&self) -> usize {
        self.expiring
    }
    /// A time before which no entry expires.
    pub fn earliest(&self) -> i64 {
        self.earliest
    }
    /// Number of keys whose hashes have fields that expire.
    pub fn with_fields(&self) -> usize {
        self.fields.len()
    }
    /// The key whose hash has the first field to expire, and when that is.
    pub fn first_field(&self) -> Option<(i64, &[u8])> {
        self.fields.first()
    }
    /// Bytes of memory besides the entries.
    pub fn overhead(&self) -> usize {
        self.pool.size() + self.directory.capacity() * size_of::<Segment>() + self.fields.size()
    }
    /// Slots that the segments have.
    pub fn capacity(&self) -> usize {
        self.segment_indexes().map(|index| self.directory[index].buckets() * WIDTH).sum()
    }

    #[inline(always)]
    fn index_of(&self, hash: u64) -> usize {
        (hash >> PARTITION_BITS) as usize & ((1usize << self.depth) - 1)
    }

    /// Starts to load the cache line that a search for this hash reads first.
    #[inline(always)]
    pub fn prefetch(&self, hash: u64) {
        if let Some(segment) = self.directory.get(self.index_of(hash)) {
            prefetch(segment.home_line(tag_of(hash)));
        }
    }

    /// Starts to load the entry that a search for this hash is likely to meet, so many bytes of it.
    #[inline(always)]
    pub fn prefetch_entry(&self, hash: u64, bytes: usize) {
        let Some(segment) = self.directory.get(self.index_of(hash)) else { return };
        let tag = tag_of(hash);
        let bucket = segment.bucket(segment.home(tag));
        let found = bucket.matches(tag);
        if found != 0
            && let Some(address) = bucket.slot(found.trailing_zeros() as usize).address()
        {
            let start = address.as_ptr().cast_const();
            // The line of the first byte, those after it, and the one of the last.
            (0..bytes).step_by(LINE).for_each(|at| prefetch(start.wrapping_add(at)));
            prefetch(start.wrapping_add(bytes));
        }
    }

    /// Looks for a key.
    #[inline(always)]
    pub fn find(&self, hash: u64, key: &[u8]) -> Option<Place> {
        let index = self.index_of(hash);
        let segment = self.directory.get(index)?;
        let tag = tag_of(hash);
        let mut at = segment.home(tag);
        for _ in 0..segment.buckets() {
            let bucket = segment.bucket(at);
            let mut found = bucket.matches(tag);
            while found != 0 {
                let slot = found.trailing_zeros() as usize;
                if let Some(address) = bucket.slot(slot).address() {
                    // SAFETY: the table owns the entries behind its slots, and `&self` keeps them unchanged.
                    if unsafe { EntryRef::new(address) }.key() == key {
                        return Some(Place { index: index as u32, bucket: at as u8, slot: slot as u8 });
                    }
                }
                found &= found - 1;
            }
            if !bucket.is_full() {
                return None;
            }
            at = segment.next(at);
        }
        None
    }

    #[inline(always)]
    fn slot(&self, place: Place) -> Slot {
        self.directory[place.index as usize].bucket(place.bucket as usize).slot(place.slot as usize)
    }

    /// The entry at a place.
    #[inline(always)]
    pub fn at(&self, place: Place) -> EntryRef<'_> {
        // SAFETY: an occupied slot holds an entry that the table owns and that `&self` keeps unchanged.
        unsafe { EntryRef::new(self.address(place)) }
    }

    #[inline(always)]
    fn address(&self, place: Place) -> NonNull<u8> {
        match self.slot(place).address() {
            Some(address) => address,
            None => unreachable!("a place outlived a change of its table"),
        }
    }

    /// Changes the entry at a place in place.
    #[inline(always)]
    pub fn change<R>(&mut self, place: Place, change: impl FnOnce(&mut Entry) -> R) -> R {
        // SAFETY: the table owns the entry and `&mut self` is unique; it is given back right below, unfreed.
        let mut entry = std::mem::ManuallyDrop::new(unsafe { Entry::from_raw(self.address(place)) });
        change(&mut entry)
    }

    /// The object at a place, to be changed in place.
    pub fn object_mut(&mut self, place: Place) -> Option<ObjectMut<'_>> {
        // SAFETY: the table owns the entry, and its memory stays where it is while `&mut self` is borrowed.
        let mut entry = std::mem::ManuallyDrop::new(unsafe { Entry::from_raw(self.address(place)) });
        let object = entry.object_mut()?;
        // SAFETY: the object lies in that memory, and nobody else can reach it meanwhile.
        Some(unsafe { std::mem::transmute::<ObjectMut<'_>, ObjectMut<'_>>(object) })
    }

    /// Says that a hash was changed in place: when its first field was to expire `before`. Whoever changes a hash so
    /// that this moves has to say so.
    pub fn fields_changed(&mut self, place: Place, before: Option<i64>) {
        // SAFETY: the table owns the entry, and only `fields`, which does not reach into entries, changes meanwhile.
        let entry = unsafe { EntryRef::new(self.address(place)) };
        self.fields.change(entry.key(), before, first_field(&entry));
    }

    /// Puts another entry (of the same key) at a place and gives the old one back.
    pub fn replace(&mut self, place: Place, entry: Entry) -> Entry {
        let (before, after) = (self.known_field(place), first_field(&entry));
        if before != after {
            self.fields.change(entry.key(), before, after);
        }
        let (slot, old_expiry, new_expiry) = (self.slot(place), self.at(place).expiry(), entry.expiry());
        let old = self.address(place);
        let segment = &mut self.directory[place.index as usize];
        let new = Slot::new(slot.tag(), entry.into_raw());
        segment.replace(place.bucket as usize, place.slot as usize, new);
        self.count_expiry(place.index as usize, old_expiry, new_expiry);
        // SAFETY: the slot held this entry and no longer does.
        unsafe { Entry::from_raw(old) }
    }

    /// Changes the expiry of the entry at a place, which may move its memory.
    pub fn set_expiry(&mut self, place: Place, expiry: Option<i64>) {
        let old = self.at(place).expiry();
        if self.change(place, |entry| entry.overwrite_expiry(expiry)) {
            self.count_expiry(place.index as usize, old, expiry);
        } else {
            // The room for an expiry comes and goes with it: the entry moves to another allocation.
            let slot = self.slot(place);
            // SAFETY: the slot is overwritten right below, so that the entry has one owner.
            let entry = unsafe { Entry::from_raw(self.address(place)) }.rebuilt(None, expiry);
            let new = Slot::new(slot.tag(), entry.into_raw());
            self.directory[place.index as usize].replace(place.bucket as usize, place.slot as usize, new);
            self.count_expiry(place.index as usize, old, expiry);
        }
    }

    fn count_expiry(&mut self, index: usize, old: Option<i64>, new: Option<i64>) {
        let header = self.directory[index].header_mut();
        header.expiring = header.expiring + u16::from(new.is_some()) - u16::from(old.is_some());
        self.expiring = self.expiring + usize::from(new.is_some()) - usize::from(old.is_some());
        if let Some(at) = new {
            header.earliest = header.earliest.min(at);
            self.earliest = self.earliest.min(at);
        }
    }

    /// When the first field of the hash at a place expires.
    #[inline(always)]
    fn known_field(&self, place: Place) -> Option<i64> {
        if self.fields.is_empty() { None } else { first_field(&self.at(place)) }
    }

    /// Adds an entry whose key is known to be absent, and gives its place.
    pub fn insert(&mut self, hasher: &Hasher, hash: u64, entry: Entry) -> Place {
        if let Some(at) = first_field(&entry) {
            self.fields.change(entry.key(), None, Some(at));
        }
        if self.directory.is_empty() {
            self.directory.push(Segment::allocate(&mut self.pool, 1, 0, 0));
        }
        while self.directory[self.index_of(hash)].is_crowded() {
            if !self.make_room(hasher, self.index_of(hash)) {
                break;
            }
        }
        let index = self.index_of(hash);
        let expiry = entry.expiry();
        let (bucket, slot) = self.directory[index].place(Slot::new(tag_of(hash), entry.into_raw()));
        self.len += 1;
        self.count_expiry(index, None, expiry);
        Place { index: index as u32, bucket: bucket as u8, slot: slot as u8 }
    }

    /// Takes the entry at a place out.
    pub fn remove(&mut self, place: Place) -> Entry {
        if self.known_field(place).is_some() {
            self.fields_gone(place);
        }
        let index = place.index as usize;
        let old = self.at(place).expiry();
        let address = self.address(place);
        self.directory[index].take(place.bucket as usize, place.slot as usize);
        self.count_expiry(index, old, None);
        self.len -= 1;
        if self.len == 0 {
            self.free_segments();
        } else if let Some(size) = self.directory[index].smaller() {
            self.resize(index, size);
        }
        // SAFETY: the slot that held this entry was taken out.
        unsafe { Entry::from_raw(address) }
    }

    #[cold]
    fn fields_gone(&mut self, place: Place) {
        // SAFETY: as in `fields_changed`.
        let entry = unsafe { EntryRef::new(self.address(place)) };
        self.fields.change(entry.key(), first_field(&entry), None);
    }

    /// Makes a crowded segment larger, or splits it. False when it can do neither.
    fn make_room(&mut self, hasher: &Hasher, index: usize) -> bool {
        if let Some(size) = self.directory[index].larger() {
            self.resize(index, size);
            return true;
        }
        if self.directory[index].header().depth >= MOST_DEPTH {
            return false;
        }
        self.split(hasher, index);
        true
    }

    /// All directory indexes that lead to the same segment as `index`.
    fn twins(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let depth = self.directory[index].header().depth;
        let first = index & ((1usize << depth) - 1);
        (first..self.directory.len()).step_by(1 << depth)
    }

    fn resize(&mut self, index: usize, buckets: usize) {
        let twins = self.twins(index);
        let new = self.directory[index].resized(&mut self.pool, buckets);
        for twin in twins {
            self.directory[twin] = new;
        }
        self.close_holes();
    }

    /// Moves the segments of one chunk together when the pool has too many holes.
    fn close_holes(&mut self) {
        let Some((base, mut taken)) = self.pool.close_emptiest() else { return };
        while taken != 0 {
            let first = taken.trailing_zeros();
            // SAFETY: the first unit that is taken, and those behind whole segments, begin a segment; this one has
            // not been moved yet.
            let (prefix, units) = unsafe { Segment::identify(base.add(first as usize * UNIT)) };
            taken &= u64::MAX.checked_shl(first + u32::from(units)).unwrap_or(0);
            let twins = self.twins(prefix as usize);
            let new = self.directory[prefix as usize].moved(&mut self.pool);
            for twin in twins {
                self.directory[twin] = new;
            }
        }
        self.pool.open();
    }

    fn split(&mut self, hasher: &Hasher, index: usize) {
        let old = self.directory[index];
        let depth = old.header().depth;
        if depth == self.depth {
            self.directory.extend_from_within(..);
            self.depth += 1;
        }
        let half = old.buckets() / 2 + 1;
        let prefix = old.header().prefix;
        let mut parts = [prefix, prefix | 1 << depth]
            .map(|prefix| Segment::allocate(&mut self.pool, half, depth + 1, prefix));
        for address in old.slots().filter_map(|(_, _, slot)| slot.address()) {
            prefetch(address.as_ptr());
        }
        for (_, _, slot) in old.slots() {
            let Some(address) = slot.address() else { continue };
            // SAFETY: the table owns the entries behind its slots; nobody changes one meanwhile.
            let entry = unsafe { EntryRef::new(address) };
            let side = (hasher.hash(entry.key()) >> (PARTITION_BITS + u32::from(depth))) as usize & 1;
            let part = &mut parts[side];
            if part.is_crowded() {
                // A lopsided split: rare, and only a matter of room.
                if let Some(size) = part.larger() {
                    *part = part.resized(&mut self.pool, size);
                }
            }
            part.place(slot);
            if let Some(at) = entry.expiry() {
                let header = part.header_mut();
                header.expiring += 1;
                header.earliest = header.earliest.min(at);
            }
        }
        for (nth, twin) in self.twins(index).enumerate() {
            self.directory[twin] = parts[nth & 1];
        }
        // SAFETY: every directory index that led to it now leads to one of its halves.
        unsafe { old.free(&mut self.pool) };
    }

    /// The directory indexes that stand for their segment: one a segment.
    pub(crate) fn segment_indexes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.directory.len()).filter(|&index| index >> self.directory[index].header().depth == 0)
    }

    fn free_segments(&mut self) {
        let owners: Vec<Segment> = self.segment_indexes().map(|index| self.directory[index]).collect();
        self.directory = Vec::new();
        self.depth = 0;
        self.earliest = i64::MAX;
        for segment in owners {
            // SAFETY: the directory that held all copies is gone, and each segment stands in `owners` once.
            unsafe { segment.free(&mut self.pool) };
        }
        self.pool = Pool::new();
    }
}

/// When the first field of an entry that is a hash expires.
#[inline(always)]
fn first_field(entry: &Entry) -> Option<i64> {
    match entry.value() {
        Value::Object(ObjectRef::Map(map)) => map.earliest(),
        _ => None,
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for index in self.segment_indexes() {
            for address in self.directory[index].slots().filter_map(|(_, _, slot)| slot.address()) {
                // SAFETY: the table owns the entries behind its slots, and each slot is visited once.
                drop(unsafe { Entry::from_raw(address) });
            }
        }
        self.free_segments();
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("len", &self.len)
            .field("expiring", &self.expiring)
            .finish_non_exhaustive()
    }
}
