//! Worlds to look at: all pods of a cluster, up and healthy, to be damaged by a test.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_api::{Mode, names};
use ironkeep_core::observed::{ClusterView, Engine, Facts, Known, Pod, Replication, Upstream};
use ironkeep_core::{Desired, NodeId, Observed, PodId, Role, Slots};
use std::net::{IpAddr, Ipv4Addr};

/// Where a pod is.
pub fn address(id: PodId) -> IpAddr {
    Ipv4Addr::new(10, 0, id.shard as u8, id.ordinal as u8 + 1).into()
}

/// The node id of a pod.
pub fn node_id(id: PodId) -> NodeId {
    NodeId(format!("{:020x}{:020x}", id.shard + 1, id.ordinal + 1))
}

/// A world in which all is as it should be; ordinal 0 is primary in every shard.
pub fn healthy(desired: &Desired) -> Observed {
    let objects =
        desired.objects.iter().map(|object| (object.reference.clone(), object.value.clone())).collect();
    let pods = desired.pods().map(|id| (id, pod(desired, id))).collect();
    Observed { at: 1_700_000_000_000, objects, pods, ..Observed::default() }
}

/// The facts of a pod, to be changed.
pub fn facts(observed: &mut Observed, shard: u32, ordinal: u32) -> &mut Facts {
    match &mut observed.pods.get_mut(&PodId::new(shard, ordinal)).unwrap().engine {
        Engine::Up(facts) => facts,
        other => panic!("{other:?}"),
    }
}

/// Ends a pod's server.
pub fn kill(observed: &mut Observed, shard: u32, ordinal: u32) {
    observed.pods.get_mut(&PodId::new(shard, ordinal)).unwrap().engine = Engine::Refused;
}

fn pod(desired: &Desired, id: PodId) -> Pod {
    let role = if id.ordinal == 0 { Role::Primary } else { Role::Replica };
    Pod {
        name: names::pod(&desired.name, id.shard, id.ordinal),
        uid: format!("uid-{id}"),
        ip: Some(address(id)),
        node: Some("node-1".to_owned()),
        running: true,
        ready: true,
        revision: desired.revision.clone(),
        role: Some(role),
        engine: Engine::Up(Box::new(Facts {
            run_id: format!("run-{id}"),
            version: "9.1.2".to_owned(),
            keys: 10,
            replication: replication(id),
            cluster: (desired.mode == Mode::Cluster).then(|| view(desired, id)),
            config: desired.live_config.clone(),
            paused: false,
            turned_away: 0,
        })),
        ..Pod::default()
    }
}

fn replication(id: PodId) -> Replication {
    let upstream = Upstream {
        host: address(PodId::new(id.shard, 0)).to_string(),
        port: 6379,
        up: true,
        syncing: false,
        silent_seconds: Some(0),
    };
    Replication {
        primary: id.ordinal == 0,
        replid: format!("history-{}", id.shard),
        offset: 1000,
        upstream: (id.ordinal > 0).then_some(upstream),
        replicas: Vec::new(),
    }
}

fn view(desired: &Desired, id: PodId) -> ClusterView {
    let nodes = desired.pods().map(|other| (node_id(other), known(desired, other))).collect();
    ClusterView { me: node_id(id), ok: true, epoch: 7, nodes }
}

fn known(desired: &Desired, id: PodId) -> Known {
    let primary = id.ordinal == 0;
    Known {
        ip: Some(address(id)),
        port: 6379,
        role: if primary { Role::Primary } else { Role::Replica },
        primary: (!primary).then(|| node_id(PodId::new(id.shard, 0))),
        suspected: false,
        failed: false,
        handshake: false,
        linked: true,
        epoch: u64::from(id.shard) + 1,
        slots: if primary { Slots::share(id.shard, desired.shards) } else { Slots::none() },
        open: Vec::new(),
    }
}
