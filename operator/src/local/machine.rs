//! This machine as a platform: objects in memory and in a file, pods as processes.
//!
//! A tiny StatefulSet controller: as many pods as a set asks for, the highest ordinals go first, a pod that has ended
//! comes back from the template of the moment. Everything but StatefulSets, config maps and claims is only remembered.

mod platform;

use super::addresses::Addresses;
use super::blueprint::{Blueprint, Identity, blueprint};
use super::failed;
use super::home::{self, Home};
use super::kubelet::{self, Care, News, Wish};
use super::pods::LocalPod;
use super::process::Start;
use super::programs::Programs;
use crate::clock::Clock;
use crate::platform::Outcome;
use ironkeep_api::{ValkeyCluster, ValkeyClusterStatus, names};
use ironkeep_core::observed::Volume;
use ironkeep_core::report::Event;
use ironkeep_core::{ObjectRef, PodId, Role};
use k8s_openapi::api::apps::v1::StatefulSet;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// Events that wait to be shown; older ones are in the log.
const MOST_EVENTS: usize = 100;
const OBJECTS: &str = "objects.json";

/// This machine.
#[derive(Clone)]
pub struct Machine(Arc<Inner>);

struct Inner {
    cluster: String,
    home: Arc<Home>,
    programs: Programs,
    clock: Clock,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    objects: BTreeMap<ObjectRef, Value>,
    pods: BTreeMap<String, LocalPod>,
    volumes: BTreeMap<PodId, Volume>,
    addresses: Addresses,
    events: VecDeque<Event>,
    status: ValkeyClusterStatus,
    /// Pods made so far.
    made: u64,
    closing: bool,
}

impl Machine {
    /// This machine with the objects that are in the directory from last time; their pods start at once.
    pub fn open(
        cluster: &ValkeyCluster,
        home: Arc<Home>,
        programs: Programs,
        addresses: Addresses,
    ) -> Outcome<Self> {
        let objects = match std::fs::read(home.file(OBJECTS)) {
            Ok(text) => remembered(&text).map_err(failed(OBJECTS))?,
            Err(_) => BTreeMap::new(),
        };
        let state = State {
            objects,
            pods: BTreeMap::new(),
            volumes: BTreeMap::new(),
            addresses,
            events: VecDeque::new(),
            status: cluster.status.clone().unwrap_or_default(),
            made: 0,
            closing: false,
        };
        let cluster = cluster.metadata.name.clone().unwrap_or_default();
        let (state, changed) = (Mutex::new(state), Notify::new());
        let machine = Self(Arc::new(Inner { cluster, home, programs, clock: Clock, state, changed }));
        machine.settle();
        Ok(machine)
    }

    /// Waits until something has happened to a pod since the last wait.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Ends that wait, as if something had happened.
    pub fn wake(&self) {
        self.0.changed.notify_one();
    }

    /// The status as it was last written.
    pub fn status(&self) -> ValkeyClusterStatus {
        self.0.state.lock().status.clone()
    }

    /// Events that nobody has been told of yet.
    pub fn events(&self) -> Vec<Event> {
        self.0.state.lock().events.drain(..).collect()
    }

    /// Looks at the pods.
    pub fn with_pods<T>(&self, look: impl FnOnce(&BTreeMap<String, LocalPod>) -> T) -> T {
        look(&self.0.state.lock().pods)
    }

    /// Ends all servers: replicas first, so that no primary waits for one, or hands over to one.
    pub async fn close(&self) {
        self.0.state.lock().closing = true;
        for primaries in [false, true] {
            let leaving = |pod: &LocalPod| primaries || pod.role != Some(Role::Primary);
            self.with_pods(|pods| {
                pods.values().filter(|pod| leaving(pod)).for_each(|pod| pod.wish(Wish::Leave))
            });
            while self.with_pods(|pods| pods.values().any(|pod| !pod.is_stuck() && leaving(pod))) {
                self.changed().await;
            }
        }
    }

    /// Makes the pods that are missing and ends those that are too many.
    fn settle(&self) {
        let mut state = self.0.state.lock();
        if state.closing {
            return;
        }
        let sets = state.sets();
        let wanted = |name: &str| {
            let id = names::parse_pod(&self.0.cluster, name);
            id.is_some_and(|(shard, ordinal)| sets.get(&shard).is_some_and(|set| ordinal < replicas(set)))
        };
        state.pods.retain(|name, pod| !pod.is_stuck() || wanted(name));
        state.pods.iter().filter(|(name, _)| !wanted(name)).for_each(|(_, pod)| pod.wish(Wish::End));
        for (shard, set) in &sets {
            for ordinal in 0..replicas(set) {
                let name = names::pod(&self.0.cluster, *shard, ordinal);
                if state.pods.get(&name).is_none_or(LocalPod::is_stuck) {
                    self.make(&mut state, set, PodId::new(*shard, ordinal), name);
                }
            }
        }
    }

    fn make(&self, state: &mut State, set: &StatefulSet, id: PodId, name: String) {
        state.made += 1;
        let uid = format!("{:x}-{}", self.0.clock.now(), state.made);
        let made = state.addresses.of(&name).and_then(|ip| Ok((ip, self.plan(set, &name, ip)?)));
        let (ip, (plan, care)) = match made {
            Ok(made) => made,
            Err(error) => {
                state.pods.insert(name, LocalPod::stuck(uid, error.to_string()));
                return;
            }
        };
        for (claim, bytes) in plan.claims {
            state.volumes.entry(id).or_insert(Volume { claim, asked: bytes, has: bytes });
        }
        let (wishes, wish) = watch::channel(Wish::Run);
        state.pods.insert(name.clone(), LocalPod::new(uid, ip, plan.revision, wishes));
        let machine = self.clone();
        tokio::spawn(async move {
            kubelet::live(&care, wish, |news| machine.hear(&name, news)).await;
            machine.gone(id, &name);
        });
    }

    /// What to start, with everything in place that it needs.
    fn plan(&self, set: &StatefulSet, pod: &str, ip: Ipv4Addr) -> Outcome<(Blueprint, Care)> {
        let home = &self.0.home;
        let plan = blueprint(set, Identity { pod, ip }, home)?;
        let program = self.0.programs.find(&plan.program, &plan.image)?;
        let directory = home.pod(pod);
        for directory in plan.directories.iter().chain([&directory]) {
            std::fs::create_dir_all(directory).map_err(failed(&directory.display().to_string()))?;
        }
        let start = Start {
            program,
            arguments: plan.arguments.clone(),
            environment: plan.environment.clone(),
            directory,
            log: home.log(pod),
        };
        let care = Care { start, pre_stop: plan.pre_stop, grace: plan.grace };
        Ok((plan, care))
    }

    fn hear(&self, pod: &str, news: News) {
        tracing::info!(pod, ?news, "pod");
        if let Some(pod) = self.0.state.lock().pods.get_mut(pod) {
            pod.hear(news);
        }
        self.0.changed.notify_one();
    }

    fn gone(&self, id: PodId, name: &str) {
        tracing::info!(pod = name, "pod has ended");
        home::remove(&self.0.home.pod(name))
            .unwrap_or_else(|error| tracing::warn!(pod = name, %error, "directory stays"));
        let mut state = self.0.state.lock();
        state.pods.remove(name);
        let set = state.sets().remove(&id.shard);
        if !state.closing && set.as_ref().is_none_or(|set| id.ordinal >= replicas(set)) {
            state.addresses.release(name);
            if set.is_some_and(|set| !retains(&set)) {
                self.discard(state.volumes.remove(&id));
            }
        }
        drop(state);
        self.settle();
        self.0.changed.notify_one();
    }

    fn discard(&self, volume: Option<Volume>) {
        let Some(Volume { claim, .. }) = volume else { return };
        home::remove(&self.0.home.volume(&claim))
            .unwrap_or_else(|error| tracing::warn!(claim, %error, "volume stays"));
    }

    fn remember(&self) -> Outcome<()> {
        let objects: Vec<(String, String, String, Value)> =
            self.0.state.lock().objects.iter().map(in_file).collect();
        let text = serde_json::to_vec(&objects).map_err(failed(OBJECTS))?;
        home::write(&self.0.home.file(OBJECTS), &text).map_err(failed(OBJECTS))
    }
}

impl State {
    /// The StatefulSets by shard.
    fn sets(&self) -> BTreeMap<u32, StatefulSet> {
        let sets = self.objects.iter().filter(|(reference, _)| reference.kind == "StatefulSet");
        let read = |value: &Value| serde_json::from_value::<StatefulSet>(value.clone()).ok();
        let shard = |set: &StatefulSet| {
            let labels = set.metadata.labels.as_ref()?;
            labels.get(names::LABEL_SHARD)?.parse().ok()
        };
        sets.filter_map(|(_, value)| read(value)).filter_map(|set| Some((shard(&set)?, set))).collect()
    }
}

fn replicas(set: &StatefulSet) -> u32 {
    set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1).try_into().unwrap_or(0)
}

/// Whether volumes stay when their pod is no longer wanted.
fn retains(set: &StatefulSet) -> bool {
    let policy = set.spec.as_ref().and_then(|spec| spec.persistent_volume_claim_retention_policy.as_ref());
    policy.is_none_or(|policy| policy.when_scaled.as_deref() != Some("Delete"))
}

fn in_file((reference, value): (&ObjectRef, &Value)) -> (String, String, String, Value) {
    let ObjectRef { api_version, kind, name } = reference.clone();
    (api_version, kind, name, value.clone())
}

fn remembered(text: &[u8]) -> serde_json::Result<BTreeMap<ObjectRef, Value>> {
    let objects: Vec<(String, String, String, Value)> = serde_json::from_slice(text)?;
    let keyed = objects
        .into_iter()
        .map(|(api_version, kind, name, value)| (ObjectRef { api_version, kind, name }, value));
    Ok(keyed.collect())
}
