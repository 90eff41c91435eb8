//! How a running cluster is treated: evictions and updates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What evictions must leave running.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct DisruptionBudget {
    /// `Cluster` keeps a quorum of primaries and all but one replica of a shard; `Disabled` has no budget.
    #[serde(default)]
    pub mode: DisruptionBudgetMode,
}

/// Whether there is a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum DisruptionBudgetMode {
    /// There is.
    #[default]
    Cluster,
    /// There is none.
    Disabled,
}

/// How pods are replaced.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// `RollingUpdate`: the operator does it, replicas first, then a hand-over, the old primary last. `OnDelete`: a
    /// pod changes when somebody deletes it.
    #[serde(default)]
    pub strategy: UpdateStrategy,

    /// How many shards are replaced at the same time, one pod of each.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100))]
    pub max_shards_at_once: i32,
}

impl Default for Update {
    fn default() -> Self {
        Self { strategy: UpdateStrategy::default(), max_shards_at_once: one() }
    }
}

/// Who replaces pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum UpdateStrategy {
    /// The operator.
    #[default]
    RollingUpdate,
    /// Whoever deletes them.
    OnDelete,
}

fn one() -> i32 {
    1
}
