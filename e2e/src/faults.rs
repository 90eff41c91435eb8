//! What is done to a cluster while clients write to it.

use crate::nodes::{self, Node};
use crate::world::{Error, Outcome, World};
use ironkeep_api::{Mode, ValkeyCluster, names};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::json;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A fault, or a change that must not be felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9` of the process of shard 0's primary.
    KillPrimary,
    /// `kubectl delete pod` of shard 0's primary.
    DeletePrimary,
    /// The same with `--force --grace-period=0`.
    ForceDeletePrimary,
    /// All pods at once.
    DeleteAll,
    /// One more replica in each shard.
    MoreReplicas,
    /// One replica less in each shard.
    FewerReplicas,
    /// Every pod is to be restarted.
    Roll,
    /// `kubectl drain` of a node, and `kubectl uncordon`.
    DrainNode,
    /// A node that nobody reaches for a while.
    CutNode,
    /// A node without power for a while.
    KillNode,
}

impl Fault {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Fault; 10] = [
        Fault::KillPrimary,
        Fault::DeletePrimary,
        Fault::ForceDeletePrimary,
        Fault::DeleteAll,
        Fault::MoreReplicas,
        Fault::FewerReplicas,
        Fault::Roll,
        Fault::DrainNode,
        Fault::CutNode,
        Fault::KillNode,
    ];

    /// In words, for the table.
    pub fn name(self) -> &'static str {
        match self {
            Fault::KillPrimary => "kill -9 of a primary",
            Fault::DeletePrimary => "delete a primary's pod",
            Fault::ForceDeletePrimary => "delete --force a primary's pod",
            Fault::DeleteAll => "delete all pods at once",
            Fault::MoreReplicas => "one replica more",
            Fault::FewerReplicas => "one replica less",
            Fault::Roll => "restart all pods by annotation",
            Fault::DrainNode => "drain a node and uncordon it",
            Fault::CutNode => "cut a node off and heal it",
            Fault::KillNode => "kill a node and start it",
        }
    }

    /// Whether it is about a whole node: such a fault is over when it has been inflicted.
    pub fn is_of_node(self) -> bool {
        matches!(self, Fault::DrainNode | Fault::CutNode | Fault::KillNode)
    }

    /// Whether it can be done only where nodes are localkube's.
    pub fn needs_localkube(self) -> bool {
        matches!(self, Fault::CutNode | Fault::KillNode)
    }

    /// Whether acknowledged writes may go with it: what a primary took alone, in its last moments, nobody else has.
    pub fn may_lose(self, cluster: &ValkeyCluster) -> bool {
        let alone = cluster.spec.config.get("min-replicas-to-write").is_none_or(|number| number == "0");
        alone && matches!(self, Fault::CutNode | Fault::KillNode)
    }

    /// What has to be so before it can show anything.
    pub async fn prepare(self, world: &World, cluster: &ValkeyCluster) -> Outcome<()> {
        let spreads = self.needs_localkube() && cluster.spec.mode == Mode::Cluster;
        if spreads { nodes::spread_primaries(world, cluster).await } else { Ok(()) }
    }

    /// Does it. Gives what is to be said about it.
    pub async fn inflict(
        self,
        world: &World,
        cluster: &ValkeyCluster,
        localkube: Option<&Path>,
    ) -> Outcome<String> {
        if !self.is_of_node() {
            return self.touch(world, cluster).await.map(|()| String::new());
        }
        let node = Node::choose(world, cluster).await?;
        match (self, localkube) {
            (Fault::CutNode, Some(localkube)) => node.cut(localkube).await?,
            (Fault::KillNode, Some(localkube)) => node.kill(localkube).await?,
            (Fault::DrainNode, _) => node.drain().await?,
            _ => return Err(Error::Wrong(format!("{} needs localkube", self.name()))),
        }
        Ok(node.words())
    }

    async fn touch(self, world: &World, cluster: &ValkeyCluster) -> Outcome<()> {
        let name = cluster.name_any();
        match self {
            Fault::KillPrimary => kill(&world.pods().get(&primary(cluster)?).await?),
            Fault::DeletePrimary => world.delete_pod(&primary(cluster)?, false).await,
            Fault::ForceDeletePrimary => world.delete_pod(&primary(cluster)?, true).await,
            Fault::DeleteAll => {
                let pods = world.pods_of(&name).await?;
                let deletions = pods.iter().map(|pod| pod.name_any());
                futures::future::try_join_all(
                    deletions.map(|pod| async move { world.delete_pod(&pod, false).await }),
                )
                .await?;
                Ok(())
            }
            Fault::MoreReplicas => scale(world, cluster, 1).await,
            Fault::FewerReplicas => scale(world, cluster, -1).await,
            Fault::Roll => {
                let stamp = SystemTimeText::now();
                let part = json!({"metadata": {"annotations": {names::ANNOTATION_RESTARTED_AT: stamp.0}}});
                world.merge(&name, &part).await.map(drop)
            }
            Fault::DrainNode | Fault::CutNode | Fault::KillNode => Ok(()),
        }
    }
}

async fn scale(world: &World, cluster: &ValkeyCluster, by: i32) -> Outcome<()> {
    let present = cluster.spec.replicas_per_shard.unwrap_or(1);
    world.merge(&cluster.name_any(), &json!({"spec": {"replicasPerShard": present + by}})).await.map(drop)
}

/// The pod that the status names as the primary of shard 0.
fn primary(cluster: &ValkeyCluster) -> Outcome<String> {
    let shard = cluster.status.as_ref().and_then(|status| status.shards.first());
    shard
        .and_then(|s| s.primary.clone())
        .ok_or_else(|| Error::Wrong("the status names no primary of shard 0".into()))
}

/// Kills the engine of a pod from the node it runs on, which must be this machine: nothing in the pod could.
fn kill(pod: &Pod) -> Outcome<()> {
    let uid = pod.metadata.uid.clone().unwrap_or_default();
    let pids = processes_of(&uid);
    let Some(pid) = pids.first() else {
        return Err(Error::Wrong(format!("no process of pod {} on this machine", pod.name_any())));
    };
    let status = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Wrong(format!("kill -9 {pid}: {status}"))),
        Err(error) => Err(Error::Io("kill".into(), error)),
    }
}

/// Engine processes in the control group of a pod.
fn processes_of(uid: &str) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| is_engine(*pid) && in_pod(*pid, uid)).collect()
}

fn is_engine(pid: u32) -> bool {
    let name =
        std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("comm")).unwrap_or_default();
    ["valkey-server", "redis-server", "ironkeep-server"].iter().any(|engine| name.trim().starts_with(engine))
}

fn in_pod(pid: u32, uid: &str) -> bool {
    let groups =
        std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("cgroup")).unwrap_or_default();
    !uid.is_empty() && (groups.contains(uid) || groups.contains(&uid.replace('-', "_")))
}

/// The present time, as people write it into annotations.
struct SystemTimeText(String);

impl SystemTimeText {
    #[allow(clippy::disallowed_methods, reason = "an annotation for this moment")]
    fn now() -> Self {
        Self(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()).to_string())
    }
}
