//! One pass over one cluster: observe, resolve, plan, apply, report.
//!
//! The same pass serves Kubernetes and local mode. It remembers nothing between passes but what the status says,
//! and what it has begun and not seen the end of.

mod apply;
mod errands;
mod observe;
#[cfg(test)]
mod tests;

pub use errands::Errands;

use crate::clock::Clock;
use crate::engine::Engines;
use crate::metrics::Stopwatch;
use crate::platform::{Outcome, Platform, PlatformError};
use futures::future::join;
use ironkeep_api::{ValkeyCluster, ValkeyClusterStatus};
use ironkeep_core::report::Deeds;
use ironkeep_core::resolve::Settings;
use ironkeep_core::{Desired, Observed, Plan, plan, report, resolve_or_go_on};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How soon to look again while something is unhealthy or on its way.
const SOON: Duration = Duration::from_millis(200);
/// How soon to try again what failed.
const HINDERED: Duration = Duration::from_millis(500);
/// How long to rely on watches alone once all is well.
const CALM: Duration = Duration::from_secs(15);

/// What a pass works with, besides the cluster itself.
pub struct Tools<'a, P> {
    /// Where the pods live.
    pub platform: &'a P,
    /// How to talk to engines.
    pub engines: &'a Arc<Engines>,
    /// Steps that earlier passes have left under way.
    pub errands: &'a Arc<Errands>,
    /// What holds for every cluster of this operator.
    pub settings: &'a Settings,
    /// What time it is.
    pub clock: &'a Clock,
    /// How long the steps of a pass take.
    pub stopwatch: &'a Stopwatch,
}

/// How long a hand-over may take before people are told of it: most are over before anybody has read that they began.
const MOMENT: Duration = Duration::from_millis(100);

/// Makes one pass and says how soon the next one is due. After the first half of a hand-over, makes another one: clients
/// wait for the second half.
pub async fn reconcile<P: Platform>(
    cluster: &ValkeyCluster,
    tools: &Tools<'_, P>,
) -> Result<Duration, PlatformError> {
    match pass(cluster, tools).await? {
        Some(next) => Ok(next),
        None => Ok(pass(cluster, tools).await?.unwrap_or_default()),
    }
}

/// One pass; gives how soon the next one is due, or nothing if it ended in the middle of a hand-over of which nothing has
/// been written.
async fn pass<P: Platform>(
    cluster: &ValkeyCluster,
    tools: &Tools<'_, P>,
) -> Result<Option<Duration>, PlatformError> {
    let observed = Arc::new(tools.stopwatch.time("observe", observe::observe(cluster, tools)).await?);
    let resolved = resolve_or_go_on(cluster, &observed, tools.settings);
    let plan = match &resolved.desired {
        Some(desired) if !desired.paused => plan(desired, &observed),
        _ => Plan::default(),
    };
    let told = |deeds: &Deeds| report(cluster, &resolved, &observed, &plan, deeds);
    let seen = told(&Deeds::default()).status;
    let (written, deeds) =
        tell_and_do(cluster, resolved.desired.as_ref(), &observed, &plan, &seen, tools).await;
    let report = told(&deeds);
    let half_done = written.is_none() && deeds.failures.is_empty();
    if !half_done {
        let stands = match written.transpose()? {
            Some(()) => &seen,
            None => &observed.status,
        };
        write(&report.status, stands, tools).await?;
    }
    tools.platform.tell(report.events).await;
    Ok((!half_done).then(|| next_look(&plan, &deeds)))
}

/// Says what is seen while doing something about it: people need not wait for a slow step to hear the truth. What
/// another operator has to know if this one ends in the middle is said first. Of the first half of a hand-over nothing is
/// said unless it is slow. Gives whether it could be said, if it was.
async fn tell_and_do<P: Platform>(
    cluster: &ValkeyCluster,
    desired: Option<&Desired>,
    observed: &Arc<Observed>,
    plan: &Plan,
    seen: &ValkeyClusterStatus,
    tools: &Tools<'_, P>,
) -> (Option<Outcome<()>>, Deeds) {
    let key = observe::key(cluster);
    let say = write(seen, &observed.status, tools);
    let act = async {
        match desired {
            Some(desired) => apply::apply(&key, desired, observed, plan, tools).await,
            None => tools.errands.deeds(&key),
        }
    };
    let act = tools.stopwatch.time("apply", act);
    if plan.is_told_first() {
        return match say.await {
            Ok(()) => (Some(Ok(())), act.await),
            Err(error) => (Some(Err(error)), Deeds::default()),
        };
    }
    tokio::pin!(act);
    if plan.hands_over()
        && let Ok(deeds) = timeout(MOMENT, &mut act).await
    {
        return (None, deeds);
    }
    let (said, deeds) = join(say, act).await;
    (Some(said), deeds)
}

/// Writes a status unless it is what stands there already.
async fn write<P: Platform>(
    new: &ValkeyClusterStatus,
    old: &ValkeyClusterStatus,
    tools: &Tools<'_, P>,
) -> Outcome<()> {
    if new == old {
        return Ok(());
    }
    tools.stopwatch.time("report", tools.platform.set_status(new)).await
}

/// At once after steps that worked, soon while something is waited for, else when a watch or the slow round says so.
/// Steps that all failed get some time: what hindered them is seldom gone in a moment. One that is left under way says
/// so when it ends.
fn next_look(plan: &Plan, deeds: &Deeds) -> Duration {
    match () {
        () if !deeds.done.is_empty() => Duration::ZERO,
        () if !deeds.failures.is_empty() => HINDERED,
        () if plan.is_done() => CALM,
        () => SOON,
    }
}
