//! The leaves of a big list: listpacks of a few kilobytes, and single elements too large for one.
//!
//! Must not know where in the list it lies.

use super::Way;
use crate::packed::block::WIDE_HEAD;
use crate::packed::{Encoded, Item, Needle, Packed};
use crate::tree::{Change, Leaf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The size that elements added here may bring a listpack to: with its head it takes eight kilobytes.
pub(super) const LEAF_BYTES: usize = 8192 - WIDE_HEAD;
/// The size that a listpack from elsewhere may have: as much as Valkey gives one.
pub(super) const MOST_LOADED: usize = 8192;
/// Neighbours that have no more bytes than this together become one leaf when one of them loses some.
pub(super) const JOIN_BYTES: usize = LEAF_BYTES / 4 * 3;
/// The longest entry that goes into a listpack, whose frame takes 7 bytes.
const LONGEST: usize = LEAF_BYTES - 7;
/// The same as tests may lower it, for all lists.
static LONGEST_NOW: AtomicUsize = AtomicUsize::new(LONGEST);

/// A leaf.
#[derive(Clone, Debug)]
pub(super) enum Chunk {
    Packed(Packed),
    Plain(Box<[u8]>),
}

/// From now on elements whose entries would take so many bytes lie outside of listpacks; with zero only those that
/// are too large for one.
pub(super) fn keep_apart(bytes: usize) {
    LONGEST_NOW.store(bytes.checked_sub(1).map_or(LONGEST, |longest| longest.min(LONGEST)), Relaxed);
}

/// Whether an entry can be added to a listpack.
#[inline]
pub(super) fn has_room(packed: &Packed, entry: &Encoded<'_>) -> bool {
    packed.bytes_len() + entry.entry_len() <= LEAF_BYTES && !is_long(entry)
}

fn is_long(entry: &Encoded<'_>) -> bool {
    entry.entry_len() > LONGEST_NOW.load(Relaxed)
}

impl Chunk {
    /// A leaf with one element.
    pub(super) fn one(value: &[u8]) -> Self {
        let entry = Encoded::from(value);
        if is_long(&entry) { Self::Plain(value.into()) } else { Self::Packed([entry].into_iter().collect()) }
    }

    /// Bytes that the elements take, or would take, in a listpack.
    pub(super) fn bytes_len(&self) -> usize {
        match self {
            Self::Packed(packed) => packed.bytes_len(),
            Self::Plain(value) => value.len() + 16,
        }
    }

    pub(super) fn item(&self, at: usize) -> Option<Item<'_>> {
        match self {
            Self::Packed(packed) => packed.item(at),
            Self::Plain(value) => (at == 0).then_some(Item::Bytes(value)),
        }
    }

    /// Puts an element before the one at `at`, or behind all.
    pub(super) fn insert(&mut self, at: usize, value: &[u8]) -> Change<Self> {
        let extra = self.insert_splitting(at, value);
        if extra.is_empty() { Change::Kept } else { Change::Split(extra) }
    }

    /// Gives the leaves that follow this one now.
    fn insert_splitting(&mut self, at: usize, value: &[u8]) -> Vec<Self> {
        let entry = Encoded::from(value);
        if let Self::Packed(packed) = self
            && has_room(packed, &entry)
        {
            insert_at(packed, at, entry);
            return Vec::new();
        }
        let len = self.len();
        if at >= len {
            return vec![Self::one(value)];
        }
        if at == 0 {
            return vec![std::mem::replace(self, Self::one(value))];
        }
        // A large element comes between the parts, others into one of two halves.
        let cut = if is_long(&entry) { at } else { len / 2 };
        let mut right = self.split_off(cut);
        if at <= cut {
            let mut extra = self.insert_splitting(at, value);
            extra.push(right);
            return extra;
        }
        let mut extra = right.insert_splitting(at - cut, value);
        extra.insert(0, right);
        extra
    }

    /// Replaces an element.
    pub(super) fn replace(&mut self, at: usize, value: &[u8]) -> Change<Self> {
        if self.len() <= 1 {
            *self = Self::one(value);
            return self.shrunk();
        }
        if let Self::Packed(packed) = self
            && let Some(place) = packed.seek(at)
        {
            let entry = Encoded::from(value);
            if has_room(packed, &entry) {
                packed.replace(place, entry);
                return self.shrunk();
            }
            packed.remove(place);
        }
        self.insert(at, value)
    }

    /// Removes as many elements from one on.
    pub(super) fn remove_range(&mut self, at: usize, count: usize) -> Change<Self> {
        match self {
            Self::Packed(packed) => packed.remove_range(at, count),
            Self::Plain(_) => return Change::Empty,
        }
        self.shrunk()
    }

    /// Where the needle is first found from an element on (or back to the first).
    pub(super) fn find(&self, needle: &Needle<'_>, from: usize, way: Way) -> Option<usize> {
        let Self::Packed(packed) = self else {
            return self.item(from).filter(|item| needle.is(item)).map(|_| from);
        };
        let start = packed.seek(from)?;
        match way {
            Way::Forward => packed.iter_from(start).position(|item| needle.is(&item)).map(|n| from + n),
            Way::Backward => {
                let mut back = packed.iter_to(start).rev();
                back.position(|item| needle.is(&item)).map(|n| from - n)
            }
        }
    }

    /// Removes at most so many elements that are what is sought, from an element on (or back to the first).
    pub(super) fn remove_found(
        &mut self,
        needle: &Needle<'_>,
        from: usize,
        way: Way,
        most: usize,
    ) -> (Change<Self>, usize) {
        let Self::Packed(packed) = self else {
            let found = self.find(needle, from, way).is_some();
            return if found { (Change::Empty, 1) } else { (Change::Kept, 0) };
        };
        let (mut removed, mut next) = (0, packed.seek(from));
        while let Some(place) = next
            && removed < most
        {
            let found = needle.is(&packed.get(place));
            removed += usize::from(found);
            next = match way {
                // What lies before an entry keeps its place when the entry goes.
                Way::Backward => packed.prev(place),
                Way::Forward if found => None,
                Way::Forward => packed.next(place),
            };
            if found {
                next = packed.remove(place).filter(|_| way == Way::Forward).or(next);
            }
        }
        (self.shrunk(), removed)
    }

    /// What to tell the tree after elements went.
    pub(super) fn shrunk(&self) -> Change<Self> {
        match self {
            Self::Packed(packed) if packed.is_empty() => Change::Empty,
            Self::Packed(packed) if packed.bytes_len() <= JOIN_BYTES / 2 => Change::Shrunk(JOIN_BYTES),
            _ => Change::Kept,
        }
    }
}

/// Puts an element before the one at `at`, or behind all.
fn insert_at(packed: &mut Packed, at: usize, entry: Encoded<'_>) {
    if at == 0 {
        return packed.push_front(entry);
    }
    match packed.seek(at) {
        Some(place) => packed.insert(place, entry),
        None => packed.push_back(entry),
    }
}

impl Leaf for Chunk {
    type Key = ();

    fn key(&self) {}

    fn len(&self) -> usize {
        match self {
            Self::Packed(packed) => packed.len(),
            Self::Plain(_) => 1,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Packed(packed) => size_of::<Self>() + packed.size(),
            Self::Plain(value) => size_of::<Self>() + value.len(),
        }
    }

    fn joins(&self, right: &Self, most: usize) -> bool {
        matches!((self, right), (Self::Packed(left), Self::Packed(right))
            if left.bytes_len() + right.bytes_len() <= most)
    }

    fn append(&mut self, right: &Self) {
        // Only what `joins` approved comes here.
        if let (Self::Packed(left), Self::Packed(right)) = (self, right) {
            left.append(right);
        }
    }

    fn split_off(&mut self, n: usize) -> Self {
        match self {
            Self::Packed(packed) => Self::Packed(packed.split_off(n)),
            Self::Plain(value) => Self::Plain(std::mem::take(value)),
        }
    }
}
