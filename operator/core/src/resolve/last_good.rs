//! The last good spec: by it a cluster goes on running while a newer one is refused.
//!
//! It is kept in the status, where it survives the operator. A refusal then costs the user what was asked for, and
//! nothing that was there before: what runs is healed, handed over and told of as ever.

use super::{Settings, resolve};
use crate::desired::Desired;
use crate::observed::Observed;
use ironkeep_api::{LastGood, Problem, ValkeyCluster, ValkeyClusterStatus};

/// The longest spec, as JSON, that is kept. The object holds it twice then, and has to stay far below what a request
/// to the API server may have.
const LONGEST: usize = 64 << 10;

/// What a cluster is run by.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// What should be: by the spec, or by the last good one if there are problems. None if there is nothing to go by.
    pub desired: Option<Desired>,
    /// Why the spec is refused; nothing if it isn't.
    pub problems: Vec<Problem>,
}

/// Decides what should be, by the last good spec if need be.
pub fn resolve_or_go_on(cluster: &ValkeyCluster, observed: &Observed, settings: &Settings) -> Resolved {
    match resolve(cluster, observed, settings) {
        Ok(desired) => Resolved { desired: Some(desired), problems: Vec::new() },
        Err(problems) => {
            let good = recall(cluster, &observed.status);
            let desired = good.and_then(|good| resolve(&good, observed, settings).ok());
            Resolved { desired, problems }
        }
    }
}

/// What to keep of a cluster whose spec is good; nothing if it is too long.
pub fn keep(cluster: &ValkeyCluster) -> Option<LastGood> {
    let spec = serde_json::to_string(&cluster.spec).ok().filter(|spec| spec.len() <= LONGEST)?;
    Some(LastGood { generation: cluster.metadata.generation.unwrap_or_default(), spec })
}

/// The cluster with its last good spec. What asks for less to be done counts even in a spec that is refused.
fn recall(cluster: &ValkeyCluster, status: &ValkeyClusterStatus) -> Option<ValkeyCluster> {
    let good = status.last_good.as_ref()?;
    let mut before = cluster.clone();
    before.spec = serde_json::from_str(&good.spec).ok()?;
    before.spec.paused |= cluster.spec.paused;
    before.metadata.generation = Some(good.generation);
    Some(before)
}
