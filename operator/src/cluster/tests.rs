//! A step that takes long is left to itself: it holds up nobody, isn't begun twice, and is told of when it ends.

use super::{Errands, Tools, reconcile};
use crate::clock::Clock;
use crate::engine::Engines;
use crate::metrics::Metrics;
use crate::platform::{Outcome, Platform, PlatformError, Sight};
use ironkeep_api::{ValkeyCluster, ValkeyClusterStatus, manifest};
use ironkeep_core::desired::Object;
use ironkeep_core::report::Event;
use ironkeep_core::resolve::Settings;
use ironkeep_core::{ObjectRef, Role};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// A place where config maps take long.
#[derive(Clone)]
struct Slow {
    state: Arc<Mutex<State>>,
    answer: watch::Receiver<Option<bool>>,
}

#[derive(Default)]
struct State {
    sight: Sight,
    begun: Vec<String>,
    status: ValkeyClusterStatus,
    events: Vec<String>,
}

impl Platform for Slow {
    async fn look(&self) -> Outcome<Sight> {
        Ok(self.state.lock().sight.clone())
    }

    async fn apply(&self, object: &Object) -> Outcome<()> {
        self.state.lock().begun.push(object.reference.to_string());
        if object.reference.kind == "ConfigMap" {
            let mut answer = self.answer.clone();
            let well = answer.wait_for(Option::is_some).await.is_ok_and(|answer| *answer == Some(true));
            if !well {
                return Err(PlatformError::Failed("no room".to_owned()));
            }
        }
        self.state.lock().sight.objects.insert(object.reference.clone(), object.value.clone());
        Ok(())
    }

    async fn delete(&self, _: &ObjectRef) -> Outcome<()> {
        Ok(())
    }

    async fn label(&self, _: &str, _: Role) -> Outcome<()> {
        Ok(())
    }

    async fn grow(&self, _: &str, _: u64) -> Outcome<()> {
        Ok(())
    }

    async fn evict(&self, _: &str, _: &str) -> Outcome<()> {
        Ok(())
    }

    async fn set_status(&self, status: &ValkeyClusterStatus) -> Outcome<()> {
        self.state.lock().status = status.clone();
        Ok(())
    }

    async fn tell(&self, events: Vec<Event>) {
        self.state.lock().events.extend(events.into_iter().map(|event| event.message));
    }
}

/// Everything for passes over one cluster.
struct Rig {
    slow: Slow,
    cluster: ValkeyCluster,
    errands: Arc<Errands>,
    woken: Arc<AtomicUsize>,
    answer: watch::Sender<Option<bool>>,
}

const MAP: &str = "ConfigMap c-config";

impl Rig {
    fn new() -> Self {
        let text = "apiVersion: ironkeep.io/v1alpha1\nkind: ValkeyCluster\nmetadata: {name: c, namespace: n}\n\
                    spec: {engine: {type: valkey}, mode: standalone}";
        let (answer, receiver) = watch::channel(None);
        let woken = Arc::new(AtomicUsize::new(0));
        let count = woken.clone();
        let wake = Arc::new(move |cluster: &str| {
            assert_eq!(cluster, "n/c");
            count.fetch_add(1, Ordering::SeqCst);
        });
        Self {
            slow: Slow { state: Arc::default(), answer: receiver },
            cluster: manifest::read(text).unwrap(),
            errands: Errands::new(wake),
            woken,
            answer,
        }
    }

    /// A pass; what it began, and when the next is due.
    async fn pass(&mut self) -> (Vec<String>, Duration) {
        self.cluster.status = Some(self.slow.state.lock().status.clone());
        let (metrics, settings) = (Metrics::new().unwrap(), Settings::default());
        let (engines, stopwatch) = (Arc::new(Engines::new()), &metrics.stopwatch);
        let (platform, errands) = (&self.slow, &self.errands);
        let tools =
            Tools { platform, engines: &engines, errands, settings: &settings, clock: &Clock, stopwatch };
        let next = reconcile(&self.cluster, &tools).await.unwrap();
        (std::mem::take(&mut self.slow.state.lock().begun), next)
    }

    fn has_told(&self, what: &str) -> bool {
        self.slow.state.lock().events.iter().any(|event| event == what)
    }

    fn message(&self) -> String {
        self.slow.state.lock().status.message.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_step_holds_up_nothing_and_is_not_begun_twice() {
    let mut rig = Rig::new();
    let start = Instant::now();
    let (begun, next) = rig.pass().await;
    assert_eq!(start.elapsed(), super::apply::PATIENCE);
    assert!(begun.iter().any(|name| name == MAP) && begun.len() > 3, "{begun:?}");
    assert_eq!(next, Duration::ZERO, "what was done may lead to more");
    assert!(rig.has_told("apply StatefulSet c-0") && !rig.has_told("apply ConfigMap c-config"));

    let start = Instant::now();
    let (begun, next) = rig.pass().await;
    assert_eq!((begun, start.elapsed(), next), (vec![], Duration::ZERO, super::SOON));
    assert!(rig.message().contains("apply ConfigMap c-config"), "{}", rig.message());
    assert_eq!(rig.woken.load(Ordering::SeqCst), 0);

    rig.answer.send(Some(true)).unwrap();
    rig.errands.rest().await;
    assert_eq!(rig.woken.load(Ordering::SeqCst), 1, "the end of it asks for a look");
    let (begun, _) = rig.pass().await;
    assert!(begun.is_empty() && rig.has_told("apply ConfigMap c-config"), "{begun:?}");
    assert!(!rig.message().contains("ConfigMap"), "{}", rig.message());
}

#[tokio::test(start_paused = true)]
async fn a_step_that_fails_late_is_told_and_tried_again() {
    let mut rig = Rig::new();
    rig.pass().await;
    rig.answer.send(Some(false)).unwrap();
    rig.errands.rest().await;
    let (begun, next) = rig.pass().await;
    assert_eq!((begun, next), (vec![MAP.to_owned()], super::HINDERED));
    assert!(rig.has_told("apply ConfigMap c-config: no room"), "{}", rig.message());
}

#[tokio::test(start_paused = true)]
async fn a_step_without_end_is_cut_off() {
    let mut rig = Rig::new();
    rig.pass().await;
    let start = Instant::now();
    rig.errands.rest().await;
    assert_eq!(start.elapsed(), super::apply::STEP - super::apply::PATIENCE);
    rig.answer.send(Some(true)).unwrap();
    let (begun, _) = rig.pass().await;
    assert_eq!(begun, [MAP]);
    assert!(rig.has_told("apply ConfigMap c-config: not done within 10s"));
}
