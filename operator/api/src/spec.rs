//! What a user asks for: the spec of a `ValkeyCluster`, put together from one file an area.
//!
//! Bounds of single fields stand beside the fields and end up in the schema; rules about several fields are in
//! `rules.rs`. Defaults that depend on other fields (shards, replicas, version) are methods here, so that
//! a default isn't written down twice. Must not judge: `validate` does.

#![allow(clippy::duplicated_attributes, reason = "every printer column has a name and a type")]

mod bounded;
mod engine;
mod observability;
mod operations;
mod placement;
mod security;
mod storage;

pub use engine::{Engine, EngineType, ImagePullPolicy, ImagePullSecret, Images};
pub use observability::{Metrics, Service, ServiceType};
pub use operations::{DisruptionBudget, DisruptionBudgetMode, Update, UpdateStrategy};
pub use placement::{Placement, Spread};
pub use security::{
    Certificates, ChannelRules, CommandRules, KeyRules, PasswordSecret, ServerCertificate, Tls, User,
};
pub use storage::{ReclaimPolicy, Storage};

use k8s_openapi::api::core::v1::ResourceRequirements;
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

use crate::status::ValkeyClusterStatus;

/// Shards of a cluster whose spec doesn't say: the fewest among which a quorum survives the loss of one primary.
const DEFAULT_SHARDS: i32 = 3;
/// Replicas of each shard when the spec doesn't say, in modes that have replicas.
const DEFAULT_REPLICAS: i32 = 1;
/// Seconds a pod has to hand over and leave when the spec doesn't say.
const DEFAULT_GRACE_PERIOD: i64 = 30;

/// Configuration of a Valkey, Redis or Ironkeep cluster.
#[derive(CustomResource, Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[kube(
    group = "ironkeep.io",
    version = "v1alpha1",
    kind = "ValkeyCluster",
    plural = "valkeyclusters",
    singular = "valkeycluster",
    shortname = "ikc",
    category = "valkey",
    namespaced,
    status = "ValkeyClusterStatus",
    derive = "PartialEq",
    derive = "Default",
    doc = "A Valkey, Redis or Ironkeep store: a sharded cluster, a primary with replicas, or a single server.",
    scale(
        spec_replicas_path = ".spec.shards",
        status_replicas_path = ".status.shardCount",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "Mode", type_ = "string", json_path = ".spec.mode"),
    printcolumn(name = "Engine", type_ = "string", json_path = ".spec.engine.type"),
    printcolumn(name = "Version", type_ = "string", json_path = ".status.engineVersion"),
    printcolumn(name = "Shards", type_ = "integer", json_path = ".status.shardCount"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.readyShards"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.message", priority = "1")
)]
#[serde(rename_all = "camelCase")]
pub struct ValkeyClusterSpec {
    /// The program that serves: which one, which version, from which image.
    #[serde(default)]
    pub engine: Engine,

    /// `cluster` spreads the keys over shards; `replication` is one primary with replicas; `standalone` is one
    /// server. Can't be changed later.
    #[serde(default)]
    pub mode: Mode,

    /// How many shards the keys are spread over. Default 3 in mode cluster; from 3 on a dead primary is replaced
    /// without the operator. In the other modes it is 1. Write it down to use `kubectl scale` or an autoscaler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub shards: Option<i32>,

    /// How many replicas each shard has beside its primary. Default 1; 0 in mode standalone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5))]
    pub replicas_per_shard: Option<i32>,

    /// CPU and memory of each server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,

    /// Volumes for the data. Without it data lives in memory and in the pod's own directory, and is gone with the
    /// pod. Can't be added or removed later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,

    /// Parameters of the engine's configuration file. Those that the operator sets itself are refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "bounded::text_map::<128, 2048>")]
    pub config: BTreeMap<String, String>,

    /// Users besides those of the operator, with their passwords and permissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 128),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub users: Vec<User>,

    /// Encryption of all connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,

    /// Where pods may run and how they are spread.
    #[serde(default)]
    pub placement: Placement,

    /// What evictions (drains, node upgrades) must leave running.
    #[serde(default)]
    pub pod_disruption_budget: DisruptionBudget,

    /// How pods are replaced when what they run has changed.
    #[serde(default)]
    pub update: Update,

    /// While true the operator reports but changes nothing.
    #[serde(default)]
    pub paused: bool,

    /// The service that clients connect to.
    #[serde(default)]
    pub service: Service,

    /// Figures for Prometheus.
    #[serde(default)]
    pub metrics: Metrics,

    /// Seconds a pod has to hand over and leave before it is killed.
    #[serde(default = "default_grace_period")]
    #[schemars(range(min = 10, max = 3600))]
    pub termination_grace_period_seconds: i64,

    /// Further labels of the pods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "bounded::text_map::<32, 63>")]
    pub pod_labels: BTreeMap<String, String>,

    /// Further annotations of the pods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "bounded::text_map::<32, 4096>")]
    pub pod_annotations: BTreeMap<String, String>,
}

impl Default for ValkeyClusterSpec {
    /// The spec that says nothing: every field has the default of the schema.
    fn default() -> Self {
        Self {
            engine: Engine::default(),
            mode: Mode::default(),
            shards: None,
            replicas_per_shard: None,
            resources: None,
            storage: None,
            config: BTreeMap::new(),
            users: Vec::new(),
            tls: None,
            placement: Placement::default(),
            pod_disruption_budget: DisruptionBudget::default(),
            update: Update::default(),
            paused: false,
            service: Service::default(),
            metrics: Metrics::default(),
            termination_grace_period_seconds: default_grace_period(),
            pod_labels: BTreeMap::new(),
            pod_annotations: BTreeMap::new(),
        }
    }
}

impl ValkeyClusterSpec {
    /// How many shards there are to be.
    pub fn shards(&self) -> u32 {
        let default = if self.mode == Mode::Cluster { DEFAULT_SHARDS } else { 1 };
        self.shards.unwrap_or(default).try_into().unwrap_or(0)
    }

    /// How many replicas each shard is to have.
    pub fn replicas_per_shard(&self) -> u32 {
        let default = if self.mode == Mode::Standalone { 0 } else { DEFAULT_REPLICAS };
        self.replicas_per_shard.unwrap_or(default).try_into().unwrap_or(0)
    }

    /// How many pods each shard is to have.
    pub fn pods_per_shard(&self) -> u32 {
        self.replicas_per_shard() + 1
    }
}

/// How the servers belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Keys are spread over shards by hash slot.
    #[default]
    Cluster,
    /// One primary and its replicas.
    Replication,
    /// One server.
    Standalone,
}

impl Mode {
    /// The word in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Replication => "replication",
            Self::Standalone => "standalone",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn default_grace_period() -> i64 {
    DEFAULT_GRACE_PERIOD
}
