//! A segment: a few cache lines that hold up to 248 entries of a table.
//!
//! One header line, then 3 to 31 buckets of one line with eight slots each. A slot is eight bytes: the tag
//! (19 hash bits) above the address of an entry (45 bits: addresses are below 2^48 and multiples of eight).
//! The tag alone gives an entry its home bucket, so a segment grows or shrinks without a look at any entry.
//! The one rule of placement: *an entry lies in the first bucket with room from its home on* (wrapping round).
//! So a search may stop at the first bucket that has room, and a removal moves later entries back.
//! Slots of a bucket are filled from the front.
//!
//! Must not know keys, values or time: it moves slots. The table above compares keys.

use crate::pool::{Pool, UNIT};
use std::ptr::NonNull;

/// Slots of a bucket.
pub const WIDTH: usize = 8;
/// Hash bits of a tag.
pub const TAG_BITS: u32 = 19;
const ADDRESS_BITS: u32 = 64 - TAG_BITS;
/// The sizes that a segment may have, in buckets. With the header they are whole units of a pool.
const SIZES: [u8; 8] = [3, 7, 11, 15, 19, 23, 27, 31];

/// The tag and home of a hash.
#[inline(always)]
pub fn tag_of(hash: u64) -> u64 {
    hash >> ADDRESS_BITS
}

/// A tagged address of an entry; zero when empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Slot(u64);

impl Slot {
    /// An empty slot.
    pub const EMPTY: Self = Self(0);

    /// A slot for an entry at `address`.
    #[inline(always)]
    pub fn new(tag: u64, address: NonNull<u8>) -> Self {
        let bits = address.as_ptr().expose_provenance() as u64;
        debug_assert!(bits & 7 == 0 && bits >> 48 == 0, "an address outside of what a slot can hold");
        Self(tag << ADDRESS_BITS | bits >> 3)
    }
    /// The tag.
    #[inline(always)]
    pub fn tag(self) -> u64 {
        self.0 >> ADDRESS_BITS
    }
    /// The address of the entry, unless empty.
    #[inline(always)]
    pub fn address(self) -> Option<NonNull<u8>> {
        let bits = (self.0 & ((1 << ADDRESS_BITS) - 1)) << 3;
        NonNull::new(std::ptr::with_exposed_provenance_mut(bits as usize))
    }
    /// Whether there is no entry.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// One cache line of slots.
#[repr(C, align(64))]
pub struct Bucket {
    slots: [Slot; WIDTH],
}

impl Bucket {
    /// A bit for every slot whose tag is `tag` (an empty slot may match tag zero).
    #[inline(always)]
    pub fn matches(&self, tag: u64) -> u32 {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        return self.matches_wide(tag);
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        self.matches_one_by_one(tag)
    }

    #[cfg(any(test, miri, not(target_arch = "x86_64")))]
    fn matches_one_by_one(&self, tag: u64) -> u32 {
        self.slots.iter().enumerate().fold(0, |found, (i, slot)| found | u32::from(slot.tag() == tag) << i)
    }

    /// All eight at once: a tag is the top of its slot's upper half.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn matches_wide(&self, tag: u64) -> u32 {
        use std::arch::x86_64::*;
        const BELOW: i32 = (ADDRESS_BITS - 32) as i32;
        let pairs = (&raw const self.slots).cast::<__m128>();
        // SAFETY: SSE2 is part of x86-64, and the bucket is 64 bytes, aligned to 64.
        unsafe {
            let wanted = _mm_set1_epi32(tag as i32);
            // The upper halves of four slots in one register.
            let uppers = |at: usize| {
                let both = _mm_shuffle_ps::<0b11_01_11_01>(
                    _mm_load_ps(pairs.add(at).cast()),
                    _mm_load_ps(pairs.add(at + 1).cast()),
                );
                _mm_cmpeq_epi32(_mm_srli_epi32::<BELOW>(_mm_castps_si128(both)), wanted)
            };
            let all = _mm_packs_epi32(uppers(0), uppers(2));
            _mm_movemask_epi8(_mm_packs_epi16(all, all)) as u32 & 0xff
        }
    }
    /// Whether no slot is empty.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        !self.slots[WIDTH - 1].is_empty()
    }
    /// A slot.
    #[inline(always)]
    pub fn slot(&self, at: usize) -> Slot {
        self.slots[at]
    }
    fn len(&self) -> usize {
        self.slots.iter().position(|slot| slot.is_empty()).unwrap_or(WIDTH)
    }
}

/// The first line of a segment.
#[repr(C, align(64))]
pub struct Header {
    /// Entries in the segment.
    pub len: u16,
    /// Entries that have an expiry.
    pub expiring: u16,
    /// How many directory bits choose this segment.
    pub depth: u8,
    /// Units of the pool that it takes.
    units: u8,
    /// The directory bits that choose it.
    pub prefix: u32,
    /// No entry expires before this time; may be too early, never too late.
    pub earliest: i64,
}

/// The address of a segment and, in its low six bits, its number of buckets.
/// Copied freely inside a table, which alone frees it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Segment(NonNull<u8>);

// SAFETY: a segment is plain memory that its table owns; who may touch it follows from the borrow of the table.
unsafe impl Send for Segment {}
// SAFETY: as above; changes need `&mut Table`.
unsafe impl Sync for Segment {}

const BUCKETS_MASK: usize = 63;

/// Units of a pool that a segment takes.
fn units(buckets: usize) -> usize {
    (buckets + 1) * size_of::<Bucket>() / UNIT
}

impl Segment {
    /// An empty segment with at least this many buckets.
    pub fn allocate(pool: &mut Pool, buckets: usize, depth: u8, prefix: u32) -> Self {
        let buckets = SIZES.into_iter().map(usize::from).find(|&size| size >= buckets).unwrap_or(31);
        let base = pool.take(units(buckets));
        // SAFETY: the pool gave us so many bytes; all zeros are a header and empty buckets.
        unsafe { base.write_bytes(0, units(buckets) * UNIT) };
        let mut segment = Self(base.map_addr(|address| address | buckets));
        let header = segment.header_mut();
        header.depth = depth;
        header.prefix = prefix;
        header.units = units(buckets) as u8;
        header.earliest = i64::MAX;
        segment
    }

    /// Gives the memory of the segment back, not its entries.
    ///
    /// # Safety
    /// No copy of this segment may be used afterwards, and it must be of this pool.
    pub unsafe fn free(self, pool: &mut Pool) {
        pool.give(self.base(), units(self.buckets()));
    }

    #[inline(always)]
    fn base(self) -> NonNull<u8> {
        // A unit begins at a multiple of 64, so masking cannot give zero.
        self.0.map_addr(|address| std::num::NonZero::new(address.get() & !BUCKETS_MASK).unwrap_or(address))
    }

    /// Number of buckets.
    #[inline(always)]
    pub fn buckets(self) -> usize {
        self.0.addr().get() & BUCKETS_MASK
    }

    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: the first line is a header, initialised by `allocate`.
        unsafe { self.base().cast::<Header>().as_ref() }
    }

    /// The header, to be changed.
    #[inline(always)]
    pub fn header_mut(&mut self) -> &mut Header {
        // SAFETY: as above; `Table` hands out one `&mut` path to a segment at a time.
        unsafe { self.base().cast::<Header>().as_mut() }
    }

    /// A bucket.
    #[inline(always)]
    pub fn bucket(&self, at: usize) -> &Bucket {
        debug_assert!(at < self.buckets());
        // SAFETY: `at` is below the number of buckets that were allocated behind the header.
        unsafe { self.base().cast::<Bucket>().add(1 + at).as_ref() }
    }

    #[inline(always)]
    fn bucket_mut(&mut self, at: usize) -> &mut Bucket {
        debug_assert!(at < self.buckets());
        // SAFETY: as above, and `&mut self` is the one path to it.
        unsafe { self.base().cast::<Bucket>().add(1 + at).as_mut() }
    }

    /// The address of the bucket where a search for this tag begins, for a prefetch.
    #[inline(always)]
    pub fn home_line(self, tag: u64) -> *const u8 {
        self.base().as_ptr().wrapping_add(64 * (1 + self.home(tag))).cast_const()
    }

    /// The bucket where a search for this tag begins.
    #[inline(always)]
    pub fn home(self, tag: u64) -> usize {
        ((tag * self.buckets() as u64) >> TAG_BITS) as usize
    }

    /// The lowest tag whose home is bucket `at`.
    pub fn first_tag(self, at: usize) -> u64 {
        ((at as u64) << TAG_BITS).div_ceil(self.buckets() as u64)
    }

    /// The bucket after this one.
    #[inline(always)]
    pub fn next(self, at: usize) -> usize {
        if at + 1 == self.buckets() { 0 } else { at + 1 }
    }

    /// Whether one more entry would make searches long: fifteen of sixteen slots are taken.
    #[inline(always)]
    pub fn is_crowded(&self) -> bool {
        usize::from(self.header().len) * 16 >= self.buckets() * WIDTH * 15
    }

    /// The next larger size, unless it is the largest already.
    pub fn larger(self) -> Option<usize> {
        SIZES.into_iter().map(usize::from).find(|&size| size > self.buckets())
    }

    /// The size that would hold the entries at about two thirds, when that is far smaller than it is now.
    pub fn smaller(&self) -> Option<usize> {
        let wanted = (usize::from(self.header().len) * 3).div_ceil(2 * WIDTH).max(1);
        let size = SIZES.into_iter().map(usize::from).find(|&size| size >= wanted)?;
        (size * 2 < self.buckets()).then_some(size)
    }

    /// Puts a slot into the first bucket with room from its home on. The caller saw to it that there is room.
    #[inline]
    pub fn place(&mut self, slot: Slot) -> (usize, usize) {
        let mut at = self.home(slot.tag());
        while self.bucket(at).is_full() {
            at = self.next(at);
        }
        let bucket = self.bucket_mut(at);
        let free = bucket.len();
        bucket.slots[free] = slot;
        self.header_mut().len += 1;
        (at, free)
    }

    /// Puts another address behind a slot that keeps its tag.
    #[inline(always)]
    pub fn replace(&mut self, bucket: usize, at: usize, slot: Slot) {
        self.bucket_mut(bucket).slots[at] = slot;
    }

    /// Takes a slot out and closes the gap, so that the rule of placement holds again.
    pub fn take(&mut self, bucket: usize, at: usize) -> Slot {
        let taken = self.bucket(bucket).slot(at);
        let mut hole = bucket;
        let mut full = self.bucket(bucket).is_full();
        self.close_up(bucket, at);
        let mut from = self.next(bucket);
        // Entries may have passed the hole as long as every bucket on the way was full.
        while full && from != bucket {
            full = self.bucket(from).is_full();
            if let Some(index) = self.wanderer(from, hole) {
                let slot = self.bucket(from).slot(index);
                self.fill(hole, slot);
                self.close_up(from, index);
                hole = from;
            }
            from = self.next(from);
        }
        self.header_mut().len -= 1;
        taken
    }

    /// An entry of bucket `from` whose home is at `hole` or before it, seen round the ring.
    fn wanderer(&self, from: usize, hole: usize) -> Option<usize> {
        let count = self.buckets();
        let distance = |a: usize, b: usize| (b + count - a) % count;
        let bucket = self.bucket(from);
        (0..bucket.len()).find(|&index| {
            let home = self.home(bucket.slot(index).tag());
            distance(home, from) >= distance(hole, from)
        })
    }

    fn fill(&mut self, at: usize, slot: Slot) {
        let bucket = self.bucket_mut(at);
        let free = bucket.len();
        bucket.slots[free] = slot;
    }

    fn close_up(&mut self, at: usize, index: usize) {
        let bucket = self.bucket_mut(at);
        let last = bucket.len() - 1;
        bucket.slots[index] = bucket.slots[last];
        bucket.slots[last] = Slot::EMPTY;
    }

    /// All slots that hold an entry, as (bucket, index, slot).
    pub fn slots(&self) -> impl Iterator<Item = (usize, usize, Slot)> + '_ {
        (0..self.buckets()).flat_map(move |at| {
            let bucket = self.bucket(at);
            bucket
                .slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| !slot.is_empty())
                .map(move |(i, &s)| (at, i, s))
        })
    }

    /// The same entries in a new segment of another size. Frees the old one.
    pub fn resized(self, pool: &mut Pool, buckets: usize) -> Self {
        let mut new = Self::allocate(pool, buckets, self.header().depth, self.header().prefix);
        for (_, _, slot) in self.slots() {
            new.place(slot);
        }
        let (expiring, earliest) = (self.header().expiring, self.header().earliest);
        new.header_mut().expiring = expiring;
        new.header_mut().earliest = earliest;
        // SAFETY: `self` is used up; the table replaces every copy of it by the new one.
        unsafe { self.free(pool) };
        new
    }

    /// The same segment at another place of the pool. Frees the old one.
    pub fn moved(self, pool: &mut Pool) -> Self {
        let base = pool.take(units(self.buckets()));
        // SAFETY: both runs have the length that the number of buckets gives, and the new one is ours alone.
        unsafe { base.copy_from_nonoverlapping(self.base(), units(self.buckets()) * UNIT) };
        let new = Self(base.map_addr(|address| address | self.buckets()));
        // SAFETY: `self` is used up; the table replaces every copy of it by the new one.
        unsafe { self.free(pool) };
        new
    }

    /// Of the segment that begins a run of a pool: its prefix, and how many units it takes.
    ///
    /// # Safety
    /// A live segment must begin there.
    pub unsafe fn identify(run: NonNull<u8>) -> (u32, u8) {
        // SAFETY: the caller's promise; every segment begins with its header.
        let header = unsafe { run.cast::<Header>().as_ref() };
        (header.prefix, header.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn matching_all_at_once_is_matching_one_by_one(tags in proptest::array::uniform8(0u64..4), high: bool, wanted in 0u64..4) {
            let shift = |tag: u64| if high { tag << (TAG_BITS - 2) } else { tag };
            let bucket = Bucket { slots: tags.map(|tag| Slot((shift(tag) << ADDRESS_BITS) | 0x1234)) };
            prop_assert_eq!(bucket.matches(shift(wanted)), bucket.matches_one_by_one(shift(wanted)));
        }
    }
}
