//! What people are told of as it happens: steps that were done, steps that failed, conditions that flipped.
//!
//! What goes on failing in the same way is told once.

use super::{Deeds, StepFailure};
use crate::plan::Plan;
use crate::step::Step;
use ironkeep_api::ValkeyClusterStatus;
use ironkeep_api::conditions::{reasons, types};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

/// Events of one look at most: the birth of a large cluster has thousands of steps.
const MOST: usize = 20;

/// Whether an event is good or bad news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// Something happened as it should.
    Normal,
    /// Something that somebody may have to look at.
    Warning,
}

/// One thing that happened, as Kubernetes shows it beside the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Good or bad.
    pub kind: EventType,
    /// Why, in CamelCase.
    pub reason: String,
    /// What, in words.
    pub message: String,
}

/// What to tell, bad news first.
pub fn events(plan: &Plan, deeds: &Deeds, was: &ValkeyClusterStatus, is: &ValkeyClusterStatus) -> Vec<Event> {
    let mut all = losses(plan, was);
    all.extend(deeds.failures.iter().filter_map(|failure| failed(failure, was)));
    all.extend(is.conditions.iter().filter_map(|condition| flipped(condition, was)));
    all.extend(deeds.done.iter().filter_map(step));
    cut(all)
}

fn event(kind: EventType, reason: &str, message: String) -> Event {
    Event { kind, reason: reason.to_owned(), message }
}

fn losses(plan: &Plan, was: &ValkeyClusterStatus) -> Vec<Event> {
    let told = was.condition(types::DATA_LOST).map(|told| told.message.as_str()).unwrap_or_default();
    let new = plan.losses.iter().filter(|loss| !told.contains(&loss.message));
    new.map(|loss| event(EventType::Warning, types::DATA_LOST, loss.message.clone())).collect()
}

fn failed(failure: &StepFailure, was: &ValkeyClusterStatus) -> Option<Event> {
    let message = super::health::failure(failure);
    let told = was.condition(types::DEGRADED).is_some_and(|told| told.message.contains(&message));
    (!told).then(|| event(EventType::Warning, reasons::STEP_FAILED, message))
}

/// A condition that says something else than before, where that is news. Losses tell themselves.
fn flipped(is: &Condition, was: &ValkeyClusterStatus) -> Option<Event> {
    let before = was.condition(&is.type_).map(|before| before.status.as_str());
    if before == Some(is.status.as_str()) {
        return None;
    }
    let text =
        |what: &str| if is.message.is_empty() { what.to_owned() } else { format!("{what}: {}", is.message) };
    let (kind, message) = match (is.type_.as_str(), is.status.as_str()) {
        (types::READY, "True") => (EventType::Normal, text("ready")),
        // What has never been ready isn't missed.
        (types::READY, _) if before == Some("True") => (EventType::Warning, text("no longer ready")),
        (types::DEGRADED, "True") => (EventType::Warning, text("degraded")),
        (types::DEGRADED, "False") if before.is_some() => (EventType::Normal, text("no longer degraded")),
        (types::SPEC_VALID, "False") => (EventType::Warning, text("the spec can't be carried out")),
        (types::SPEC_VALID, "True") if before.is_some() => {
            (EventType::Normal, text("the spec can be carried out"))
        }
        _ => return None,
    };
    Some(event(kind, &is.reason, message))
}

/// A step that was done, where it is worth telling.
fn step(step: &Step) -> Option<Event> {
    let reason = match step {
        Step::Apply(_) => "Applied",
        Step::Delete(_) => "Deleted",
        Step::Grow { .. } => "VolumeGrown",
        Step::Evict { .. } => "PodRestarted",
        Step::Configure { .. } => "Configured",
        Step::Found { .. } | Step::Adopt { .. } => "SlotsAssigned",
        Step::Meet { .. } => "NodeIntroduced",
        Step::Replicate { .. } | Step::Follow { .. } => "ReplicaAttached",
        Step::Forget { .. } => "NodeForgotten",
        Step::Failover { .. } | Step::Promote { .. } => "FailedOver",
        Step::HandOver { .. } => "HandedOver",
        Step::SeeOff { .. } => "ClientsLedOver",
        Step::Unpause { .. } => "ClientsReleased",
        // It follows from another step that is told.
        Step::Label { .. } | Step::Designate { .. } => return None,
    };
    Some(event(EventType::Normal, reason, step.to_string()))
}

fn cut(mut all: Vec<Event>) -> Vec<Event> {
    if all.len() > MOST {
        let more = all.len() + 1 - MOST;
        all.truncate(MOST - 1);
        all.push(event(EventType::Normal, "More", format!("and {more} more")));
    }
    all
}
