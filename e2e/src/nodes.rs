//! What is done to a node while clients write: drained and uncordoned, cut off and healed, killed and started.
//!
//! Draining is what every Kubernetes knows. The others need localkube, the only platform whose cables can be pulled from here.

use crate::install;
use crate::world::{Error, Outcome, World, wait};
use ironkeep_api::{ValkeyCluster, names};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// How long a drain may take.
const DRAIN: &str = "--timeout=120s";
/// How long one is tried that the budget may not let through: pods whose volumes can't leave the node don't come back
/// before it takes pods again.
const HELD_DRAIN: &str = "--timeout=20s";
/// What kubectl says then.
const HELD: &str = "disruption budget";
/// How long a node stays drained: people do something to it meanwhile.
const DRAINED: Duration = Duration::from_secs(5);
/// How long the operator may take to notice that somebody else has made primaries.
const SPREAD: Duration = Duration::from_secs(30);
/// How long it may take until an operator leads again.
const LED: Duration = Duration::from_secs(60);
/// How long a node is away: long enough for Kubernetes to take it for dead.
const AWAY: Duration = Duration::from_secs(15);

/// A node, and what of the cluster runs there.
pub struct Node {
    name: String,
    primaries: usize,
    pods: usize,
    shards: usize,
    operator: bool,
}

impl Node {
    /// The node to be taken away: one with some primaries but not most of them, if there is a choice not the operator's.
    pub async fn choose(world: &World, cluster: &ValkeyCluster) -> Outcome<Self> {
        let shards = cluster.status.as_ref().map(|status| status.shards.as_slice()).unwrap_or_default();
        let primaries: Vec<&str> = shards.iter().filter_map(|shard| shard.primary.as_deref()).collect();
        let mut count: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for pod in world.pods_of(&cluster.name_any()).await? {
            let primary = primaries.contains(&pod.name_any().as_str());
            let (primaries, pods) = count.entry(node_of(&pod)).or_default();
            *primaries += usize::from(primary);
            *pods += 1;
        }
        let operators = operators(world).await?;
        let nodes = count.into_iter().map(|(name, (primaries, pods))| {
            let operator = operators.contains(&name);
            Node { name, primaries, pods, shards: shards.len(), operator }
        });
        let worth = |node: &Node| {
            (node.primaries == 0, node.has_most() && node.shards > 1, node.operator, node.primaries)
        };
        nodes.min_by_key(worth).ok_or_else(|| Error::Wrong("the cluster runs on no node".into()))
    }

    fn has_most(&self) -> bool {
        2 * self.primaries > self.shards
    }

    /// What ran there, in words.
    pub fn words(&self) -> String {
        let operator = if self.operator { " and the operator" } else { "" };
        format!(
            "{} had {} of {} primaries in {} pods{operator}",
            self.name, self.primaries, self.shards, self.pods
        )
    }

    /// Drains it, and lets pods come back after a while. Of a shard whose primary needs a replica one pod may go at a time:
    /// if two are here, the drain may be held up until people uncordon the node.
    pub async fn drain(&self) -> Outcome<()> {
        let may_be_held = self.shards == 1 && self.pods > 1;
        let patience = if may_be_held { HELD_DRAIN } else { DRAIN };
        let drain = ["drain", self.name.as_str(), "--ignore-daemonsets", "--delete-emptydir-data", patience];
        let mut drained = run(Path::new("kubectl"), &drain).await;
        if matches!(&drained, Err(Error::Wrong(said)) if may_be_held && said.contains(HELD)) {
            drained = Ok(());
        }
        tokio::time::sleep(DRAINED).await;
        run(Path::new("kubectl"), &["uncordon", &self.name]).await.and(drained)
    }

    /// Cuts it off the network for a while.
    pub async fn cut(&self, localkube: &Path) -> Outcome<()> {
        self.away(localkube, "cut", "heal").await
    }

    /// Takes its power for a while.
    pub async fn kill(&self, localkube: &Path) -> Outcome<()> {
        self.away(localkube, "kill", "start").await
    }

    async fn away(&self, localkube: &Path, fault: &str, cure: &str) -> Outcome<()> {
        let gone = run(localkube, &[fault, &self.name]).await;
        tokio::time::sleep(AWAY).await;
        run(localkube, &[cure, &self.name]).await.and(gone)
    }
}

/// Puts exactly one primary of a cluster on a node, not the operator's if there is a choice, and waits until the status
/// says so: those who are left can then elect. Where most primaries are gone, nobody may decide that they are.
pub async fn spread_primaries(world: &World, cluster: &ValkeyCluster) -> Outcome<()> {
    let pods = world.pods_of(&cluster.name_any()).await?;
    let place = |name: &str| pods.iter().find(|pod| pod.name_any() == name);
    let operators = operators(world).await?;
    let nodes: Vec<String> = pods.iter().map(node_of).collect();
    let Some(node) = nodes.iter().min_by_key(|node| (operators.contains(node), node.as_str())) else {
        return Ok(());
    };
    let there = |name: &str| place(name).is_some_and(|pod| node_of(pod) == *node);
    let shards = cluster.status.as_ref().map(|status| status.shards.as_slice()).unwrap_or_default();
    let (mut has_one, mut heirs) = (false, Vec::new());
    for shard in shards {
        let (primary, replicas) = (shard.primary.as_deref().unwrap_or_default(), &shard.replicas);
        let possible = there(primary) || replicas.iter().any(|replica| there(&replica.pod));
        let wanted = possible && !has_one;
        has_one |= possible;
        let heir = replicas.iter().find(|replica| there(&replica.pod) == wanted);
        if let Some(heir) = heir.filter(|_| there(primary) != wanted).and_then(|heir| place(&heir.pod)) {
            fail_over(heir)?;
            heirs.push(heir.name_any());
        }
    }
    wait("the status to name the new primaries", SPREAD, || async {
        let status = world.clusters().get(&cluster.name_any()).await?.status.unwrap_or_default();
        let named = |heir: &String| status.shards.iter().any(|shard| shard.primary.as_ref() == Some(heir));
        Ok(heirs.iter().all(named).then_some(()))
    })
    .await
}

fn fail_over(heir: &Pod) -> Outcome<()> {
    let ip = heir.status.as_ref().and_then(|status| status.pod_ip.clone()).unwrap_or_default();
    let failed =
        |error: redis::RedisError| Error::Wrong(format!("CLUSTER FAILOVER on {}: {error}", heir.name_any()));
    let client = redis::Client::open(format!("redis://{ip}:{}", names::CLIENT_PORT)).map_err(failed)?;
    let mut line = client.get_connection_with_timeout(Duration::from_secs(1)).map_err(failed)?;
    redis::cmd("CLUSTER").arg("FAILOVER").query(&mut line).map_err(failed)
}

/// Waits until an operator leads: what a status says whose operator was away is from before.
pub async fn led(world: &World) -> Outcome<()> {
    let leases: Api<Lease> = Api::namespaced(world.client.clone(), install::NAMESPACE);
    let renewed = || async {
        let all = leases.list(&ListParams::default()).await?;
        let times = all.iter().map(|lease| lease.spec.as_ref().and_then(|spec| spec.renew_time.clone()));
        Ok::<_, Error>(times.collect::<Vec<_>>())
    };
    let before = renewed().await?;
    wait("an operator to lead", LED, || async { Ok((renewed().await? != before).then_some(())) }).await
}

/// The nodes that operators run on.
async fn operators(world: &World) -> Outcome<Vec<String>> {
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), install::NAMESPACE);
    let labels = format!("app.kubernetes.io/name={}", install::RELEASE);
    Ok(pods.list(&ListParams::default().labels(&labels)).await?.iter().map(node_of).collect())
}

fn node_of(pod: &Pod) -> String {
    pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default()
}

async fn run(program: &Path, words: &[&str]) -> Outcome<()> {
    let failed = |error| Error::Io(program.display().to_string(), error);
    let output = Command::new(program).args(words).output().await.map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Wrong(format!("{} {}: {said}", program.display(), words.join(" "))))
}
