//! A run of the index: entries of neighbouring hashes, in order.
//!
//! Hashes are spread evenly, so an entry is near to where it would be by its hash. Must not know where in the index it
//! lies: who asks says which hashes are its own.

use super::Span;

/// The entries.
#[derive(Default)]
pub(super) struct Run(Vec<u64>);

impl Clone for Run {
    /// With the same spare room: whoever copies it is about to change it, and its size is counted already.
    fn clone(&self) -> Self {
        let mut entries = Vec::with_capacity(self.0.capacity());
        entries.extend_from_slice(&self.0);
        Self(entries)
    }
}

impl Run {
    pub(super) fn new(entries: &[u64]) -> Self {
        Self(entries.to_vec())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes of memory.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>() + self.0.capacity() * size_of::<u64>()
    }

    pub(super) fn all(&self) -> &[u64] {
        &self.0
    }

    /// Where an entry would be if all were spread evenly.
    #[inline]
    pub(super) fn guess(&self, entry: u64, span: Span) -> usize {
        (((entry >> 32) - span.first) * self.0.len() as u64 / span.width) as usize
    }

    /// How many entries are below this one.
    #[inline]
    fn below(&self, entry: u64, span: Span) -> usize {
        let (run, mut at) = (&self.0[..], self.guess(entry, span));
        while at > 0 && run[at - 1] >= entry {
            at -= 1;
        }
        while run.get(at).is_some_and(|own| *own < entry) {
            at += 1;
        }
        at
    }

    /// The entries from this one on.
    #[inline]
    pub(super) fn from(&self, entry: u64, span: Span) -> &[u64] {
        &self.0[self.below(entry, span)..]
    }

    pub(super) fn insert(&mut self, entry: u64, span: Span) {
        let at = self.below(entry, span);
        if self.0.capacity() == self.0.len() {
            self.0.reserve_exact(16 + self.0.len() / 16);
        }
        self.0.insert(at, entry);
    }

    pub(super) fn remove(&mut self, entry: u64, span: Span) {
        let at = self.below(entry, span);
        if self.0.get(at) == Some(&entry) {
            self.0.remove(at);
        }
        if self.0.capacity() > 2 * self.0.len() {
            self.0.shrink_to_fit();
        }
    }

    /// Gives an entry another number; it stays among those with its hash.
    pub(super) fn rename(&mut self, old: u64, new: u64, span: Span) {
        let mut at = self.below(old, span);
        if self.0.get(at) != Some(&old) {
            return;
        }
        self.0[at] = new;
        while at > 0 && self.0[at - 1] > new {
            self.0.swap(at - 1, at);
            at -= 1;
        }
        while self.0.get(at + 1).is_some_and(|next| *next < new) {
            self.0.swap(at, at + 1);
            at += 1;
        }
    }
}
