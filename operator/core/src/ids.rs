//! The names that things go by: pods by shard and ordinal, engine nodes by their node id, objects by kind and name.
//!
//! An address is never a name here: addresses change, and every mistake of the field began with trusting one.

use std::fmt;

/// A pod of the cluster: which shard, and which ordinal of that shard's StatefulSet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodId {
    /// Number of the shard, from 0.
    pub shard: u32,
    /// Ordinal in the shard's StatefulSet, from 0. No ordinal is special after birth.
    pub ordinal: u32,
}

impl PodId {
    /// The pod `ordinal` of `shard`.
    pub fn new(shard: u32, ordinal: u32) -> Self {
        Self { shard, ordinal }
    }
}

impl fmt::Display for PodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.shard, self.ordinal)
    }
}

/// What an engine's node calls itself on the cluster bus: 40 hexadecimal digits, kept for life in its `nodes.conf`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub String);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Eight digits tell nodes apart in every log line that a person reads.
        f.write_str(self.0.get(..8).unwrap_or(&self.0))
    }
}

/// What a node is in its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Takes writes.
    Primary,
    /// Follows a primary.
    Replica,
}

impl Role {
    /// The value of the role label.
    pub fn label(self) -> &'static str {
        match self {
            Role::Primary => "primary",
            Role::Replica => "replica",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A Kubernetes object of the cluster, within its namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// API version, as `apps/v1`.
    pub api_version: String,
    /// Kind, as `StatefulSet`.
    pub kind: String,
    /// Name.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
