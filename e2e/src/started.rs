//! How long after the start of its last pod a cluster was whole again.
//!
//! Takes what the kubelets say of the containers. They tell whole seconds, rounded down: the figure is up to a second
//! too long, never too short.

use crate::world::{Outcome, World};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;

/// Says how long ago the last container of a cluster was started.
pub async fn how_long_ago(world: &World, cluster: &str) -> Outcome<String> {
    let now = Timestamp::now();
    let pods = world.pods_of(cluster).await?;
    let Some(last) = pods.iter().flat_map(starts).max() else { return Ok(String::new()) };
    Ok(format!("Ready at most {:.1} s after the last pod's start", now.duration_since(last).as_secs_f64()))
}

fn starts(pod: &Pod) -> Vec<Timestamp> {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    let running = |status: &k8s_openapi::api::core::v1::ContainerStatus| {
        Some(status.state.as_ref()?.running.as_ref()?.started_at.as_ref()?.0)
    };
    statuses.into_iter().flatten().filter_map(running).collect()
}
