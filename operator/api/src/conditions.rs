//! Condition types and reasons, in one place because users and alerts match on them.
//!
//! Where Valkey's own operator has a reason for the same thing, its word is used.

/// Types of conditions.
pub mod types {
    /// All shards serve and every server agrees on who belongs to the cluster.
    pub const READY: &str = "Ready";
    /// The operator is changing something.
    pub const PROGRESSING: &str = "Progressing";
    /// Something that should serve doesn't.
    pub const DEGRADED: &str = "Degraded";
    /// The spec can be carried out.
    pub const SPEC_VALID: &str = "SpecValid";
    /// All servers know each other; mode cluster.
    pub const CLUSTER_FORMED: &str = "ClusterFormed";
    /// Every hash slot has a primary that serves it; mode cluster.
    pub const SLOTS_ASSIGNED: &str = "SlotsAssigned";
    /// Data was lost: which, and when it was seen. Stays until a user removes it.
    pub const DATA_LOST: &str = "DataLost";
}

/// Reasons of conditions.
pub mod reasons {
    /// Ready: all is as the spec says; mode cluster.
    pub const CLUSTER_HEALTHY: &str = "ClusterHealthy";
    /// Ready: all is as the spec says; the other modes.
    pub const HEALTHY: &str = "Healthy";
    /// ClusterFormed: every server knows every other.
    pub const TOPOLOGY_COMPLETE: &str = "TopologyComplete";
    /// SlotsAssigned: all of them.
    pub const ALL_SLOTS_ASSIGNED: &str = "AllSlotsAssigned";
    /// SlotsAssigned: some aren't.
    pub const SLOTS_UNASSIGNED: &str = "SlotsUnassigned";
    /// Progressing: pods or servers are missing and come.
    pub const ADDING_NODES: &str = "AddingNodes";
    /// Degraded: a server couldn't be made part of the cluster.
    pub const NODE_ADD_FAILED: &str = "NodeAddFailed";
    /// Progressing: pods are being replaced.
    pub const UPDATING_NODES: &str = "UpdatingNodes";
    /// Progressing: replicas are being removed.
    pub const REMOVING_NODES: &str = "RemovingNodes";
    /// Progressing: slots move between shards.
    pub const REBALANCING_SLOTS: &str = "RebalancingSlots";
    /// Degraded: shards have no server.
    pub const MISSING_SHARDS: &str = "MissingShards";
    /// Degraded: shards have fewer replicas in sync than asked for.
    pub const MISSING_REPLICAS: &str = "MissingReplicas";
    /// Degraded: a shard has no primary.
    pub const PRIMARY_LOST: &str = "PrimaryLost";
    /// Progressing: another server becomes primary.
    pub const FAILING_OVER: &str = "FailingOver";
    /// Progressing: what was lost is being restored.
    pub const HEALING: &str = "Healing";
    /// Degraded: Kubernetes finds no node for a pod.
    pub const POD_UNSCHEDULABLE: &str = "PodUnschedulable";
    /// Degraded: a pod doesn't start (image, crash loop).
    pub const POD_FAILING: &str = "PodFailing";
    /// Degraded: a pod runs and its server can't be reached.
    pub const SERVER_UNREACHABLE: &str = "ServerUnreachable";
    /// Degraded: a step was tried and failed.
    pub const STEP_FAILED: &str = "StepFailed";
    /// SpecValid is true.
    pub const SPEC_ACCEPTED: &str = "SpecAccepted";
    /// SpecValid is false: a field has a value that can't be.
    pub const SPEC_INVALID: &str = "SpecInvalid";
    /// SpecValid is false: the field is known and this version can't carry it out.
    pub const NOT_SUPPORTED: &str = "NotSupported";
    /// SpecValid is false: the field was changed and may not be.
    pub const FIELD_IMMUTABLE: &str = "FieldImmutable";
    /// SpecValid is false: an object of the same name belongs to somebody else.
    pub const NAME_TAKEN: &str = "NameTaken";
    /// The servers come up for the first time.
    pub const CREATING: &str = "Creating";
    /// Nothing is being changed.
    pub const STABLE: &str = "Stable";
    /// Nothing is wrong.
    pub const NOTHING_WRONG: &str = "NothingWrong";
    /// The spec asks the operator to change nothing.
    pub const PAUSED: &str = "Paused";
    /// DataLost: a shard came back without its data.
    pub const SHARD_EMPTIED: &str = "ShardEmptied";
    /// DataLost is false.
    pub const NO_LOSS_SEEN: &str = "NoLossSeen";
}
