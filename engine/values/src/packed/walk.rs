//! Reading a listpack: places of entries, walking both ways, finding.
//!
//! Takes places that this listpack gave since its last change, or indexes. Must not change anything.

use super::entry::{compare, decode, read_backlen, skip_len};
use super::{HEADER, Item, Needle, Packed, UNCOUNTED};

/// Where an entry lies. Good until the listpack changes, except where the change says what stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub(super) u32);

impl Place {
    #[inline]
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

impl Packed {
    /// All items, from both ends.
    pub fn iter(&self) -> Iter<'_> {
        Iter { bytes: self.as_bytes(), at: HEADER, end: self.end() }
    }

    /// The items from a place on (backwards from the last to it).
    pub fn iter_from(&self, place: Place) -> Iter<'_> {
        Iter { at: place.at().min(self.end()), ..self.iter() }
    }

    /// The items before a place (`rev` goes from its neighbour to the first).
    pub fn iter_before(&self, place: Place) -> Iter<'_> {
        Iter { end: place.at().min(self.end()), ..self.iter() }
    }

    /// The items up to a place, its own included (`rev` begins with it).
    pub fn iter_to(&self, place: Place) -> Iter<'_> {
        let after = place.at() + self.entry_len(place).unwrap_or(0);
        Iter { end: after.min(self.end()), ..self.iter() }
    }

    /// The first entry.
    pub fn first(&self) -> Option<Place> {
        (!self.is_empty()).then_some(Place(HEADER as u32))
    }

    /// The last entry.
    pub fn last(&self) -> Option<Place> {
        self.before(self.end())
    }

    /// The entry after this one.
    #[inline]
    pub fn next(&self, place: Place) -> Option<Place> {
        let next = place.at() + self.entry_len(place)?;
        (next < self.end()).then_some(Place(next as u32))
    }

    /// The entry before this one.
    pub fn prev(&self, place: Place) -> Option<Place> {
        self.before(place.at())
    }

    /// The entry with this index, walking from the nearer end.
    pub fn seek(&self, index: usize) -> Option<Place> {
        let count = self.counted();
        let (len, known) = (usize::from(count), count != UNCOUNTED);
        if known && index >= len {
            return None;
        }
        if known && index > len / 2 {
            let mut iter = self.iter();
            iter.nth_back(len - 1 - index)?;
            return Some(Place(iter.end as u32));
        }
        let (bytes, mut at) = (self.as_bytes(), HEADER);
        for _ in 0..index {
            at += skip_len(bytes.get(at..)?)?;
        }
        (at < self.end()).then_some(Place(at as u32))
    }

    /// The value at a place.
    #[inline]
    pub fn get(&self, place: Place) -> Item<'_> {
        let found = self.as_bytes().get(place.at()..).and_then(decode);
        debug_assert!(found.is_some(), "a place of another listpack");
        found.map_or(Item::Bytes(b""), |(item, _)| item)
    }

    /// The value with this index.
    pub fn item(&self, index: usize) -> Option<Item<'_>> {
        Some(self.get(self.seek(index)?))
    }

    /// The first entry from a place on whose value is these bytes, looking at that entry and then at each one
    /// after `skip` others (1: the names of name-value pairs).
    pub fn find(&self, from: Place, bytes: &[u8], skip: usize) -> Option<Place> {
        self.find_needle(from, &Needle::new(bytes), skip)
    }

    /// [`find`](Self::find) for bytes that are sought in more than one listpack.
    pub fn find_needle(&self, from: Place, needle: &Needle<'_>, skip: usize) -> Option<Place> {
        let (bytes, mut at) = (self.as_bytes(), from.at());
        while at < self.end() {
            let (same, len) = compare(bytes.get(at..)?, needle)?;
            if same {
                return Some(Place(at as u32));
            }
            at += len;
            for _ in 0..skip {
                at += skip_len(bytes.get(at..)?)?;
            }
        }
        None
    }

    /// Where the byte after the last entry is.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.bytes_len() - 1
    }

    /// Bytes of the entry at a place.
    #[inline]
    pub(super) fn entry_len(&self, place: Place) -> Option<usize> {
        skip_len(self.as_bytes().get(place.at()..)?)
    }

    fn before(&self, end: usize) -> Option<Place> {
        entry_before(self.as_bytes(), end).map(|at| Place(at as u32))
    }
}

/// Where the entry begins that ends at a place.
#[inline]
fn entry_before(bytes: &[u8], end: usize) -> Option<usize> {
    let (len, said) = read_backlen(bytes.get(HEADER..end)?)?;
    end.checked_sub(len + said).filter(|at| *at >= HEADER)
}

/// The items of a listpack, from both ends.
#[derive(Clone)]
pub struct Iter<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Iter<'a> {
    /// Where the next item lies.
    pub fn place(&self) -> Option<Place> {
        (self.at < self.end).then_some(Place(self.at as u32))
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        if self.at >= self.end {
            return None;
        }
        let (item, len) = decode(self.bytes.get(self.at..)?)?;
        self.at += len;
        Some(item)
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        self.end = entry_before(self.bytes, self.end)?;
        decode(self.bytes.get(self.end..)?).map(|(item, _)| item)
    }
}
