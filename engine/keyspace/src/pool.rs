//! Memory for the segments of one table: runs of 256-byte units in chunks, with a bit for each unit.
//!
//! Segments come and go in eight sizes as a table grows. Taken from the allocator's size classes they would leave
//! every class half empty in turn; here a hole that one size leaves is filled by the next.
//! Takes numbers of units, gives addresses. Must not know what lies in them.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Bytes of a unit.
pub const UNIT: usize = 256;
/// Units of the largest chunk.
const MOST: usize = 256;
/// The largest run that can be asked for, in units.
pub const LONGEST: usize = 8;

struct Chunk {
    base: NonNull<u8>,
    units: u16,
    taken: u16,
    bits: [u64; MOST / 64],
}

/// Chunks, in the order of their addresses.
#[derive(Default)]
pub struct Pool {
    chunks: Vec<Chunk>,
    /// The chunk where the last run was found.
    hint: usize,
    units: usize,
}

// SAFETY: a pool owns its chunks alone.
unsafe impl Send for Pool {}
// SAFETY: every access to the memory of a chunk needs `&mut Pool` or goes through an address that was handed out.
unsafe impl Sync for Pool {}

impl Chunk {
    fn layout(units: u16) -> Layout {
        Layout::from_size_align(usize::from(units) * UNIT, UNIT)
            .unwrap_or_else(|_| handle_alloc_error(Layout::new::<u8>()))
    }

    fn new(units: u16) -> Self {
        let layout = Self::layout(units);
        // SAFETY: the layout is not empty.
        let Some(base) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        let mut bits = [u64::MAX; MOST / 64];
        // Units beyond the end count as taken.
        for unit in 0..usize::from(units) {
            bits[unit / 64] &= !(1 << (unit % 64));
        }
        Self { base, units, taken: 0, bits }
    }

    /// The first run of so many free units.
    fn find(&self, count: usize) -> Option<usize> {
        for (nth, word) in self.bits.iter().enumerate() {
            // A bit stays where it and the next `count - 1` are free; runs may go on into the next word.
            let next = self.bits.get(nth + 1).copied().unwrap_or(u64::MAX);
            let free = !(u128::from(*word) | u128::from(next) << 64);
            let run = (1..count).fold(free, |run, shift| run & free >> shift) as u64;
            if run != 0 {
                return Some(nth * 64 + run.trailing_zeros() as usize);
            }
        }
        None
    }

    fn mark(&mut self, first: usize, count: usize, taken: bool) {
        for unit in first..first + count {
            debug_assert_eq!(self.bits[unit / 64] >> (unit % 64) & 1 == 1, !taken, "a unit is taken or freed twice");
            self.bits[unit / 64] ^= 1 << (unit % 64);
        }
        self.taken = if taken { self.taken + count as u16 } else { self.taken - count as u16 };
    }
}

impl Pool {
    /// An empty pool.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), hint: 0, units: 0 }
    }

    /// Bytes that the pool takes.
    pub fn size(&self) -> usize {
        self.units * UNIT + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// A run of units. Its contents are anything.
    pub fn take(&mut self, count: usize) -> NonNull<u8> {
        debug_assert!((1..=LONGEST).contains(&count));
        let chunks = self.chunks.len();
        for step in 0..chunks {
            let nth = (self.hint + step) % chunks;
            let chunk = &mut self.chunks[nth];
            if usize::from(chunk.units - chunk.taken) >= count
                && let Some(first) = chunk.find(count)
            {
                chunk.mark(first, count, true);
                self.hint = nth;
                // SAFETY: the run lies inside of the chunk.
                return unsafe { chunk.base.add(first * UNIT) };
            }
        }
        self.grow(count);
        self.take(count)
    }

    /// Adds a chunk that is small beside what there is, and holds a run of `count`.
    fn grow(&mut self, count: usize) {
        let units = count.max(match self.units {
            0..8 => 2,
            8..32 => LONGEST,
            32..512 => 16,
            512..2048 => 64,
            _ => MOST,
        });
        let chunk = Chunk::new(units as u16);
        self.units += units;
        let at = self.chunks.partition_point(|other| other.base < chunk.base);
        self.chunks.insert(at, chunk);
        self.hint = at;
    }

    /// Gives a run back.
    pub fn give(&mut self, run: NonNull<u8>, count: usize) {
        let nth = self.chunks.partition_point(|chunk| chunk.base <= run) - 1;
        let chunk = &mut self.chunks[nth];
        let first = (run.addr().get() - chunk.base.addr().get()) / UNIT;
        chunk.mark(first, count, false);
        if chunk.taken == 0 {
            let chunk = self.chunks.remove(nth);
            self.units -= usize::from(chunk.units);
            // SAFETY: the chunk was allocated with this layout, and none of its units is taken any more.
            unsafe { dealloc(chunk.base.as_ptr(), Chunk::layout(chunk.units)) };
            self.hint = 0;
        } else {
            // The lowest chunks are filled first, so that the others have a chance to become empty.
            self.hint = self.hint.min(nth);
        }
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

    #[test]
    fn holes_of_one_size_serve_the_next() {
        let mut pool = Pool::new();
        let mut runs: Vec<_> = (0..2000).map(|_| pool.take(5)).collect();
        for size in [6, 7, 8, 5] {
            let old = if size == 5 { 8 } else { size - 1 };
            for run in &mut runs {
                let new = pool.take(size);
                pool.give(*run, old);
                *run = new;
            }
        }
        let taken = 2000 * 5;
        assert!(pool.units < taken * 9 / 8 + MOST, "{} units for {taken}", pool.units);
        runs.into_iter().for_each(|run| pool.give(run, 5));
    }
}
