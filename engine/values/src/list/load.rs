//! A list in parts, as RDB files hold it, and building one from many elements.
//!
//! Must not copy what can stay as it is.

use super::List;
use super::chunk::{self, Chunk};
use crate::packed::{Encoded, Packed};
use crate::thin::Form;

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A listpack.
    Packed(&'a [u8]),
    /// One large element as it is.
    Plain(&'a [u8]),
}

impl List {
    /// How many parts there are.
    pub fn parts_len(&self) -> usize {
        self.parts().count()
    }

    /// All parts in order, ready to be saved.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let (small, big) = match self.body.get() {
            Form::Small(packed) => (Some(Part::Packed(packed.as_bytes())), None),
            Form::Large(big) => (None, Some(big.tree.leaves())),
        };
        let leaves = big.into_iter().flatten().map(|leaf| match leaf {
            Chunk::Packed(packed) => Part::Packed(packed.as_bytes()),
            Chunk::Plain(value) => Part::Plain(value),
        });
        small.into_iter().chain(leaves)
    }
}

/// Builds a list from parts and elements, leaf by leaf.
#[derive(Default)]
pub struct Builder {
    leaves: Vec<Chunk>,
    open: Packed,
}

impl Builder {
    /// A list without elements so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a listpack at the back: as a leaf if its size is near that of one, else element by element.
    pub fn add_packed(&mut self, packed: Packed) {
        if (chunk::LEAF_BYTES / 2..=chunk::MOST_LOADED).contains(&packed.bytes_len()) {
            self.close();
            self.leaves.push(Chunk::Packed(packed));
            return;
        }
        for item in &packed {
            self.add_entry(item.into()).unwrap_or_else(|| self.add_plain(&item.to_vec()));
        }
    }

    /// Adds an element at the back.
    pub fn add(&mut self, value: &[u8]) {
        self.add_entry(value.into()).unwrap_or_else(|| self.add_plain(value));
    }

    /// Adds an element that fits into a leaf with others.
    fn add_entry(&mut self, entry: Encoded<'_>) -> Option<()> {
        if !chunk::has_room(&self.open, &entry) {
            if !chunk::has_room(&Packed::new(), &entry) {
                return None;
            }
            self.close();
        }
        self.open.push_back(entry);
        Some(())
    }

    /// Adds a large element as a leaf of its own.
    fn add_plain(&mut self, value: &[u8]) {
        self.close();
        self.leaves.push(Chunk::one(value));
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.leaves.push(Chunk::Packed(std::mem::take(&mut self.open)));
        }
    }

    /// The list, called a listpack until [`List::settle`] says otherwise.
    pub fn finish(mut self) -> List {
        if self.leaves.is_empty() {
            return self.open.into();
        }
        self.close();
        let mut list = List::of_leaves(self.leaves);
        list.settle_form();
        list
    }
}

impl<'a> FromIterator<&'a [u8]> for List {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(values: I) -> Self {
        let mut builder = Builder::new();
        values.into_iter().for_each(|value| builder.add(value));
        builder.finish()
    }
}
