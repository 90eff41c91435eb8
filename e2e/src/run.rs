//! The parts of a run, in their order.

use crate::arguments::Arguments;
use crate::bad_specs;
use crate::evidence;
use crate::faults::Fault;
use crate::install::{self, NAMESPACE};
use crate::last_good;
use crate::load::{Lean, Stock, Target};
use crate::nodes;
use crate::samples::{self, Images};
use crate::started;
use crate::table::{Row, Table};
use crate::watch::StatusWatch;
use crate::weight;
use crate::world::{Error, Outcome, World, now, wait};
use ironkeep_api::{Mode, ValkeyCluster, names};
use k8s_openapi::api::core::v1::Service;
use kube::{Api, Client, ResourceExt};
use std::time::Duration;

/// How long any cluster may take to be Ready again.
const PATIENCE: Duration = Duration::from_secs(180);
/// How long clients write before a fault, and after the cluster is Ready again.
const CALM: Duration = Duration::from_secs(2);
/// How long the operator must write nothing.
const QUIET: Duration = Duration::from_secs(20);

/// A sample and what is tried on it.
struct Part {
    sample: &'static str,
    faults: &'static [Fault],
}

const PARTS: [Part; 6] = [
    Part { sample: "cluster-valkey", faults: &Fault::ALL },
    Part { sample: "replication-valkey", faults: &Fault::ALL },
    Part { sample: "cluster-redis", faults: &[Fault::KillPrimary, Fault::DeletePrimary, Fault::Roll] },
    Part { sample: "replication-redis", faults: &[Fault::KillPrimary, Fault::DeletePrimary, Fault::Roll] },
    Part { sample: "standalone-valkey", faults: &[Fault::KillPrimary, Fault::DeletePrimary] },
    Part { sample: "standalone-ironkeep", faults: &[] },
];

/// Runs everything that was asked for; gives the names of what failed.
pub async fn run(arguments: &Arguments) -> Outcome<Vec<String>> {
    let client = Client::try_default().await?;
    let images = Images::parse(&arguments.images)?;
    println!("installing the operator");
    install::install(&client, arguments).await?;
    let world = World::open(&client, "ironkeep-e2e").await?;

    let mut table = Table::default();
    let mut failed = Vec::new();
    let wanted = |name: &str| arguments.wants(name);
    for part in PARTS.iter().filter(|part| wanted(part.sample)) {
        println!("{}", part.sample);
        if let Err(error) = exercise(&world, arguments, &images, part, &mut table).await {
            eprintln!("{}: {error}", part.sample);
            evidence::gather(&world, NAMESPACE, &arguments.evidence, part.sample).await;
            failed.push(part.sample.to_owned());
        }
        world.remove(part.sample).await?;
    }
    if wanted("bad specs") {
        failed.extend(bad_specs::refuse_all(&world, &arguments.bad_specs).await?);
        failed.extend(spoil(&world, arguments, &images).await?);
    }
    if arguments.crowd > 0 && wanted("weight") {
        weigh(&world, arguments.crowd).await?;
    }
    println!("\n{table}");
    failed.extend(table.0.iter().filter_map(Row::wrong));
    Ok(failed)
}

/// A cluster whose spec becomes a bad one; gives what failed.
async fn spoil(world: &World, arguments: &Arguments, images: &Images) -> Outcome<Option<String>> {
    let gone_on = last_good::goes_on(world, &arguments.samples, images).await;
    if let Err(error) = &gone_on {
        eprintln!("{error}");
        evidence::gather(world, NAMESPACE, &arguments.evidence, last_good::NAME).await;
    }
    world.remove(last_good::NAME).await?;
    Ok(gone_on.err().map(|error| error.to_string()))
}

/// One sample: applied, left in peace, broken in each way.
async fn exercise(
    world: &World,
    arguments: &Arguments,
    images: &Images,
    part: &Part,
    table: &mut Table,
) -> Outcome<()> {
    let manifest = samples::read(&arguments.samples, &format!("{}.yaml", part.sample), part.sample, images)?;
    let begun = now();
    world.apply(&manifest).await?;
    let cluster = world.settled(part.sample, PATIENCE).await?;
    let name = format!("{}: apply to Ready", part.sample);
    push(table, Row { name, settled: begun.elapsed(), ..Row::default() });

    let before = rest(world, part.sample).await?;
    tokio::time::sleep(QUIET).await;
    let after = versions(world, part.sample).await?;
    if before != after {
        return Err(Error::Wrong(format!("something was written in peace: {before:?} became {after:?}")));
    }
    if let Some(bytes) = weight::operator_bytes() {
        println!("  operator: {:.1} MB resident", bytes as f64 / 1e6);
    }

    let faults = part.faults.iter().filter(|fault| arguments.tries(**fault));
    let faults = faults.flat_map(|fault| std::iter::repeat_n(fault, arguments.times));
    for (n, fault) in faults.enumerate() {
        let target = target(world, &cluster, &format!("e2e-{n}")).await?;
        let row = under_load(world, arguments, part.sample, *fault, &target).await?;
        push(table, row);
    }
    Ok(())
}

fn push(table: &mut Table, row: Row) {
    println!(
        "  {}: {:.1} s {} {:?} {:?}",
        row.name,
        row.settled.as_secs_f64(),
        row.status,
        row.lean,
        row.stock
    );
    table.0.push(row);
}

/// One fault while both clients write.
async fn under_load(
    world: &World,
    arguments: &Arguments,
    name: &str,
    fault: Fault,
    target: &Target,
) -> Outcome<Row> {
    fault.prepare(world, &world.settled(name, PATIENCE).await?).await?;
    tokio::time::sleep(CALM).await;
    let cluster = world.settled(name, PATIENCE).await?;
    let lean = Lean::start(target);
    let stock = arguments.stock_client.as_deref().map(|program| Stock::start(program, target)).transpose()?;
    tokio::time::sleep(CALM).await;

    let watch = StatusWatch::start(world, name);
    let begun = now();
    let said = fault.inflict(world, &cluster, arguments.localkube.as_deref()).await?;
    match fault.is_of_node() {
        true => {
            nodes::led(world).await?;
            tokio::time::sleep(CALM).await;
        }
        false => felt(world, &cluster, fault).await?,
    }
    let settled = world.settled(name, PATIENCE).await.map(|_| begun.elapsed());
    let started =
        if fault == Fault::DeleteAll { started::how_long_ago(world, name).await? } else { String::new() };
    tokio::time::sleep(CALM).await;

    let words = [watch.finish().await, said, started];
    let status =
        words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ");
    let stock = match stock {
        Some(stock) => Some(stock.finish().await?),
        None => None,
    };
    let lean =
        tokio::task::spawn_blocking(|| lean.finish()).await.map_err(|e| Error::Wrong(e.to_string()))??;
    Ok(Row {
        name: format!("{name}: {}", fault.name()),
        settled: settled?,
        lean: Some(lean),
        stock,
        status,
        may_lose: fault.may_lose(&cluster),
    })
}

/// Waits until the cluster has been touched by the fault, so that Ready means "again", not "still".
async fn felt(world: &World, before: &ValkeyCluster, fault: Fault) -> Outcome<()> {
    let name = before.name_any();
    let old = fingerprint(world, &name).await?;
    let what = format!("{name} to feel: {}", fault.name());
    wait(&what, Duration::from_secs(20), || async {
        let cluster = world.clusters().get(&name).await?;
        let pods = fingerprint(world, &name).await?;
        let touched = !crate::world::is_settled(&cluster) || pods != old || cluster.status != before.status;
        Ok(touched.then_some(()))
    })
    .await
}

/// Uids and restart counts of the pods.
async fn fingerprint(world: &World, cluster: &str) -> Outcome<Vec<(String, i32, bool)>> {
    let pods = world.pods_of(cluster).await?;
    let print = |pod: k8s_openapi::api::core::v1::Pod| {
        let statuses = pod.status.as_ref().and_then(|s| s.container_statuses.clone()).unwrap_or_default();
        let restarts = statuses.iter().map(|s| s.restart_count).sum();
        (pod.uid().unwrap_or_default(), restarts, pod.metadata.deletion_timestamp.is_some())
    };
    Ok(pods.into_iter().map(print).collect())
}

/// Resource versions of the cluster and of its pods: they change with every write.
async fn versions(world: &World, cluster: &str) -> Outcome<Vec<String>> {
    let mut versions = vec![world.clusters().get(cluster).await?.resource_version().unwrap_or_default()];
    versions.extend(world.pods_of(cluster).await?.iter().filter_map(ResourceExt::resource_version));
    let sets: Api<k8s_openapi::api::apps::v1::StatefulSet> =
        Api::namespaced(world.client.clone(), &world.namespace);
    versions.extend(sets.list(&Default::default()).await?.iter().filter_map(ResourceExt::resource_version));
    Ok(versions)
}

/// Waits until nothing is written for a moment: Kubernetes' own controllers write of a pod that is Ready, too, and may do so
/// after the operator has.
async fn rest(world: &World, cluster: &str) -> Outcome<Vec<String>> {
    wait(&format!("{cluster} to come to rest"), PATIENCE, || async {
        let before = versions(world, cluster).await?;
        tokio::time::sleep(CALM).await;
        Ok((versions(world, cluster).await? == before).then_some(before))
    })
    .await
}

/// Where clients of a cluster write: through its service, with a key tag for each shard.
async fn target(world: &World, cluster: &ValkeyCluster, prefix: &str) -> Outcome<Target> {
    let services: Api<Service> = Api::namespaced(world.client.clone(), &world.namespace);
    let service = services.get(&names::service(&cluster.name_any())).await?;
    let ip = service.spec.and_then(|spec| spec.cluster_ip).unwrap_or_default();
    let address = format!("{ip}:{}", names::CLIENT_PORT);
    let clustered = cluster.spec.mode == Mode::Cluster;
    let tags = if clustered { tags(cluster, &address)? } else { ["a", "b", "c"].map(String::from).to_vec() };
    Ok(Target { address, cluster: clustered, tags, prefix: prefix.to_owned() })
}

/// For each shard a tag that hashes into one of its slots; the engine is asked, not guessed.
fn tags(cluster: &ValkeyCluster, address: &str) -> Outcome<Vec<String>> {
    let failed = |error: redis::RedisError| Error::Wrong(format!("{address}: {error}"));
    let mut line = redis::Client::open(format!("redis://{address}"))
        .map_err(failed)?
        .get_connection()
        .map_err(failed)?;
    let status = cluster.status.clone().unwrap_or_default();
    let mut tags = Vec::new();
    for shard in &status.shards {
        let ranges = shard.slots.clone().unwrap_or_default();
        let first: u16 = ranges.split(['-', ',']).next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let last: u16 =
            ranges.split(',').next().and_then(|r| r.split('-').nth(1)?.parse().ok()).unwrap_or(first);
        for n in 0..100_000 {
            let tag = format!("t{n}");
            let slot: u16 =
                redis::cmd("CLUSTER").arg("KEYSLOT").arg(&tag).query(&mut line).map_err(failed)?;
            if (first..=last).contains(&slot) {
                tags.push(tag);
                break;
            }
        }
    }
    Ok(tags)
}

/// Prints the operator's memory with a crowd of idle clusters, and removes them.
async fn weigh(world: &World, count: u32) -> Outcome<()> {
    let megabytes =
        || weight::operator_bytes().map_or("unknown".into(), |b| format!("{:.1} MB", b as f64 / 1e6));
    println!("operator, no cluster: {}", megabytes());
    weight::crowd(world, count).await?;
    println!("operator, {count} idle clusters: {}", megabytes());
    for n in 0..count {
        world.clusters().delete(&format!("idle-{n}"), &Default::default()).await?;
    }
    Ok(())
}
