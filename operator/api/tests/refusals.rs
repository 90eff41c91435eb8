//! Every bad spec of the table is refused, with a message that names its field; and nothing panics on any spec.

use ironkeep_api::{Problem, ValkeyClusterSpec, manifest, validate, validate_change};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// A line of the table; see its head.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    case: String,
    refused_by: RefusedBy,
    field: String,
    name: Option<String>,
    before: Option<Value>,
    spec: Value,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum RefusedBy {
    Schema,
    Strict,
    Operator,
}

fn table() -> Vec<Case> {
    serde_yaml::from_str(include_str!("bad_specs.yaml")).expect("the table can be read")
}

fn manifest_of(name: Option<&str>, spec: &Value) -> String {
    let name = name.unwrap_or("bad");
    let object = json!({
        "apiVersion": "ironkeep.io/v1alpha1", "kind": "ValkeyCluster", "metadata": { "name": name }, "spec": spec,
    });
    serde_yaml::to_string(&object).expect("YAML")
}

fn problems(case: &Case) -> Vec<Problem> {
    let read = |spec| manifest::read(&manifest_of(case.name.as_deref(), spec));
    match (&case.before, read(&case.spec)) {
        (Some(before), Ok(after)) => {
            let before = read(before).expect("what is there already is good");
            validate_change(&before.spec, &after.spec)
        }
        (_, Ok(_)) => Vec::new(),
        (_, Err(problems)) => problems,
    }
}

#[test]
fn every_bad_spec_is_refused_with_its_field_and_nothing_else() {
    for case in table() {
        let problems = problems(&case);
        let texts: Vec<_> = problems.iter().map(Problem::to_string).collect();
        assert!(!problems.is_empty(), "{}: not refused", case.case);
        assert!(
            problems.iter().all(|problem| problem.field.starts_with(&case.field)),
            "{}: {texts:?}",
            case.case
        );
    }
}

#[test]
fn the_table_is_large_and_says_each_thing_once() {
    let table = table();
    let mut names: Vec<_> = table.iter().map(|case| &case.case).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), table.len());
    assert!(table.iter().filter(|case| case.refused_by == RefusedBy::Schema).count() >= 30);
    assert!(table.iter().filter(|case| case.refused_by == RefusedBy::Operator).count() >= 10);
}

#[test]
fn files_that_are_no_manifest_are_refused() {
    let good = manifest_of(None, &json!({ "mode": "standalone" }));
    assert!(manifest::read(&good).is_ok());
    let refusal = |text: &str| manifest::read(text).expect_err(text)[0].field.clone();
    assert_eq!(refusal(""), "file");
    assert_eq!(refusal("[1, 2"), "file");
    assert_eq!(refusal(&format!("{good}---\n{good}")), "file");
    assert_eq!(refusal(&" ".repeat(2 << 20)), "file");
    assert_eq!(refusal("just a word"), "apiVersion");
    assert_eq!(refusal(&good.replace("ValkeyCluster", "Pod")), "kind");
    assert_eq!(refusal(&good.replace("spec:", "specs:")), "specs");
}

#[test]
fn a_null_is_no_field() {
    let spec = json!({ "mode": "standalone", "shards": null, "config": null, "storage": { "size": "1Gi", "className": null } });
    let cluster = manifest::read(&manifest_of(None, &spec)).expect("good");
    assert_eq!(cluster.spec.shards(), 1);
    assert_eq!(cluster.spec.storage.and_then(|storage| storage.class_name), None);
}

#[test]
fn storage_may_grow() {
    let read = |size| {
        let spec = json!({ "mode": "standalone", "storage": { "size": size } });
        manifest::read(&manifest_of(None, &spec)).expect("good").spec
    };
    assert_eq!(validate_change(&read("1Gi"), &read("1025Mi")), []);
    assert_eq!(validate_change(&read("1Gi"), &read("1Gi")), []);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = manifest::read(&text);
    }

    #[test]
    fn no_spec_makes_it_panic(
        name in ".{0,60}", shards in any::<Option<i32>>(), replicas in any::<Option<i32>>(), version in ".{0,12}",
        key in "[a-z-]{0,20}", value in ".{0,40}", size in ".{0,12}",
    ) {
        let mut spec = ValkeyClusterSpec { shards, replicas_per_shard: replicas, ..Default::default() };
        spec.engine.version = Some(version);
        spec.config.insert(key, value);
        spec.storage = Some(ironkeep_api::Storage { size, ..Default::default() });
        validate(&name, &spec);
        spec.pods_per_shard();
    }
}
