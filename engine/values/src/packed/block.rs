//! The memory of a block: one counted allocation, held by a single pointer.
//!
//! ```text
//! byte 0..2    how many hold it
//! byte 2..4    small: length, class of the allocation       wide: class of the allocation, WIDE
//! byte 4..12                                                wide: spare bytes in front, length
//! then         small: the bytes, spare                      wide: spare, the bytes, spare
//! ```
//! A clone is one more holder; who changes a block that others hold changes a copy. All bytes, spare ones too, are
//! initialised. The pointer carries a label in its lowest bits, so that what a block is can be told without looking
//! into it (`thin`). Must not know what the bytes mean, nor where spare room is best.

use crate::thin::Thin;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU16, Ordering, fence};

/// A run of bytes inside an allocation of its own.
#[repr(transparent)]
pub(crate) struct Block<const LABEL: usize>(NonNull<u8>);

/// What lies before the bytes of a small block.
#[repr(C)]
struct Head {
    holders: AtomicU16,
    info: u16,
}

/// What lies before those of a wide one.
#[repr(C)]
struct WideHead {
    head: Head,
    front: u32,
    len: u32,
}

const HEAD: usize = size_of::<Head>();
/// Bytes of the head of a block that isn't small.
pub(crate) const WIDE_HEAD: usize = size_of::<WideHead>();
/// The largest allocation that is a small block.
const SMALL_SIZE: usize = 512;
/// The flag of wide blocks.
const WIDE: u16 = 1 << 15;
/// The bits of a small block's length; the number of its class follows.
const LEN_BITS: u32 = 9;
const LEN_MASK: u16 = (1 << LEN_BITS) - 1;
/// Pointers to blocks are multiples of this before they are labelled.
const ALIGN: usize = 8;
/// Copies are made instead of more holders than this, long before the count is full.
const MOST_HOLDERS: u16 = u16::MAX / 2;

/// The size that an allocator with four classes to each doubling (and steps of eight at the bottom) gives out.
fn size_class(bytes: usize) -> usize {
    let step = (bytes.max(32).next_power_of_two() / 8).max(8);
    bytes.max(8).next_multiple_of(step)
}

/// The size of a block with room for so many bytes.
pub(super) fn size_for(capacity: usize) -> usize {
    match size_class(HEAD + capacity) {
        small @ ..=SMALL_SIZE => small,
        _ => size_class(WIDE_HEAD + capacity),
    }
}

/// A size class as a number below 256 (in small blocks below 32): how many steps of which power of two.
fn class_number(size: usize) -> u16 {
    let power = size.max(64).next_power_of_two().ilog2() - 3;
    ((power - 3) << 3) as u16 | ((size >> power) as u16 - 1)
}

#[inline(always)]
fn class_size(number: u16) -> usize {
    (usize::from(number) % 8 + 1) << ((number >> 3 & 31) + 3)
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
    /// These bytes in the smallest class with room for `capacity` bytes; in a wide one the spare ones may all be in
    /// front.
    pub(super) fn placed(bytes: &[u8], capacity: usize, in_front: bool) -> Self {
        let size = size_for(capacity.max(bytes.len()));
        let spare = size - if size <= SMALL_SIZE { HEAD } else { WIDE_HEAD } - bytes.len();
        Self::laid_out(bytes, size, if in_front && size > SMALL_SIZE { spare } else { 0 })
    }

    /// These bytes in an allocation of a size that has room for them, with so many spare ones in front.
    fn laid_out(bytes: &[u8], size: usize, front: usize) -> Self {
        const { assert!(LABEL < HEAD && HEAD <= ALIGN) };
        let at = if size <= SMALL_SIZE { HEAD } else { WIDE_HEAD };
        let behind = size.checked_sub(at + front + bytes.len());
        // Who adds bytes keeps to bounds that are far below; this is the last one.
        let (Some(behind), Ok(_)) = (behind, u32::try_from(size)) else {
            handle_alloc_error(Layout::new::<WideHead>());
        };
        let layout = Self::layout(size);
        // SAFETY: the layout has at least the bytes of a head.
        let Some(base) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        // SAFETY: head, front, bytes and what is behind them fill exactly the `size` bytes of the allocation, which
        // is new and so doesn't overlap with `bytes`; a label stays within the head.
        unsafe {
            let head = Head { holders: AtomicU16::new(1), info: class_number(size) | WIDE };
            if size <= SMALL_SIZE {
                let info = class_number(size) << LEN_BITS | bytes.len() as u16;
                base.cast().write(Head { info, ..head });
            } else {
                base.cast().write(WideHead { head, front: front as u32, len: bytes.len() as u32 });
            }
            let at = base.add(at);
            at.write_bytes(0, front);
            at.add(front).copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
            at.add(front + bytes.len()).write_bytes(0, behind);
            Self(base.add(LABEL))
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, ALIGN).unwrap_or_else(|_| handle_alloc_error(Layout::new::<WideHead>()))
    }

    #[inline(always)]
    fn base(&self) -> NonNull<u8> {
        // SAFETY: `laid_out` moved the pointer by the label, within the allocation.
        unsafe { self.0.sub(LABEL) }
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: a head lies at the base of every block, and only `span` changes it, which has the block alone.
        unsafe { self.base().cast().as_ref() }
    }

    /// The rest of the head, if this is a wide block.
    #[inline(always)]
    fn wide(&self) -> Option<&WideHead> {
        // SAFETY: as in `head`; the flag says that there is more of it.
        (!self.is_small()).then(|| unsafe { self.base().cast().as_ref() })
    }

    /// Whether this is a small block: its spare room is always behind the bytes.
    #[inline(always)]
    pub(super) fn is_small(&self) -> bool {
        self.head().info & WIDE == 0
    }

    /// Where the bytes begin.
    #[inline(always)]
    fn start(&self) -> NonNull<u8> {
        let at = self.wide().map_or(HEAD, |wide| WIDE_HEAD + wide.front as usize);
        // SAFETY: `laid_out` and `span` let no front pass that is more than there is.
        unsafe { self.base().add(at) }
    }

    /// The bytes.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `laid_out` and `span` let no front and length pass that are more than there is; all is initialised,
        // and nobody changes it while `self` is borrowed.
        unsafe { slice::from_raw_parts(self.start().as_ptr(), self.len()) }
    }

    /// The bytes, to be changed.
    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.own();
        // SAFETY: as in `bytes`; `own` made sure that nobody else holds them, and `&mut self` that nobody borrows them.
        unsafe { slice::from_raw_parts_mut(self.start().as_ptr(), self.len()) }
    }

    /// The bytes with the spare ones around them, to be changed.
    #[inline]
    pub(super) fn all(&mut self) -> &mut [u8] {
        self.own();
        let capacity = self.capacity();
        // SAFETY: so many bytes lie behind the head, all initialised; for the rest as in `bytes_mut`.
        unsafe { slice::from_raw_parts_mut(self.start().sub(self.front()).as_ptr(), capacity) }
    }

    /// Says which of all bytes are those that count.
    #[inline]
    pub(super) fn span(&mut self, front: usize, len: usize) {
        self.own();
        let (capacity, is_small) = (self.capacity(), self.is_small());
        assert!(len <= capacity && front <= if is_small { 0 } else { capacity - len });
        if is_small {
            // SAFETY: the head is valid, nobody else holds the block, and no reference to the head is alive.
            let head = unsafe { self.base().cast::<Head>().as_mut() };
            head.info = head.info & !LEN_MASK | len as u16;
        } else {
            // SAFETY: as above, and the block is wide.
            let wide = unsafe { self.base().cast::<WideHead>().as_mut() };
            (wide.front, wide.len) = (front as u32, len as u32);
        }
    }

    /// The number of spare bytes in front.
    #[inline(always)]
    pub(super) fn front(&self) -> usize {
        self.wide().map_or(0, |wide| wide.front as usize)
    }

    /// The number of bytes.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.wide().map_or(usize::from(self.head().info & LEN_MASK), |wide| wide.len as usize)
    }

    /// Bytes of the allocation.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        let info = self.head().info;
        class_size(if self.is_small() { info >> LEN_BITS } else { info & 0xff })
    }

    /// The number of bytes with all spare ones.
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.size() - if self.is_small() { HEAD } else { WIDE_HEAD }
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
        Self::laid_out(self.bytes(), self.size(), self.front())
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
            assert!(number < if size <= SMALL_SIZE { 32 } else { 256 }, "{size}");
            assert_eq!(class_size(number), size);
            size = size_class(size + 1);
        }
    }

    #[test]
    fn holders_see_what_they_held() {
        for (capacity, size) in [(20, 24), (508, 512), (509, 640), (5000, 5120)] {
            let mut block = Block::<1>::placed(b"abc", capacity, true);
            let held = block.clone();
            let address = block.bytes().as_ptr();
            assert_eq!(address, held.bytes().as_ptr());
            block.bytes_mut()[0] = b'x';
            assert_eq!((block.bytes(), held.bytes()), (&b"xbc"[..], &b"abc"[..]));
            assert_eq!((block.size(), held.size(), block.front()), (size, size, held.front()));
            drop(block);
            let mut held = held;
            held.bytes_mut()[0] = b'y';
            assert_eq!(held.bytes().as_ptr(), address);
        }
    }

    #[test]
    fn spare_room_lies_where_it_is_wanted_and_is_zero() {
        for (capacity, in_front) in [(30, false), (30, true), (900, false), (900, true)] {
            let mut block = Block::<0>::placed(b"abc", capacity, in_front);
            let all = block.capacity();
            let front = if in_front && capacity == 900 { all - 3 } else { 0 };
            assert_eq!((block.front(), block.bytes()), (front, &b"abc"[..]));
            block.span(0, all);
            let mut expected = vec![0; all];
            expected[front..front + 3].copy_from_slice(b"abc");
            assert_eq!(block.bytes(), expected);
        }
    }

    #[test]
    fn a_count_that_is_full_makes_copies() {
        let block = Block::<0>::placed(b"abc", 3, false);
        block.head().holders.store(MOST_HOLDERS + 1, Ordering::Relaxed);
        let copy = block.clone();
        assert_ne!(copy.bytes().as_ptr(), block.bytes().as_ptr());
        assert_eq!(block.head().holders.load(Ordering::Relaxed), MOST_HOLDERS + 1);
        block.head().holders.store(1, Ordering::Relaxed);
        assert_eq!(copy.bytes(), b"abc");
    }

    #[test]
    fn holders_on_other_threads_let_go() {
        let mut block = Block::<0>::placed(&[7; 1000], 1000, false);
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
    #[should_panic(expected = "len <= capacity")]
    fn a_span_outside_is_refused() {
        Block::<0>::placed(b"abc", 3, false).span(1, 4);
    }
}
