//! Which engines were primaries, and whether clients still come to them, as far as this operator has seen.
//!
//! Like `silence`, a memory that a restart of the operator may lose: then nobody is waited for.

use ironkeep_core::observed::{Facts, Farewell};
use ironkeep_core::{Millis, PodId};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};

/// After that long without a look a cluster is taken for deleted.
const FORGET: Millis = 600_000;

/// Engines that are or were primaries, by cluster and pod.
#[derive(Debug, Default)]
pub struct Farewells {
    clusters: Mutex<HashMap<String, Cluster>>,
}

#[derive(Debug)]
struct Cluster {
    looked: Millis,
    pods: BTreeMap<PodId, Known>,
}

/// A process that was seen as a primary.
#[derive(Debug, Clone)]
struct Known {
    run_id: String,
    turned_away: u64,
    demoted: Option<Millis>,
    last: Millis,
}

impl Farewells {
    /// Takes note of what the pods of a cluster say now, if they say anything; gives the former primaries among them.
    pub fn note<'a>(
        &self,
        cluster: &str,
        pods: impl IntoIterator<Item = (PodId, Option<&'a Facts>)>,
        now: Millis,
    ) -> BTreeMap<PodId, Farewell> {
        let mut clusters = self.clusters.lock();
        let mut before = clusters.remove(cluster).map(|cluster| cluster.pods).unwrap_or_default();
        let known: BTreeMap<_, _> = pods
            .into_iter()
            .filter_map(|(pod, facts)| Some((pod, known(before.remove(&pod), facts, now)?)))
            .collect();
        let farewell = |(&pod, known): (&PodId, &Known)| {
            Some((pod, Farewell { since: known.demoted?, last: known.last }))
        };
        let farewells = known.iter().filter_map(farewell).collect();
        clusters.retain(|_, cluster| now.saturating_sub(cluster.looked) < FORGET);
        clusters.insert(cluster.to_owned(), Cluster { looked: now, pods: known });
        farewells
    }
}

/// What is known of a pod after a look. One that doesn't answer is remembered as it was.
fn known(before: Option<Known>, facts: Option<&Facts>, now: Millis) -> Option<Known> {
    let Some(facts) = facts else { return before };
    let (run_id, turned_away) = (facts.run_id.clone(), facts.turned_away);
    if facts.replication.primary {
        return Some(Known { run_id, turned_away, demoted: None, last: now });
    }
    let before = before.filter(|known| known.run_id == run_id)?;
    let needed = before.demoted.is_none() || turned_away > before.turned_away;
    let last = if needed { now } else { before.last };
    Some(Known { run_id, turned_away, demoted: before.demoted.or(Some(now)), last })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_core::observed::Replication;

    fn facts(run_id: &str, primary: bool, turned_away: u64) -> Facts {
        let replication = Replication { primary, ..Replication::default() };
        Facts { run_id: run_id.into(), replication, turned_away, ..Facts::default() }
    }

    fn note(farewells: &Farewells, facts: Option<Facts>, now: Millis) -> Option<Farewell> {
        let pod = PodId::new(0, 0);
        farewells.note("a/b", [(pod, facts.as_ref())], now).remove(&pod)
    }

    #[test]
    fn tells_when_clients_last_came_to_a_former_primary() {
        let farewells = Farewells::default();
        assert_eq!(note(&farewells, Some(facts("x", true, 7)), 100), None);
        let demoted = Farewell { since: 200, last: 200 };
        assert_eq!(note(&farewells, Some(facts("x", false, 7)), 200), Some(demoted));
        assert_eq!(note(&farewells, Some(facts("x", false, 7)), 300), Some(demoted));
        assert_eq!(
            note(&farewells, Some(facts("x", false, 8)), 400),
            Some(Farewell { last: 400, ..demoted })
        );
        // Silence changes nothing, another process everything.
        assert_eq!(note(&farewells, None, 500), Some(Farewell { last: 400, ..demoted }));
        assert_eq!(note(&farewells, Some(facts("y", false, 9)), 600), None);
    }

    #[test]
    fn knows_nothing_of_replicas_and_forgets_clusters_that_are_gone() {
        let farewells = Farewells::default();
        assert_eq!(note(&farewells, Some(facts("x", false, 7)), 0), None);
        assert_eq!(note(&farewells, Some(facts("x", false, 8)), 100), None);
        farewells.note("other", [], 100 + FORGET);
        assert_eq!(farewells.clusters.lock().len(), 1);
    }
}
