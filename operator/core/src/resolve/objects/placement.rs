//! Where the pods of a shard may be put in relation to each other: apart, by zone and by node.

use super::{Parts, selector};
use ironkeep_api::{Spread, names};
use k8s_openapi::api::core::v1::TopologySpreadConstraint;

/// Label of a node that says in which zone it is.
const ZONE: &str = "topology.kubernetes.io/zone";
/// Label of a node that says which one it is.
const NODE: &str = "kubernetes.io/hostname";

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
