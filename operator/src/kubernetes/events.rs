//! Events of the Kubernetes API: what the operator did and saw, beside the object it concerns.
//!
//! Told in the background, so that no pass waits for it. What repeats is counted up instead of written anew (by the
//! recorder), and each cluster has an allowance, so that a step that fails over and over floods nobody. What is left
//! out is in the log all the same.

use super::world::Key;
use ironkeep_api::names;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, Recorder, Reporter};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Events that wait to be told. More than that at once are only logged.
const BACKLOG: usize = 256;
/// Events that a cluster may have at once.
const BURST: u32 = 40;
/// After this time a cluster may have one more.
const REFILL: Duration = Duration::from_secs(5);
/// The longest that telling one may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest note that the API takes.
const MAX_NOTE: usize = 1000;

/// Tells events.
#[derive(Debug, Clone)]
pub struct Teller(mpsc::Sender<(ObjectReference, Event)>);

impl Teller {
    /// Starts to tell.
    pub fn start(client: Client, instance: String) -> Self {
        let (sender, mut events) = mpsc::channel::<(ObjectReference, Event)>(BACKLOG);
        tokio::spawn(async move {
            let reporter = Reporter { controller: names::MANAGER.to_owned(), instance: Some(instance) };
            let recorder = Recorder::new(client, reporter);
            let mut allowances = Allowances::default();
            while let Some((about, event)) = events.recv().await {
                if allowances.allow(&key(&about), Instant::now()) {
                    publish(&recorder, &about, &event).await;
                }
            }
        });
        Self(sender)
    }

    /// Tells one event, soon.
    pub fn tell(&self, about: ObjectReference, mut event: Event) {
        if let Some(note) = &mut event.note
            && let Some((end, _)) = note.char_indices().nth(MAX_NOTE)
        {
            note.truncate(end);
        }
        tracing::info!(cluster = %key(&about), reason = event.reason, "{}", event.note.as_deref().unwrap_or_default());
        if self.0.try_send((about, event)).is_err() {
            tracing::warn!("too many events at once: one was left out");
        }
    }
}

async fn publish(recorder: &Recorder, about: &ObjectReference, event: &Event) {
    match tokio::time::timeout(PATIENCE, recorder.publish(event, about)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, reason = event.reason, "an event couldn't be told"),
        Err(_) => tracing::warn!(reason = event.reason, "an event couldn't be told in time"),
    }
}

fn key(about: &ObjectReference) -> Key {
    Key {
        namespace: about.namespace.clone().unwrap_or_default(),
        name: about.name.clone().unwrap_or_default(),
    }
}

/// How many events each cluster may still have.
#[derive(Debug, Default)]
struct Allowances(BTreeMap<Key, (u32, Instant)>);

impl Allowances {
    fn allow(&mut self, key: &Key, now: Instant) -> bool {
        // Whoever has the full allowance again needn't be remembered.
        self.0.retain(|_, (left, since)| refilled(*left, *since, now) < BURST);
        let (left, since) = self.0.get(key).copied().unwrap_or((BURST, now));
        let left = refilled(left, since, now);
        // The clock of the refill only moves on when something was refilled: a steady drizzle must not hold it back.
        let since = if left == BURST { now } else { since + REFILL * refills(since, now) };
        self.0.insert(key.clone(), (left.saturating_sub(1), since));
        left > 0
    }
}

fn refills(since: Instant, now: Instant) -> u32 {
    let periods = now.saturating_duration_since(since).as_millis() / REFILL.as_millis();
    u32::try_from(periods).unwrap_or(BURST)
}

fn refilled(left: u32, since: Instant, now: Instant) -> u32 {
    left.saturating_add(refills(since, now)).min(BURST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key { namespace: "n".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_flood_is_cut_off_and_a_trickle_goes_on() {
        let mut allowances = Allowances::default();
        let start = Instant::now();
        let flood = (0..1000).filter(|_| allowances.allow(&key("a"), start)).count();
        assert_eq!(flood, BURST as usize);
        assert!(allowances.allow(&key("b"), start), "others aren't concerned");
        let drizzle =
            (0..600).filter(|i| allowances.allow(&key("a"), start + Duration::from_millis(100 * i))).count();
        assert_eq!(drizzle, 11, "a minute's worth");
    }

    #[test]
    fn who_was_quiet_for_long_is_forgotten() {
        let mut allowances = Allowances::default();
        let start = Instant::now();
        allowances.allow(&key("a"), start);
        allowances.allow(&key("b"), start + REFILL * (BURST + 1));
        assert_eq!(allowances.0.len(), 1);
    }
}
