//! How a cluster is: whether it serves, what is missing, what is going on.
//!
//! Ready is the truth about serving: every shard has a primary that takes writes, all slots are served, and primaries
//! agree on it. The first time it also means that all is as the spec says; later a missing replica makes it degraded.

mod words;

use super::StepFailure;
use super::conditions::{Fact, Truth};
use super::shards::Shard;
use crate::desired::Desired;
use crate::observed::{ClusterView, Observed};
use crate::plan::Plan;
use crate::slots::Slots;
use ironkeep_api::conditions::{reasons, types};
use ironkeep_api::{Mode, Phase};
pub use words::failure;
use words::join;

/// Something that isn't as it should be: a reason and a sentence.
type Trouble = (&'static str, String);

/// How a cluster is.
#[derive(Debug, Clone)]
pub struct Health {
    /// It has never been ready.
    creating: bool,
    /// Why it isn't ready; nothing if it is.
    unready: Vec<Trouble>,
    /// What should serve and doesn't.
    degraded: Vec<Trouble>,
    /// What is going on.
    progress: Vec<Trouble>,
    /// Why not every server knows every other, in cluster mode.
    strangers: Option<String>,
    /// Slots without a primary that serves them.
    unserved: Slots,
}

impl Health {
    /// Judges.
    pub fn new(
        desired: &Desired,
        observed: &Observed,
        plan: &Plan,
        failures: &[StepFailure],
        shards: &[Shard],
    ) -> Self {
        let unserved = unserved(desired, observed, shards);
        let creating = creating(observed);
        let progress = progress(plan, creating);
        let mut unready = not_serving(observed, shards);
        if !unserved.is_empty() {
            unready.push((
                reasons::SLOTS_UNASSIGNED,
                format!("slots {unserved} have no primary that serves them"),
            ));
        }
        unready.extend(disagreement(observed, shards).map(|message| (reasons::ADDING_NODES, message)));
        unready.extend(
            plan.waits.iter().filter(|wait| !wait.serving).map(|wait| (wait.reason, wait.message.clone())),
        );
        let strangers = strangers(desired, observed);
        let mut degraded = Vec::new();
        if creating {
            unready.extend(progress.iter().cloned().chain(lacking(shards)));
            unready.extend(strangers.iter().map(|message| (reasons::ADDING_NODES, message.clone())));
        } else {
            degraded.extend(unready.iter().cloned().chain(lacking(shards)));
        }
        degraded.extend(in_trouble(plan));
        degraded.extend(failures.iter().map(|failed| (reasons::STEP_FAILED, failure(failed))));
        Self { creating, unready, degraded, progress, strangers, unserved }
    }

    /// The state in one word.
    pub fn phase(&self, desired: &Desired, loss: &Fact) -> Phase {
        match () {
            () if desired.paused => Phase::Paused,
            () if self.creating && !self.unready.is_empty() => Phase::Creating,
            () if !self.unready.is_empty() || !self.degraded.is_empty() || loss.truth == Truth::True => {
                Phase::Degraded
            }
            () if !self.progress.is_empty() => Phase::Progressing,
            () => Phase::Ready,
        }
    }

    /// The state in one sentence, the worst first.
    pub fn message(&self, loss: &Fact) -> String {
        let lost = (loss.truth == Truth::True)
            .then(|| (reasons::SHARD_EMPTIED, format!("data lost: {}", loss.message)));
        let all = lost.iter().chain(&self.degraded).chain(&self.unready).chain(&self.progress);
        join(all.map(|(_, message)| message.as_str()))
    }

    /// Condition `Ready`.
    pub fn ready(&self, desired: &Desired) -> Fact {
        let healthy = if desired.mode == Mode::Cluster { reasons::CLUSTER_HEALTHY } else { reasons::HEALTHY };
        let fact = fact(types::READY, &self.unready, healthy);
        let unready = fact.truth == Truth::True;
        let reason = if unready && self.creating { reasons::CREATING.to_owned() } else { fact.reason };
        Fact { truth: Truth::from(!unready), reason, ..fact }
    }

    /// Condition `Progressing`.
    pub fn progressing(&self, desired: &Desired) -> Fact {
        if desired.paused {
            return Fact::new(types::PROGRESSING, Truth::False, reasons::PAUSED, "spec.paused is true");
        }
        fact(types::PROGRESSING, &self.progress, reasons::STABLE)
    }

    /// Condition `Degraded`.
    pub fn degraded(&self) -> Fact {
        fact(types::DEGRADED, &self.degraded, reasons::NOTHING_WRONG)
    }

    /// Condition `ClusterFormed`.
    pub fn formed(&self) -> Fact {
        match &self.strangers {
            Some(message) => Fact::new(types::CLUSTER_FORMED, Truth::False, reasons::ADDING_NODES, message),
            None => Fact::new(types::CLUSTER_FORMED, Truth::True, reasons::TOPOLOGY_COMPLETE, ""),
        }
    }

    /// Condition `SlotsAssigned`.
    pub fn slots(&self) -> Fact {
        let kind = types::SLOTS_ASSIGNED;
        if self.unserved.is_empty() {
            return Fact::new(kind, Truth::True, reasons::ALL_SLOTS_ASSIGNED, "");
        }
        let message = format!("slots {} have no primary that serves them", self.unserved);
        Fact::new(kind, Truth::False, reasons::SLOTS_UNASSIGNED, &message)
    }
}

/// True with the first reason and all messages if there is trouble, else false.
fn fact(kind: &'static str, troubles: &[Trouble], otherwise: &str) -> Fact {
    let reason = troubles.first().map_or(otherwise, |(reason, _)| reason);
    let message = join(troubles.iter().map(|(_, message)| message.as_str()));
    Fact::new(kind, Truth::from(!troubles.is_empty()), reason, &message)
}

/// It has never been ready: nobody has ever been primary, or that is what it was waiting for.
fn creating(observed: &Observed) -> bool {
    let was = &observed.status;
    let never = was.shards.iter().all(|shard| shard.primary.is_none());
    never || was.condition(types::READY).is_none_or(|ready| ready.reason == reasons::CREATING)
}

fn not_serving(observed: &Observed, shards: &[Shard]) -> Vec<Trouble> {
    let gone = |shard: &Shard| observed.pods.keys().all(|pod| pod.shard != shard.index);
    let reason = |shard: &Shard| match shard.primary {
        None if gone(shard) => reasons::MISSING_SHARDS,
        None => reasons::PRIMARY_LOST,
        Some(_) if shard.in_sync < shard.wanted => reasons::MISSING_REPLICAS,
        Some(_) => reasons::SLOTS_UNASSIGNED,
    };
    shards.iter().filter_map(|shard| Some((reason(shard), shard.refuses.clone()?))).collect()
}

/// Shards that serve and lack replicas.
fn lacking(shards: &[Shard]) -> impl Iterator<Item = Trouble> {
    let message = |shard: &Shard| {
        format!("shard {} has {} of {} replicas in sync", shard.index, shard.in_sync, shard.wanted)
    };
    let lacking = shards.iter().filter(|shard| shard.primary.is_some() && shard.in_sync < shard.wanted);
    lacking.map(move |shard| (reasons::MISSING_REPLICAS, message(shard)))
}

/// Waits for something that may never come without a person.
fn in_trouble(plan: &Plan) -> impl Iterator<Item = Trouble> {
    let bad = [reasons::POD_UNSCHEDULABLE, reasons::POD_FAILING];
    plan.waits
        .iter()
        .filter(move |wait| bad.contains(&wait.reason))
        .map(|wait| (wait.reason, wait.message.clone()))
}

fn progress(plan: &Plan, creating: bool) -> Vec<Trouble> {
    let reason = |of: &'static str| if creating { reasons::CREATING } else { of };
    let steps = plan.steps.iter().map(|step| (reason(step.reason()), step.to_string()));
    let waits = plan.waits.iter().map(|wait| (reason(wait.reason), wait.message.clone()));
    steps.chain(waits).collect()
}

fn view(observed: &Observed, pod: crate::ids::PodId) -> Option<(&str, &ClusterView)> {
    let pod = observed.pods.get(&pod)?;
    Some((&pod.name, pod.view()?))
}

/// Slots that no primary which is up calls its own.
fn unserved(desired: &Desired, observed: &Observed, shards: &[Shard]) -> Slots {
    if desired.mode != Mode::Cluster {
        return Slots::none();
    }
    let views = shards.iter().filter_map(|shard| view(observed, shard.primary?)?.1.myself());
    views.fold(Slots::all(), |left, me| left.minus(&me.slots))
}

/// The first thing in which a primary's view of another differs from the other's own.
fn disagreement(observed: &Observed, shards: &[Shard]) -> Option<String> {
    let primaries: Vec<_> = shards.iter().filter_map(|shard| view(observed, shard.primary?)).collect();
    primaries.iter().find_map(|(name, view)| {
        primaries.iter().find_map(|(other, theirs)| {
            let (known, truth) = (view.nodes.get(&theirs.me), theirs.myself()?);
            match known {
                None => Some(format!("{name} doesn't know {other}")),
                Some(known) if known.failed => Some(format!("{name} takes {other} for failed")),
                Some(known) if known.slots != truth.slots => {
                    Some(format!("{name} sees other slots on {other}"))
                }
                Some(_) => None,
            }
        })
    })
}

/// The first two servers that should know each other and don't.
fn strangers(desired: &Desired, observed: &Observed) -> Option<String> {
    if desired.mode != Mode::Cluster {
        return None;
    }
    let formed = observed.status.condition(types::CLUSTER_FORMED).is_some_and(|was| was.status == "True");
    let up: Vec<_> = desired.pods().filter_map(|id| view(observed, id)).collect();
    let wanted = desired.pods().count();
    if up.len() < wanted && !formed {
        return Some(format!("{} of {wanted} servers are up", up.len()));
    }
    up.iter().find_map(|(name, view)| {
        let knows = |id| view.nodes.get(id).is_some_and(|known| !known.handshake);
        let stranger = up.iter().find(|(_, other)| !knows(&other.me))?;
        Some(format!("{name} doesn't know {} yet", stranger.0))
    })
}
