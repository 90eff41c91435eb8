//! Volumes for the data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One volume for each pod.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    /// Size of each volume, as in `10Gi`. It may grow, never shrink.
    #[schemars(
        regex(pattern = r"^[0-9]+(\.[0-9]+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"),
        length(min = 1, max = 32)
    )]
    pub size: String,

    /// The storage class; default: that of the Kubernetes cluster. Can't be changed later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub class_name: Option<String>,

    /// Whether volumes outlive the ValkeyCluster.
    #[serde(default)]
    pub reclaim_policy: ReclaimPolicy,
}

/// What becomes of the volumes when the ValkeyCluster is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ReclaimPolicy {
    /// They stay.
    #[default]
    Retain,
    /// They are deleted too.
    Delete,
}
