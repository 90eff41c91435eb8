//! What evictions must leave running: a quorum of primaries and all but one replica of a shard; of a primary that takes
//! no writes without replicas all pods but one.
//!
//! Budgets don't overlap, because a pod in two of them can't be evicted at all: in cluster mode they go by the role label.
//! They say how many must stay, not how many may go: Kubernetes works the latter out from the size of the whole
//! StatefulSets, of which primaries or replicas are only a part, and then would let nobody go.

use super::{Parts, object, selector};
use crate::desired::Object;
use ironkeep_api::{DisruptionBudgetMode, Mode, names};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The budgets. A single server has none: one that lets nobody go would stop every drain.
pub fn budgets(parts: &Parts) -> Vec<Object> {
    let spec = &parts.cluster.spec;
    if spec.pod_disruption_budget.mode == DisruptionBudgetMode::Disabled || spec.mode == Mode::Standalone {
        return Vec::new();
    }
    if spec.mode == Mode::Replication {
        return vec![pods(parts)];
    }
    let mut all = vec![primaries(parts)];
    if spec.replicas_per_shard() > 0 {
        all.extend((0..spec.shards()).map(|shard| replicas(parts, shard)));
    }
    all
}

/// As many primaries may go at once as leave more than half of them, and at least one or nobody could ever go.
fn primaries(parts: &Parts) -> Object {
    let shards = parts.cluster.spec.shards();
    let most = (shards.saturating_sub(1) / 2).max(1);
    let pods = with_role(names::selector(parts.name()), names::ROLE_PRIMARY);
    budget(parts, names::primaries_budget(parts.name()), pods, shards.saturating_sub(most))
}

/// One pod may go at a time, the primary or another: by role each would let one go, and a primary with its only replica
/// in sync could go together.
fn pods(parts: &Parts) -> Object {
    let all = parts.cluster.spec.pods_per_shard();
    let stay = all.saturating_sub(1);
    budget(parts, names::pods_budget(parts.name()), names::selector(parts.name()), stay)
}

fn replicas(parts: &Parts, shard: u32) -> Object {
    let pods = with_role(names::shard_selector(parts.name(), shard), names::ROLE_REPLICA);
    let all = parts.cluster.spec.replicas_per_shard();
    budget(parts, names::replicas_budget(parts.name(), shard), pods, all.saturating_sub(1))
}

fn budget(parts: &Parts, name: String, pods: BTreeMap<String, String>, stay: u32) -> Object {
    let budget = PodDisruptionBudget {
        metadata: parts.metadata(name.clone()),
        spec: Some(PodDisruptionBudgetSpec {
            min_available: Some(IntOrString::Int(stay.try_into().unwrap_or(i32::MAX))),
            selector: Some(selector(pods)),
            // A server that doesn't run keeps nothing going, and must not keep a drain waiting.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    };
    object(&name, &budget)
}

fn with_role(mut labels: BTreeMap<String, String>, role: &str) -> BTreeMap<String, String> {
    labels.insert(names::LABEL_ROLE.to_owned(), role.to_owned());
    labels
}
