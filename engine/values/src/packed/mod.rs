//! The listpack: a sequence of byte strings and integers in one block of memory.
//!
//! Takes and gives the exact layout that RDB files hold, so saving and loading copy bytes:
//! `total:u32 count:u16 entry* 0xff`, all little-endian; an entry is its value and the length of that value
//! written backwards. `Packed` keeps a little spare room at one end or the other, so adding at both ends and
//! taking from both ends moves nothing but the six bytes of the header.
//! Must not know what the entries mean.

pub(crate) mod block;
mod check;
mod edit;
mod entry;
mod item;
mod room;
mod walk;

pub use entry::Encoded;
pub use item::{Digits, Item, Needle, parse_integer};
pub use walk::{Iter, Place};

use crate::thin::Thin;
use block::Block;

/// Bytes of the header: the total size and the count.
pub(crate) const HEADER: usize = 6;
/// The byte after the last entry.
const END: u8 = 0xff;
/// The count that says "too many to count here: walk".
const UNCOUNTED: u16 = u16::MAX;
/// The size that a listpack must not outgrow (Valkey's own bound).
pub const SIZE_BOUND: usize = 1 << 30;

/// A listpack. A clone is one more holder of the same bytes; who changes them makes a copy first.
#[derive(Clone)]
#[repr(transparent)]
pub struct Packed {
    room: Block<0>,
}

// SAFETY: it is a block.
unsafe impl Thin for Packed {
    const LABELS: u8 = Block::<0>::LABELS;
}

impl Packed {
    /// An empty listpack.
    pub fn new() -> Self {
        Self { room: Block::holding(&[HEADER as u8 + 1, 0, 0, 0, 0, 0, END]) }
    }

    /// A listpack from bytes of the outside world, if they are one to the last bit.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::validate(bytes).then(|| Self { room: Block::holding(bytes) })
    }

    /// Whether bytes of the outside world are a well-formed listpack. Nothing else needs to be
    /// checked before its entries are read.
    pub fn validate(bytes: &[u8]) -> bool {
        check::validate(bytes)
    }

    /// The listpack as it stands in an RDB file.
    pub fn as_bytes(&self) -> &[u8] {
        self.room.bytes()
    }

    /// The number of entries: at once, or by walking when there are more than 65534.
    pub fn len(&self) -> usize {
        match self.counted() {
            UNCOUNTED => self.iter().count(),
            count => usize::from(count),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.bytes_len() == HEADER + 1
    }

    /// The length of [`as_bytes`](Self::as_bytes).
    pub fn bytes_len(&self) -> usize {
        self.room.len()
    }

    /// Bytes of its allocation.
    pub fn size(&self) -> usize {
        self.room.size()
    }

    /// Whether `more` bytes of values can be added. Who builds from values without a bound of
    /// their own asks before adding: an entry that doesn't fit is not added.
    pub fn fits(&self, more: usize) -> bool {
        self.bytes_len().saturating_add(more) <= SIZE_BOUND
    }

    /// The count in the header.
    fn counted(&self) -> u16 {
        match self.room.bytes() {
            [_, _, _, _, low, high, ..] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        }
    }
}

impl Default for Packed {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Packed {}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a, T: Into<Encoded<'a>>> FromIterator<T> for Packed {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut packed = Self::new();
        entries.into_iter().for_each(|entry| packed.push_back(entry));
        packed
    }
}

impl<'a> IntoIterator for &'a Packed {
    type Item = Item<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
