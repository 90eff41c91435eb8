//! What this operator has seen of each cluster in its own lifetime.
//!
//! A restart of the operator loses it, so nothing may be decided by it that would be wrong then. A cluster that isn't
//! looked at any more is forgotten.

use ironkeep_core::Millis;
use parking_lot::Mutex;
use std::collections::HashMap;

/// After that long without a look a cluster is taken for deleted.
const FORGET: Millis = 600_000;

/// Something about each cluster, by its key.
#[derive(Debug, Default)]
pub struct Memory<T> {
    clusters: Mutex<HashMap<String, Seen<T>>>,
}

#[derive(Debug, Default)]
struct Seen<T> {
    looked: Millis,
    what: T,
}

impl<T: Default> Memory<T> {
    /// Changes what is known of a cluster, at a look.
    pub fn change<R>(&self, cluster: &str, now: Millis, change: impl FnOnce(&mut T) -> R) -> R {
        let mut clusters = self.clusters.lock();
        clusters.retain(|key, seen| key == cluster || now.saturating_sub(seen.looked) < FORGET);
        let seen = clusters.entry(cluster.to_owned()).or_default();
        seen.looked = now;
        change(&mut seen.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_remembered_until_nobody_looks_at_it() {
        let memory = Memory::<u32>::default();
        let count = |cluster, now| {
            memory.change(cluster, now, |count| {
                *count += 1;
                *count
            })
        };
        assert_eq!((count("a/b", 0), count("c/d", 1), count("a/b", 2)), (1, 1, 2));
        // Of the present cluster all is known however long that was ago; a clock that goes back forgets nobody.
        assert_eq!((count("a/b", 2 + FORGET), count("c/d", 0), count("a/b", 0)), (3, 1, 4));
        assert_eq!(memory.clusters.lock().len(), 2);
        count("a/b", FORGET);
        assert_eq!(memory.clusters.lock().len(), 1);
    }
}
