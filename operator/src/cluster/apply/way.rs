//! When the clients' service leads to a new primary: asked there, where clients come in.
//!
//! Every node changes the way for its own clients; those of the operator's node show how long that takes now. Takes the
//! new primary, waits until it answers at the service's address, for as long as all nodes may take. Where the service
//! can't be reached from here, it waits for what most nodes take.

use super::hands::Hands;
use crate::engine::EngineError;
use ironkeep_api::names;
use ironkeep_core::PodId;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// What most nodes take, from the first order on.
const USUAL: Duration = Duration::from_millis(70);
/// What a node may take that has changed other ways within the last second.
const LONGEST: Duration = Duration::from_millis(1100);
/// How much later other nodes may be.
const SPREAD: Duration = Duration::from_millis(25);
/// How often it is asked who answers.
const PACE: Duration = Duration::from_millis(4);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_millis(50);

/// Waits until clients are led to `to`, as far as can be seen.
pub async fn changed<P>(hands: &Hands<P>, to: PodId) {
    let begun = Instant::now();
    if let Some(service) = service(hands) {
        let mut patience = USUAL;
        while begun.elapsed() < patience {
            match who_answers(hands, service).await {
                Ok(run_id) if Some(&run_id) == run_id_of(hands, to) => return sleep(SPREAD).await,
                // It can be reached, and will lead there in the end.
                Ok(_) => patience = LONGEST,
                Err(_) => {}
            }
            sleep(PACE).await;
        }
    }
    sleep(USUAL.saturating_sub(begun.elapsed())).await;
}

async fn who_answers<P>(hands: &Hands<P>, service: SocketAddr) -> Result<String, EngineError> {
    timeout(ANSWER, hands.engines.run_id(service)).await.map_err(|_| EngineError::Silent)?
}

/// The address where clients come in.
fn service<P>(hands: &Hands<P>) -> Option<SocketAddr> {
    let name = names::service(&hands.desired.name);
    let objects = hands.observed.objects.iter();
    let mut services = objects.filter(|(object, _)| object.kind == "Service" && object.name == name);
    let address = services.next()?.1.pointer("/spec/clusterIP").and_then(Value::as_str)?;
    Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, hands.desired.port))
}

fn run_id_of<P>(hands: &Hands<P>, pod: PodId) -> Option<&String> {
    hands.observed.pods.get(&pod)?.facts().map(|facts| &facts.run_id)
}
