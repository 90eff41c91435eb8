//! From what was decided and seen to what people are told: a status and events.
//!
//! Takes the cluster, what is desired (and why the spec isn't, if it is refused), what was seen, the plan and what became of steps;
//! gives the status to write and the events to emit. Pure; the same inputs give the same status, and a status that was
//! written is given again unchanged as long as nothing but offsets moved, so that a calm cluster costs no writes.

mod conditions;
mod events;
mod health;
mod loss;
mod offsets;
mod shards;

pub use events::{Event, EventType};

use crate::desired::Desired;
use crate::observed::Observed;
use crate::plan::Plan;
use crate::resolve::{self, Resolved};
use crate::step::Step;
use conditions::Conditions;
use health::Health;
use ironkeep_api::conditions::reasons;
use ironkeep_api::{Endpoints, Mode, Phase, ShardStatus, ValkeyCluster, ValkeyClusterStatus, Version, names};

/// A step that was tried and failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFailure {
    /// The step's text.
    pub step: String,
    /// What came back.
    pub error: String,
}

/// What became of steps since the last report: of those of this plan, and of earlier ones that took long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deeds {
    /// Those that were done.
    pub done: Vec<Step>,
    /// Those that failed.
    pub failures: Vec<StepFailure>,
}

/// Why a spec is refused.
#[derive(Debug, Clone)]
struct Refusal {
    /// In CamelCase.
    reason: &'static str,
    /// In words, and what the cluster runs by meanwhile.
    message: String,
}

/// What to tell.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The status as it should be written.
    pub status: ValkeyClusterStatus,
    /// What happened.
    pub events: Vec<Event>,
}

impl Default for Refusal {
    fn default() -> Self {
        Self { reason: reasons::SPEC_INVALID, message: String::new() }
    }
}

impl Refusal {
    /// Nothing if the spec is good.
    fn of(resolved: &Resolved) -> Option<Self> {
        let reason = resolved.problems.first()?.reason;
        let mut message = resolved.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        if let Some(desired) = &resolved.desired {
            message +=
                &format!("; the cluster runs by the last good spec, generation {}", desired.generation);
        }
        Some(Self { reason, message })
    }
}

/// Tells what is.
pub fn report(
    cluster: &ValkeyCluster,
    resolved: &Resolved,
    observed: &Observed,
    plan: &Plan,
    deeds: &Deeds,
) -> Report {
    let refusal = Refusal::of(resolved);
    let status = match &resolved.desired {
        Some(desired) => seen(cluster, desired, refusal.as_ref(), observed, plan, &deeds.failures),
        None => refused(cluster, &refusal.unwrap_or_default(), observed),
    };
    let events = events::events(plan, deeds, &observed.status, &status);
    Report { status, events }
}

/// What is remembered of the shards: the part of a status that the planner goes by.
pub fn memory(desired: &Desired, observed: &Observed, plan: &Plan) -> Vec<ShardStatus> {
    shards::shards(desired, observed, plan).into_iter().map(|shard| shard.status).collect()
}

/// What is said of a cluster that can be looked after.
fn seen(
    cluster: &ValkeyCluster,
    desired: &Desired,
    refusal: Option<&Refusal>,
    observed: &Observed,
    plan: &Plan,
    failures: &[StepFailure],
) -> ValkeyClusterStatus {
    let was = &observed.status;
    let shards = shards::shards(desired, observed, plan);
    let health = Health::new(desired, observed, plan, failures, &shards);
    let loss = loss::loss(cluster, observed, plan);
    let ready = shards.iter().filter(|shard| shard.status.ready).count();
    let status = ValkeyClusterStatus {
        observed_generation: cluster.metadata.generation,
        phase: phase(cluster, refusal.map_or_else(|| health.phase(desired, &loss), |_| Phase::Failed)),
        message: both(refusal, health.message(&loss)),
        conditions: Conditions::of(cluster, observed).seen(desired, refusal, &health, loss),
        endpoints: Some(endpoints(desired)),
        selector: names::selector_text(&names::selector(&desired.name)),
        shard_count: desired.shards.try_into().unwrap_or(i32::MAX),
        ready_shards: format!("{ready}/{}", desired.shards),
        shards: shards.into_iter().map(|shard| shard.status).collect(),
        engine_version: oldest_version(observed).or_else(|| was.engine_version.clone()),
        restarted_at: restarted_at(cluster, desired, observed),
        revision: Some(desired.revision.clone()),
        last_good: if refusal.is_some() { was.last_good.clone() } else { resolve::keep(cluster) },
    };
    offsets::settle(status, was)
}

/// What is said of a cluster whose spec can't be carried out, and that has none to go on with: what was known of it
/// stays.
fn refused(cluster: &ValkeyCluster, refusal: &Refusal, observed: &Observed) -> ValkeyClusterStatus {
    ValkeyClusterStatus {
        observed_generation: cluster.metadata.generation,
        phase: phase(cluster, Phase::Failed),
        conditions: Conditions::of(cluster, observed).refused(refusal),
        message: refusal.message.clone(),
        ..observed.status.clone()
    }
}

/// First why the spec is refused, then how the cluster is.
fn both(refusal: Option<&Refusal>, health: String) -> String {
    match refusal {
        Some(refusal) if health.is_empty() => refusal.message.clone(),
        Some(refusal) => format!("{}; {health}", refusal.message),
        None => health,
    }
}

/// What goes on in a cluster matters no more once it is being deleted.
fn phase(cluster: &ValkeyCluster, else_it_is: Phase) -> Phase {
    if cluster.metadata.deletion_timestamp.is_some() { Phase::Deleting } else { else_it_is }
}

fn endpoints(desired: &Desired) -> Endpoints {
    let at = |service: String| names::service_endpoint(&service, &desired.namespace);
    Endpoints {
        clients: at(names::service(&desired.name)),
        readers: (desired.mode == Mode::Replication).then(|| at(names::replicas_service(&desired.name))),
        headless: at(names::headless_service(&desired.name)),
    }
}

/// The version that engines say; the oldest while several run.
fn oldest_version(observed: &Observed) -> Option<String> {
    let versions = observed.pods.values().filter_map(|pod| Some(pod.facts()?.version.clone()));
    versions.filter(|version| !version.is_empty()).min_by_key(|version| version.parse::<Version>().ok())
}

/// The restart that was asked for, once every pod has been through it.
fn restarted_at(cluster: &ValkeyCluster, desired: &Desired, observed: &Observed) -> Option<String> {
    let asked = cluster.metadata.annotations.as_ref()?.get(names::ANNOTATION_RESTARTED_AT);
    let through =
        desired.pods().all(|id| observed.pods.get(&id).is_some_and(|pod| pod.revision == desired.revision));
    if through { asked.cloned() } else { observed.status.restarted_at.clone() }
}
