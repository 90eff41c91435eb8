//! Fields that expire.
//!
//! Whether a field may get an expiry (NX, XX, GT, LT) is for the caller to decide, who knows the old one from `get`.

use super::Map;
use crate::hash::Hasher;
use crate::thin::Form;
use crate::trie::Entry;

impl Map {
    /// Number of fields with an expiry, expired ones included.
    pub fn expiring(&self) -> usize {
        match self.body.get() {
            Form::Small(_) => 0,
            Form::Large(trie) => trie.expiring(),
        }
    }

    /// When the first field expires.
    pub fn earliest(&self) -> Option<i64> {
        match self.body.get() {
            Form::Small(_) => None,
            Form::Large(trie) => trie.earliest(),
        }
    }

    /// Whether a field has expired and is still here.
    pub fn has_expired(&self, now: i64) -> bool {
        self.earliest().is_some_and(|earliest| earliest < now)
    }

    /// Number of fields that have not expired.
    pub fn live_len(&self, now: i64) -> usize {
        let mut expired = 0;
        if let Form::Large(trie) = self.body.get() {
            trie.expired(now, usize::MAX, |_| expired += 1);
        }
        self.len() - expired
    }

    /// Gives a field that has not expired another expiry, or none. Gives whether there is such a field. A small
    /// hash takes the large form for the first expiry.
    pub fn set_expiry(&mut self, name: &[u8], expiry: Option<i64>, now: i64, hasher: &Hasher) -> bool {
        let old = match self.get(name, now, hasher) {
            None => return false,
            Some((_, old)) if old == expiry => return true,
            Some((value, _)) => value.to_vec(),
        };
        let Some(trie) = self.grow(hasher) else { return false };
        trie.insert(&|key: &[u8]| hasher.hash(key), &Entry { key: name, value: &old, expiry });
        true
    }

    /// Takes fields that have expired out, at most so many, and gives their names.
    pub fn remove_expired(&mut self, now: i64, most: usize, hasher: &Hasher) -> Vec<Vec<u8>> {
        match self.body.get_mut() {
            Form::Small(_) => Vec::new(),
            Form::Large(trie) => trie.remove_expired(&|key: &[u8]| hasher.hash(key), now, most),
        }
    }
}
