//! The topology as a table: one line a pod, from the status and what this machine knows. Pure.

use super::pods::LocalPod;
use ironkeep_api::{
    EngineType, Mode, Phase, ReplicaStatus, ShardStatus, ValkeyCluster, ValkeyClusterStatus, names,
};
use std::collections::BTreeMap;

/// Digits of a node id that tell nodes apart.
const DIGITS: usize = 8;
const HEADINGS: [&str; 8] = ["POD", "ROLE", "ADDRESS", "NODE", "SLOTS", "OFFSET", "LAG", "STATE"];

/// A line about a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub pod: String,
    /// Its role.
    pub role: &'static str,
    /// Its address.
    pub address: String,
    /// Its node id, in short.
    pub node: String,
    /// The slots that it serves.
    pub slots: String,
    /// Its replication offset.
    pub offset: String,
    /// Bytes that it is behind.
    pub lag: String,
    /// How it is.
    pub state: String,
}

/// A line for every pod.
pub fn rows(status: &ValkeyClusterStatus, pods: &BTreeMap<String, LocalPod>) -> Vec<Row> {
    let mut names: Vec<_> = pods.keys().collect();
    // `demo-10-0` comes after `demo-2-0`.
    names.sort_by_key(|name| (name.len(), *name));
    names.into_iter().map(|name| row(name, &pods[name], status)).collect()
}

fn row(name: &str, pod: &LocalPod, status: &ValkeyClusterStatus) -> Row {
    let primary = status.shards.iter().find(|shard| shard.primary.as_deref() == Some(name));
    let replica = status.shards.iter().flat_map(|shard| &shard.replicas).find(|replica| replica.pod == name);
    let mut row = Row {
        pod: name.to_owned(),
        role: "",
        address: pod.ip.map_or(String::new(), |ip| ip.to_string()),
        node: String::new(),
        slots: String::new(),
        offset: String::new(),
        lag: String::new(),
        state: state(pod, replica),
    };
    match (primary, replica) {
        (Some(shard), _) => about_primary(&mut row, shard),
        (None, Some(replica)) => about_replica(&mut row, replica),
        (None, None) => {}
    }
    row
}

fn about_primary(row: &mut Row, shard: &ShardStatus) {
    row.role = names::ROLE_PRIMARY;
    row.node = short(shard.primary_node_id.as_ref());
    row.slots = shard.slots.clone().unwrap_or_default();
    row.offset = number(shard.offset);
}

fn about_replica(row: &mut Row, replica: &ReplicaStatus) {
    row.role = names::ROLE_REPLICA;
    row.node = short(replica.node_id.as_ref());
    row.offset = number(replica.offset);
    row.lag = number(replica.lag);
}

fn state(pod: &LocalPod, replica: Option<&ReplicaStatus>) -> String {
    match (&pod.trouble, pod.pid) {
        _ if pod.is_ending() => "ending".to_owned(),
        (Some(trouble), None) => trouble.clone(),
        (None, None) => "starting".to_owned(),
        (_, Some(_)) if replica.is_some_and(|replica| !replica.in_sync) => "syncing".to_owned(),
        (_, Some(_)) => "running".to_owned(),
    }
}

fn short(id: Option<&String>) -> String {
    id.map_or(String::new(), |id| id.chars().take(DIGITS).collect())
}

fn number(number: Option<i64>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}

/// The rows with headings, in columns as wide as they have to be.
pub fn lines(rows: &[Row]) -> Vec<String> {
    let mut table = vec![HEADINGS.map(str::to_owned)];
    table.extend(rows.iter().cloned().map(|row| {
        [row.pod, row.role.to_owned(), row.address, row.node, row.slots, row.offset, row.lag, row.state]
    }));
    let width = |column: usize| table.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..HEADINGS.len()).map(width).collect();
    let line = |cells: &[String; 8]| {
        let padded: Vec<_> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    table.iter().map(line).collect()
}

/// The cluster and its state in one line.
pub fn headline(cluster: &ValkeyCluster, status: &ValkeyClusterStatus) -> String {
    let name = cluster.metadata.name.as_deref().unwrap_or_default();
    let spec = &cluster.spec;
    let version = status.engine_version.as_deref().unwrap_or(spec.engine.version());
    format!("{name} ({} {version}, {})  {}", spec.engine.kind, spec.mode, status.phase)
}

/// How to talk to the cluster, once there is somebody to talk to.
pub fn how_to_connect(
    cluster: &ValkeyCluster,
    status: &ValkeyClusterStatus,
    pods: &BTreeMap<String, LocalPod>,
) -> Option<String> {
    let primary = status.shards.first()?.primary.as_ref()?;
    let address = pods.get(primary)?.ip.filter(|_| status.phase != Phase::Failed)?;
    let client = if cluster.spec.engine.kind == EngineType::Redis { "redis-cli" } else { "valkey-cli" };
    let redirected = if cluster.spec.mode == Mode::Cluster { " -c" } else { "" };
    Some(format!("{client}{redirected} -h {address}"))
}

#[cfg(test)]
mod tests {
    use super::super::kubelet::{News, Wish};
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::sync::watch;

    fn pods() -> (BTreeMap<String, LocalPod>, Vec<watch::Receiver<Wish>>) {
        let mut kept = Vec::new();
        let mut pod = |last: u8| {
            let (wishes, wish) = watch::channel(Wish::Run);
            kept.push(wish);
            LocalPod::new(format!("u{last}"), Ipv4Addr::new(127, 42, 0, last), "r".into(), wishes)
        };
        let mut pods: BTreeMap<_, _> = [("demo-0-0", 1), ("demo-0-1", 2), ("demo-10-0", 3)]
            .map(|(name, last)| (name.to_owned(), pod(last)))
            .into();
        pods.get_mut("demo-0-0").unwrap().hear(News::Started(11));
        pods.get_mut("demo-0-1").unwrap().hear(News::Started(12));
        pods.get_mut("demo-10-0").unwrap().hear(News::Failing("no room".into()));
        (pods, kept)
    }

    fn status() -> ValkeyClusterStatus {
        let replica = ReplicaStatus {
            pod: "demo-0-1".into(),
            lag: Some(7),
            offset: Some(93),
            ..ReplicaStatus::default()
        };
        let shard = ShardStatus {
            primary: Some("demo-0-0".into()),
            primary_node_id: Some("0123456789abcdef".into()),
            slots: Some("0-5460".into()),
            offset: Some(100),
            replicas: vec![replica],
            ..ShardStatus::default()
        };
        ValkeyClusterStatus { shards: vec![shard], ..ValkeyClusterStatus::default() }
    }

    #[test]
    fn a_line_for_every_pod() {
        let (pods, _kept) = pods();
        let expected = [
            "POD        ROLE     ADDRESS     NODE      SLOTS   OFFSET  LAG  STATE",
            "demo-0-0   primary  127.42.0.1  01234567  0-5460  100          running",
            "demo-0-1   replica  127.42.0.2                    93      7    syncing",
            "demo-10-0           127.42.0.3                                 no room",
        ];
        assert_eq!(lines(&rows(&status(), &pods)), expected);
    }

    #[test]
    fn says_how_to_connect() {
        let (pods, _kept) = pods();
        let mut cluster = ValkeyCluster::default();
        assert_eq!(how_to_connect(&cluster, &status(), &pods).unwrap(), "valkey-cli -c -h 127.42.0.1");
        cluster.spec.mode = Mode::Replication;
        cluster.spec.engine.kind = EngineType::Redis;
        assert_eq!(how_to_connect(&cluster, &status(), &pods).unwrap(), "redis-cli -h 127.42.0.1");
        assert_eq!(how_to_connect(&cluster, &ValkeyClusterStatus::default(), &pods), None);
    }
}
