//! Memory for the segments of one table: runs of 256-byte units in chunks, with a bit for each unit.
//!
//! Segments come and go in eight sizes as a table grows. Taken from the allocator's size classes they would leave
//! every class half empty in turn; here a hole that one size leaves is filled by another, and when too many holes
//! are too small the table is asked to move what lies in the emptiest chunk.
//! Takes numbers of units, gives addresses. Must not know what lies in them.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Bytes of a unit.
pub const UNIT: usize = 256;
/// Units of the largest chunk: twelve kilobytes, the most that the allocator gives without a page of padding.
const MOST: usize = 48;
/// The longest run that can be asked for, in units.
pub const LONGEST: usize = 8;

struct Chunk {
    base: NonNull<u8>,
    units: u32,
    /// A bit for each unit that is taken. Those beyond the end count as taken.
    bits: u64,
}

/// Chunks, in the order of their addresses.
pub struct Pool {
    chunks: Vec<Chunk>,
    /// The chunk where the next search begins.
    hint: usize,
    /// A chunk that is being emptied: nothing new goes there.
    closed: Option<NonNull<u8>>,
    units: usize,
    taken: usize,
}

// SAFETY: a pool owns its chunks alone.
unsafe impl Send for Pool {}
// SAFETY: every access to the memory of a chunk needs `&mut Pool` or goes through an address that was handed out.
unsafe impl Sync for Pool {}

impl Chunk {
    fn layout(units: u32) -> Layout {
        Layout::from_size_align(units as usize * UNIT, UNIT)
            .unwrap_or_else(|_| handle_alloc_error(Layout::new::<u8>()))
    }

    fn new(units: u32) -> Self {
        let layout = Self::layout(units);
        // SAFETY: the layout is not empty.
        let Some(base) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        Self { base, units, bits: u64::MAX << units }
    }

    /// The first run of so many free units.
    fn find(&self, count: usize) -> Option<usize> {
        let free = !self.bits;
        // A bit stays where it and the next `count - 1` are free.
        let run = (1..count).fold(free, |run, shift| run & (free >> shift));
        (run != 0).then(|| run.trailing_zeros() as usize)
    }

    fn flip(&mut self, first: usize, count: usize) {
        self.bits ^= ((1 << count) - 1) << first;
    }

    fn is_empty(&self) -> bool {
        self.bits == u64::MAX << self.units
    }
}

impl Pool {
    /// An empty pool.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), hint: 0, closed: None, units: 0, taken: 0 }
    }

    /// Bytes that the pool takes.
    pub fn size(&self) -> usize {
        self.units * UNIT + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// A run of units. Its contents are anything.
    pub fn take(&mut self, count: usize) -> NonNull<u8> {
        debug_assert!((1..=LONGEST).contains(&count));
        let open = |chunk: &Chunk| self.closed != Some(chunk.base);
        let (before, after) = self.chunks.split_at(self.hint.min(self.chunks.len()));
        let order = after.iter().chain(before).filter(|chunk| open(chunk));
        let found = order.filter_map(|chunk| Some((chunk.base, chunk.find(count)?))).next();
        let (base, first) = found.unwrap_or_else(|| (self.grow(count), 0));
        let nth = self.chunks.partition_point(|chunk| chunk.base < base);
        self.chunks[nth].flip(first, count);
        self.hint = nth;
        self.taken += count;
        // SAFETY: the run lies inside of the chunk.
        unsafe { base.add(first * UNIT) }
    }

    /// Adds a chunk that is small beside what there is, and holds a run of `count`.
    fn grow(&mut self, count: usize) -> NonNull<u8> {
        let units = count.max(match self.units {
            0..8 => 2,
            8..48 => LONGEST,
            48..512 => 2 * LONGEST,
            _ => MOST,
        });
        let chunk = Chunk::new(units as u32);
        let base = chunk.base;
        self.units += units;
        let at = self.chunks.partition_point(|other| other.base < base);
        self.chunks.insert(at, chunk);
        base
    }

    /// Gives a run back.
    pub fn give(&mut self, run: NonNull<u8>, count: usize) {
        let nth = self.chunks.partition_point(|chunk| chunk.base <= run) - 1;
        let chunk = &mut self.chunks[nth];
        chunk.flip((run.addr().get() - chunk.base.addr().get()) / UNIT, count);
        self.taken -= count;
        // The lowest chunks are filled first, so that the others have a chance to become empty.
        self.hint = self.hint.min(nth);
        if self.chunks[nth].is_empty() {
            let chunk = self.chunks.remove(nth);
            self.units -= chunk.units as usize;
            // SAFETY: the chunk was allocated with this layout, and none of its units is taken any more.
            unsafe { dealloc(chunk.base.as_ptr(), Chunk::layout(chunk.units)) };
        }
    }

    /// When more than a sixteenth is holes: the emptiest chunk's address and taken units. Nothing new goes there until
    /// [`Pool::open`]: the caller moves what lies in it elsewhere.
    pub fn close_emptiest(&mut self) -> Option<(NonNull<u8>, u64)> {
        let free = self.units - self.taken;
        if free <= LONGEST || free * 16 <= self.units {
            return None;
        }
        let free_of = |chunk: &&Chunk| (!chunk.bits).count_ones();
        let chunk = self.chunks.iter().max_by_key(free_of)?;
        self.closed = Some(chunk.base);
        Some((chunk.base, chunk.bits & !(u64::MAX << chunk.units)))
    }

    /// Ends what [`Pool::close_emptiest`] began.
    pub fn open(&mut self) {
        self.closed = None;
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            // SAFETY: as in `give`; the owner of the pool frees what lies in it first.
            unsafe { dealloc(chunk.base.as_ptr(), Chunk::layout(chunk.units)) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]
        #[test]
        fn runs_never_overlap_and_all_memory_comes_back(ops in proptest::collection::vec((0u8..3, 1usize..=8, any::<u16>()), 0..800)) {
            let mut pool = Pool::new();
            let mut live: Vec<(NonNull<u8>, usize, u8)> = Vec::new();
            for (nth, (op, count, pick)) in ops.into_iter().enumerate() {
                if op < 2 || live.is_empty() {
                    let run = pool.take(count);
                    // SAFETY: the run is ours.
                    unsafe { run.write_bytes(nth as u8, count * UNIT) };
                    live.push((run, count, nth as u8));
                } else {
                    let (run, count, mark) = live.swap_remove(pick as usize % live.len());
                    for i in [0, count * UNIT - 1] {
                        // SAFETY: the run is ours until it is given back.
                        prop_assert_eq!(unsafe { run.add(i).read() }, mark);
                    }
                    pool.give(run, count);
                }
            }
            for (run, count, _) in live.drain(..) {
                pool.give(run, count);
            }
            prop_assert_eq!(pool.units, 0);
        }
    }
}
