//! Primaries whose pods have left the API while their processes live on, as far as this operator has seen.
//!
//! `kubectl delete --force` takes a pod out of the API at once; its kubelet gives the process a second or more to end. In
//! that time it can still hand over, if somebody knows where it is. After a restart of the operator nobody does.

use super::memory::Memory;
use ironkeep_core::observed::Pod;
use ironkeep_core::{Millis, PodId};
use std::collections::BTreeMap;

/// How long a pod may be gone and still be asked. Its successor isn't seen meanwhile; where no kubelet ends the process,
/// it must be seen in the end.
const LINGER: Millis = 5_000;

/// Primaries as they were last seen, by cluster.
#[derive(Debug, Default)]
pub struct Departures(Memory<BTreeMap<PodId, Seen>>);

#[derive(Debug)]
struct Seen {
    /// Without what its engine said: that may be a view of a thousand nodes.
    pod: Pod,
    run_id: String,
    missing_since: Option<Millis>,
}

impl Departures {
    /// Primaries that a platform doesn't show any more and whose processes may live on, still unasked.
    pub fn missing(&self, cluster: &str, shown: &BTreeMap<PodId, Pod>, now: Millis) -> BTreeMap<PodId, Pod> {
        let is_shown = |id: &PodId, seen: &Seen| shown.get(id).is_some_and(|pod| pod.uid == seen.pod.uid);
        self.0.change(cluster, now, |primaries| {
            let gone = primaries.iter_mut().filter(|(id, seen)| !is_shown(id, seen));
            let gone = gone.filter_map(|(&id, seen)| {
                let since = *seen.missing_since.get_or_insert(now);
                let pod = || Pod { terminating: true, departed: true, ..seen.pod.clone() };
                (now.saturating_sub(since) < LINGER).then(|| (id, pod()))
            });
            gone.collect()
        })
    }

    /// Puts those that answer as the processes they were in the place of their successors, and takes note of the
    /// primaries among all. `missing` have been asked.
    pub fn note(
        &self,
        cluster: &str,
        shown: &mut BTreeMap<PodId, Pod>,
        missing: BTreeMap<PodId, Pod>,
        now: Millis,
    ) {
        self.0.change(cluster, now, |before| {
            // Somebody else may have got the address.
            let is_it = |seen: &Seen, pod: &Pod| primary(pod) == Some(&seen.run_id);
            let missing = missing.into_iter();
            shown.extend(missing.filter(|(id, pod)| before.get(id).is_some_and(|seen| is_it(seen, pod))));
            let seen = |(id, pod): (&PodId, &mut Pod)| {
                let run_id = primary(pod)?.clone();
                let since = before.get(id).filter(|_| pod.departed).and_then(|seen| seen.missing_since);
                Some((*id, Seen { pod: unasked(pod), run_id, missing_since: since }))
            };
            *before = shown.iter_mut().filter_map(seen).collect();
        });
    }
}

/// The process of a primary that answers.
fn primary(pod: &Pod) -> Option<&String> {
    pod.facts().filter(|facts| facts.replication.primary).map(|facts| &facts.run_id)
}

/// A copy of the pod without what its engine said.
fn unasked(pod: &mut Pod) -> Pod {
    let engine = std::mem::take(&mut pod.engine);
    let copy = pod.clone();
    pod.engine = engine;
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_core::observed::{Engine, Facts, Replication};

    const POD: PodId = PodId { shard: 0, ordinal: 0 };

    fn pod(uid: &str, run_id: &str, primary: bool) -> Pod {
        let replication = Replication { primary, ..Replication::default() };
        let facts = Facts { run_id: run_id.into(), replication, ..Facts::default() };
        Pod { uid: uid.into(), engine: Engine::Up(Box::new(facts)), ..Pod::default() }
    }

    /// A look at which a platform shows one pod, and whoever is missing answers as a process; gives the uid of the pod
    /// that is seen, and whether it has departed.
    fn look(
        departures: &Departures,
        shown: Pod,
        answer: Option<(&str, bool)>,
        now: Millis,
    ) -> (String, bool) {
        let mut shown = BTreeMap::from([(POD, shown)]);
        let mut missing = departures.missing("a/b", &shown, now);
        for pod in missing.values_mut() {
            pod.engine = match answer {
                Some((run_id, primary)) => self::pod("", run_id, primary).engine,
                None => Engine::Refused,
            };
        }
        departures.note("a/b", &mut shown, missing, now);
        let seen = &shown[&POD];
        assert_eq!(seen.departed, seen.terminating);
        (seen.uid.clone(), seen.departed)
    }

    #[test]
    fn a_primary_that_answers_is_seen_in_the_place_of_its_successor_for_some_seconds() {
        let departures = Departures::default();
        let old = || pod("old", "x", true);
        let new = || Pod { engine: Engine::Unasked, ..pod("new", "", false) };
        assert_eq!(look(&departures, old(), None, 0), ("old".into(), false));
        for now in [100, 2_000, 100 + LINGER - 1] {
            assert_eq!(look(&departures, new(), Some(("x", true)), now), ("old".into(), true));
        }
        assert_eq!(look(&departures, new(), Some(("x", true)), 100 + LINGER), ("new".into(), false));
        assert_eq!(look(&departures, new(), Some(("x", true)), 101 + LINGER), ("new".into(), false));
    }

    #[test]
    fn one_that_has_ended_or_follows_or_is_another_is_not() {
        for answer in [None, Some(("x", false)), Some(("y", true))] {
            let departures = Departures::default();
            look(&departures, pod("old", "x", true), None, 0);
            assert_eq!(look(&departures, pod("new", "z", false), answer, 1), ("new".into(), false));
            assert_eq!(
                look(&departures, pod("new", "z", false), Some(("x", true)), 2),
                ("new".into(), false)
            );
        }
    }

    #[test]
    fn a_replica_is_let_go() {
        let departures = Departures::default();
        look(&departures, pod("old", "x", false), None, 0);
        assert_eq!(look(&departures, pod("new", "y", false), Some(("x", true)), 1), ("new".into(), false));
    }
}
