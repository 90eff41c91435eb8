//! Where pods may run.

use k8s_openapi::api::core::v1::{Affinity, Toleration, TopologySpreadConstraint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::bounded;

/// Where pods may run and how they are spread.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Labels that a node must have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "bounded::text_map::<32, 63>")]
    pub node_selector: BTreeMap<String, String>,

    /// Taints of nodes that the pods put up with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub tolerations: Vec<Toleration>,

    /// Affinity of the pods, added to what `zones` and `nodes` give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,

    /// Spread constraints of the pods, added to what `zones` and `nodes` give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,

    /// Priority class of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub priority_class_name: Option<String>,

    /// Whether the pods of a shard are in different zones.
    #[serde(default)]
    pub zones: Spread,

    /// Whether the pods of a shard are on different nodes.
    #[serde(default)]
    pub nodes: Spread,
}

/// How much it matters that the pods of a shard are apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Spread {
    /// Not at all.
    Disabled,
    /// They are apart where there is room.
    #[default]
    Preferred,
    /// A pod rather waits than be together with another one.
    Required,
}
