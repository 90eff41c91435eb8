//! The fake world: pods, disks and the few Kubernetes objects that matter, and time.
//!
//! A pod in the API and the process behind it are one `Machine`; one that was removed by force lives on for a moment
//! without being in the API. Disks outlive machines if they are volumes, and go with them if not.

use crate::engine::{Brain, Process};
use crate::rng::Rng;
use ironkeep_api::{Mode, ValkeyClusterStatus, names};
use ironkeep_core::desired::{Object, Roll};
use ironkeep_core::{Desired, ObjectRef, PodId, Role};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

pub const NAME: &str = "c";
/// Milliseconds of a tick.
pub const TICK: u64 = 50;

/// What is on a disk: the data, and in cluster mode the nodes.conf.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub data: BTreeSet<u32>,
    pub brain: Option<Brain>,
}

#[derive(Debug, Clone)]
pub struct Machine {
    pub pod: PodId,
    pub uid: u64,
    pub node: usize,
    pub ip: Option<IpAddr>,
    pub revision: String,
    pub label: Option<Role>,
    pub disk: u64,
    /// In the API; a machine that was removed by force isn't any more.
    pub in_api: bool,
    pub terminating: bool,
    /// When it is gone altogether.
    pub ends: Option<u64>,
    /// When its container starts.
    pub starts: u64,
    pub process: Option<Process>,
}

/// What is lost and hasn't been told of.
#[derive(Debug, Default)]
pub struct Untold {
    pub why: String,
    pub writes: BTreeSet<u32>,
}

pub struct World {
    pub rng: Rng,
    pub now: u64,
    pub mode: Mode,
    pub durable: bool,
    pub desired: Desired,
    pub machines: Vec<Machine>,
    pub disks: BTreeMap<u64, Disk>,
    pub volumes: BTreeMap<PodId, u64>,
    pub objects: BTreeMap<ObjectRef, Value>,
    pub status: ValkeyClusterStatus,
    pub cordoned: BTreeSet<usize>,
    /// Acknowledged writes that must not be lost, by shard.
    pub acked: BTreeMap<u32, BTreeSet<u32>>,
    /// Shards that lost acknowledged writes by a fault, and must be told of.
    pub to_tell: BTreeMap<u32, Untold>,
    /// Pods that are to be primary by a guess of which it has been said that it is one, by shard.
    pub guessed: BTreeMap<u32, PodId>,
    /// Pods that the operator restarted and that aren't back yet.
    pub restarted: BTreeMap<PodId, u64>,
    /// Acknowledged writes that were there when the operator last saw the shard's primary.
    pub noticed: BTreeMap<u32, BTreeSet<u32>>,
    pub log: Vec<String>,
    counter: u64,
}

pub fn set_reference(shard: u32) -> ObjectRef {
    ObjectRef {
        api_version: "apps/v1".into(),
        kind: "StatefulSet".into(),
        name: names::stateful_set(NAME, shard),
    }
}

fn set(shard: u32, replicas: u32, revision: &str) -> Object {
    let value = json!({"spec": {"replicas": replicas, "template": {"metadata": {"annotations": {names::ANNOTATION_REVISION: revision}}}}});
    Object { reference: set_reference(shard), value }
}

impl World {
    pub fn new(mode: Mode, durable: bool, shards: u32, pods: u32, seed: u64) -> Self {
        let desired = Desired {
            name: NAME.into(),
            namespace: "ns".into(),
            generation: 1,
            mode,
            engine: ironkeep_api::EngineType::Valkey,
            version: "9.1".into(),
            shards,
            pods_per_shard: pods,
            port: 6379,
            objects: Vec::new(),
            revision: String::new(),
            live_config: BTreeMap::new(),
            durable,
            volume_bytes: None,
            roll: Roll { automatic: true, shards_at_once: 1 + (seed % 3) as u32 },
            spread_primaries: true,
            paused: false,
        };
        let mut world = Self {
            rng: Rng::new(seed),
            now: 1_000_000,
            mode,
            durable,
            desired,
            machines: Vec::new(),
            disks: BTreeMap::new(),
            volumes: BTreeMap::new(),
            objects: BTreeMap::new(),
            status: ValkeyClusterStatus::default(),
            cordoned: BTreeSet::new(),
            acked: BTreeMap::new(),
            to_tell: BTreeMap::new(),
            guessed: BTreeMap::new(),
            restarted: BTreeMap::new(),
            noticed: BTreeMap::new(),
            log: Vec::new(),
            counter: 0,
        };
        world.want(pods, "r0".into());
        world
    }

    /// Changes the spec.
    pub fn want(&mut self, pods: u32, revision: String) {
        self.desired.objects = (0..self.desired.shards).map(|shard| set(shard, pods, &revision)).collect();
        self.desired.pods_per_shard = pods;
        self.desired.revision = revision;
    }

    pub fn unique(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub fn new_ip(&mut self) -> IpAddr {
        let n = self.unique();
        IpAddr::V4(Ipv4Addr::new(10, (n >> 16) as u8, (n >> 8) as u8, n as u8))
    }

    pub fn say(&mut self, line: String) {
        let at = self.now;
        self.log.push(format!("{at} {line}"));
    }

    /// The machine of a pod in the API.
    pub fn machine(&self, pod: PodId) -> Option<usize> {
        self.machines.iter().position(|machine| machine.pod == pod && machine.in_api)
    }

    pub fn by_ip(&self, ip: IpAddr) -> Option<usize> {
        self.machines.iter().position(|machine| machine.ip == Some(ip) && machine.process.is_some())
    }

    /// One step of Kubernetes: StatefulSets, the kubelet, ends.
    pub fn kubernetes(&mut self) {
        for i in (0..self.machines.len()).rev() {
            if self.machines[i].ends.is_some_and(|at| at <= self.now) {
                self.remove(i);
            }
        }
        for shard in 0..self.desired.shards {
            self.control_set(shard);
        }
        self.kubelet();
    }

    fn control_set(&mut self, shard: u32) {
        let Some(object) = self.objects.get(&set_reference(shard)) else { return };
        let replicas = object.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(0) as u32;
        let path =
            format!("/spec/template/metadata/annotations/{}", names::ANNOTATION_REVISION.replace('/', "~1"));
        let revision = object.pointer(&path).and_then(Value::as_str).unwrap_or_default().to_owned();
        for i in 0..self.machines.len() {
            let machine = &self.machines[i];
            if machine.pod.shard == shard
                && machine.in_api
                && !machine.terminating
                && machine.pod.ordinal >= replicas
            {
                self.delete(i);
            }
        }
        for ordinal in 0..replicas {
            let pod = PodId::new(shard, ordinal);
            // A volume is free only when nobody runs on it.
            if !self.machines.iter().any(|machine| machine.pod == pod) && self.rng.chance(50) {
                self.create(pod, revision.clone());
            }
        }
    }

    fn create(&mut self, pod: PodId, revision: String) {
        let uid = self.unique();
        let disk = match self.volumes.get(&pod) {
            Some(&disk) => disk,
            None => self.unique(),
        };
        if self.durable {
            self.volumes.insert(pod, disk);
        }
        self.disks.entry(disk).or_default();
        let nodes: Vec<usize> = (0..3).filter(|node| !self.cordoned.contains(node)).collect();
        let node = self.rng.pick(&nodes).unwrap_or(0);
        let starts = self.now + TICK * self.rng.between(1, 8);
        self.machines.push(Machine {
            pod,
            uid,
            node,
            ip: None,
            revision,
            label: None,
            disk,
            in_api: true,
            terminating: false,
            ends: None,
            starts,
            process: None,
        });
    }

    fn kubelet(&mut self) {
        for i in 0..self.machines.len() {
            let machine = &self.machines[i];
            if machine.process.is_none()
                && machine.starts <= self.now
                && !machine.terminating
                && machine.in_api
            {
                let ip = match self.machines[i].ip {
                    Some(ip) => ip,
                    None => self.new_ip(),
                };
                self.machines[i].ip = Some(ip);
                self.boot(i);
            }
        }
    }

    /// Deletes a pod plainly: it answers for a while, then it goes.
    pub fn delete(&mut self, i: usize) {
        let ends = self.now + TICK * self.rng.between(4, 30);
        let machine = &mut self.machines[i];
        if !machine.terminating {
            machine.terminating = true;
            machine.ends = Some(ends);
        }
    }

    /// Deletes a pod by force: it leaves the API at once, and its process a little later.
    pub fn delete_by_force(&mut self, i: usize) {
        let ends = self.now + TICK * self.rng.below(4);
        let machine = &mut self.machines[i];
        machine.in_api = false;
        machine.terminating = true;
        machine.ends = Some(ends);
    }

    /// The end of a machine, and of its disk unless that is a volume.
    fn remove(&mut self, i: usize) {
        let machine = self.machines.swap_remove(i);
        if !self.durable {
            self.destroy(machine.disk, machine.pod.shard, "a pod without a volume went");
        }
    }

    /// Whether a pod comes back when it goes: it is wanted, or its set hasn't been told yet that it isn't.
    pub fn comes_back(&self, pod: PodId) -> bool {
        let set = self.objects.get(&set_reference(pod.shard));
        let size = set.and_then(|set| set.pointer("/spec/replicas")).and_then(Value::as_u64).unwrap_or(0);
        self.desired.wants(pod) || u64::from(pod.ordinal) < size
    }

    /// Acknowledged writes of a shard that no copy has. Volumes of pods that don't come back are no copies.
    pub fn missing(&self, shard: u32) -> BTreeSet<u32> {
        self.missing_but(shard, |_| true)
    }

    /// The same, with only some machines counted.
    pub fn missing_but(&self, shard: u32, counts: impl Fn(&Machine) -> bool) -> BTreeSet<u32> {
        let comes_back = |pod: &PodId| pod.shard == shard && self.comes_back(*pod);
        let volumes = self.volumes.iter().filter(|(pod, _)| comes_back(pod)).map(|(_, disk)| *disk);
        let machines = self.machines.iter().filter(|m| m.pod.shard == shard && counts(m)).map(|m| m.disk);
        let disks: BTreeSet<u64> = volumes.chain(machines).collect();
        let acked = self.acked.get(&shard).cloned().unwrap_or_default();
        let data = disks.iter().filter_map(|disk| self.disks.get(disk)).map(|disk| &disk.data);
        data.fold(acked, |left, data| left.difference(data).copied().collect())
    }

    /// Nobody can be blamed for what is gone now, but somebody must say it.
    pub fn forgive(&mut self, shard: u32, gone: &BTreeSet<u32>, why: &str) {
        if gone.is_empty() {
            return;
        }
        self.say(format!("writes of shard {shard} are lost: {why}"));
        if let Some(acked) = self.acked.get_mut(&shard) {
            acked.retain(|write| !gone.contains(write));
        }
        // Nobody can tell of what came and went while the operator was away.
        if self.noticed.get(&shard).is_some_and(|noticed| !noticed.is_disjoint(gone)) {
            let untold = self.to_tell.entry(shard).or_default();
            untold.why = why.to_owned();
            untold.writes.extend(gone);
        }
    }

    /// A disk goes, by a fault or because its pod has none that stays.
    pub fn destroy(&mut self, disk: u64, shard: u32, why: &str) {
        self.disks.remove(&disk);
        let gone = self.missing(shard);
        self.forgive(shard, &gone, why);
    }
}
