//! What should be: the spec with every default and every derived fact filled in.
//!
//! Made by `resolve`, read by `plan` and `report`. Holds no observation and nothing that changes by itself.

use crate::ids::{ObjectRef, PodId};
use ironkeep_api::{EngineType, Mode};
use serde_json::Value;
use std::collections::BTreeMap;

/// The parameter by which a primary takes no writes while fewer replicas follow it.
pub const MIN_REPLICAS: &str = "min-replicas-to-write";

/// The whole desired state of one cluster.
#[derive(Debug, Clone)]
pub struct Desired {
    /// Name of the cluster.
    pub name: String,
    /// Namespace of the cluster.
    pub namespace: String,
    /// Generation of the spec that this was made from.
    pub generation: i64,
    /// How the pods work together.
    pub mode: Mode,
    /// Which engine runs in the pods.
    pub engine: EngineType,
    /// Version of the engine, as the spec gives it.
    pub version: String,
    /// Number of shards.
    pub shards: u32,
    /// Pods in each shard: a primary and its replicas.
    pub pods_per_shard: u32,
    /// Port that clients talk to.
    pub port: u16,
    /// The Kubernetes objects, in the order in which they are first made.
    pub objects: Vec<Object>,
    /// Fingerprint of all that a running pod can only take on by a restart; pods carry theirs as an annotation.
    pub revision: String,
    /// Engine parameters that are set on the running engine: name to value, in the engine's own spelling.
    pub live_config: BTreeMap<String, String>,
    /// Whether data lies on volumes that outlive a pod.
    pub durable: bool,
    /// Size that volumes should have, in bytes, where there are volumes.
    pub volume_bytes: Option<u64>,
    /// How running pods are replaced.
    pub roll: Roll,
    /// Whether primaries of different shards are to be on different nodes, as far as that can be had.
    pub spread_primaries: bool,
    /// Nothing is to be done while this is set; status goes on.
    pub paused: bool,
}

/// How running pods are replaced by pods of a new revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roll {
    /// Whether the operator restarts pods at all (strategy `RollingUpdate`), or waits for a person (`OnDelete`).
    pub automatic: bool,
    /// How many shards may have a pod restarting at the same time.
    pub shards_at_once: u32,
}

/// A Kubernetes object as it should be.
#[derive(Debug, Clone)]
pub struct Object {
    /// Which one.
    pub reference: ObjectRef,
    /// What we say about it: only fields that the operator owns.
    pub value: Value,
}

impl Desired {
    /// Every pod that should exist.
    pub fn pods(&self) -> impl Iterator<Item = PodId> + '_ {
        (0..self.shards).flat_map(move |shard| (0..self.pods_per_shard).map(move |n| PodId::new(shard, n)))
    }

    /// How many replicas must follow a primary for it to take writes.
    pub fn min_replicas(&self) -> usize {
        self.live_config.get(MIN_REPLICAS).and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Whether a pod is among those that should exist.
    pub fn wants(&self, pod: PodId) -> bool {
        pod.shard < self.shards && pod.ordinal < self.pods_per_shard
    }
}
