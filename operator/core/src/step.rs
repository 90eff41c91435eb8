//! What can be done to the world: steps, as data.
//!
//! The `Display` of a step is the text of its event and of its log line. Steps of one plan don't depend on each other:
//! they are applied side by side, and what builds on them waits for the next look. So a step that fails, or an operator
//! that dies between two, leaves a world that the next look can go on from.

use crate::ids::{NodeId, ObjectRef, PodId, Role};
use crate::slots::Slots;
use ironkeep_api::conditions::reasons;
use std::fmt;

/// One thing to do.
#[allow(missing_docs, reason = "the fields say what they are; the variants say what for")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make an object, or bring it to what is desired.
    Apply(ObjectRef),
    /// Remove an object that is no longer wanted.
    Delete(ObjectRef),
    /// Write a pod's role label.
    Label { pod: PodId, role: Role },
    /// Let a volume claim ask for more.
    Grow { pod: PodId, claim: String, bytes: u64 },
    /// Ask for a pod to be evicted, so that it comes back with the present revision. The uid keeps its successor safe.
    Evict { pod: PodId, uid: String, why: String },
    /// `CONFIG SET` on a running engine.
    Configure { pod: PodId, name: String, value: String },

    /// Give a newborn its first epoch and slots (`CLUSTER SET-CONFIG-EPOCH`, `CLUSTER ADDSLOTSRANGE`).
    Found { pod: PodId, epoch: u64, slots: Slots },
    /// Give slots that nobody owns to a node (`CLUSTER ADDSLOTSRANGE`).
    Adopt { pod: PodId, slots: Slots },
    /// Tell a node where a peer is now (`CLUSTER MEET`).
    Meet { pod: PodId, peer: PodId },
    /// Make a node follow another (`CLUSTER REPLICATE`).
    Replicate { pod: PodId, primary: NodeId },
    /// Let a node forget one that is gone for good (`CLUSTER FORGET`).
    Forget { pod: PodId, node: NodeId },
    /// Make a replica the primary of its shard (`CLUSTER FAILOVER`).
    Failover { pod: PodId, manner: Manner, why: String },

    /// Replication mode: end this node's subordination (`REPLICAOF NO ONE`).
    Promote { pod: PodId, why: String },
    /// Replication mode: make a node follow another (`REPLICAOF`), and let go of the clients that took it for a primary.
    Follow { pod: PodId, primary: PodId },
    /// Replication mode: make an heir of a replica while the primary still works. From here on the old one holds writes
    /// back for good, and the heir has them all; clients aren't led to it yet.
    HandOver { from: PodId, to: PodId, why: String },
    /// Replication mode: lead clients and replicas from a primary that holds writes back to its heir, and make a replica
    /// of it.
    SeeOff { from: PodId, to: PodId },
    /// Replication mode: say which replica clients are led to once the primary's pod is gone.
    Designate { heir: PodId },
    /// Let the clients of a node go on that an unfinished hand-over left waiting (`CLIENT UNPAUSE`).
    Unpause { pod: PodId },
}

/// What a step takes for itself until its end: two on the same place would get in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// All of a shard.
    Shard(u32),
    /// One object.
    Object(ObjectRef),
}

impl Step {
    /// What it takes for itself.
    pub fn place(&self) -> Place {
        match self {
            Step::Apply(object) | Step::Delete(object) => Place::Object(object.clone()),
            Step::Grow { claim, .. } => Place::Object(ObjectRef {
                api_version: "v1".to_owned(),
                kind: "PersistentVolumeClaim".to_owned(),
                name: claim.clone(),
            }),
            Step::HandOver { to, .. } | Step::SeeOff { to, .. } => Place::Shard(to.shard),
            Step::Label { pod, .. }
            | Step::Evict { pod, .. }
            | Step::Configure { pod, .. }
            | Step::Found { pod, .. }
            | Step::Adopt { pod, .. }
            | Step::Meet { pod, .. }
            | Step::Replicate { pod, .. }
            | Step::Forget { pod, .. }
            | Step::Failover { pod, .. }
            | Step::Promote { pod, .. }
            | Step::Follow { pod, .. }
            | Step::Designate { heir: pod }
            | Step::Unpause { pod } => Place::Shard(pod.shard),
        }
    }

    /// The reason for a condition that it is going on.
    pub fn reason(&self) -> &'static str {
        match self {
            Step::Evict { .. } | Step::Configure { .. } | Step::Grow { .. } | Step::Apply(_) => {
                reasons::UPDATING_NODES
            }
            Step::Delete(_) | Step::Forget { .. } => reasons::REMOVING_NODES,
            Step::Found { .. } | Step::Meet { .. } | Step::Replicate { .. } => reasons::ADDING_NODES,
            Step::Adopt { .. } | Step::Unpause { .. } => reasons::HEALING,
            Step::Failover { .. } | Step::Promote { .. } => reasons::FAILING_OVER,
            Step::HandOver { .. } | Step::SeeOff { .. } => reasons::FAILING_OVER,
            Step::Follow { .. } | Step::Label { .. } | Step::Designate { .. } => reasons::HEALING,
        }
    }
}

/// How a replica becomes primary in cluster mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// With the old primary's help: nothing is lost, clients are redirected.
    HandOver,
    /// Without the old primary, by vote.
    Force,
    /// Without the old primary and without a vote: only when a majority can't vote and the old primary is gone for good.
    TakeOver,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Apply(object) => write!(f, "apply {object}"),
            Step::Delete(object) => write!(f, "delete {object}"),
            Step::Label { pod, role } => write!(f, "label pod {pod} as {role}"),
            Step::Grow { claim, bytes, .. } => write!(f, "grow volume claim {claim} to {bytes} bytes"),
            Step::Evict { pod, why, .. } => write!(f, "restart pod {pod}: {why}"),
            Step::Configure { pod, name, value } => write!(f, "set {name} to {value} on {pod}"),
            Step::Found { pod, slots, .. } => write!(f, "give slots {slots} to newborn {pod}"),
            Step::Adopt { pod, slots } => write!(f, "give ownerless slots {slots} to {pod}"),
            Step::Meet { pod, peer } => write!(f, "introduce {peer} to {pod}"),
            Step::Replicate { pod, primary } => write!(f, "make {pod} a replica of node {primary}"),
            Step::Forget { pod, node } => write!(f, "let {pod} forget node {node}"),
            Step::Failover { pod, manner, why } => write!(f, "make {pod} primary ({manner}): {why}"),
            Step::Promote { pod, why } => write!(f, "make {pod} primary: {why}"),
            Step::Follow { pod, primary } => write!(f, "make {pod} a replica of {primary}"),
            Step::HandOver { from, to, why } => write!(f, "hand over from {from} to {to}: {why}"),
            Step::SeeOff { from, to } => write!(f, "lead the clients of {from} to {to}"),
            Step::Designate { heir } => write!(f, "designate {heir} as the heir"),
            Step::Unpause { pod } => write!(f, "let the clients of {pod} go on"),
        }
    }
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Manner::HandOver => "handed over",
            Manner::Force => "by vote",
            Manner::TakeOver => "without a vote",
        })
    }
}
