//! Changing fields of a hash.

use super::{Limits, Map, find};
use crate::hash::Hasher;
use crate::thin::Form;
use crate::trie::Entry;

/// What becomes of the expiry of a field that gets a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The field has this one, or none.
    Put(Option<i64>),
    /// It stays as it is.
    Old,
}

/// What a field was before it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// It was not there.
    Absent,
    /// It had a value.
    Present,
    /// It had a value and had expired: as good as not there, but it takes somebody to tell that it went.
    Expired,
}

impl Map {
    /// Gives a field a value. Tells what it was.
    #[inline]
    pub fn set(
        &mut self,
        name: &[u8],
        value: &[u8],
        keep: Keep,
        now: i64,
        limits: &Limits,
        hasher: &Hasher,
    ) -> Was {
        let Form::Large(trie) = self.body.get_mut() else {
            let expiry = if let Keep::Put(expiry) = keep { expiry } else { None };
            let is_new = self.put(&Entry { key: name, value, expiry }, limits, hasher);
            return if is_new { Was::Absent } else { Was::Present };
        };
        let hash = |key: &[u8]| hasher.hash(key);
        // Only who needs to know the old expiry pays for looking.
        let old = match (trie.expiring(), keep) {
            (0, _) => None,
            _ => trie.get(hasher.hash(name), name),
        };
        let was_expired = old.is_some_and(|old| old.is_expired(now));
        let expiry = match keep {
            Keep::Put(expiry) => expiry,
            Keep::Old => old.filter(|_| !was_expired).and_then(|old| old.expiry),
        };
        let is_new = trie.insert(&hash, &Entry { key: name, value, expiry });
        match (is_new, was_expired) {
            (true, _) => Was::Absent,
            (_, true) => Was::Expired,
            _ => Was::Present,
        }
    }

    /// Puts a field with its value and expiry, whatever was there. Gives whether it is new.
    pub fn put(&mut self, field: &Entry<'_>, limits: &Limits, hasher: &Hasher) -> bool {
        if let Form::Small(packed) = self.body.get_mut() {
            let (name, value) = (field.key, field.value);
            let is_small = name.len() <= limits.value && value.len() <= limits.value;
            if field.expiry.is_none() && is_small && packed.fits(name.len() + value.len()) {
                let old = find(packed, name).and_then(|place| packed.next(place));
                match old {
                    Some(place) => packed.replace(place, value),
                    None => {
                        packed.push_back(name);
                        packed.push_back(value);
                    }
                }
                self.fit(limits, hasher);
                return old.is_none();
            }
        }
        self.grow(hasher).is_some_and(|trie| trie.insert(&|key: &[u8]| hasher.hash(key), field))
    }

    /// Takes a field out. Gives whether there was one. An expired one isn't there, and stays.
    pub fn remove(&mut self, name: &[u8], now: i64, hasher: &Hasher) -> bool {
        match self.body.get_mut() {
            Form::Small(packed) => {
                let place = find(packed, name);
                if let Some(place) = place {
                    packed.remove_run(place, 2);
                }
                place.is_some()
            }
            Form::Large(trie) => {
                let hash = hasher.hash(name);
                let is_expired =
                    trie.expiring() > 0 && trie.get(hash, name).is_some_and(|entry| entry.is_expired(now));
                !is_expired && trie.remove(hash, name)
            }
        }
    }
}
