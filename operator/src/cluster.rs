//! One pass over one cluster: observe, resolve, plan, apply, report.
//!
//! The same pass serves Kubernetes and local mode. It remembers nothing between passes but what the status says.

mod apply;
mod observe;

use crate::clock::Clock;
use crate::engine::Engines;
use crate::metrics::Stopwatch;
use crate::platform::{Outcome, Platform, PlatformError};
use futures::future::join;
use ironkeep_api::{ValkeyCluster, ValkeyClusterStatus};
use ironkeep_core::report::StepFailure;
use ironkeep_core::resolve::Settings;
use ironkeep_core::{Desired, Observed, Plan, plan, report, resolve};
use std::time::Duration;

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
    pub engines: &'a Engines,
    /// What holds for every cluster of this operator.
    pub settings: &'a Settings,
    /// What time it is.
    pub clock: &'a Clock,
    /// How long the steps of a pass take.
    pub stopwatch: &'a Stopwatch,
}

/// Makes one pass and says how soon the next one is due.
pub async fn reconcile<P: Platform>(
    cluster: &ValkeyCluster,
    tools: &Tools<'_, P>,
) -> Result<Duration, PlatformError> {
    let observed = tools.stopwatch.time("observe", observe::observe(cluster, tools)).await?;
    let resolved = resolve(cluster, &observed, tools.settings);
    let plan = match &resolved {
        Ok(desired) if !desired.paused => plan(desired, &observed),
        _ => Plan::default(),
    };
    let told = |failures: &[StepFailure]| {
        report(cluster, resolved.as_ref().map_err(Vec::as_slice), &observed, &plan, failures)
    };
    let seen = told(&[]).status;
    let (written, failures) = match &resolved {
        Ok(desired) => tell_and_do(desired, &observed, &plan, &seen, tools).await,
        Err(_) => (write(&seen, &observed.status, tools).await, Vec::new()),
    };
    written?;
    let report = told(&failures);
    write(&report.status, &seen, tools).await?;
    tools.platform.tell(report.events).await;
    Ok(next_look(&plan, failures.len()))
}

/// Says what is seen while doing something about it: people need not wait for a slow step to hear the truth. What is
/// lost is said first, because the steps remove the evidence.
async fn tell_and_do<P: Platform>(
    desired: &Desired,
    observed: &Observed,
    plan: &Plan,
    seen: &ValkeyClusterStatus,
    tools: &Tools<'_, P>,
) -> (Outcome<()>, Vec<StepFailure>) {
    let say = write(seen, &observed.status, tools);
    let act = tools.stopwatch.time("apply", apply::apply(desired, observed, plan, tools));
    if plan.losses.is_empty() {
        return join(say, act).await;
    }
    match say.await {
        Ok(()) => (Ok(()), act.await),
        Err(error) => (Err(error), Vec::new()),
    }
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
/// Steps that all failed get some time: what hindered them is seldom gone in a moment.
fn next_look(plan: &Plan, failures: usize) -> Duration {
    match (plan.steps.len(), plan.is_done()) {
        (steps, _) if steps > failures => Duration::ZERO,
        (0, false) => SOON,
        (0, true) => CALM,
        (_, _) => HINDERED,
    }
}
