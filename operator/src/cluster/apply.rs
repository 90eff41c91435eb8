//! Carries out a plan: the only writer.
//!
//! Takes a plan with the desired and the observed that it was made from. The steps are done side by side, each to its
//! own end and within a time of its own; those that take long go on after the pass ([`super::errands`]). Gives what has
//! become of them. Decides nothing that the plan hasn't decided.

mod bus;
mod error;
mod hand_over;
mod hands;
mod seeing_off;
mod way;

use super::Tools;
use crate::engine::Command;
use crate::metrics::Stopwatch;
use crate::platform::{Outcome, Platform, PlatformError};
use error::StepError;
use futures::future::join;
use hands::Hands;
use ironkeep_api::{Mode, names};
use ironkeep_core::desired::Object;
use ironkeep_core::report::{Deeds, StepFailure};
use ironkeep_core::resolve::{byway_to, way_to};
use ironkeep_core::step::Step;
use ironkeep_core::{Desired, ObjectRef, Observed, Plan, PodId, Role};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tracing::Instrument;

/// How long any step may take. Those that wait for something have shorter times of their own.
pub(super) const STEP: Duration = Duration::from_secs(10);

/// How long a pass waits for its steps. Most take less; a hand-over in another shard mustn't wait for one that doesn't.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// Begins all steps; gives what has become of them, and of those that were left under way before.
pub async fn apply<P: Platform>(
    key: &str,
    desired: &Desired,
    observed: &Arc<Observed>,
    plan: &Plan,
    tools: &Tools<'_, P>,
) -> Deeds {
    if plan.steps.is_empty() {
        return tools.errands.deeds(key);
    }
    let hands = Arc::new(Hands {
        desired: desired.clone(),
        observed: observed.clone(),
        platform: tools.platform.clone(),
        engines: tools.engines.clone(),
    });
    let work = |step: &Step| {
        let (hands, step, stopwatch) = (hands.clone(), step.clone(), tools.stopwatch.clone());
        let span = tracing::info_span!("step", %step);
        async move { try_step(&hands, &step, &stopwatch).await }.instrument(span)
    };
    let steps = plan.steps.iter().map(|step| (step.clone(), work(step)));
    tools.errands.run(key, steps, patience(plan)).await
}

/// In replication mode there is no other shard that waits, and half a hand-over is nothing to be looked at.
fn patience(plan: &Plan) -> Duration {
    let sees_off = plan.steps.iter().any(|step| matches!(step, Step::SeeOff { .. }));
    if sees_off || plan.hands_over() { STEP } else { PATIENCE }
}

async fn try_step<P: Platform>(hands: &Hands<P>, step: &Step, stopwatch: &Stopwatch) -> Option<StepFailure> {
    tracing::info!("step");
    let done = timeout(STEP, carry_out(hands, step)).await.unwrap_or(Err(StepError::Late(STEP)));
    let error = done.err()?;
    stopwatch.failed("apply", &format_args!("{step}: {error}"));
    Some(StepFailure { step: step.to_string(), error: error.to_string() })
}

async fn carry_out<P: Platform>(hands: &Hands<P>, step: &Step) -> Result<(), StepError> {
    match step {
        Step::Apply(reference) => Ok(make(hands, reference).await?),
        Step::Delete(reference) => Ok(hands.platform.delete(reference).await?),
        Step::Label { pod, role: Role::Primary } if hands.desired.mode == Mode::Replication => {
            crown(hands, *pod).await
        }
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
        Step::SeeOff { from, to } => seeing_off::see_off(hands, *from, *to).await,
        Step::Designate { heir } => {
            Ok(hands.lead(byway_to(&hands.desired, &hands.observed, *heir), *heir).await?)
        }
        Step::Unpause { pod } => hands.order(*pod, Command::new(["CLIENT", "UNPAUSE"])).await,
    }
}

async fn make<P: Platform>(hands: &Hands<P>, reference: &ObjectRef) -> Outcome<()> {
    match hands.desired.objects.iter().find(|object| object.reference == *reference) {
        Some(object) => hands.platform.apply(object).await,
        None => Err(PlatformError::Failed(format!("{reference} is to be applied but isn't desired"))),
    }
}

async fn promote<P: Platform>(hands: &Hands<P>, pod: PodId) -> Result<(), StepError> {
    hands.order(pod, Command::new(["REPLICAOF", "NO", "ONE"])).await?;
    crown(hands, pod).await
}

/// Leads clients to a primary, too: they wait for it.
async fn crown<P: Platform>(hands: &Hands<P>, pod: PodId) -> Result<(), StepError> {
    let (led, labelled) = join(hands.lead_to(pod), hands.label(pod, Role::Primary)).await;
    Ok(led.and(labelled)?)
}

/// Clients are cut in the same breath, so that none of them has the time to write to a replica. An unfinished hand-over
/// may have left it holding writes back, which would hold back what comes from its primary too.
async fn follow<P: Platform>(hands: &Hands<P>, pod: PodId, primary: PodId) -> Result<(), StepError> {
    hands
        .orders(pod, &[hands.replica_of(primary)?, hands::cut_clients(), Command::new(["CLIENT", "UNPAUSE"])])
        .await
}

impl<P: Platform> Hands<P> {
    /// The pod's name on the platform.
    fn name(&self, pod: PodId) -> String {
        names::pod(&self.desired.name, pod.shard, pod.ordinal)
    }

    /// Leads clients to a primary.
    async fn lead_to(&self, primary: PodId) -> Outcome<()> {
        self.lead(way_to(&self.desired, &self.observed, primary), primary).await
    }

    async fn lead(&self, way: Option<Object>, to: PodId) -> Outcome<()> {
        match way {
            Some(way) => self.platform.apply(&way).await,
            None => Err(PlatformError::Failed(format!("{to} has no address to lead clients to"))),
        }
    }

    /// Writes a pod's role label.
    async fn label(&self, pod: PodId, role: Role) -> Outcome<()> {
        self.platform.label(&self.name(pod), role).await
    }

    /// Whether its name is another pod's by now.
    fn is_departed(&self, pod: PodId) -> bool {
        self.observed.pods.get(&pod).is_some_and(|pod| pod.departed)
    }
}
