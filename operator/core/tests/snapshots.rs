//! The Kubernetes objects of each spec, as text. With `UPDATE_SNAPSHOTS` set the texts are written anew.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::{desired, folder, specs};
use ironkeep_api::ValkeyCluster;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

#[test]
fn objects_are_as_written_down() {
    let own = specs(&folder("specs"));
    let samples = specs(&folder("../../../deploy/samples"));
    assert!(!own.is_empty());
    let samples = samples.into_iter().map(|(name, cluster)| (format!("sample-{name}"), cluster));
    let mut names = BTreeSet::new();
    for (name, cluster) in own.into_iter().chain(samples) {
        compare(&name, &text(&cluster));
        names.insert(format!("{name}.yaml"));
    }
    let written = std::fs::read_dir(folder("snapshots")).unwrap();
    let written: BTreeSet<_> =
        written.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(written, names, "each text has a spec");
}

fn text(cluster: &ValkeyCluster) -> String {
    let desired = desired(cluster);
    let mut text = format!("# revision {}\n# live\n", desired.revision);
    for (name, value) in &desired.live_config {
        writeln!(text, "#   {name} {value}").unwrap();
    }
    for object in &desired.objects {
        write!(text, "---\n{}", serde_yaml::to_string(&object.value).unwrap()).unwrap();
    }
    text
}

fn compare(name: &str, text: &str) {
    let path = folder("snapshots").join(format!("{name}.yaml"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let line = written.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(written == text, "{} differs, first in line {:?}", path.display(), line.map(|n| n + 1));
}

#[test]
fn every_object_names_itself_its_owner_and_its_cluster_and_has_no_nulls() {
    for (spec, cluster) in specs(&folder("specs")) {
        for object in desired(&cluster).objects {
            let (at, value) = (&object.reference, &object.value);
            assert_eq!(value["kind"], at.kind.as_str(), "{spec}");
            assert_eq!(value["apiVersion"], at.api_version.as_str(), "{spec}");
            assert_eq!(value["metadata"]["name"], at.name.as_str(), "{spec}");
            assert_eq!(
                value["metadata"]["labels"]["ironkeep.io/cluster"],
                cluster.metadata.name.clone().unwrap()
            );
            let owned = value["metadata"]["ownerReferences"][0]["uid"].as_str();
            assert_eq!(owned, cluster.metadata.uid.as_deref(), "{spec} {at}");
            assert!(without_null(value), "{spec} {at}: {value}");
        }
    }
}

fn without_null(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(without_null),
        Value::Object(fields) => fields.values().all(without_null),
        _ => true,
    }
}
