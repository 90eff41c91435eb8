//! Steps on the cluster bus: slots, introductions, replicas and elections.

use super::error::StepError;
use super::hands::Hands;
use crate::engine::{Command, EngineError};
use ironkeep_core::step::Manner;
use ironkeep_core::{NodeId, PodId, Slots};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a node may take to hear of another one that it is to follow.
const ACQUAINTANCE: Duration = Duration::from_secs(1);
/// How long an election may take.
const ELECTION: Duration = Duration::from_secs(2);
/// How long a primary may take to hand over: it gives up by itself after that.
const HAND_OVER: Duration = Duration::from_secs(5);
/// How often what is waited for is looked at.
const PACE: Duration = Duration::from_millis(5);

/// Gives a newborn its epoch and slots. One that got its epoch before, in an attempt that was cut short, keeps it.
pub async fn found<P>(hands: &Hands<P>, pod: PodId, epoch: u64, slots: &Slots) -> Result<(), StepError> {
    let epoch = hands.order(pod, Command::new(["CLUSTER", "SET-CONFIG-EPOCH"]).and(epoch)).await;
    if !answered(&epoch, "already non-zero") {
        epoch?;
    }
    adopt(hands, pod, slots).await
}

/// Gives slots to a node.
pub async fn adopt<P>(hands: &Hands<P>, pod: PodId, slots: &Slots) -> Result<(), StepError> {
    if slots.is_empty() {
        return Ok(());
    }
    let add = Command::new(["CLUSTER", "ADDSLOTSRANGE"]);
    let add = slots.ranges().iter().fold(add, |add, (first, last)| add.and(first).and(last));
    hands.order(pod, add).await
}

/// Introduces a peer.
pub async fn meet<P>(hands: &Hands<P>, pod: PodId, peer: PodId) -> Result<(), StepError> {
    let meet = Command::new(["CLUSTER", "MEET"]).and(hands.ip(peer)?).and(hands.desired.port);
    hands.order(pod, meet).await
}

/// Makes a node follow another, that it may not have heard of yet.
pub async fn replicate<P>(hands: &Hands<P>, pod: PodId, primary: &NodeId) -> Result<(), StepError> {
    let end = Instant::now() + ACQUAINTANCE;
    loop {
        let done = hands.order(pod, Command::new(["CLUSTER", "REPLICATE", &primary.0])).await;
        if !answered(&done, "Unknown node") || Instant::now() >= end {
            return done;
        }
        sleep(PACE).await;
    }
}

/// Lets a node forget another; if it never knew it, so much the better.
pub async fn forget<P>(hands: &Hands<P>, pod: PodId, node: &NodeId) -> Result<(), StepError> {
    let done = hands.order(pod, Command::new(["CLUSTER", "FORGET", &node.0])).await;
    if answered(&done, "Unknown node") { Ok(()) } else { done }
}

/// Makes a replica primary and waits until it is.
pub async fn fail_over<P>(hands: &Hands<P>, pod: PodId, manner: Manner) -> Result<(), StepError> {
    let (option, limit) = match manner {
        Manner::HandOver => (None, HAND_OVER),
        Manner::Force => (Some("FORCE"), ELECTION),
        Manner::TakeOver => (Some("TAKEOVER"), ELECTION),
    };
    let command = Command::new(["CLUSTER", "FAILOVER"].into_iter().chain(option));
    let told = hands.order(pod, command.clone()).await;
    // It refuses also when it has become primary in the meantime.
    let limit = if told.is_ok() { limit } else { Duration::ZERO };
    match (hands.until(pod, limit, PACE, |replication| replication.primary).await, told) {
        (Ok(_), _) => Ok(()),
        (Err(_), Err(error)) => Err(error),
        (Err(seen), Ok(())) => {
            let is = seen.map_or("doesn't answer", |_| "is still a replica");
            Err(StepError::NotReached(format!("{pod} {is} {limit:?} after {command}")))
        }
    }
}

fn answered(done: &Result<(), StepError>, part: &str) -> bool {
    matches!(done, Err(StepError::Engine { error: EngineError::Answer(text), .. }) if text.contains(part))
}
