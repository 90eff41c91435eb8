//! Replication mode: how the clients of an old primary get to the new one.
//!
//! They come by a service, and what leads them there learns of the new primary some milliseconds after the API server,
//! not everywhere at once: a kube-proxy that has just written its rules may take a second to do so again. So clients are
//! let go when the way has changed where it can be seen, and once more those who came back; each costs them one more try.
//! The heir must have its replicas by then, where it is to take no write without.

use super::error::StepError;
use super::hands::{self, Hands};
use super::way;
use crate::engine::Command;
use crate::platform::{Outcome, Platform, PlatformError};
use futures::future::{join, join3};
use ironkeep_core::desired::MIN_REPLICAS;
use ironkeep_core::{PodId, Role};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long the old primary goes on holding writes back if nobody makes a replica of it: until another operator does.
/// Engines know no pause without an end.
const HOLD: Duration = Duration::from_secs(365 * 24 * 3600);
/// How long the API server may take to lead clients over, and to write the labels after that.
const WRITTEN: Duration = Duration::from_millis(700);
/// How long the heir's replicas may take to follow it.
const FOLLOWED: Duration = Duration::from_millis(500);
/// How often it is asked whether they do.
const PACE: Duration = Duration::from_millis(5);
/// When clients who came back are let go again, each time after the time before: when most, nearly all, and all ways have
/// changed. Not more often: libraries try a write four times.
const AGAIN: [Duration; 3] =
    [Duration::from_millis(40), Duration::from_millis(180), Duration::from_millis(800)];

/// Leads everybody from an old primary that holds writes back to its heir.
pub async fn see_off<P: Platform>(hands: &Hands<P>, from: PodId, to: PodId) -> Result<(), StepError> {
    let lead = in_time(hands.lead_to(to));
    let (led, (), ()) = join3(lead, way::changed(hands, to), gather(hands, from, to)).await;
    let (labelled, ()) = join(in_time(label(hands, from, to)), let_go(hands, from)).await;
    let demoted = demote(hands, from, to).await;
    // One whose pod was deleted by force may have ended before.
    if !hands.is_departed(from) {
        demoted?;
    }
    Ok(led.and(labelled)?)
}

/// A slow API server mustn't keep the old primary from following.
async fn in_time(write: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    let late = |_| PlatformError::Failed(format!("nothing written within {WRITTEN:?}"));
    timeout(WRITTEN, write).await.map_err(late)?
}

/// Has the old primary hold writes back until it is told otherwise, whatever becomes of this operator.
pub async fn hold<P>(hands: &Hands<P>, from: PodId) -> Result<(), StepError> {
    let mut orders = vec![Command::new(["CLIENT", "PAUSE"]).and(HOLD.as_millis()).and("WRITE")];
    if hands.desired.min_replicas() > 0 {
        // It is about to lose its replicas and would refuse what it is to keep waiting.
        orders.push(Command::new(["CONFIG", "SET", MIN_REPLICAS, "0"]));
    }
    hands.orders(from, &orders).await
}

/// Lets the old primary go on as if nothing had been. If that fails, the next look does it.
pub async fn go_on<P>(hands: &Hands<P>, from: PodId) {
    hands.orders(from, &as_before(hands)).await.ok();
}

/// Takes back what holds writes back: first what it needs of replicas, as it takes none without.
fn as_before<P>(hands: &Hands<P>) -> Vec<Command> {
    let needed = hands.desired.live_config.get(MIN_REPLICAS).filter(|_| hands.desired.min_replicas() > 0);
    let needed = needed.map(|needed| Command::new(["CONFIG", "SET", MIN_REPLICAS, needed]));
    needed.into_iter().chain([Command::new(["CLIENT", "UNPAUSE"])]).collect()
}

/// Lets the other replicas follow the heir, and waits until it has as many as it needs. If too few are left without
/// the old primary, that one follows too: its clients wait on, but new ones are refused.
async fn gather<P>(hands: &Hands<P>, from: PodId, to: PodId) {
    let answers = |pod: &PodId| hands.observed.pods.get(pod).is_some_and(|pod| pod.facts().is_some());
    let shard =
        hands.observed.pods.keys().filter(|pod| pod.shard == to.shard && **pod != from && **pod != to);
    let mut replicas: Vec<PodId> = shard.copied().filter(answers).collect();
    if replicas.len() < hands.desired.min_replicas() {
        replicas.push(from);
    }
    let Ok(follow) = hands.replica_of(to) else { return };
    // Who can't be told now is told at the next look.
    let orders = replicas.iter().map(|pod| hands.order(*pod, follow.clone()));
    futures::future::join_all(orders).await;
    let enough = |online: usize| online >= hands.desired.min_replicas().min(replicas.len());
    hands
        .until(to, FOLLOWED, PACE, |heir| {
            enough(heir.replicas.iter().filter(|replica| replica.online).count())
        })
        .await
        .ok();
}

/// Lets go of the old primary's clients, and of those who come back to it.
async fn let_go<P>(hands: &Hands<P>, from: PodId) {
    hands.order(from, hands::cut_clients()).await.ok();
    for pause in AGAIN {
        sleep(pause).await;
        if hands.waiting_clients(from).await.is_none_or(|count| count > 0) {
            hands.order(from, hands::cut_clients()).await.ok();
        }
    }
}

/// Makes a replica of the old primary. Whoever still waits there is cut off, never answered: what it wrote was not
/// acknowledged. Said twice if need be.
async fn demote<P>(hands: &Hands<P>, from: PodId, to: PodId) -> Result<(), StepError> {
    let mut orders = vec![hands::cut_clients(), hands.replica_of(to)?];
    orders.extend(as_before(hands));
    match hands.orders(from, &orders).await {
        Ok(()) => Ok(()),
        Err(_) => hands.orders(from, &orders).await,
    }
}

/// For people, readers and budgets.
async fn label<P: Platform>(hands: &Hands<P>, from: PodId, to: PodId) -> Outcome<()> {
    let new = hands.label(to, Role::Primary).await;
    match hands.is_departed(from) {
        true => new,
        false => new.and(hands.label(from, Role::Replica).await),
    }
}
