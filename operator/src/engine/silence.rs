//! Since when engines haven't answered, as far as this operator has seen.
//!
//! The one thing that is remembered between passes beside the status. Nothing is decided by it that a restart of the
//! operator would get wrong: it only begins to count anew.

use ironkeep_core::Millis;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};

/// After that long without a look a cluster is taken for deleted.
const FORGET: Millis = 600_000;

/// Engines that don't answer, by cluster and pod.
#[derive(Debug, Default)]
pub struct Silences {
    clusters: Mutex<HashMap<String, Silent>>,
}

#[derive(Debug)]
struct Silent {
    looked: Millis,
    since: BTreeMap<String, Millis>,
}

impl Silences {
    /// Takes note of the pods of a cluster that don't answer now; gives since when they don't.
    pub fn note<'a>(
        &self,
        cluster: &str,
        silent: impl IntoIterator<Item = &'a str>,
        now: Millis,
    ) -> BTreeMap<String, Millis> {
        let mut clusters = self.clusters.lock();
        let before = clusters.remove(cluster).map(|silent| silent.since).unwrap_or_default();
        let since = |pod: &str| before.get(pod).copied().unwrap_or(now).min(now);
        let since: BTreeMap<_, _> = silent.into_iter().map(|pod| (pod.to_owned(), since(pod))).collect();
        if !since.is_empty() {
            clusters.retain(|_, silent| now.saturating_sub(silent.looked) < FORGET);
            clusters.insert(cluster.to_owned(), Silent { looked: now, since: since.clone() });
        }
        since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_the_first_time_until_there_is_an_answer() {
        let silences = Silences::default();
        let note = |pods: &[&str], now| silences.note("a/b", pods.iter().copied(), now);
        assert_eq!(note(&["x"], 100)["x"], 100);
        assert_eq!(note(&["x", "y"], 200), [("x".to_owned(), 100), ("y".to_owned(), 200)].into());
        assert_eq!(note(&["y"], 300), [("y".to_owned(), 200)].into());
        assert_eq!(note(&["x", "y"], 400)["x"], 400);
        // A clock that goes back makes nobody silent in the future.
        assert_eq!(note(&["x"], 50)["x"], 50);
    }

    #[test]
    fn forgets_clusters_that_are_gone() {
        let silences = Silences::default();
        silences.note("gone", ["x"], 0);
        silences.note("here", ["x"], FORGET);
        assert_eq!(silences.clusters.lock().len(), 1);
        assert!(silences.note("here", [], FORGET).is_empty());
        assert!(silences.clusters.lock().is_empty());
    }
}
