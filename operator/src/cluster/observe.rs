//! Looks at the world: what the platform shows, then what every engine says, all of them asked at once.
//!
//! Takes a cluster and the tools, gives plain data with the time of looking. Judges nothing: an engine that doesn't
//! answer is reported as one that doesn't answer.

use super::Tools;
use crate::platform::{Platform, PlatformError, Sight};
use futures::future::join_all;
use ironkeep_api::{ValkeyCluster, names};
use ironkeep_core::observed::{Engine, Observed, Pod};
use ironkeep_core::resolve::live_parameters;
use ironkeep_core::{Millis, PodId};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Looks.
pub async fn observe<P: Platform>(
    cluster: &ValkeyCluster,
    tools: &Tools<'_, P>,
) -> Result<Observed, PlatformError> {
    let key = key(cluster);
    // Before looking: what ends meanwhile may have been seen half done.
    let under_way = tools.errands.under_way(&key);
    let Sight { objects, mut pods, volumes } = tools.platform.look().await?;
    let mut missing = tools.engines.departures.missing(&key, &pods, tools.clock.now());
    let parameters: Vec<&str> = live_parameters().collect();
    let answers =
        join_all(pods.values().chain(missing.values()).map(|pod| ask(pod, tools, &parameters))).await;
    for (pod, engine) in pods.values_mut().chain(missing.values_mut()).zip(answers) {
        pod.engine = engine;
    }
    let at = tools.clock.now();
    tools.engines.departures.note(&key, &mut pods, missing, at);
    note_silence(&key, &mut pods, tools, at);
    look_out(&key, &pods, tools);
    let farewells = tools.engines.farewells.note(&key, pods.iter().map(|(&id, pod)| (id, pod.facts())), at);
    let status = cluster.status.clone().unwrap_or_default();
    Ok(Observed { at, objects, pods, volumes, farewells, status, under_way })
}

/// What a cluster is called among all: `namespace/name`.
pub fn key(cluster: &ValkeyCluster) -> String {
    let of = |name: &Option<String>| name.clone().unwrap_or_default();
    format!("{}/{}", of(&cluster.metadata.namespace), of(&cluster.metadata.name))
}

/// The end of a primary is to be noticed at once: its replicas may have what it takes with it. A replica that falls
/// silent changes nothing for the data, but what the status says.
fn look_out<P>(key: &str, pods: &BTreeMap<PodId, Pod>, tools: &Tools<'_, P>) {
    for pod in pods.values() {
        if let Some(ip) = pod.ip.filter(|_| pod.facts().is_some()) {
            tools.engines.lookouts.keep(key, SocketAddr::new(ip, names::CLIENT_PORT));
        }
    }
}

fn note_silence<P>(key: &str, pods: &mut BTreeMap<PodId, Pod>, tools: &Tools<'_, P>, at: Millis) {
    let is_silent = |pod: &&Pod| matches!(pod.engine, Engine::Unasked | Engine::Refused | Engine::Silent);
    let silent = pods.values().filter(is_silent).map(|pod| pod.name.as_str());
    let mut since = tools.engines.silences.note(key, silent, at);
    for pod in pods.values_mut() {
        pod.down_since = since.remove(&pod.name);
    }
}

/// Whoever has an address is asked, even where the platform believes that nothing runs: it may be late.
async fn ask<P>(pod: &Pod, tools: &Tools<'_, P>, parameters: &[&str]) -> Engine {
    match pod.ip {
        Some(ip) => tools.engines.facts(SocketAddr::new(ip, names::CLIENT_PORT), parameters).await,
        None => Engine::Unasked,
    }
}
