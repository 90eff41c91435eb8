//! Clients that want to hear of every change of keys with a prefix, and the changes that they have not heard of yet.

use crate::clients::ClientInfo;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// The prefixes, with the clients of each.
#[derive(Default)]
pub struct Prefixes(BTreeMap<Arc<[u8]>, BTreeMap<u64, Arc<ClientInfo>>>);

impl Prefixes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a client to a prefix. Twice is once. Gives the prefix as all its clients share it.
    pub fn add(&mut self, prefix: &Arc<[u8]>, info: &Arc<ClientInfo>) -> Arc<[u8]> {
        let entry = self.0.entry(Arc::clone(prefix));
        let shared = Arc::clone(entry.key());
        entry.or_default().insert(info.id, Arc::clone(info));
        shared
    }

    /// Removes a client from a prefix.
    pub fn remove(&mut self, prefix: &[u8], id: u64) {
        if let Some(clients) = self.0.get_mut(prefix) {
            clients.remove(&id);
            if clients.is_empty() {
                self.0.remove(prefix);
            }
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], impl Iterator<Item = &Arc<ClientInfo>>)> {
        self.0.iter().map(|(prefix, clients)| (&**prefix, clients.values()))
    }
}

/// Keys that have changed since the clients with prefixes were told, and the client that changed each last: 0 if it
/// was none.
#[derive(Default)]
pub struct Gathered(BTreeMap<Arc<[u8]>, u64>);

impl Gathered {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a key that was changed by a client.
    pub fn add(&mut self, name: Arc<[u8]>, by: u64) {
        self.0.insert(name, by);
    }

    /// The keys with a prefix, in order, with who changed them.
    pub fn under(&self, prefix: &[u8]) -> Vec<(&[u8], u64)> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let keys = self.0.range::<[u8], _>(from).map(|(name, by)| (&**name, *by));
        keys.take_while(|(name, _)| name.starts_with(prefix)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_by_prefix_and_know_who_came_last() {
        let mut gathered = Gathered::default();
        for (name, by) in [("b", 1), ("ab", 2), ("a", 3), ("ac", 4), ("ab", 5)] {
            gathered.add(name.as_bytes().into(), by);
        }
        let under = |prefix: &str| gathered.under(prefix.as_bytes());
        assert_eq!(under("a"), [(&b"a"[..], 3), (b"ab", 5), (b"ac", 4)]);
        assert_eq!(under("ab"), [(&b"ab"[..], 5)]);
        assert_eq!(under("").len(), 4);
        assert!(under("c").is_empty());
    }
}
