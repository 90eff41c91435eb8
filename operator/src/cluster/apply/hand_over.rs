//! Replication mode: from a primary that still works to a replica, without losing a write or showing a READONLY.
//!
//! The old primary holds writes back by a command of its own engine that ends by itself. Whatever comes too late or
//! fails before the heir is told to be primary is undone, and the clients go on where they were. From then on the old one
//! holds back for good: if this operator ends here, nobody writes to two primaries until another one has made a replica
//! of it. It isn't told to follow yet, and nobody is led to the heir, before the status names that one: see
//! `seeing_off.rs`.

use super::error::StepError;
use super::hands::Hands;
use super::seeing_off;
use crate::engine::Command;
use ironkeep_core::PodId;
use ironkeep_core::observed::Replication;
use std::time::Duration;
use tokio::time::Instant;

/// How long the old primary holds writes back unless it is told to go on.
const PAUSE: Duration = Duration::from_millis(3000);
/// How long the heir may take to get the last writes.
const CATCH_UP: Duration = Duration::from_millis(1000);
/// How often it is asked whether it has them.
const PACE: Duration = Duration::from_millis(2);

/// Hands over.
pub async fn hand_over<P>(hands: &Hands<P>, from: PodId, to: PodId) -> Result<(), StepError> {
    let until = Instant::now() + PAUSE;
    let mut ready = prepare(hands, from, to).await;
    if ready.is_ok() {
        // Without a gap: what was written after the pause would be lost.
        ready = seeing_off::hold(hands, from).await.and(in_time(until));
    }
    if ready.is_err() {
        seeing_off::go_on(hands, from).await;
        return ready;
    }
    promote(hands, from, to).await
}

/// Holds writes back and waits until the heir has all that came before.
async fn prepare<P>(hands: &Hands<P>, from: PodId, to: PodId) -> Result<(), StepError> {
    let pause = Command::new(["CLIENT", "PAUSE"]).and(PAUSE.as_millis()).and("WRITE");
    hands.order(from, pause).await?;
    let last = hands.replication(from).await?;
    if !last.primary {
        return Err(StepError::NotReached(format!("{from} is no primary that could hand over")));
    }
    let caught_up = hands.until(to, CATCH_UP, PACE, |heir| has_all(heir, &last)).await;
    caught_up.map(drop).map_err(|heir| StepError::NotReached(behind(to, heir, &last)))
}

fn has_all(heir: &Replication, last: &Replication) -> bool {
    let linked = heir.upstream.as_ref().is_some_and(|upstream| upstream.up);
    linked && heir.replid == last.replid && heir.offset >= last.offset
}

fn behind(to: PodId, heir: Option<Replication>, last: &Replication) -> String {
    let is = match heir {
        None => "doesn't answer".to_owned(),
        Some(heir) if heir.replid != last.replid => "has another history".to_owned(),
        Some(heir) => format!("is at offset {} of {}", heir.offset, last.offset),
    };
    format!("{to} {is} after {CATCH_UP:?} without writes")
}

fn in_time(until: Instant) -> Result<(), StepError> {
    if Instant::now() < until { Ok(()) } else { Err(StepError::Late(PAUSE)) }
}

/// If nobody can say whether the heir became primary, it is told to stay a replica: no client has been sent to it yet.
/// Unless it says that it does, the old primary isn't told to take writes again: the next look decides who stays.
async fn promote<P>(hands: &Hands<P>, from: PodId, to: PodId) -> Result<(), StepError> {
    let told = hands.order(to, Command::new(["REPLICAOF", "NO", "ONE"])).await;
    if told.is_err() && hands.order(to, hands.replica_of(from)?).await.is_ok() {
        seeing_off::go_on(hands, from).await;
    }
    told
}
