//! Carries out a plan: the only writer.
//!
//! Takes a plan with the desired and the observed that it was made from. The steps are done side by side, each to its
//! own end and within a time of its own; gives those that failed. Decides nothing that the plan hasn't decided.

mod bus;
mod error;
mod hand_over;
mod hands;

use super::Tools;
use crate::engine::Command;
use crate::platform::{Outcome, Platform, PlatformError};
use error::StepError;
use futures::future::join_all;
use hands::Hands;
use ironkeep_api::names;
use ironkeep_core::report::StepFailure;
use ironkeep_core::step::Step;
use ironkeep_core::{Desired, ObjectRef, Observed, Plan, PodId, Role};
use std::time::Duration;
use tokio::time::timeout;

/// How long any step may take. Those that wait for something have shorter times of their own.
const STEP: Duration = Duration::from_secs(10);

/// Carries out all steps.
pub async fn apply<P: Platform>(
    desired: &Desired,
    observed: &Observed,
    plan: &Plan,
    tools: &Tools<'_, P>,
) -> Vec<StepFailure> {
    let hands = Hands { desired, observed, platform: tools.platform, engines: tools.engines };
    let done = join_all(plan.steps.iter().map(|step| try_step(&hands, step))).await;
    let failures: Vec<_> = done.into_iter().flatten().collect();
    for failure in &failures {
        tools.stopwatch.failed("apply", &format_args!("{}: {}", failure.step, failure.error));
    }
    failures
}

async fn try_step<P: Platform>(hands: &Hands<'_, P>, step: &Step) -> Option<StepFailure> {
    tracing::info!(%step, "step");
    let done = timeout(STEP, carry_out(hands, step)).await.unwrap_or(Err(StepError::Late(STEP)));
    let error = done.err()?;
    Some(StepFailure { step: step.to_string(), error: error.to_string() })
}

async fn carry_out<P: Platform>(hands: &Hands<'_, P>, step: &Step) -> Result<(), StepError> {
    match step {
        Step::Apply(reference) => Ok(make(hands, reference).await?),
        Step::Delete(reference) => Ok(hands.platform.delete(reference).await?),
        Step::Label { pod, role } => Ok(hands.label(*pod, *role).await?),
        Step::Grow { claim, bytes, .. } => Ok(hands.platform.grow(claim, *bytes).await?),
        Step::Evict { pod, uid, .. } => Ok(hands.platform.evict(&hands.name(*pod), uid).await?),
        Step::Configure { pod, name, value } => {
            hands.order(*pod, Command::new(["CONFIG", "SET", name, value])).await
        }
        Step::Found { pod, epoch, slots } => bus::found(hands, *pod, *epoch, slots).await,
        Step::Adopt { pod, slots } => bus::adopt(hands, *pod, slots).await,
        Step::Meet { pod, peer } => bus::meet(hands, *pod, *peer).await,
        Step::Replicate { pod, primary } => bus::replicate(hands, *pod, primary).await,
        Step::Forget { pod, node } => bus::forget(hands, *pod, node).await,
        Step::Failover { pod, manner, .. } => bus::fail_over(hands, *pod, *manner).await,
        Step::Promote { pod, .. } => promote(hands, *pod).await,
        Step::Follow { pod, primary } => follow(hands, *pod, *primary).await,
        Step::HandOver { from, to, .. } => hand_over::hand_over(hands, *from, *to).await,
        Step::Unpause { pod } => hands.order(*pod, Command::new(["CLIENT", "UNPAUSE"])).await,
    }
}

async fn make<P: Platform>(hands: &Hands<'_, P>, reference: &ObjectRef) -> Outcome<()> {
    match hands.desired.objects.iter().find(|object| object.reference == *reference) {
        Some(object) => hands.platform.apply(object).await,
        None => Err(PlatformError::Failed(format!("{reference} is to be applied but isn't desired"))),
    }
}

/// The label goes with it: clients find a primary by its label, and wait for it.
async fn promote<P: Platform>(hands: &Hands<'_, P>, pod: PodId) -> Result<(), StepError> {
    hands.order(pod, Command::new(["REPLICAOF", "NO", "ONE"])).await?;
    Ok(hands.label(pod, Role::Primary).await?)
}

/// Clients are cut in the same breath, so that none of them has the time to write to a replica.
async fn follow<P: Platform>(hands: &Hands<'_, P>, pod: PodId, primary: PodId) -> Result<(), StepError> {
    hands.orders(pod, &[hands.replica_of(primary)?, hands::cut_clients()]).await
}

impl<P: Platform> Hands<'_, P> {
    /// The pod's name on the platform.
    fn name(&self, pod: PodId) -> String {
        names::pod(&self.desired.name, pod.shard, pod.ordinal)
    }

    /// Writes a pod's role label.
    async fn label(&self, pod: PodId, role: Role) -> Outcome<()> {
        self.platform.label(&self.name(pod), role).await
    }
}
