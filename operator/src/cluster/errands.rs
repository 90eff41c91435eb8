//! Steps under way: each is carried out to its end, whether or not the pass that began it still waits.
//!
//! What a pass has begun and not seen the end of goes on here, and wakes the cluster when it ends. It is bounded: a
//! plan leaves alone what steps under way have taken, and every step has its time. Lost with the operator, as any step.

use ironkeep_core::Step;
use ironkeep_core::report::{Deeds, StepFailure};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Whom to tell that a step has ended of which nobody waits for the end, by the key of its cluster.
pub type Wake = Arc<dyn Fn(&str) + Send + Sync>;

/// All steps under way, by cluster.
pub struct Errands {
    wake: Wake,
    clusters: Mutex<BTreeMap<String, Errand>>,
    ended: Notify,
}

#[derive(Default)]
struct Errand {
    begun: u64,
    under_way: BTreeMap<u64, Step>,
    deeds: Deeds,
}

impl Errands {
    /// Nothing is under way.
    pub fn new(wake: Wake) -> Arc<Self> {
        Arc::new(Self { wake, clusters: Mutex::default(), ended: Notify::new() })
    }

    /// Steps of a cluster that are under way.
    pub fn under_way(&self, cluster: &str) -> Vec<Step> {
        let clusters = self.clusters.lock();
        clusters.get(cluster).into_iter().flat_map(|errand| errand.under_way.values().cloned()).collect()
    }

    /// Begins steps and waits until all are done, but no longer than `patience`. Gives what has become of steps of the
    /// cluster since it was last asked.
    pub async fn run<F>(
        self: &Arc<Self>,
        cluster: &str,
        steps: impl Iterator<Item = (Step, F)>,
        patience: Duration,
    ) -> Deeds
    where
        F: Future<Output = Option<StepFailure>> + Send + 'static,
    {
        let left = Arc::new(AtomicBool::new(false));
        let begun: Vec<_> = steps.map(|(step, work)| self.begin(cluster, step, work, &left)).collect();
        let ended = timeout(patience, futures::future::join_all(begun)).await;
        // Whatever ends from now on either is among the deeds or tells that it has ended.
        left.store(ended.is_err(), Ordering::SeqCst);
        self.deeds(cluster)
    }

    /// Waits until nothing is under way.
    pub async fn rest(&self) {
        loop {
            let ended = self.ended.notified();
            if self.clusters.lock().values().all(|errand| errand.under_way.is_empty()) {
                return;
            }
            ended.await;
        }
    }

    fn begin<F>(
        self: &Arc<Self>,
        cluster: &str,
        step: Step,
        work: F,
        left: &Arc<AtomicBool>,
    ) -> tokio::task::JoinHandle<()>
    where
        F: Future<Output = Option<StepFailure>> + Send + 'static,
    {
        let place = self.enter(cluster, step);
        let left = left.clone();
        tokio::spawn(async move {
            let failure = work.await;
            let (errands, cluster) = (place.errands.clone(), place.cluster.clone());
            place.leave(failure);
            if left.load(Ordering::SeqCst) {
                (errands.wake)(&cluster);
            }
        })
    }

    fn enter(self: &Arc<Self>, cluster: &str, step: Step) -> Entry {
        let mut clusters = self.clusters.lock();
        let errand = clusters.entry(cluster.to_owned()).or_default();
        errand.begun += 1;
        errand.under_way.insert(errand.begun, step);
        Entry { errands: self.clone(), cluster: cluster.to_owned(), number: errand.begun }
    }

    /// What has become of steps of a cluster since it was last asked.
    pub fn deeds(&self, cluster: &str) -> Deeds {
        let mut clusters = self.clusters.lock();
        let Some(errand) = clusters.get_mut(cluster) else { return Deeds::default() };
        let deeds = std::mem::take(&mut errand.deeds);
        if errand.under_way.is_empty() {
            clusters.remove(cluster);
        }
        deeds
    }
}

/// A step's place among those under way, until it ends: well, badly, or cut off.
struct Entry {
    errands: Arc<Errands>,
    cluster: String,
    number: u64,
}

impl Entry {
    fn leave(self, failure: Option<StepFailure>) {
        let mut clusters = self.errands.clusters.lock();
        let Some(errand) = clusters.get_mut(&self.cluster) else { return };
        match (failure, errand.under_way.remove(&self.number)) {
            (Some(failure), _) => errand.deeds.failures.push(failure),
            (None, step) => errand.deeds.done.extend(step),
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(errand) = self.errands.clusters.lock().get_mut(&self.cluster) {
            errand.under_way.remove(&self.number);
        }
        self.errands.ended.notify_waiters();
    }
}
