//! What resolve refuses, what it derives, and that it says the same each time.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::world::healthy;
use common::{desired, folder, spec, specs};
use ironkeep_api::{EngineType, Images, Mode, ReclaimPolicy, Storage, ValkeyCluster, names};
use ironkeep_core::observed::Observed;
use ironkeep_core::resolve::{Resolved, Settings, live_parameters, resolve, resolve_or_go_on, way_to};
use ironkeep_core::{Desired, ObjectRef, PodId};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Refusals as text; none if it can be done.
fn refusals(cluster: &ValkeyCluster, observed: &Observed) -> Vec<String> {
    match resolve(cluster, observed, &Settings::default()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// A running cluster of a spec, as its status would be.
fn running(cluster: &ValkeyCluster) -> Observed {
    let desired = desired(cluster);
    let mut observed = healthy(&desired);
    let plan = ironkeep_core::Plan::default();
    let resolved = Resolved { desired: Some(desired), problems: Vec::new() };
    observed.status = ironkeep_core::report(cluster, &resolved, &observed, &plan, &Default::default()).status;
    observed
}

#[test]
fn refuses_what_cannot_be_done_with_what_exists() {
    type Change = fn(&mut ValkeyCluster);
    let changes: [(&str, &str, Change); 10] = [
        ("cluster", "spec.shards", |c| c.spec.shards = Some(4)),
        ("cluster", "spec.shards", |c| c.spec.shards = Some(2)),
        ("cluster", "spec.mode", |c| (c.spec.mode, c.spec.shards) = (Mode::Replication, None)),
        ("standalone", "spec.mode", |c| c.spec.mode = Mode::Replication),
        ("standalone", "spec.engine.type", |c| c.spec.engine.kind = EngineType::Redis),
        ("standalone", "spec.storage", |c| c.spec.storage = None),
        ("cluster-memory", "spec.storage", |c| {
            c.spec.storage = Some(Storage { size: "1Gi".to_owned(), ..Storage::default() });
        }),
        ("standalone", "spec.storage.size", |c| c.spec.storage.as_mut().unwrap().size = "1023Mi".to_owned()),
        ("cluster", "spec.storage.className", |c| {
            c.spec.storage.as_mut().unwrap().class_name = Some("slow".to_owned());
        }),
        ("cluster", "metadata.name", |c| c.metadata.uid = Some("another".to_owned())),
    ];
    for (name, field, change) in changes {
        let mut cluster = spec(name);
        let observed = running(&cluster);
        assert_eq!(refusals(&cluster, &observed), [""; 0], "{name} as it is");
        change(&mut cluster);
        let refused = refusals(&cluster, &observed);
        assert!(
            refused.iter().any(|text| text.starts_with(&format!("{field}: "))),
            "{name} {field}: {refused:?}"
        );
    }
}

#[test]
fn takes_what_can_be_changed() {
    type Change = fn(&mut ValkeyCluster);
    let changes: [Change; 5] = [
        |c| c.spec.replicas_per_shard = Some(3),
        |c| c.spec.storage.as_mut().unwrap().size = "5Gi".to_owned(),
        |c| c.spec.storage.as_mut().unwrap().reclaim_policy = ReclaimPolicy::Retain,
        |c| c.spec.engine.version = Some("9.0".to_owned()),
        |c| drop(c.spec.config.insert("maxmemory".to_owned(), "100mb".to_owned())),
    ];
    let observed = running(&spec("cluster"));
    for (at, change) in changes.into_iter().enumerate() {
        let mut cluster = spec("cluster");
        change(&mut cluster);
        assert_eq!(refusals(&cluster, &observed), [""; 0], "change {at}");
    }
}

#[test]
fn refuses_what_ironkeep_does_not_have_yet() {
    let refused = |name: &str, value: &str| {
        let mut cluster = spec("ironkeep");
        cluster.spec.config.insert(name.to_owned(), value.to_owned());
        refusals(&cluster, &Observed::default())
    };
    assert_eq!(refused("appendonly", "no"), [""; 0]);
    assert_eq!(
        refused("appendonly", "yes"),
        ["spec.config.appendonly: is not supported by engine ironkeep yet"]
    );
    assert!(!refused("min-replicas-to-write", "1").is_empty());
    let mut cluster = spec("ironkeep");
    cluster.spec.storage = spec("standalone").spec.storage;
    assert!(refusals(&cluster, &Observed::default())[0].starts_with("spec.storage: "));
}

#[test]
fn what_the_api_refuses_is_refused_with_its_field() {
    let mut cluster = spec("ironkeep");
    cluster.spec.mode = Mode::Cluster;
    cluster.spec.tls = Some(Default::default());
    let refused = refusals(&cluster, &Observed::default()).join("\n");
    assert!(refused.contains("spec.mode: ") && refused.contains("spec.tls: "), "{refused}");
}

#[test]
fn a_limit_gives_maxmemory_unless_the_spec_does() {
    let mut cluster = spec("cluster");
    assert_eq!(desired(&cluster).live_config["maxmemory"], "805306368");
    cluster.spec.config.insert("maxmemory".to_owned(), "500mb".to_owned());
    assert_eq!(desired(&cluster).live_config["maxmemory"], "524288000");
    assert_eq!(desired(&spec("standalone")).live_config["maxmemory"], "0");
}

fn object<'a>(desired: &'a Desired, kind: &str, name: &str) -> &'a Value {
    let found = desired.objects.iter().find(|o| o.reference.kind == kind && o.reference.name == name);
    &found.unwrap_or_else(|| panic!("no {kind} {name}")).value
}

#[test]
fn the_file_has_what_the_user_says_and_no_paths() {
    let mut cluster = spec("cluster");
    cluster.spec.config.insert("appendonly".to_owned(), "no".to_owned());
    let text = object(&desired(&cluster), "ConfigMap", "orders-config")["data"]["server.conf"].clone();
    let text = text.as_str().unwrap();
    assert!(text.contains("\nappendonly no\n") && text.contains("\ncluster-enabled yes\n"), "{text}");
    assert!(!["dir", "logfile", "pidfile"].iter().any(|path| text.contains(&format!("\n{path} "))), "{text}");
}

#[test]
fn only_what_needs_a_restart_changes_the_revision() {
    type Change = fn(&mut ValkeyCluster);
    let same: [Change; 7] = [
        |_| (),
        |c| drop(c.spec.config.insert("maxmemory".to_owned(), "10mb".to_owned())),
        |c| drop(c.spec.config.remove("maxmemory-policy")),
        |c| c.spec.replicas_per_shard = Some(2),
        |c| c.spec.storage.as_mut().unwrap().size = "9Gi".to_owned(),
        |c| {
            c.spec.resources.as_mut().unwrap().limits.as_mut().unwrap().get_mut("memory").unwrap().0 =
                "1Gi".to_owned()
        },
        |c| c.metadata.generation = Some(99),
    ];
    let other: [Change; 7] = [
        |c| c.spec.engine.version = Some("9.0".to_owned()),
        |c| c.spec.engine.image = Some("registry.example.org/valkey:9.1".to_owned()),
        |c| drop(c.spec.config.insert("io-threads".to_owned(), "4".to_owned())),
        |c| {
            c.spec.resources.as_mut().unwrap().limits.as_mut().unwrap().get_mut("memory").unwrap().0 =
                "2Gi".to_owned()
        },
        |c| drop(c.spec.pod_labels.insert("a".to_owned(), "b".to_owned())),
        |c| c.spec.termination_grace_period_seconds = 60,
        |c| {
            c.metadata.annotations =
                Some([(names::ANNOTATION_RESTARTED_AT.to_owned(), "now".to_owned())].into())
        },
    ];
    let revision = |change: Change| {
        let mut cluster = spec("cluster");
        change(&mut cluster);
        desired(&cluster).revision
    };
    let first = desired(&spec("cluster")).revision;
    for (at, change) in same.into_iter().enumerate() {
        assert_eq!(revision(change), first, "change {at}");
    }
    for (at, change) in other.into_iter().enumerate() {
        assert_ne!(revision(change), first, "change {at}");
    }
}

#[test]
fn a_set_keeps_the_claim_size_that_it_was_born_with() {
    let mut cluster = spec("cluster");
    let observed = running(&cluster);
    cluster.spec.storage.as_mut().unwrap().size = "10Gi".to_owned();
    let desired = resolve(&cluster, &observed, &Settings::default()).unwrap();
    let size = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";
    assert_eq!(object(&desired, "StatefulSet", "orders-1").pointer(size), Some(&json!("1536Mi")));
    assert_eq!(desired.volume_bytes, Some(10 << 30));
}

#[test]
fn budgets_keep_a_quorum_of_primaries() {
    for (shards, stay) in [(1, 0), (3, 2), (4, 3), (5, 3), (7, 4)] {
        let mut cluster = spec("cluster");
        cluster.spec.shards = Some(shards);
        let desired = desired(&cluster);
        assert_eq!(object(&desired, "PodDisruptionBudget", "orders-primaries")["spec"]["minAvailable"], stay);
    }
    let none = |name| desired(&spec(name)).objects.iter().all(|o| o.reference.kind != "PodDisruptionBudget");
    assert!(none("standalone") && none("cluster-memory"));
}

#[test]
fn clients_of_a_primary_are_led_by_the_step_that_makes_it_and_stay_led() {
    let cluster = spec("replication");
    let mut observed = running(&cluster);
    let resolved = |observed: &Observed| resolve(&cluster, observed, &Settings::default()).unwrap();
    let way = |observed: &Observed| {
        let objects = resolved(observed).objects;
        objects.into_iter().find(|object| object.reference.kind == "EndpointSlice").map(|way| way.value)
    };
    let heir = PodId::new(0, 1);
    let lead = |observed: &mut Observed, to| {
        let way = way_to(&resolved(observed), observed, to).unwrap();
        observed.objects.insert(way.reference, way.value);
    };
    let address = |way: &Value| way["endpoints"][0]["addresses"][0].clone();
    assert_eq!(address(&way(&observed).unwrap()), "10.0.0.1", "whoever is labelled is led to");
    // The status names another one, but nobody has been led to it yet.
    observed.status.shards[0].primary = Some(observed.pods[&heir].name.clone());
    assert_eq!(way(&observed), None);
    lead(&mut observed, heir);
    let led = way(&observed).unwrap();
    assert_eq!(address(&led), "10.0.0.2");
    assert!(observed.objects.values().any(|object| *object == led), "there is nothing left to write");
    // Another pod of that name isn't primary.
    observed.pods.get_mut(&heir).unwrap().uid = "another".to_owned();
    assert_eq!(way(&observed), None);
    let clients = |spec| object(&spec, "Service", &names::service(&spec.name))["spec"]["selector"].clone();
    assert!(clients(resolved(&observed)).is_null());
    assert!(clients(desired(&self::spec("cluster"))).is_object(), "in a cluster anyone will do");
}

#[test]
fn images_come_from_where_the_operator_says() {
    let images = Images::default().with(EngineType::Valkey, "registry.example.org/v");
    let settings = Settings { images };
    let image = |name| {
        let desired = resolve(&spec(name), &Observed::default(), &settings).unwrap();
        let set = desired.objects.iter().find(|o| o.reference.kind == "StatefulSet").unwrap();
        set.value["spec"]["template"]["spec"]["containers"][0]["image"].clone()
    };
    assert_eq!(image("cluster"), "registry.example.org/v:9.1");
    assert_eq!(image("cluster-memory"), "registry.example.org/redis:7.0.15");
}

#[test]
fn what_exists_stays_as_it_is() {
    // The objects that come out of the world are those that went into it.
    for (name, cluster) in specs(&folder("specs")) {
        let observed = running(&cluster);
        let unmade = Observed { objects: Default::default(), ..observed.clone() };
        let before = resolve(&cluster, &unmade, &Settings::default()).unwrap();
        let after = resolve(&cluster, &observed, &Settings::default()).unwrap();
        let texts = |d: &Desired| d.objects.iter().map(|o| o.value.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(&before), texts(&after), "{name}");
    }
}

#[test]
fn no_two_objects_have_the_same_name() {
    for (name, cluster) in specs(&folder("specs")) {
        let objects = desired(&cluster).objects;
        let names: std::collections::BTreeSet<&ObjectRef> = objects.iter().map(|o| &o.reference).collect();
        assert_eq!(names.len(), objects.len(), "{name}");
    }
}

proptest! {
    #[test]
    fn the_same_spec_gives_the_same_bytes(
        which in 0..5usize,
        shards in 1..5i32,
        replicas in 0..3i32,
        config in prop::collection::btree_map(prop::sample::select(live_parameters().collect::<Vec<_>>()), "[0-9]{1,5}", 0..6),
        labels in prop::collection::btree_map("[a-z]{1,5}", "[a-z]{1,5}", 0..4),
    ) {
        let (_, mut cluster) = specs(&folder("specs")).swap_remove(which);
        if cluster.spec.mode == Mode::Cluster {
            (cluster.spec.shards, cluster.spec.replicas_per_shard) = (Some(shards), Some(replicas));
        }
        cluster.spec.config = config.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        cluster.spec.pod_labels = labels;
        let text = || match resolve(&cluster, &Observed::default(), &Settings::default()) {
            Ok(desired) => {
                let objects: Vec<_> = desired.objects.iter().map(|o| (o.reference.to_string(), o.value.to_string())).collect();
                format!("{objects:?} {} {:?}", desired.revision, desired.live_config)
            }
            Err(problems) => format!("{problems:?}"),
        };
        prop_assert_eq!(text(), text());
    }
}

#[test]
fn a_refused_spec_leaves_the_cluster_to_the_last_good_one() {
    let mut cluster = spec("cluster");
    cluster.metadata.generation = Some(4);
    let observed = running(&cluster);
    let good = desired(&cluster);
    cluster.metadata.generation = Some(5);
    cluster.spec.shards = Some(7);
    cluster.spec.replicas_per_shard = Some(5);
    let settle = |cluster: &ValkeyCluster, observed: &Observed| {
        resolve_or_go_on(cluster, observed, &Settings::default())
    };
    let resolved = settle(&cluster, &observed);
    assert!(resolved.problems[0].to_string().starts_with("spec.shards: "), "{:?}", resolved.problems);
    let found = resolved.desired.unwrap();
    assert_eq!((found.generation, found.shards, found.pods_per_shard), (4, good.shards, good.pods_per_shard));
    let values = |desired: &Desired| desired.objects.iter().map(|o| o.value.clone()).collect::<Vec<_>>();
    assert_eq!((values(&found), found.revision), (values(&good), good.revision));

    // What isn't part of the spec is heard, and so is the wish to be left alone.
    cluster.metadata.annotations =
        Some([(names::ANNOTATION_RESTARTED_AT.to_owned(), "now".to_owned())].into());
    cluster.spec.paused = true;
    let found = settle(&cluster, &observed).desired.unwrap();
    assert!(found.paused && found.revision != desired(&spec("cluster")).revision);

    // Where there never was a good one, or it can't be read or carried out either, there is nothing to go by.
    let mut unknown = observed.clone();
    unknown.status.last_good = None;
    assert!(settle(&cluster, &unknown).desired.is_none());
    let mut unreadable = observed.clone();
    unreadable.status.last_good.as_mut().unwrap().spec = "{".to_owned();
    assert!(settle(&cluster, &unreadable).desired.is_none());
    let mut impossible = observed.clone();
    let mut other = spec("cluster").spec;
    other.shards = Some(5);
    impossible.status.last_good.as_mut().unwrap().spec = serde_json::to_string(&other).unwrap();
    assert!(settle(&cluster, &impossible).desired.is_none());
}

#[test]
fn a_spec_that_is_too_long_is_not_kept() {
    let mut cluster = spec("cluster");
    assert!(running(&cluster).status.last_good.is_some());
    let long = |n: usize| (format!("a-{n}"), "x".repeat(4000));
    cluster.spec.pod_annotations = (0..20).map(long).collect();
    assert_eq!(running(&cluster).status.last_good, None);
}

#[test]
fn pods_of_a_cluster_are_spread_over_nodes_and_those_of_a_shard_more_so() {
    let terms = |cluster: &ValkeyCluster| -> Vec<(i64, String, bool)> {
        let desired = desired(cluster);
        let set = object(&desired, "StatefulSet", "orders-1");
        let path =
            "/spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution";
        let terms = set.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let term = |term: &Value| {
            let (of, weight) = (&term["podAffinityTerm"], term["weight"].as_i64().unwrap());
            let shard = of["labelSelector"]["matchLabels"].get(names::LABEL_SHARD).is_some();
            (weight, of["topologyKey"].as_str().unwrap().to_owned(), shard)
        };
        terms.iter().map(term).collect()
    };
    let (zone, node) = ("topology.kubernetes.io/zone".to_owned(), "kubernetes.io/hostname".to_owned());
    let mut cluster = spec("cluster");
    let usual = [(100, zone, true), (100, node.clone(), true), (1, node.clone(), false)];
    assert_eq!(terms(&cluster), usual);
    // The user's stay, and come first.
    let own = json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 7, "podAffinityTerm": {"topologyKey": "rack"}}]}});
    cluster.spec.placement.affinity = serde_json::from_value(own.clone()).unwrap();
    assert_eq!(terms(&cluster)[0], (7, "rack".to_owned(), false));
    assert_eq!(terms(&cluster)[1..], usual);
    // Nothing where nothing is asked for.
    cluster.spec.placement.nodes = ironkeep_api::Spread::Disabled;
    assert_eq!(terms(&cluster).len(), 1);
    assert!(!desired(&cluster).spread_primaries);
    // Where a pod of the shard may not be anyway, nothing has to be said of it.
    cluster.spec.placement.nodes = ironkeep_api::Spread::Required;
    cluster.spec.placement.zones = ironkeep_api::Spread::Disabled;
    cluster.spec.placement.affinity = None;
    assert_eq!(terms(&cluster), [(1, node, false)]);
}
