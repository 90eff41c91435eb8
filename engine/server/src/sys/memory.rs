//! The allocator, with a count of what it holds.
//!
//! Each thread counts for itself, in a cell of its own cache line, and readers add the cells up. The count is of
//! size classes, as jemalloc rounds requests up to them, so that `used_memory` is what the allocator holds.

use super::pace;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use tikv_jemallocator::Jemalloc;

/// Threads that can count apart from each other; later ones share cells.
const CELLS: usize = 64;
/// The cell of a thread that frees at its own pace: it shares one too.
const UNHURRIED: usize = CELLS + 1;

#[repr(align(128))]
struct Padded(AtomicI64);

static COUNTS: [Padded; CELLS] = [const { Padded(AtomicI64::new(0)) }; CELLS];
static NEXT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The cell of this thread; `usize::MAX` before its first allocation.
    static CELL: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// jemalloc that counts.
pub struct Counting;

/// The size that jemalloc really gives for a request: multiples of eight up to 64, then four classes a doubling.
#[inline(always)]
pub fn class_of(size: usize) -> usize {
    if size <= 64 {
        return ((size + 7) & !7).max(8);
    }
    let step = (usize::BITS - (size - 1).leading_zeros()).saturating_sub(3);
    let mask = (1usize << step) - 1;
    size.saturating_add(mask) & !mask
}

#[inline(always)]
fn count(bytes: i64) {
    let cell = CELL.get();
    if cell < CELLS {
        // Only this thread writes the cell (unless there are more threads than cells, see `first`).
        let count = &COUNTS[cell].0;
        count.store(count.load(Relaxed).wrapping_add(bytes), Relaxed);
    } else {
        first(bytes);
    }
}

#[cold]
fn first(bytes: i64) {
    let mine = match CELL.get() {
        usize::MAX => NEXT.fetch_add(1, Relaxed),
        UNHURRIED => {
            COUNTS[CELLS - 1].0.fetch_add(bytes, Relaxed);
            return if bytes < 0 {
                pace::freed()
            };
        }
        shared => shared,
    };
    if mine < CELLS - 1 {
        CELL.set(mine);
        count(bytes);
    } else {
        // Out of cells: the last one is shared, with an atomic addition.
        CELL.set(CELLS);
        COUNTS[CELLS - 1].0.fetch_add(bytes, Relaxed);
    }
}

/// From now on this thread frees at a pace that lets others run (`pace`).
pub fn free_unhurriedly() {
    CELL.set(UNHURRIED);
}

/// The request with its size rounded up to its alignment. With classes eight bytes apart a request of 40 bytes
/// aligned to 16 would otherwise be served from a class whose members are aligned to eight.
#[inline(always)]
fn padded(layout: Layout) -> Layout {
    if layout.align() <= 8 { layout } else { layout.pad_to_align() }
}

// SAFETY: every call goes to jemalloc with a layout that is at least what was asked for, and the same one when
// memory comes back; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = padded(layout);
        count(class_of(layout.size()) as i64);
        // SAFETY: the caller's promise is passed on.
        unsafe { Jemalloc.alloc(layout) }
    }
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let layout = padded(layout);
        count(class_of(layout.size()) as i64);
        // SAFETY: the caller's promise is passed on.
        unsafe { Jemalloc.alloc_zeroed(layout) }
    }
    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        let layout = padded(layout);
        count(-(class_of(layout.size()) as i64));
        // SAFETY: the caller's promise is passed on, with the layout of the allocation.
        unsafe { Jemalloc.dealloc(ptr, layout) }
    }
    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        let (old, align) = (padded(layout), layout.align());
        let new = if align <= 8 { new } else { (new + align - 1) & !(align - 1) };
        count(class_of(new) as i64 - class_of(old.size()) as i64);
        // SAFETY: the caller's promise is passed on, with the layout of the allocation.
        unsafe { Jemalloc.realloc(ptr, old, new) }
    }
}

/// Bytes that the program holds, in size classes of the allocator.
pub fn used() -> usize {
    // Cells that no thread has taken yet are not worth a look, but for the shared one: this is asked before every
    // command when memory is limited.
    let taken = NEXT.load(Relaxed).min(CELLS - 1);
    let cells = COUNTS[..taken].iter().chain(&COUNTS[CELLS - 1..]);
    cells.map(|cell| cell.0.load(Relaxed)).sum::<i64>().max(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_the_allocator() {
        for (size, class) in [
            (0, 8),
            (1, 8),
            (40, 40),
            (64, 64),
            (65, 80),
            (80, 80),
            (88, 96),
            (97, 112),
            (129, 160),
            (224, 224),
            (1025, 1280),
            (4097, 5120),
        ] {
            assert_eq!(class_of(size), class, "{size}");
        }
    }
}
