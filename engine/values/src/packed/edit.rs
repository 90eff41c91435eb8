//! Changing a listpack: adding, replacing, removing, cutting and joining.
//!
//! Values may be bytes (integers are recognised), `i64` or [`Item`]. Must not leave a header that is wrong.

use super::{END, Encoded, HEADER, Packed, Place, UNCOUNTED};

impl Packed {
    /// Makes room for entries of so many bytes, so that adding them does not take one size of memory after another.
    pub fn reserve(&mut self, entries: usize) {
        self.room.reserve(self.bytes_len() + entries);
    }

    /// Adds a value at the end.
    #[inline]
    pub fn push_back<'a>(&mut self, value: impl Into<Encoded<'a>>) {
        self.write(self.end(), 0, 0, value.into());
    }

    /// Adds a value at the beginning.
    #[inline]
    pub fn push_front<'a>(&mut self, value: impl Into<Encoded<'a>>) {
        self.write(HEADER, 0, 0, value.into());
    }

    /// Puts a value before an entry; the place is now that of the new one.
    pub fn insert<'a>(&mut self, before: Place, value: impl Into<Encoded<'a>>) {
        self.write(before.at().min(self.end()), 0, 0, value.into());
    }

    /// Puts a value after an entry and gives its place. The place of the entry before it stays.
    pub fn insert_after<'a>(&mut self, entry: Place, value: impl Into<Encoded<'a>>) -> Place {
        let at = (entry.at() + self.entry_len(entry).unwrap_or(0)).min(self.end());
        self.write(at, 0, 0, value.into());
        Place(at as u32)
    }

    /// Replaces a value; its place stays.
    pub fn replace<'a>(&mut self, place: Place, value: impl Into<Encoded<'a>>) {
        if let Some(len) = self.entry_len(place) {
            self.write(place.at(), len, 1, value.into());
        }
    }

    /// Removes an entry; the place is now that of the one after it, if there is one.
    pub fn remove(&mut self, place: Place) -> Option<Place> {
        self.remove_run(place, 1)
    }

    /// Removes as many entries from a place on; the place is now that of the one after them, if there is one.
    pub fn remove_run(&mut self, place: Place, count: usize) -> Option<Place> {
        let mut iter = self.iter_from(place);
        let removed = iter.by_ref().take(count).count();
        let end = iter.place().map_or(self.end(), Place::at);
        self.cut(place.at(), end, removed);
        (place.at() < self.end()).then_some(place)
    }

    /// Removes as many entries from an index on.
    pub fn remove_range(&mut self, index: usize, count: usize) {
        if count == 0 {
            return;
        }
        if let Some(place) = self.seek(index) {
            let end = index.checked_add(count).and_then(|end| self.seek(end));
            let end_at = end.map_or(self.end(), Place::at);
            let removed = match end {
                Some(_) => count,
                None => self.len() - index,
            };
            self.cut(place.at(), end_at, removed);
        }
    }

    /// Removes all entries from an index on and gives them as a listpack.
    pub fn split_off(&mut self, index: usize) -> Self {
        let Some(place) = self.seek(index) else { return Self::new() };
        let count = self.len() - index;
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(&self.as_bytes()[place.at()..]);
        let mut tail = Self { room: super::Block::holding(&bytes) };
        tail.set_header(count);
        self.cut(place.at(), self.end(), count);
        tail
    }

    /// Adds all entries of another listpack at the end.
    pub fn append(&mut self, other: &Self) {
        if !self.fits(other.bytes_len()) {
            debug_assert!(false, "who appends asks `fits` before");
            return;
        }
        let entries = &other.as_bytes()[HEADER..other.end()];
        let (at, count) = (self.end(), self.len() + other.len());
        self.room.splice(at, 0, entries.len());
        self.room.bytes_mut()[at..at + entries.len()].copy_from_slice(entries);
        self.set_header(count);
    }

    /// Writes an entry over `old` bytes that held `gone` entries.
    fn write(&mut self, at: usize, old: usize, gone: usize, value: Encoded) {
        let new = value.entry_len();
        if !self.fits(new) {
            debug_assert!(false, "who adds values without a bound asks `fits` before");
            return;
        }
        self.room.splice(at, old, new);
        value.write(&mut self.room.bytes_mut()[at..at + new]);
        self.count(|count| count + 1 - gone);
    }

    /// Takes out the bytes of so many entries.
    fn cut(&mut self, from: usize, to: usize, entries: usize) {
        if from < to {
            self.room.splice(from, to - from, 0);
            self.count(|count| count - entries.min(count));
        }
    }

    /// Brings the header up to date. A count that was lost is taken up again when few are left.
    #[inline]
    fn count(&mut self, change: impl FnOnce(usize) -> usize) {
        let count = match self.counted() {
            // Two bytes are the least that an entry takes: a longer block can still hold too many.
            UNCOUNTED if self.bytes_len() > 2 * usize::from(UNCOUNTED) => usize::from(UNCOUNTED),
            UNCOUNTED => self.iter().count(),
            count => change(usize::from(count)),
        };
        self.set_header(count);
    }

    #[inline]
    fn set_header(&mut self, count: usize) {
        let total = self.bytes_len() as u32;
        let count = u16::try_from(count).unwrap_or(UNCOUNTED);
        if let Some((header, _)) = self.room.bytes_mut().split_first_chunk_mut::<HEADER>() {
            header[..4].copy_from_slice(&total.to_le_bytes());
            header[4..].copy_from_slice(&count.to_le_bytes());
        }
        debug_assert_eq!(self.as_bytes().last(), Some(&END));
    }
}
