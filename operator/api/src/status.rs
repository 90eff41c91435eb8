//! What the operator reports: the status of a `ValkeyCluster`.
//!
//! Everything in it was observed, nothing is a wish. Condition types and reasons are in `conditions.rs`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was last seen of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValkeyClusterStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// The state in one word.
    #[serde(default)]
    pub phase: Phase,

    /// The state in one sentence: what is wrong or going on, with what the server answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,

    /// The state in detail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 32),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"])
    )]
    pub conditions: Vec<Condition>,

    /// Where clients connect to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Endpoints>,

    /// Selects the pods of the cluster, for autoscalers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub selector: String,

    /// How many shards there are.
    #[serde(default)]
    pub shard_count: i32,

    /// How many of the wanted shards are ready, as in `3/3`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ready_shards: String,

    /// The shards, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 500),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["index"])
    )]
    pub shards: Vec<ShardStatus>,

    /// The version that the servers say they are; the oldest while several run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version: Option<String>,

    /// The restart that was last carried out: the value of the annotation that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted_at: Option<String>,

    /// The revision that all pods run, or are on their way to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,

    /// The last spec that could be carried out. The cluster runs by it while a newer one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_good: Option<LastGood>,
}

/// A spec that could be carried out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct LastGood {
    /// Its generation.
    pub generation: i64,

    /// The spec, as JSON.
    #[schemars(length(max = 65536))]
    pub spec: String,
}

impl ValkeyClusterStatus {
    /// The condition of a type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == kind)
    }
}

/// The state of a cluster in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
pub enum Phase {
    /// The operator has not looked at it yet.
    #[default]
    Pending,
    /// It comes up for the first time.
    Creating,
    /// It is as the spec says.
    Ready,
    /// It serves, and is on the way to what the spec says.
    Progressing,
    /// Something that should serve doesn't.
    Degraded,
    /// The spec can't be carried out; a user has to act. What ran before is looked after by the last good spec.
    Failed,
    /// The spec asks the operator to change nothing.
    Paused,
    /// It is being deleted.
    Deleting,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Creating,
        Self::Ready,
        Self::Progressing,
        Self::Degraded,
        Self::Failed,
        Self::Paused,
        Self::Deleting,
    ];

    /// The word in a status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Creating => "Creating",
            Self::Ready => "Ready",
            Self::Progressing => "Progressing",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
            Self::Paused => "Paused",
            Self::Deleting => "Deleting",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where clients connect to, each `host:port`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Endpoints {
    /// For reading and writing.
    pub clients: String,

    /// For reading from replicas, in mode replication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers: Option<String>,

    /// Names all pods, ready or not.
    pub headless: String,
}

/// What was last seen of a shard.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShardStatus {
    /// Its number, from 0.
    pub index: i32,

    /// Whether its primary serves and all its replicas are in sync.
    #[serde(default)]
    pub ready: bool,

    /// The pod that is primary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,

    /// The primary's node id, in mode cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_node_id: Option<String>,

    /// The run id of the primary's process when it was last seen: another one means that it was restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_run_id: Option<String>,

    /// The hash slots it serves, as in `0-5460`, in mode cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<String>,

    /// Whether the primary held keys when it was last seen. Kept while there is no primary.
    #[serde(default)]
    pub has_data: bool,

    /// The primary's replication offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,

    /// The primary's replication id: who has the same one has a part of the same history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,

    /// Grows whenever it changes who has everything: the primary and the replicas in sync.
    #[serde(default)]
    pub term: i64,

    /// Its replicas, by pod.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["pod"])
    )]
    pub replicas: Vec<ReplicaStatus>,
}

/// What was last seen of a replica.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaStatus {
    /// Its pod.
    pub pod: String,

    /// Its node id, in mode cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,

    /// The run id of its process when it was last seen with its primary: another one means that it was restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,

    /// Its replication offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,

    /// Bytes it is behind its primary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<i64>,

    /// Whether its link is up and it has all but the last moments.
    #[serde(default)]
    pub in_sync: bool,

    /// The last term of the shard in which it was primary or in sync: of two that aren't, the one with the later term
    /// has more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<i64>,
}
