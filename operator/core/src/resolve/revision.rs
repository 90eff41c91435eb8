//! The fingerprint of all that a running pod takes on only by a restart.
//!
//! It is made from what the user says, never from what the operator adds: a new version of the operator that sets a
//! probe differently must not restart every server that it looks after.

use super::config::Parameters;
use ironkeep_api::{ValkeyCluster, ValkeyClusterSpec, names};
use k8s_openapi::api::core::v1::ResourceRequirements;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Digits of a revision: enough that two never meet, few enough to read.
const DIGITS: usize = 12;

/// The revision of a cluster whose pods run `image`, with these parameters set by the user that need a restart.
pub fn revision(cluster: &ValkeyCluster, image: &str, restart: &Parameters) -> String {
    let spec = &cluster.spec;
    let restarted_at =
        cluster.metadata.annotations.as_ref().and_then(|a| a.get(names::ANNOTATION_RESTARTED_AT));
    let says = json!({
        "engine": spec.engine.kind.as_str(),
        "image": image,
        "mode": spec.mode.as_str(),
        "config": restart,
        "resources": spec.resources.as_ref().map(resources),
        "storage": spec.storage.is_some(),
        "restartedAt": restarted_at,
        "pod": pod(spec),
    });
    // Maps are sorted: the same spec has the same text.
    let digest = Sha256::digest(says.to_string());
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(DIGITS).collect()
}

/// What the user says about pods. How pods are spread is left out: it is about where they are put, not what they are.
fn pod(spec: &ValkeyClusterSpec) -> Value {
    json!({
        "labels": spec.pod_labels,
        "annotations": spec.pod_annotations,
        "pullPolicy": spec.engine.image_pull_policy,
        "gracePeriod": spec.termination_grace_period_seconds,
        "nodeSelector": spec.placement.node_selector,
        "tolerations": spec.placement.tolerations,
        "affinity": spec.placement.affinity,
        "priorityClass": spec.placement.priority_class_name,
    })
}

/// `1024Mi` is no other amount than `1Gi`.
fn resources(resources: &ResourceRequirements) -> Value {
    let spelt = super::objects::resources(resources);
    json!({ "limits": spelt.limits, "requests": spelt.requests, "claims": spelt.claims })
}
