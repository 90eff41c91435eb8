//! Where pods may be put in relation to each other: those of a shard apart, by zone and by node, and those of the whole
//! cluster evenly over the nodes, so that the loss of one takes few primaries.

use super::{Parts, selector};
use ironkeep_api::{Spread, names};
use k8s_openapi::api::core::v1::{
    Affinity, PodAffinityTerm, PodAntiAffinity, TopologySpreadConstraint, WeightedPodAffinityTerm,
};
use std::collections::BTreeMap;

/// Label of a node that says in which zone it is.
const ZONE: &str = "topology.kubernetes.io/zone";
/// Label of a node that says which one it is.
const NODE: &str = "kubernetes.io/hostname";

/// How much a pod of the same shard in the same place weighs, in comparison to any other pod of the cluster.
const SAME_SHARD: i32 = 100;
/// How much any pod of the cluster on the same node weighs.
const SAME_CLUSTER: i32 = 1;

/// The user's, and after it what spreads the pods of several shards. Those of one shard are counted here once more, beside
/// their spread constraints: what holds for the cluster must not outweigh what holds for them.
pub fn affinity(parts: &Parts, shard: u32) -> Option<Affinity> {
    let placement = &parts.cluster.spec.placement;
    if parts.cluster.spec.shards() < 2 || placement.nodes == Spread::Disabled {
        return placement.affinity.clone();
    }
    let of_shard = |key, spread| {
        let labels = names::shard_selector(parts.name(), shard);
        (spread == Spread::Preferred).then(|| apart(SAME_SHARD, key, labels))
    };
    let of_cluster = Some(apart(SAME_CLUSTER, NODE, names::selector(parts.name())));
    let ours = [of_shard(ZONE, placement.zones), of_shard(NODE, placement.nodes), of_cluster];
    let mut affinity = placement.affinity.clone().unwrap_or_default();
    let anti = affinity.pod_anti_affinity.get_or_insert_with(PodAntiAffinity::default);
    anti.preferred_during_scheduling_ignored_during_execution
        .get_or_insert_with(Vec::new)
        .extend(ours.into_iter().flatten());
    Some(affinity)
}

fn apart(weight: i32, key: &str, labels: BTreeMap<String, String>) -> WeightedPodAffinityTerm {
    WeightedPodAffinityTerm {
        weight,
        pod_affinity_term: PodAffinityTerm {
            topology_key: key.to_owned(),
            label_selector: Some(selector(labels)),
            ..PodAffinityTerm::default()
        },
    }
}

/// Ours, unless the user has his own for the same topology, and then the user's.
pub fn spread(parts: &Parts, shard: u32) -> Option<Vec<TopologySpreadConstraint>> {
    let placement = &parts.cluster.spec.placement;
    let own = &placement.topology_spread_constraints;
    let wanted = [(ZONE, placement.zones), (NODE, placement.nodes)];
    let mut all: Vec<_> = wanted
        .into_iter()
        .filter(|(key, _)| own.iter().all(|constraint| constraint.topology_key != *key))
        .filter_map(|(key, spread)| constraint(parts, shard, key, spread))
        .collect();
    all.extend(own.iter().cloned());
    (!all.is_empty()).then_some(all)
}

fn constraint(parts: &Parts, shard: u32, key: &str, spread: Spread) -> Option<TopologySpreadConstraint> {
    // With fewer places than pods the emptiest counts as empty, so that none takes a second pod.
    let (otherwise, min_domains) = match spread {
        Spread::Disabled => return None,
        Spread::Preferred => ("ScheduleAnyway", None),
        Spread::Required => ("DoNotSchedule", parts.cluster.spec.pods_per_shard().try_into().ok()),
    };
    Some(TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: otherwise.to_owned(),
        min_domains,
        label_selector: Some(selector(names::shard_selector(parts.name(), shard))),
        ..TopologySpreadConstraint::default()
    })
}
