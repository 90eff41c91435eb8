//! Worlds in which all is well, to be spoiled by tests.

use crate::desired::{Desired, Object, Roll};
use crate::ids::{NodeId, ObjectRef, PodId, Role};
use crate::observed::{ClusterView, Engine, Facts, Known, Observed, Pod, Replication, Upstream};
use crate::plan::plan;
use crate::resolve::byway_to;
use crate::slots::Slots;
use ironkeep_api::{EngineType, Mode, ReplicaStatus, ShardStatus, names};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

/// A desired and an observed.
pub struct World {
    pub desired: Desired,
    pub observed: Observed,
}

/// A pod's id from `0-1`.
pub fn id(text: &str) -> PodId {
    let (shard, ordinal) = text.split_once('-').unwrap();
    PodId::new(shard.parse().unwrap(), ordinal.parse().unwrap())
}

/// The node id of a pod: as many characters as are shown.
pub fn node(pod: PodId) -> NodeId {
    NodeId(format!("node-{pod}"))
}

fn ip(pod: PodId) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, pod.shard as u8, pod.ordinal as u8))
}

fn set_reference(shard: u32) -> ObjectRef {
    ObjectRef {
        api_version: "apps/v1".into(),
        kind: "StatefulSet".into(),
        name: names::stateful_set("c", shard),
    }
}

/// A world of a mode in which all is well: ordinal 0 of each shard is primary, everything has 10 keys.
pub fn world(mode: Mode, shards: u32, pods: u32) -> World {
    let desired = Desired {
        name: "c".into(),
        namespace: "ns".into(),
        generation: 1,
        mode,
        engine: EngineType::Valkey,
        version: "9.1".into(),
        shards,
        pods_per_shard: pods,
        port: 6379,
        objects: Vec::new(),
        revision: "r1".into(),
        live_config: BTreeMap::new(),
        durable: true,
        volume_bytes: None,
        roll: Roll { automatic: true, shards_at_once: 2 },
        spread_primaries: false,
        paused: false,
    };
    let mut world = World { desired, observed: Observed { at: 100_000, ..Observed::default() } };
    world.size(pods);
    for pod in world.desired.pods().collect::<Vec<_>>() {
        world.observed.pods.insert(pod, well(mode, shards, pods, pod));
    }
    world.observed.objects =
        world.desired.objects.iter().map(|object| (object.reference.clone(), object.value.clone())).collect();
    if mode == Mode::Replication && pods > 1 {
        let byway = byway_to(&world.desired, &world.observed, PodId::new(0, 1)).unwrap();
        world.observed.objects.insert(byway.reference, byway.value);
    }
    world.observed.status.shards = (0..shards).map(|shard| record(mode, shards, pods, shard)).collect();
    world
}

fn well(mode: Mode, shards: u32, pods: u32, pod: PodId) -> Pod {
    let primary = pod.ordinal == 0;
    let first = ip(PodId::new(pod.shard, 0));
    let upstream =
        Upstream { host: first.to_string(), port: 6379, up: true, syncing: false, silent_seconds: Some(0) };
    let facts = Facts {
        run_id: format!("run-{pod}"),
        keys: 10,
        replication: Replication {
            primary,
            offset: 100,
            upstream: (!primary).then_some(upstream),
            ..Replication::default()
        },
        cluster: (mode == Mode::Cluster).then(|| view(shards, pods, pod)),
        ..Facts::default()
    };
    Pod {
        name: names::pod("c", pod.shard, pod.ordinal),
        uid: format!("uid-{pod}"),
        ip: Some(ip(pod)),
        node: Some(format!("machine-{}", pod.ordinal)),
        running: true,
        ready: true,
        revision: "r1".into(),
        role: Some(if primary { Role::Primary } else { Role::Replica }),
        engine: Engine::Up(Box::new(facts)),
        ..Pod::default()
    }
}

fn view(shards: u32, pods: u32, me: PodId) -> ClusterView {
    let all = (0..shards).flat_map(|shard| (0..pods).map(move |n| PodId::new(shard, n)));
    let nodes = all.map(|pod| (node(pod), known(shards, pod))).collect();
    ClusterView { me: node(me), ok: true, epoch: 9, nodes }
}

fn known(shards: u32, pod: PodId) -> Known {
    let primary = pod.ordinal == 0;
    Known {
        ip: Some(ip(pod)),
        port: 6379,
        role: if primary { Role::Primary } else { Role::Replica },
        primary: (!primary).then(|| node(PodId::new(pod.shard, 0))),
        suspected: false,
        failed: false,
        handshake: false,
        linked: true,
        epoch: u64::from(pod.shard) + 1,
        slots: if primary { Slots::share(pod.shard, shards) } else { Slots::none() },
        open: Vec::new(),
    }
}

fn record(mode: Mode, shards: u32, pods: u32, shard: u32) -> ShardStatus {
    let in_cluster = |pod| (mode == Mode::Cluster).then(|| node(pod).0);
    let replica = |n| ReplicaStatus {
        pod: names::pod("c", shard, n),
        node_id: in_cluster(PodId::new(shard, n)),
        in_sync: true,
        ..ReplicaStatus::default()
    };
    ShardStatus {
        index: shard as i32,
        primary: Some(names::pod("c", shard, 0)),
        primary_node_id: in_cluster(PodId::new(shard, 0)),
        primary_run_id: Some(format!("run-{shard}-0")),
        slots: Some(Slots::share(shard, shards).to_string()),
        has_data: true,
        offset: Some(100),
        replicas: (1..pods).map(replica).collect(),
        ..ShardStatus::default()
    }
}

impl World {
    /// Another number of pods in each shard.
    pub fn size(&mut self, pods: u32) {
        let set =
            |shard| Object { reference: set_reference(shard), value: json!({"spec": {"replicas": pods}}) };
        self.desired.objects = (0..self.desired.shards).map(set).collect();
        self.desired.pods_per_shard = pods;
    }

    /// A pod.
    pub fn pod(&mut self, pod: &str) -> &mut Pod {
        self.observed.pods.get_mut(&id(pod)).unwrap()
    }

    /// What a pod's engine says.
    pub fn facts(&mut self, pod: &str) -> &mut Facts {
        match &mut self.pod(pod).engine {
            Engine::Up(facts) => facts,
            other => panic!("{pod} is {other:?}"),
        }
    }

    /// What a node says of another, or of itself.
    pub fn word(&mut self, pod: &str, of: &str) -> &mut Known {
        self.facts(pod).cluster.as_mut().unwrap().nodes.get_mut(&node(id(of))).unwrap()
    }

    /// What all nodes say of one.
    pub fn all_say(&mut self, of: &str, change: impl Fn(&mut Known)) {
        for pod in self.observed.pods.values_mut() {
            if let Engine::Up(facts) = &mut pod.engine {
                facts.cluster.as_mut().and_then(|view| view.nodes.get_mut(&node(id(of)))).map(&change);
            }
        }
    }

    /// The engine of a pod doesn't answer.
    pub fn down(&mut self, pod: &str, engine: Engine) {
        let at = self.observed.at;
        let pod = self.pod(pod);
        (pod.engine, pod.running, pod.ready, pod.down_since) = (engine, false, false, Some(at));
    }

    /// A pod comes back without anything: in cluster mode as a node that nobody knows and that knows nobody.
    pub fn emptied(&mut self, pod: &str) {
        let facts = self.facts(pod);
        (facts.keys, facts.replication.offset, facts.replication.upstream) = (0, 0, None);
        facts.run_id = "run-new".into();
        if let Some(view) = &mut facts.cluster {
            facts.replication.primary = true;
            let me = NodeId(format!("new--{pod}"));
            let mut known = known(1, id(pod));
            (known.role, known.primary, known.slots, known.epoch) = (Role::Primary, None, Slots::none(), 0);
            *view = ClusterView { me: me.clone(), ok: false, epoch: 0, nodes: [(me, known)].into() };
        }
    }

    /// The plan, a line for each thing.
    pub fn plan(&self) -> String {
        let plan = plan(&self.desired, &self.observed);
        let steps = plan.steps.iter().map(ToString::to_string);
        let waits = plan.waits.iter().map(|wait| {
            let serving = if wait.serving { "" } else { " !" };
            format!("wait{serving} {}: {}", wait.reason, wait.message)
        });
        let losses = plan.losses.iter().map(|loss| format!("loss {}: {}", loss.shard, loss.message));
        steps.chain(waits).chain(losses).collect::<Vec<_>>().join("\n")
    }

    /// The steps and losses of the plan.
    pub fn steps(&self) -> String {
        let plan = self.plan();
        plan.lines().filter(|line| !line.starts_with("wait")).collect::<Vec<_>>().join("\n")
    }
}

/// Compares texts, without the indentation of the source.
pub fn check(found: &str, expected: &str) {
    let lines: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), lines);
}
