//! The memory of a block: one counted allocation, held by a single pointer.
//!
//! ```text
//! byte 0..4    how many hold it
//! byte 4..8    class of the allocation (low eight bits), spare bytes in front
//! byte 8..12   length of the bytes
//! then         spare in front, the bytes, spare behind
//! ```
//! A clone is one more holder; who changes a block that others hold changes a copy. All bytes, spare ones too, are
//! initialised. The pointer carries a label in its lowest bits, so that what a block is can be told without looking
//! into it (`thin`). Must not know what the bytes mean, nor where spare room is best.

use crate::thin::Thin;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering, fence};

/// A run of bytes inside an allocation of its own.
#[repr(transparent)]
pub(crate) struct Block<const LABEL: usize>(NonNull<u8>);

/// What lies before the bytes.
#[repr(C)]
struct Head {
    holders: AtomicU32,
    front_and_class: u32,
    len: u32,
}

/// Bytes of the head.
pub(crate) const HEAD: usize = size_of::<Head>();
/// The most spare bytes that the head can say are in front.
pub(super) const MOST_FRONT: usize = (1 << 24) - 1;
/// Pointers to blocks are multiples of this before they are labelled.
const ALIGN: usize = 8;
/// Copies are made instead of more holders than this, long before the count is full.
const MOST_HOLDERS: u32 = u32::MAX / 2;

/// The size that an allocator with four classes to each doubling (and steps of eight at the bottom) gives out.
pub(crate) fn size_class(bytes: usize) -> usize {
    let step = (bytes.max(32).next_power_of_two() / 8).max(8);
    bytes.max(8).next_multiple_of(step)
}

/// A size class as one byte: how many steps of which power of two.
fn class_number(size: usize) -> u32 {
    let power = size.max(64).next_power_of_two().ilog2() - 3;
    power << 3 | ((size >> power) as u32 - 1)
}

#[inline]
fn class_size(number: u32) -> usize {
    (number as usize % 8 + 1) << (number >> 3 & 31)
}

// SAFETY: `placed` labels the pointer to what is aligned to eight.
unsafe impl<const LABEL: usize> Thin for Block<LABEL> {
    const LABELS: u8 = 1 << LABEL;
}
// SAFETY: holders on any threads only read, and count themselves atomically; who changes the bytes is alone.
unsafe impl<const LABEL: usize> Send for Block<LABEL> {}
// SAFETY: as above.
unsafe impl<const LABEL: usize> Sync for Block<LABEL> {}

impl<const LABEL: usize> Block<LABEL> {
    /// These bytes in the smallest class with room for `capacity` bytes, so many of them spare ones in front.
    pub(super) fn placed(bytes: &[u8], capacity: usize, front: usize) -> Self {
        const { assert!(LABEL < 4) };
        let size = size_class(HEAD + capacity);
        let behind = size.checked_sub(HEAD + front + bytes.len());
        let (Ok(len), Some(behind), true) = (u32::try_from(bytes.len()), behind, front <= MOST_FRONT) else {
            // Whoever adds bytes keeps to bounds that are far below; this is the last one.
            handle_alloc_error(Layout::new::<Head>());
        };
        let layout = Self::layout(size);
        // SAFETY: the layout has at least the bytes of a head.
        let Some(base) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        let head = Head {
            holders: AtomicU32::new(1),
            front_and_class: (front as u32) << 8 | class_number(size),
            len,
        };
        // SAFETY: head, front, bytes and what is behind them fill exactly the `size` bytes of the allocation, which
        // is new and so doesn't overlap with `bytes`; a label stays within the head.
        unsafe {
            base.cast::<Head>().write(head);
            let at = base.add(HEAD);
            at.write_bytes(0, front);
            at.add(front).copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
            at.add(front + bytes.len()).write_bytes(0, behind);
            Self(base.add(LABEL))
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, ALIGN).unwrap_or_else(|_| handle_alloc_error(Layout::new::<Head>()))
    }

    #[inline(always)]
    fn base(&self) -> NonNull<u8> {
        // SAFETY: `placed` moved the pointer by the label, within the allocation.
        unsafe { self.0.sub(LABEL) }
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: a head lies at the base of every block, and only `span` changes it, which has the block alone.
        unsafe { self.base().cast().as_ref() }
    }

    /// The bytes.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `placed` and `span` let no front and length pass that are more than there is; all is initialised,
        // and nobody changes it while `self` is borrowed.
        unsafe { slice::from_raw_parts(self.base().add(HEAD + self.front()).as_ptr(), self.len()) }
    }

    /// The bytes, to be changed.
    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.own();
        // SAFETY: as in `bytes`, and `own` made sure that nobody else holds them.
        unsafe { slice::from_raw_parts_mut(self.base().add(HEAD + self.front()).as_ptr(), self.len()) }
    }

    /// The bytes with the spare ones around them, to be changed. Who calls it has the block alone.
    #[inline]
    pub(super) fn all(&mut self) -> &mut [u8] {
        self.own();
        let capacity = self.capacity();
        // SAFETY: so many bytes lie behind the head, all initialised; `own` made sure that nobody else holds them, and
        // `&mut self` that nobody borrows them.
        unsafe { slice::from_raw_parts_mut(self.base().add(HEAD).as_ptr(), capacity) }
    }

    /// Says which of all bytes are those that count.
    #[inline]
    pub(super) fn span(&mut self, front: usize, len: usize) {
        self.own();
        assert!(front <= MOST_FRONT && len <= self.capacity() && front <= self.capacity() - len);
        // SAFETY: as in `all`; the head is valid, and no reference to it is alive.
        let head = unsafe { self.base().cast::<Head>().as_mut() };
        head.front_and_class = (front as u32) << 8 | head.front_and_class & 0xff;
        head.len = len as u32;
    }

    /// The number of spare bytes in front.
    #[inline(always)]
    pub(super) fn front(&self) -> usize {
        (self.head().front_and_class >> 8) as usize
    }

    /// The number of bytes.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.head().len as usize
    }

    /// Bytes of the allocation.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        class_size(self.head().front_and_class & 0xff)
    }

    /// The number of bytes with all spare ones.
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.size() - HEAD
    }

    /// Makes sure that nobody else holds the block.
    #[inline(always)]
    fn own(&mut self) {
        // What other holders did before they let go has happened before what is done now.
        if self.head().holders.load(Ordering::Acquire) != 1 {
            self.copy();
        }
    }

    #[cold]
    fn copy(&mut self) {
        *self = self.copied();
    }

    fn copied(&self) -> Self {
        Self::placed(self.bytes(), self.capacity(), self.front())
    }
}

impl<const LABEL: usize> Clone for Block<LABEL> {
    fn clone(&self) -> Self {
        let holders = &self.head().holders;
        if holders.fetch_add(1, Ordering::Relaxed) > MOST_HOLDERS {
            holders.fetch_sub(1, Ordering::Relaxed);
            return self.copied();
        }
        Self(self.0)
    }
}

impl<const LABEL: usize> Drop for Block<LABEL> {
    #[inline]
    fn drop(&mut self) {
        let holders = &self.head().holders;
        // The only holder need not count: nobody else is there to become one.
        if holders.load(Ordering::Acquire) != 1 {
            if holders.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        let layout = Self::layout(self.size());
        // SAFETY: the last holder frees what `placed` allocated with this layout; a head needs no dropping.
        unsafe { dealloc(self.base().as_ptr(), layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_the_allocator() {
        let classes = [(1, 8), (7, 8), (9, 16), (33, 40), (65, 80), (128, 128), (129, 160), (1025, 1280)];
        for (bytes, class) in classes {
            assert_eq!(size_class(bytes), class, "{bytes}");
        }
    }

    #[test]
    fn every_class_is_one_byte() {
        let mut size = 8;
        while size < 1 << 33 {
            let number = class_number(size);
            assert!(number < 256, "{size}");
            assert_eq!(class_size(number), size);
            size = size_class(size + 1);
        }
    }

    #[test]
    fn holders_see_what_they_held() {
        let mut block = Block::<1>::placed(b"abc", 20, 4);
        let held = block.clone();
        let address = block.bytes().as_ptr();
        assert_eq!(address, held.bytes().as_ptr());
        block.bytes_mut()[0] = b'x';
        assert_eq!((block.bytes(), held.bytes()), (&b"xbc"[..], &b"abc"[..]));
        assert_eq!((block.front(), block.size(), held.size()), (4, 32, 32));
        drop(block);
        let mut held = held;
        held.bytes_mut()[0] = b'y';
        assert_eq!(held.bytes().as_ptr(), address);
        held.span(0, 20);
        assert_eq!(held.bytes(), b"\0\0\0\0ybc\0\0\0\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn a_count_that_is_full_makes_copies() {
        let block = Block::<0>::placed(b"abc", 3, 0);
        block.head().holders.store(MOST_HOLDERS + 1, Ordering::Relaxed);
        let copy = block.clone();
        assert_ne!(copy.bytes().as_ptr(), block.bytes().as_ptr());
        assert_eq!(block.head().holders.load(Ordering::Relaxed), MOST_HOLDERS + 1);
        block.head().holders.store(1, Ordering::Relaxed);
        assert_eq!(copy.bytes(), b"abc");
    }

    #[test]
    fn holders_on_other_threads_let_go() {
        let mut block = Block::<0>::placed(&[7; 1000], 1000, 0);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let held = block.clone();
                std::thread::spawn(move || (0..100).for_each(|_| assert_eq!(held.clone().bytes(), [7; 1000])))
            })
            .collect();
        block.bytes_mut().fill(8);
        threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
        assert_eq!(block.bytes(), [8; 1000]);
    }

    #[test]
    #[should_panic(expected = "front <= MOST_FRONT")]
    fn a_span_outside_is_refused() {
        Block::<0>::placed(b"abc", 3, 0).span(1, 4);
    }
}
