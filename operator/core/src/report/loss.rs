//! Lost data: named once, then told until somebody says that they have seen it.

use super::conditions::{Fact, Truth};
use crate::observed::Observed;
use crate::plan::Plan;
use ironkeep_api::ValkeyCluster;
use ironkeep_api::conditions::{reasons, types};
use ironkeep_api::names::ANNOTATION_LOSS_SEEN;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use k8s_openapi::jiff::Timestamp;

/// The longest that all losses together may be told.
const LONGEST: usize = 4096;

/// What to say about losses.
pub fn loss(cluster: &ValkeyCluster, observed: &Observed, plan: &Plan) -> Fact {
    let told = observed
        .status
        .condition(types::DATA_LOST)
        .filter(|told| told.status == "True" && !seen(cluster, told));
    let mut message = told.map(|told| told.message.clone()).unwrap_or_default();
    for loss in &plan.losses {
        if message.len() < LONGEST && !message.contains(&loss.message) {
            let divider = if message.is_empty() { "" } else { "; " };
            message = format!("{message}{divider}{}", loss.message);
        }
    }
    if message.is_empty() {
        return Fact::new(types::DATA_LOST, Truth::False, reasons::NO_LOSS_SEEN, "");
    }
    let reason = told.map_or(reasons::SHARD_EMPTIED.to_owned(), |told| told.reason.clone());
    Fact { reason, ..Fact::new(types::DATA_LOST, Truth::True, "", &message) }
}

/// Whether somebody has said that they have seen it since.
fn seen(cluster: &ValkeyCluster, told: &Condition) -> bool {
    let annotations = cluster.metadata.annotations.as_ref();
    let at = annotations.and_then(|all| all.get(ANNOTATION_LOSS_SEEN)?.parse::<Timestamp>().ok());
    at.is_some_and(|at| at >= told.last_transition_time.0)
}
