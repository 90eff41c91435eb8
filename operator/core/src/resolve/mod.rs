//! From a spec and what was observed to what should be: the last place that can say "this can't be".
//!
//! Takes a `ValkeyCluster`, the observation and what holds for the whole operator; gives [`Desired`] with its
//! Kubernetes objects, or every problem that a user has to mend. Reads no clock; the same inputs give the same bytes.

mod config;
mod last_good;
mod live;
mod objects;
mod quantity;
mod refuse;
mod revision;

pub use config::HANDOVER_SECONDS;
pub use ironkeep_api::Problem;
pub use last_good::{Resolved, keep, resolve_or_go_on};
pub use live::live_parameters;
pub use objects::{byway_to, way_to};
pub use quantity::bytes;

use crate::desired::{Desired, Roll};
use crate::observed::Observed;
use ironkeep_api::{Images, Spread, UpdateStrategy, ValkeyCluster, names};

/// What holds for every cluster of an operator.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where images come from.
    pub images: Images,
}

/// Decides what should be.
///
/// # Errors
/// All that is wrong with the spec, or can't be done with what exists.
pub fn resolve(
    cluster: &ValkeyCluster,
    observed: &Observed,
    settings: &Settings,
) -> Result<Desired, Vec<Problem>> {
    let name = cluster.metadata.name.as_deref().unwrap_or_default();
    let mut problems = ironkeep_api::validate(name, &cluster.spec);
    problems.extend(refuse::refuse(cluster, observed));
    let config = config::config(&cluster.spec).map_err(|problem| problems.push(problem));
    let Some(config) = config.ok().filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let spec = &cluster.spec;
    let image = spec.engine.image(&settings.images);
    let revision = revision::revision(cluster, &image, &config.restart);
    let parts =
        objects::Parts { cluster, observed, image: &image, revision: &revision, config: &config.text };
    Ok(Desired {
        name: name.to_owned(),
        namespace: cluster.metadata.namespace.clone().unwrap_or_default(),
        generation: cluster.metadata.generation.unwrap_or_default(),
        mode: spec.mode,
        engine: spec.engine.kind,
        version: spec.engine.version().to_owned(),
        shards: spec.shards(),
        pods_per_shard: spec.pods_per_shard(),
        port: names::CLIENT_PORT,
        objects: objects::objects(&parts),
        revision,
        live_config: config.live,
        durable: spec.storage.is_some(),
        volume_bytes: spec.storage.as_ref().and_then(|storage| quantity::bytes(&storage.size)),
        roll: Roll {
            automatic: spec.update.strategy == UpdateStrategy::RollingUpdate,
            shards_at_once: spec.update.max_shards_at_once.try_into().unwrap_or(1),
        },
        spread_primaries: spec.placement.nodes != Spread::Disabled,
        paused: spec.paused,
    })
}
