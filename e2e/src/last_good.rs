//! A cluster whose spec is changed into one that is refused: it goes on by the last good one, healed as ever.

use crate::samples::{self, Images};
use crate::world::{Error, Outcome, World, wait};
use ironkeep_api::ValkeyCluster;
use kube::ResourceExt;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// What the cluster is called.
pub const NAME: &str = "last-good";
/// How long it may take to be Ready.
const READY: Duration = Duration::from_secs(180);
/// How long the operator may take to judge a spec, and a pod to be replaced.
const SOON: Duration = Duration::from_secs(30);

/// Makes a cluster, spoils its spec, deletes the pod of a primary, and puts the spec right again.
pub async fn goes_on(world: &World, folder: &Path, images: &Images) -> Outcome<()> {
    world.apply(&samples::read(folder, "cluster-valkey.yaml", NAME, images)?).await?;
    let good = world.settled(NAME, READY).await?;
    spec_is(world, "True").await?;

    world.merge(NAME, &json!({"spec": {"shards": good.spec.shards.unwrap_or(3) + 1}})).await?;
    let said = spec_is(world, "False").await?;
    if !(said.contains("last good spec") && said.contains("spec.shards")) {
        return Err(Error::Wrong(format!(
            "{NAME}: the refusal doesn't name the field and the last good spec: {said}"
        )));
    }
    replace_primary(world, &good).await?;
    world.settled(NAME, READY).await?;
    spec_is(world, "False").await?;

    world.merge(NAME, &json!({"spec": {"shards": good.spec.shards}})).await?;
    spec_is(world, "True").await?;
    let after = world.settled(NAME, READY).await?;
    let shards = after.status.map_or(0, |status| status.shards.len());
    println!("last good spec: gone by, healed by, left again; {shards} shards");
    Ok(())
}

/// Deletes the pod of shard 0's primary and waits for the next of its name.
async fn replace_primary(world: &World, cluster: &ValkeyCluster) -> Outcome<()> {
    let shard = cluster.status.as_ref().and_then(|status| status.shards.first());
    let primary = shard.and_then(|shard| shard.primary.clone());
    let primary = primary.ok_or_else(|| Error::Wrong(format!("{NAME}: the status names no primary")))?;
    let old = world.pods().get(&primary).await?.uid();
    world.delete_pod(&primary, false).await?;
    wait(&format!("another pod {primary}"), SOON, || async {
        let pod = world.pods().get_opt(&primary).await?;
        Ok(pod.filter(|pod| pod.uid() != old).map(drop))
    })
    .await
}

/// Waits until that is said of the present spec; gives the words.
async fn spec_is(world: &World, truth: &str) -> Outcome<String> {
    wait(&format!("SpecValid of {NAME} to be {truth}"), SOON, || async {
        let cluster = world.clusters().get(NAME).await?;
        let status = cluster.status.unwrap_or_default();
        let present = status.observed_generation == cluster.metadata.generation;
        let said = status.condition("SpecValid").filter(|said| present && said.status == truth);
        Ok(said.map(|said| said.message.clone()))
    })
    .await
}
