//! The work: takes what is due from the queue and makes a pass over it, several clusters at a time.
//!
//! Knows nothing of what a pass does. A cluster that can't be read, a pass that fails or takes too long concerns nobody
//! but itself.

use super::queue::{Ended, Queue};
use crate::clock::Clock;
use crate::cluster::{Errands, Tools, reconcile};
use crate::engine::Engines;
use crate::kubernetes::{Key, Kubernetes, Shared};
use crate::metrics::Metrics;
use ironkeep_api::ValkeyCluster;
use ironkeep_core::resolve::Settings;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

/// The longest that a pass may take: every request in it has a bound of its own, this one is for their sum.
const LONGEST_PASS: Duration = Duration::from_secs(60);
/// When to look again at a cluster with which nothing can be done: only a change of it helps.
const HOPELESS: Duration = Duration::from_secs(600);

/// What passes work with.
pub struct Work {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    engines: Arc<Engines>,
    errands: Arc<Errands>,
    settings: Settings,
    metrics: Metrics,
}

impl Work {
    /// Nothing is done yet.
    pub fn new(shared: Arc<Shared>, queue: Arc<Queue>, settings: Settings, metrics: Metrics) -> Self {
        let woken = queue.clone();
        let wake = Arc::new(move |cluster: &str| {
            if let Some((namespace, name)) = cluster.split_once('/') {
                woken.wake(&Key { namespace: namespace.to_owned(), name: name.to_owned() });
            }
        });
        let engines = Arc::new(Engines::alarming(wake.clone()));
        Self { shared, queue, engines, errands: Errands::new(wake), settings, metrics }
    }

    /// Works until told to halt; then waits for the passes and steps that are under way.
    pub async fn run(self: Arc<Self>, concurrency: usize, mut halted: watch::Receiver<bool>) {
        let mut passes = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                _ = halted.wait_for(|halted| *halted) => break,
                Some(_) = passes.join_next() => {}
                key = self.queue.next(), if passes.len() < concurrency.max(1) => {
                    let turn = Turn { work: self.clone(), key, ended: Ended::Badly };
                    passes.spawn(turn.take());
                }
            }
        }
        while passes.join_next().await.is_some() {}
        self.errands.rest().await;
    }

    async fn pass(&self, key: &Key) -> Ended {
        let Some(json) = self.shared.world.cluster(key) else {
            // Nobody else asks any more.
            self.errands.deeds(&key.to_string());
            return Ended::Gone;
        };
        let cluster: ValkeyCluster = match serde_json::from_slice(&json) {
            Ok(cluster) => cluster,
            Err(error) => {
                self.metrics.stopwatch.failed("read", &error);
                self.shared.tell_unreadable(key, &json, &error);
                return Ended::Well(HOPELESS);
            }
        };
        if cluster.metadata.deletion_timestamp.is_some() {
            // What belongs to it goes by its owner reference. Whatever was made now would be in the way.
            return Ended::Well(HOPELESS);
        }
        let platform = Kubernetes::new(self.shared.clone(), key.clone(), &cluster);
        let stopwatch = &self.metrics.stopwatch;
        let (engines, errands, settings) = (&self.engines, &self.errands, &self.settings);
        let tools = Tools { platform: &platform, engines, errands, settings, clock: &Clock, stopwatch };
        match tokio::time::timeout(LONGEST_PASS, stopwatch.time("pass", reconcile(&cluster, &tools))).await {
            Ok(Ok(next)) => Ended::Well(next),
            Ok(Err(error)) => {
                stopwatch.failed("pass", &format_args!("{key}: {error}"));
                Ended::Badly
            }
            Err(_) => {
                stopwatch.failed("pass", &format_args!("{key}: cut off after {LONGEST_PASS:?}"));
                Ended::Badly
            }
        }
    }
}

/// A cluster that was taken from the queue. It goes back whatever happens.
struct Turn {
    work: Arc<Work>,
    key: Key,
    ended: Ended,
}

impl Turn {
    async fn take(mut self) {
        let span = tracing::info_span!("pass", cluster = %self.key);
        self.ended = self.work.pass(&self.key).instrument(span).await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.work.queue.done(&self.key, self.ended);
    }
}
