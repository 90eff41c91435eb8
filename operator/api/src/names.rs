//! Names, labels and annotations of everything that belongs to a cluster.
//!
//! The only place that puts such a name together or takes one apart. A cluster's name has at most
//! [`MAX_CLUSTER_NAME`] characters, so that every name here stays a DNS label.

use std::collections::BTreeMap;

/// The longest name a cluster may have.
pub const MAX_CLUSTER_NAME: usize = 40;
/// The largest number that a shard or a pod of a shard may have.
const MAX_INDEX: u32 = 9999;

/// The field manager of everything the operator applies, and the value of [`LABEL_MANAGED_BY`].
pub const MANAGER: &str = "ironkeep-operator";

/// Port for clients.
pub const CLIENT_PORT: u16 = 6379;
/// Port of the cluster bus.
pub const BUS_PORT: u16 = 16379;
/// The container that runs the server.
pub const CONTAINER: &str = "server";
/// The volume with the data, and the name of its claim template.
pub const DATA_VOLUME: &str = "data";
/// Where the data is in the container.
pub const DATA_DIR: &str = "/data";
/// The volume with the configuration file.
pub const CONFIG_VOLUME: &str = "config";
/// Where the configuration file is in the container.
pub const CONFIG_DIR: &str = "/etc/ironkeep";
/// The configuration file: key of the config map and name of the file.
pub const CONFIG_FILE: &str = "server.conf";

/// What the program is: `valkeycluster`.
pub const LABEL_NAME: &str = "app.kubernetes.io/name";
/// The value of [`LABEL_NAME`].
pub const APP_NAME: &str = "valkeycluster";
/// The cluster's name again, for common dashboards.
pub const LABEL_INSTANCE: &str = "app.kubernetes.io/instance";
/// What part of it: `server`.
pub const LABEL_COMPONENT: &str = "app.kubernetes.io/component";
/// The value of [`LABEL_COMPONENT`] on servers.
pub const COMPONENT_SERVER: &str = "server";
/// Who made it: [`MANAGER`].
pub const LABEL_MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The cluster's name.
pub const LABEL_CLUSTER: &str = "ironkeep.io/cluster";
/// The shard's number.
pub const LABEL_SHARD: &str = "ironkeep.io/shard";
/// The pod's role: [`ROLE_PRIMARY`] or [`ROLE_REPLICA`]. Written when it changes.
pub const LABEL_ROLE: &str = "ironkeep.io/role";
/// The value of [`LABEL_ROLE`] on a primary.
pub const ROLE_PRIMARY: &str = "primary";
/// The value of [`LABEL_ROLE`] on a replica.
pub const ROLE_REPLICA: &str = "replica";
/// On endpoint slices: the service that they are of.
pub const LABEL_SERVICE: &str = "kubernetes.io/service-name";
/// On endpoint slices: who keeps them.
pub const LABEL_SLICE_MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// Prefixes of labels and annotations that users can't set on pods.
pub const OWN_PREFIXES: [&str; 2] = ["ironkeep.io/", "app.kubernetes.io/"];

/// On pods: hash of everything that needs a restart to change.
pub const ANNOTATION_REVISION: &str = "ironkeep.io/revision";
/// On the ValkeyCluster: any new value asks for a restart of all pods, one after the other.
pub const ANNOTATION_RESTARTED_AT: &str = "ironkeep.io/restarted-at";
/// On the ValkeyCluster: losses up to this time have been seen, as in `2026-01-31T12:00:00Z`.
pub const ANNOTATION_LOSS_SEEN: &str = "ironkeep.io/loss-seen-at";

/// Labels of everything that belongs to a cluster.
pub fn labels(cluster: &str) -> BTreeMap<String, String> {
    let pairs = [
        (LABEL_NAME, APP_NAME),
        (LABEL_INSTANCE, cluster),
        (LABEL_MANAGED_BY, MANAGER),
        (LABEL_CLUSTER, cluster),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Labels of a shard's pods, without those of the user and without the role.
pub fn shard_labels(cluster: &str, shard: u32) -> BTreeMap<String, String> {
    let mut labels = labels(cluster);
    labels.insert(LABEL_COMPONENT.to_owned(), COMPONENT_SERVER.to_owned());
    labels.insert(LABEL_SHARD.to_owned(), shard.to_string());
    labels
}

/// Labels that select a cluster's pods. Never change: StatefulSets and services keep theirs.
pub fn selector(cluster: &str) -> BTreeMap<String, String> {
    [(LABEL_CLUSTER, cluster), (LABEL_COMPONENT, COMPONENT_SERVER)]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// Labels that select a shard's pods.
pub fn shard_selector(cluster: &str, shard: u32) -> BTreeMap<String, String> {
    let mut labels = selector(cluster);
    labels.insert(LABEL_SHARD.to_owned(), shard.to_string());
    labels
}

/// A selector as text, as the API and `status.selector` take it.
pub fn selector_text(labels: &BTreeMap<String, String>) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// The StatefulSet of a shard.
pub fn stateful_set(cluster: &str, shard: u32) -> String {
    format!("{cluster}-{shard}")
}

/// A pod of a shard.
pub fn pod(cluster: &str, shard: u32, ordinal: u32) -> String {
    format!("{cluster}-{shard}-{ordinal}")
}

/// The claim of a pod's volume.
pub fn claim(cluster: &str, shard: u32, ordinal: u32) -> String {
    format!("{DATA_VOLUME}-{}", pod(cluster, shard, ordinal))
}

/// The shard that a StatefulSet is of.
pub fn parse_stateful_set(cluster: &str, name: &str) -> Option<u32> {
    index(name.strip_prefix(cluster)?.strip_prefix('-')?)
}

/// The shard and the ordinal of a pod.
pub fn parse_pod(cluster: &str, name: &str) -> Option<(u32, u32)> {
    let (shard, ordinal) = name.strip_prefix(cluster)?.strip_prefix('-')?.split_once('-')?;
    Some((index(shard)?, index(ordinal)?))
}

/// The shard and the ordinal of the pod that a claim is of.
pub fn parse_claim(cluster: &str, name: &str) -> Option<(u32, u32)> {
    parse_pod(cluster, name.strip_prefix(DATA_VOLUME)?.strip_prefix('-')?)
}

/// The config map with the configuration file.
pub fn config_map(cluster: &str) -> String {
    format!("{cluster}-config")
}

/// Where the service for clients leads to in replication mode.
pub fn primary_slice(cluster: &str) -> String {
    format!("{cluster}-primary")
}

/// Where it leads to while there is no way to the primary.
pub fn heir_slice(cluster: &str) -> String {
    format!("{cluster}-heir")
}

/// The service for clients.
pub fn service(cluster: &str) -> String {
    cluster.to_owned()
}

/// The service for readers, in mode replication.
pub fn replicas_service(cluster: &str) -> String {
    format!("{cluster}-replicas")
}

/// The service that names every pod.
pub fn headless_service(cluster: &str) -> String {
    format!("{cluster}-headless")
}

/// The budget of all pods.
pub fn pods_budget(cluster: &str) -> String {
    format!("{cluster}-pods")
}

/// The budget of the primaries.
pub fn primaries_budget(cluster: &str) -> String {
    format!("{cluster}-primaries")
}

/// The budget of a shard's replicas.
pub fn replicas_budget(cluster: &str, shard: u32) -> String {
    format!("{cluster}-{shard}-replicas")
}

/// The account that pods run as.
pub fn service_account(cluster: &str) -> String {
    format!("{cluster}-server")
}

/// The network policy of the pods.
pub fn network_policy(cluster: &str) -> String {
    format!("{cluster}-server")
}

/// The DNS name of a service with the port for clients.
pub fn service_endpoint(service: &str, namespace: &str) -> String {
    format!("{service}.{namespace}.svc:{CLIENT_PORT}")
}

/// A number as [`pod`] writes it: no sign, no leading zero.
fn index(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok().filter(|number| *number <= MAX_INDEX)?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_that_was_put_together_comes_apart_again(
            cluster in "[a-z]([a-z0-9-]{0,38}[a-z0-9])?", shard in 0..=MAX_INDEX, ordinal in 0..=MAX_INDEX,
        ) {
            prop_assert_eq!(parse_stateful_set(&cluster, &stateful_set(&cluster, shard)), Some(shard));
            prop_assert_eq!(parse_pod(&cluster, &pod(&cluster, shard, ordinal)), Some((shard, ordinal)));
            prop_assert_eq!(parse_claim(&cluster, &claim(&cluster, shard, ordinal)), Some((shard, ordinal)));
            prop_assert!(claim(&cluster, shard, ordinal).len() <= 63);
            prop_assert!(replicas_budget(&cluster, shard).len() <= 63);
        }
    }

    #[test]
    fn names_of_others_are_not_ours() {
        for name in ["a-1", "a-b-1-0", "a-01-0", "a-+1-0", "b-1-0", "a-1-0-0", "a--1", "a-99999-0", "a"] {
            assert_eq!(parse_pod("a", name), None, "{name}");
        }
        assert_eq!(parse_stateful_set("a", "a-config"), None);
        assert_eq!(parse_stateful_set("a", "a-1-0"), None);
    }

    #[test]
    fn a_selector_reads_as_kubectl_takes_it() {
        assert_eq!(
            selector_text(&shard_selector("c", 2)),
            "app.kubernetes.io/component=server,ironkeep.io/cluster=c,ironkeep.io/shard=2"
        );
    }
}
