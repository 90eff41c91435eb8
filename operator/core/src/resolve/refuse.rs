//! What can't be done: with this version of the operator, or with what exists already.
//!
//! What a spec may say at all is the API's business (`ironkeep_api::validate`); here is what needs to know more.

use super::quantity;
use crate::observed::Observed;
use ironkeep_api::conditions::reasons;
use ironkeep_api::{EngineType, Mode, Problem, ValkeyCluster, ValkeyClusterSpec, names};
use serde_json::Value;

/// Parameters that Ironkeep knows and refuses until it has what they are about, with the values that it takes.
const NOT_IN_IRONKEEP: [(&str, &str); 8] = [
    ("appendonly", "no"),
    ("activedefrag", "no"),
    ("maxmemory-clients", "0"),
    ("min-replicas-to-write", "0"),
    ("min-slaves-to-write", "0"),
    ("oom-score-adj", "no"),
    ("server-cpulist", ""),
    ("bio-cpulist", ""),
];

/// Every problem; none if it can be done.
pub fn refuse(cluster: &ValkeyCluster, observed: &Observed) -> Vec<Problem> {
    let mut problems = not_built(&cluster.spec);
    problems.extend(taken(cluster, observed));
    problems.extend(changed(cluster, observed));
    problems
}

fn not_built(spec: &ValkeyClusterSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    if spec.engine.kind != EngineType::Ironkeep {
        return problems;
    }
    if spec.storage.is_some() {
        let message = "is not supported for engine ironkeep yet: it doesn't write its data to disk";
        problems.push(Problem::not_supported("spec.storage", message));
    }
    for (name, taken) in NOT_IN_IRONKEEP {
        if spec.config.get(name).is_some_and(|value| !value.trim().eq_ignore_ascii_case(taken)) {
            let message = "is not supported by engine ironkeep yet";
            problems.push(Problem::not_supported(format!("spec.config.{name}"), message));
        }
    }
    problems
}

/// Objects of these names that belong to somebody else are left alone.
fn taken(cluster: &ValkeyCluster, observed: &Observed) -> Option<Problem> {
    let uid = cluster.metadata.uid.as_deref()?;
    let (at, owner) = observed.objects.iter().find_map(|(at, value)| {
        let owners = value.pointer("/metadata/ownerReferences")?.as_array()?;
        let controller = owners.iter().find(|owner| owner["controller"] == Value::Bool(true))?;
        (controller["uid"] != uid).then_some((at, controller))
    })?;
    let message = format!(
        "can't be had: {at} belongs to {} {}",
        owner["kind"].as_str().unwrap_or("another"),
        owner["name"].as_str().unwrap_or("object"),
    );
    Some(Problem { field: "metadata.name".to_owned(), message, reason: reasons::NAME_TAKEN })
}

/// What was made one way can't be made another way later, or not yet.
fn changed(cluster: &ValkeyCluster, observed: &Observed) -> Vec<Problem> {
    let name = cluster.metadata.name.as_deref().unwrap_or_default();
    let object = |kind: &str, name: &str| {
        observed.objects.iter().find(|(at, _)| at.kind == kind && at.name == name).map(|(_, value)| value)
    };
    let mut problems = Vec::new();
    problems
        .extend(object("ConfigMap", &names::config_map(name)).and_then(|map| other_mode(&cluster.spec, map)));
    if let Some(set) = object("StatefulSet", &names::stateful_set(name, 0)) {
        problems.extend(other_engine(&cluster.spec, set));
        problems.extend(other_storage(&cluster.spec, set));
    }
    problems.extend(other_shards(&cluster.spec, observed));
    problems
}

fn other_mode(spec: &ValkeyClusterSpec, map: &Value) -> Option<Problem> {
    let text = map["data"][names::CONFIG_FILE].as_str()?;
    let has = |line: &str| text.lines().any(|l| l.starts_with(line));
    let was = match (has("cluster-enabled yes"), has("replicaof ")) {
        (true, _) => Mode::Cluster,
        (_, true) => Mode::Replication,
        _ => Mode::Standalone,
    };
    (was != spec.mode).then(|| Problem::immutable("spec.mode", format!("is {was} and can't be changed")))
}

fn other_engine(spec: &ValkeyClusterSpec, set: &Value) -> Option<Problem> {
    let program = set.pointer("/spec/template/spec/containers/0/command/0")?.as_str()?;
    let was = EngineType::ALL.into_iter().find(|engine| engine.program() == program)?;
    (was != spec.engine.kind).then(|| {
        let message =
            format!("is {was} and can't be changed yet: the swap of a running engine is not supported");
        Problem::not_supported("spec.engine.type", message)
    })
}

fn other_storage(spec: &ValkeyClusterSpec, set: &Value) -> Option<Problem> {
    let was = set.pointer("/spec/volumeClaimTemplates/0");
    let (Some(storage), Some(was)) = (&spec.storage, was) else {
        let same = spec.storage.is_some() == was.is_some();
        return (!same).then(|| Problem::immutable("spec.storage", "can't be added or removed later"));
    };
    let class = was.pointer("/spec/storageClassName").and_then(Value::as_str);
    if storage.class_name.as_deref().is_some_and(|wanted| class.is_some_and(|class| class != wanted)) {
        return Some(Problem::immutable("spec.storage.className", "can't be changed"));
    }
    let size =
        was.pointer("/spec/resources/requests/storage").and_then(Value::as_str).and_then(quantity::bytes);
    let shrinks = quantity::bytes(&storage.size) < size;
    shrinks.then(|| Problem::immutable("spec.storage.size", "may grow, never shrink"))
}

/// Once a shard has slots, slots have to move to change how many shards there are.
fn other_shards(spec: &ValkeyClusterSpec, observed: &Observed) -> Option<Problem> {
    let status = &observed.status;
    let formed = status.shards.iter().any(|shard| shard.slots.is_some());
    (formed && i64::from(status.shard_count) != i64::from(spec.shards())).then(|| {
        let message =
            format!("is {} and can't be changed yet: moving slots is not supported", status.shard_count);
        Problem::not_supported("spec.shards", message)
    })
}
