//! Whether a spec can be carried out, and if not, which field is to blame.
//!
//! Everything that the schema and its CEL rules say, for those who have no API server, and what they can't say:
//! versions, parameters of the engine, amounts. Pure; sees nothing of the world, so it can't say what fits where.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    crd,
    names::{MAX_CLUSTER_NAME, OWN_PREFIXES},
    parameters,
    problem::Problem,
    quantity,
    reserved::reserved,
    schema,
    spec::{EngineType, Mode, ServiceType, ValkeyClusterSpec},
    version::Version,
};

/// What is wrong with a spec; nothing if it can be carried out.
pub fn validate(name: &str, spec: &ValkeyClusterSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    match serde_json::to_value(spec) {
        Ok(value) => schema::check(&value, &crd::schema()["properties"]["spec"], "spec", &mut problems),
        Err(error) => problems.push(Problem::invalid("spec", error.to_string())),
    }
    problems.extend(check_name(name));
    check_shape(spec, &mut problems);
    check_engine(spec, &mut problems);
    check_keys(spec, &mut problems);
    check_config(spec, &mut problems);
    check_resources(spec, &mut problems);
    check_users(spec, &mut problems);
    not_supported(spec, &mut problems);
    problems
}

/// What is wrong with a change of a spec; nothing if it can be carried out.
pub fn validate_change(old: &ValkeyClusterSpec, new: &ValkeyClusterSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    if old.mode != new.mode {
        problems.push(Problem::immutable("spec.mode", format!("is {} and can't be changed", old.mode)));
    }
    match (&old.storage, &new.storage) {
        (Some(old), Some(new)) => {
            if old.class_name != new.class_name {
                problems.push(Problem::immutable("spec.storage.className", "can't be changed"));
            }
            if quantity::kubernetes(&new.size) < quantity::kubernetes(&old.size) {
                let message = format!("is {} and may grow, never shrink", old.size);
                problems.push(Problem::immutable("spec.storage.size", message));
            }
        }
        (None, None) => {}
        _ => problems.push(Problem::immutable("spec.storage", "can't be added or removed later")),
    }
    problems
}

/// What is wrong with a cluster's name.
fn check_name(name: &str) -> Option<Problem> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let message = if name.len() > MAX_CLUSTER_NAME {
        format!("may have at most {MAX_CLUSTER_NAME} characters, because pods and volumes add to it")
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || name.ends_with('-')
        || !name.chars().all(inner)
    {
        "may have lower-case letters, digits and '-', and begins with a letter, because services have it too"
            .to_owned()
    } else {
        return None;
    };
    Some(Problem::invalid("metadata.name", message))
}

/// What must fit the mode.
fn check_shape(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    if spec.mode != Mode::Cluster && spec.shards() != 1 {
        problems.push(Problem::invalid("spec.shards", "must be 1 (or left out) unless spec.mode is cluster"));
    }
    if spec.mode == Mode::Standalone && spec.replicas_per_shard() != 0 {
        let message = "must be 0 (or left out) when spec.mode is standalone";
        problems.push(Problem::invalid("spec.replicasPerShard", message));
    }
    if spec.mode == Mode::Cluster && spec.service.kind != ServiceType::ClusterIP {
        let message =
            "must be ClusterIP when spec.mode is cluster, because clients are redirected to pod addresses";
        problems.push(Problem::invalid("spec.service.type", message));
    }
}

fn check_engine(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let engine = &spec.engine;
    if engine.kind != EngineType::Ironkeep && engine.image.is_some() && engine.version.is_none() {
        let message = "must say which version spec.engine.image has";
        problems.push(Problem::invalid("spec.engine.version", message));
    }
    let supported = Version::supported(engine.kind);
    if let Ok(version) = engine.version().parse::<Version>()
        && !supported.contains(&version)
    {
        let message = format!(
            "{} {version} is not supported: {} to {}.x are",
            engine.kind,
            supported.start(),
            supported.end().major
        );
        problems.push(Problem::invalid("spec.engine.version", message));
    }
}

/// Keys of maps that belong to the operator.
fn check_keys(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let maps = [("spec.podLabels", &spec.pod_labels), ("spec.podAnnotations", &spec.pod_annotations)];
    for (field, map) in maps {
        let ours = map.keys().filter(|key| OWN_PREFIXES.iter().any(|prefix| key.starts_with(prefix)));
        problems.extend(ours.map(|key| Problem::invalid(format!("{field}.{key}"), "is set by the operator")));
    }
}

fn check_config(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let version = spec.engine.version().parse().unwrap_or(*Version::supported(spec.engine.kind).start());
    for (name, value) in &spec.config {
        if let Some(message) = parameter_refusal(spec.engine.kind, version, name, value) {
            problems.push(Problem::invalid(format!("spec.config.{name}"), message));
        }
    }
}

fn parameter_refusal(engine: EngineType, version: Version, name: &str, value: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(fits) {
        return Some("is no name of a parameter".to_owned());
    }
    if value.contains(['\n', '\r']) {
        return Some("must be a single line".to_owned());
    }
    match reserved(name) {
        Some(why) => Some(format!("is set by the operator: {why}")),
        None => parameters::refusal(engine, version, name, value),
    }
}

fn check_resources(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let Some(resources) = &spec.resources else { return };
    let requests = amounts("spec.resources.requests", resources.requests.as_ref(), problems);
    let limits = amounts("spec.resources.limits", resources.limits.as_ref(), problems);
    for (name, request) in &requests {
        if limits.get(name).is_some_and(|limit| request > limit) {
            let message = format!("is more than spec.resources.limits.{name}");
            problems.push(Problem::invalid(format!("spec.resources.requests.{name}"), message));
        }
    }
    let maxmemory = spec.config.get("maxmemory").and_then(|text| quantity::memory(text));
    if let (Some(maxmemory), Some(limit)) = (maxmemory, limits.get("memory"))
        && i128::from(maxmemory) * 1000 > *limit
    {
        let message =
            "is more than spec.resources.limits.memory: the server would be killed before it is reached";
        problems.push(Problem::invalid("spec.config.maxmemory", message));
    }
}

/// Amounts in thousandths, with a problem for each that can't be read.
fn amounts<'a>(
    field: &str,
    amounts: Option<&'a BTreeMap<String, Quantity>>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'a str, i128> {
    let mut read = BTreeMap::new();
    for (name, Quantity(text)) in amounts.into_iter().flatten() {
        match quantity::kubernetes(text).filter(|amount| *amount >= 0) {
            Some(amount) => {
                read.insert(name.as_str(), amount);
            }
            None => problems.push(Problem::invalid(
                format!("{field}.{name}"),
                format!("{text:?} is no amount: write it like 500m or 1Gi"),
            )),
        }
    }
    read
}

fn check_users(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let both = spec.users.iter().filter(|user| user.nopass && user.password_secret.is_some());
    let names: BTreeSet<_> = both.map(|user| user.name.as_str()).collect();
    for name in names {
        let message = format!("nopass and passwordSecret of {name:?} exclude each other");
        problems.push(Problem::invalid("spec.users", message));
    }
}

/// What is part of the API and can't be carried out by this version.
fn not_supported(spec: &ValkeyClusterSpec, problems: &mut Vec<Problem>) {
    let mut refuse = |field: &str, message: &str| problems.push(Problem::not_supported(field, message));
    if spec.engine.kind == EngineType::Ironkeep && spec.mode != Mode::Standalone {
        refuse(
            "spec.mode",
            "ironkeep runs in mode standalone only so far; valkey and redis run in all modes",
        );
    }
    if !spec.users.is_empty() {
        refuse("spec.users", "users are not supported yet");
    }
    if spec.tls.is_some() {
        refuse("spec.tls", "encryption is not supported yet");
    }
    if spec.metrics.enabled {
        refuse("spec.metrics.enabled", "metrics of the servers are not supported yet");
    }
}
