//! Values that live outside of their entry, each behind a reference count.
//!
//! A count of one means that the keyspace alone holds the value and changes it in place; while a snapshot,
//! a reply in flight or the freeing thread also holds it, a change copies first (`Arc::make_mut`).
//! Must not know keys, tables or commands.

use std::sync::Arc;

/// A value behind a reference count.
#[derive(Debug)]
pub enum Object {
    /// A long string, or one that grows.
    Text(Arc<Vec<u8>>),
}

/// Strings are given room ahead of their growth up to this much.
const MOST_SPARE: usize = 1 << 20;

impl Object {
    /// A long string.
    pub fn from_text(text: Vec<u8>) -> Self {
        Self::Text(Arc::new(text))
    }

    /// One more reference to the same value.
    pub fn share(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Arc::clone(text)),
        }
    }

    /// The bytes, if this is a string.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
        }
    }

    /// The bytes to be changed, if this is a string; copied first while somebody else holds them.
    pub fn text_mut(&mut self) -> Option<&mut Vec<u8>> {
        match self {
            Self::Text(text) => Some(Arc::make_mut(text)),
        }
    }

    /// Bytes of memory that the value takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.capacity() + size_of::<Vec<u8>>() + 2 * size_of::<usize>(),
        }
    }
}

/// Makes a string `len` long, filled up with zeros, with room ahead for the next growth
/// as Valkey's strings have: as much again, at most a mebibyte.
pub fn grow(text: &mut Vec<u8>, len: usize) {
    if len > text.capacity() {
        text.reserve_exact(len + len.min(MOST_SPARE) - text.len());
    }
    if len > text.len() {
        text.resize(len, 0);
    }
}
