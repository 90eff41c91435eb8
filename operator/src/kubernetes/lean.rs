//! What is kept of an object: the bytes of its JSON, without what nobody reads.
//!
//! The store holds bytes rather than trees because a tree of JSON takes several times the room, and is read only
//! when its cluster is looked at.

use super::kinds::Kind;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::core::DynamicObject;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Metadata that only the API server needs.
const DROPPED: [&str; 4] = ["managedFields", "resourceVersion", "generateName", "selfLink"];
/// Metadata that only matters of what users write.
const DROPPED_OF_OURS: [&str; 2] = ["creationTimestamp", "generation"];
/// The copy of the whole object that kubectl leaves in an annotation.
const KUBECTL_COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The bytes to keep of an object.
pub fn lean(kind: Kind, object: DynamicObject) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(object)?;
    if kind == Kind::Pod {
        let pod: LeanPod = serde_json::from_value(value)?;
        return serde_json::to_vec(&pod);
    }
    if let Value::Object(top) = &mut value {
        // Lists leave the type out of their items.
        top.insert("apiVersion".to_owned(), Value::String(kind.api_version()));
        top.insert("kind".to_owned(), Value::String(kind.as_str().to_owned()));
        if kind.is_made() {
            top.remove("status");
        }
        if let Some(metadata) = top.get_mut("metadata").and_then(Value::as_object_mut) {
            let ours: &[&str] = if kind == Kind::ValkeyCluster { &[] } else { &DROPPED_OF_OURS };
            DROPPED.iter().chain(ours).for_each(|name| drop(metadata.remove(*name)));
            drop_kubectl_copy(metadata);
        }
    }
    serde_json::to_vec(&value)
}

fn drop_kubectl_copy(metadata: &mut Map<String, Value>) {
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove(KUBECTL_COPY);
    }
}

/// What is kept of a pod.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LeanPod {
    /// Who it is.
    pub metadata: PodMetadata,
    /// Where it is to run.
    pub spec: PodSpec,
    /// How it is.
    pub status: PodStatus,
}

/// What is kept of a pod's metadata.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodMetadata {
    /// Name.
    pub name: String,
    /// Uid.
    pub uid: String,
    /// Labels, the role among them.
    pub labels: BTreeMap<String, String>,
    /// The revision, if it carries one.
    pub annotations: RevisionAnnotation,
    /// Set once it has been deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<String>,
}

/// The one annotation of a pod that is read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct RevisionAnnotation {
    /// Hash of all that needs a restart to change.
    #[serde(rename = "ironkeep.io/revision")]
    pub revision: String,
}

/// What is kept of a pod's spec.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// The node it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
}

/// What is kept of a pod's status.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// Pending, Running, Succeeded, Failed, Unknown.
    pub phase: String,
    /// Why it failed as a whole: evicted for want of memory, node lost.
    pub reason: String,
    /// The same in words.
    pub message: String,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none", rename = "podIP")]
    pub pod_ip: Option<String>,
    /// Scheduled, ready and the like.
    pub conditions: Vec<PodCondition>,
    /// The state of each container.
    pub container_statuses: Vec<ContainerStatus>,
}

/// A condition of a pod.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodCondition {
    /// Which.
    #[serde(rename = "type")]
    pub kind: String,
    /// True, False, Unknown.
    pub status: String,
    /// One word.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// When the status became this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
}

/// The state of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    /// Which.
    pub name: String,
    /// What it does now.
    pub state: ContainerState,
    /// What it did before its last restart.
    pub last_state: ContainerState,
}

/// One of three.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerState {
    /// It can't run yet, for a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Stopped>,
    /// It runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// It has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Stopped>,
}

/// Since when is not kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub struct Running {}

/// Why a container doesn't run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stopped {
    /// One word.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// Exit code, of one that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

/// What is read of a volume claim.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LeanClaim {
    /// What it asks for.
    pub spec: ClaimSpec,
    /// What it got.
    pub status: ClaimStatus,
}

/// What is read of a claim's spec.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClaimSpec {
    /// What it asks for.
    pub resources: ClaimResources,
}

/// What a claim asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClaimResources {
    /// The least it takes.
    pub requests: BTreeMap<String, String>,
}

/// What a claim got.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClaimStatus {
    /// `storage` once it is bound.
    pub capacity: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kept(kind: Kind, object: Value) -> Value {
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        serde_json::from_slice(&lean(kind, object).unwrap()).unwrap()
    }

    #[test]
    fn an_object_keeps_what_was_applied_and_loses_the_rest() {
        let object = json!({
            "metadata": {
                "name": "c-0", "namespace": "n", "uid": "u", "resourceVersion": "7", "generation": 3,
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "managedFields": [{"manager": "m", "operation": "Apply"}],
                "annotations": {KUBECTL_COPY: "{}", "a": "b"}, "labels": {"x": "y"},
            },
            "spec": {"replicas": 2}, "status": {"readyReplicas": 2},
        });
        assert_eq!(
            kept(Kind::StatefulSet, object),
            json!({
                "apiVersion": "apps/v1", "kind": "StatefulSet",
                "metadata": {"name": "c-0", "namespace": "n", "uid": "u", "annotations": {"a": "b"}, "labels": {"x": "y"}},
                "spec": {"replicas": 2},
            })
        );
    }

    #[test]
    fn a_pod_keeps_a_fraction() {
        let pod = json!({
            "metadata": {
                "name": "c-0-0", "uid": "u", "labels": {"ironkeep.io/role": "primary"},
                "annotations": {"ironkeep.io/revision": "r1", "other": "x".repeat(5000)},
                "deletionTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {"nodeName": "n1", "containers": [{"name": "server", "image": "i".repeat(500)}]},
            "status": {
                "phase": "Running", "podIP": "10.0.0.1",
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                "containerStatuses": [{"name": "server", "imageID": "x", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}],
            },
        });
        let object: DynamicObject = serde_json::from_value(pod).unwrap();
        let bytes = lean(Kind::Pod, object).unwrap();
        assert!(bytes.len() < 600, "{}", bytes.len());
        let pod: LeanPod = serde_json::from_slice(&bytes).unwrap();
        assert!(pod.status.conditions[0].last_transition_time.is_some());
        assert_eq!(pod.metadata.annotations.revision, "r1");
        assert!(pod.metadata.deletion_timestamp.is_some());
        assert_eq!(pod.spec.node_name.as_deref(), Some("n1"));
        assert_eq!(pod.status.pod_ip.as_deref(), Some("10.0.0.1"));
        assert!(pod.status.container_statuses[0].state.running.is_some());
    }

    #[test]
    fn a_cluster_keeps_its_status_and_generation() {
        let object = json!({
            "apiVersion": "ironkeep.io/v1alpha1", "kind": "ValkeyCluster",
            "metadata": {"name": "c", "generation": 4, "managedFields": []},
            "spec": {"unknown": true}, "status": {"phase": "Ready"},
        });
        let kept = kept(Kind::ValkeyCluster, object);
        assert_eq!(kept["metadata"]["generation"], 4);
        assert_eq!(kept["status"]["phase"], "Ready");
        assert_eq!(kept["spec"]["unknown"], true);
    }
}
