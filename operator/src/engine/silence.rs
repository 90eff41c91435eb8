//! Since when engines haven't answered, as far as this operator has seen.
//!
//! After a restart of the operator it begins to count anew.

use super::memory::Memory;
use ironkeep_core::Millis;
use std::collections::BTreeMap;

/// Engines that don't answer, by cluster and pod.
#[derive(Debug, Default)]
pub struct Silences(Memory<BTreeMap<String, Millis>>);

impl Silences {
    /// Takes note of the pods of a cluster that don't answer now; gives since when they don't.
    pub fn note<'a>(
        &self,
        cluster: &str,
        silent: impl IntoIterator<Item = &'a str>,
        now: Millis,
    ) -> BTreeMap<String, Millis> {
        self.0.change(cluster, now, |before| {
            let since = |pod: &str| before.get(pod).copied().unwrap_or(now).min(now);
            *before = silent.into_iter().map(|pod| (pod.to_owned(), since(pod))).collect();
            before.clone()
        })
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
}
