//! When the clients' service leads to a new primary: asked there, where clients come in.
//!
//! Every node changes the way for its own clients; those of the operator's node show how long that takes now. Takes the
//! new primary, waits until it answers at the service's address, for as long as all nodes may take. Where the service
//! can't be reached from here, it waits for what most nodes take.

use super::hands::Hands;
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
    match (service(hands), run_id_of(hands, to)) {
        (Some(service), Some(heir)) => until(heir, || who_answers(hands, service)).await,
        _ => sleep(USUAL).await,
    }
}

/// Asks who answers until it is the heir. Who can be reached at all will be it in the end.
async fn until<A: Future<Output = Option<String>>>(heir: &str, ask: impl Fn() -> A) {
    let begun = Instant::now();
    let mut patience = USUAL;
    while begun.elapsed() < patience {
        match ask().await {
            Some(run_id) if run_id == heir => return sleep(SPREAD).await,
            Some(_) => patience = LONGEST,
            None => {}
        }
        sleep(PACE).await;
    }
}

async fn who_answers<P>(hands: &Hands<P>, service: SocketAddr) -> Option<String> {
    timeout(ANSWER, hands.engines.run_id(service)).await.ok()?.ok()
}

/// The address where clients come in.
fn service<P>(hands: &Hands<P>) -> Option<SocketAddr> {
    let name = names::service(&hands.desired.name);
    let objects = hands.observed.objects.iter();
    let mut services = objects.filter(|(object, _)| object.kind == "Service" && object.name == name);
    let address = services.next()?.1.pointer("/spec/clusterIP").and_then(Value::as_str)?;
    Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, hands.desired.port))
}

fn run_id_of<P>(hands: &Hands<P>, pod: PodId) -> Option<&str> {
    hands.observed.pods.get(&pod)?.facts().map(|facts| facts.run_id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// How long it takes where these answer, one after another, and the last one from then on.
    async fn takes(answers: &[Option<&str>]) -> Duration {
        let begun = Instant::now();
        let asked = Cell::new(0);
        let ask = || {
            let n = asked.replace(asked.get() + 1).min(answers.len() - 1);
            std::future::ready(answers[n].map(str::to_owned))
        };
        until("heir", ask).await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn clients_are_let_go_when_the_heir_answers_and_not_much_later() {
        assert_eq!(takes(&[Some("heir")]).await, SPREAD);
        assert_eq!(takes(&[Some("old"), Some("old"), Some("heir")]).await, PACE * 2 + SPREAD);
        let late = vec![Some("old"); 200];
        assert_eq!(takes(&[&late[..], &[None, Some("heir")]].concat()).await, PACE * 201 + SPREAD);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_who_never_answers() {
        let rest = |limit: Duration, took: Duration| took >= limit && took < limit + PACE;
        assert!(rest(USUAL, takes(&[None]).await));
        assert!(rest(LONGEST, takes(&[None, Some("old")]).await));
    }
}
