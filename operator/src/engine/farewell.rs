//! Which engines were primaries, and whether clients still come to them, as far as this operator has seen.
//!
//! After a restart of the operator nobody is waited for.

use super::memory::Memory;
use ironkeep_core::observed::{Facts, Farewell};
use ironkeep_core::{Millis, PodId};
use std::collections::BTreeMap;

/// Engines that are or were primaries, by cluster and pod.
#[derive(Debug, Default)]
pub struct Farewells(Memory<BTreeMap<PodId, Known>>);

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
        let farewell = |(&pod, known): (&PodId, &Known)| {
            Some((pod, Farewell { since: known.demoted?, last: known.last }))
        };
        self.0.change(cluster, now, |before| {
            let now_known = |(pod, facts)| Some((pod, known(before.remove(&pod), facts, now)?));
            *before = pods.into_iter().filter_map(now_known).collect();
            before.iter().filter_map(farewell).collect()
        })
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
    fn knows_nothing_of_replicas() {
        let farewells = Farewells::default();
        assert_eq!(note(&farewells, Some(facts("x", false, 7)), 0), None);
        assert_eq!(note(&farewells, Some(facts("x", false, 8)), 100), None);
    }
}
