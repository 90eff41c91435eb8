//! How a hash is made of what a file holds, and when it takes the larger form.
//!
//! Valkey looks at the limits of a command as a whole before it runs, and at those of each field as it is set.

use super::{Field, Limits, Map};
use crate::hash::Hasher;
use crate::packed::{Encoded, Packed};
use crate::thin::{Either, Form, Shared};
use crate::trie::{Entry, Trie};
use std::collections::HashSet;

impl Map {
    /// A hash of a listpack from a file, if it is one of pairs and no field is there twice.
    pub fn from_packed(packed: Packed) -> Option<Self> {
        let mut seen = HashSet::new();
        let is_map =
            packed.len().is_multiple_of(2) && packed.iter().step_by(2).all(|name| seen.insert(name.to_vec()));
        is_map.then_some(Self { body: Either::small(packed) })
    }

    /// A hash of these fields; the last of those with one name stays.
    pub fn of<'a>(fields: impl IntoIterator<Item = Entry<'a>>, limits: &Limits, hasher: &Hasher) -> Self {
        let mut map = Self::new();
        for field in fields {
            map.put(&field, limits, hasher);
        }
        map
    }

    /// Takes the large form if there are more fields than the limit allows: after loading.
    pub fn fit(&mut self, limits: &Limits, hasher: &Hasher) {
        if self.packed().is_some() && self.len() > limits.entries {
            self.grow(hasher);
        }
    }

    /// Takes the large form if what is about to be set, names and values, asks for it: one by one they are too long, or
    /// there are more pairs than the limit allows, new or not. An empty small hash gets room for all of it at once.
    pub fn expect<'a>(
        &mut self,
        pairs: usize,
        parts: impl Iterator<Item = &'a [u8]> + Clone,
        limits: &Limits,
        hasher: &Hasher,
    ) {
        let Form::Small(packed) = self.body.get_mut() else { return };
        let mut total = 0;
        let mut is_long = |part: &[u8]| {
            total += part.len();
            part.len() > limits.value
        };
        if pairs > limits.entries || parts.clone().any(&mut is_long) || !packed.fits(total) {
            self.grow(hasher);
        } else if packed.is_empty() {
            packed.reserve(parts.map(|part| Encoded::from(part).entry_len()).sum());
        }
    }

    /// Takes the large form.
    pub(super) fn grow(&mut self, hasher: &Hasher) -> Option<&mut Trie> {
        if self.packed().is_some() {
            let (mut trie, mut name, mut value) = (Trie::new(), [0; 20], [0; 20]);
            for Field { name: key, value: content, .. } in self.iter() {
                let entry = Entry { key: key.text(&mut name), value: content.text(&mut value), expiry: None };
                trie.insert(&|key: &[u8]| hasher.hash(key), &entry);
            }
            self.body = Either::large(Shared::new(trie));
        }
        match self.body.get_mut() {
            Form::Large(trie) => Some(trie),
            Form::Small(_) => None,
        }
    }
}
