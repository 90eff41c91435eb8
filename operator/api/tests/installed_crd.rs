//! The CRD that is installed: generated, structural, with the defaults of the types, and with rules that find their place.

use ironkeep_api::{ValkeyClusterSpec, crd, crd_json, crd_yaml};
use serde_json::{Map, Value};

const SCHEMA: &str = "/spec/versions/0/schema/openAPIV3Schema";

fn schema() -> &'static Value {
    crd_json().pointer(SCHEMA).expect("a schema")
}

/// Calls `look` for every part of the schema, with the fields that lead there.
fn walk(part: &Value, path: &str, look: &mut impl FnMut(&str, &Map<String, Value>)) {
    let part = part.as_object().unwrap_or_else(|| panic!("{path}: no schema"));
    look(path, part);
    for (name, field) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(field, &format!("{path}.{name}"), look);
    }
    for inner in ["items", "additionalProperties"] {
        part.get(inner).into_iter().for_each(|inner_part| walk(inner_part, &format!("{path}.*"), look));
    }
}

#[test]
fn the_file_is_what_the_types_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crds/valkeyclusters.ironkeep.io.yaml");
    let file = std::fs::read_to_string(path).expect("the generated file");
    assert!(
        file == crd_yaml().expect("YAML"),
        "crds/ differs from the types: cargo run -p ironkeep-api --bin crds > crds/valkeyclusters.ironkeep.io.yaml"
    );
}

#[test]
fn the_schema_is_structural() {
    const FOREIGN: [&str; 8] =
        ["$ref", "definitions", "nullable", "oneOf", "anyOf", "allOf", "not", "patternProperties"];
    walk(schema(), "", &mut |path, part| {
        assert!(
            part.contains_key("type") || part.contains_key("x-kubernetes-int-or-string"),
            "{path} has no type"
        );
        FOREIGN.iter().for_each(|word| assert!(!part.contains_key(*word), "{path} has {word}"));
        let both = part.contains_key("properties") && part.contains_key("additionalProperties");
        assert!(!both, "{path} has fields and is a map");
    });
}

#[test]
fn every_field_of_ours_is_described_and_bounded() {
    let foreign = [".spec.resources", ".spec.placement.affinity", ".spec.placement.tolerations.*"];
    let foreign_too = [".spec.placement.topologySpreadConstraints.*", ".status"];
    walk(schema(), "", &mut |path, part| {
        if !path.starts_with(".spec.")
            || foreign.iter().chain(&foreign_too).any(|name| path.starts_with(name))
        {
            return;
        }
        let has = |name: &str| part.contains_key(name);
        assert!(
            has("description") || path.ends_with(".*") || has("additionalProperties"),
            "{path}: no description"
        );
        let bounded = match part["type"].as_str() {
            Some("string") => has("maxLength") || has("enum"),
            Some("integer") => has("minimum") && has("maximum"),
            Some("array") => has("maxItems"),
            Some("object") => has("properties") || has("maxProperties"),
            _ => true,
        };
        assert!(bounded, "{path} has no bound");
    });
}

/// Fills in the defaults of a schema as the API server does.
fn with_defaults(value: &mut Value, schema: &Value) {
    let Some(fields) = value.as_object_mut() else { return };
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(default) = schema.get("default") {
            fields.entry(name).or_insert_with(|| default.clone());
        }
        fields.get_mut(name).into_iter().for_each(|field| with_defaults(field, schema));
    }
}

#[test]
fn the_schema_has_the_defaults_of_the_types() {
    let mut filled = serde_json::json!({});
    with_defaults(&mut filled, &schema()["properties"]["spec"]);
    let from_types: ValkeyClusterSpec = serde_json::from_str("{}").expect("all fields have defaults");
    let from_schema: ValkeyClusterSpec = serde_json::from_value(filled.clone()).expect("a spec");
    assert_eq!(from_types, from_schema);
    assert_eq!(serde_json::to_value(&from_types).expect("JSON"), filled);
    for (field, default) in [
        ("/mode", "cluster"),
        ("/engine/type", "ironkeep"),
        ("/placement/zones", "Preferred"),
        ("/placement/nodes", "Preferred"),
        ("/podDisruptionBudget/mode", "Cluster"),
        ("/update/strategy", "RollingUpdate"),
        ("/service/type", "ClusterIP"),
    ] {
        assert_eq!(filled.pointer(field).and_then(Value::as_str), Some(default), "{field}");
    }
    assert_eq!((from_types.shards(), from_types.replicas_per_shard()), (3, 1));
}

#[test]
fn the_default_of_the_type_is_the_default_of_the_file() {
    let empty: ValkeyClusterSpec = serde_json::from_str("{}").expect("a spec");
    assert_eq!(empty, ValkeyClusterSpec::default());
}

#[test]
fn every_rule_finds_its_place() {
    let mut found = 0;
    walk(schema(), "", &mut |_, part| {
        found += part.get("x-kubernetes-validations").and_then(Value::as_array).map_or(0, Vec::len);
    });
    assert_eq!(found, 16);
}

#[test]
fn it_has_names_columns_and_the_scale_subresource() {
    let crd = crd();
    let names = &crd.spec.names;
    assert_eq!(crd.metadata.name.as_deref(), Some("valkeyclusters.ironkeep.io"));
    assert_eq!(names.short_names.as_deref(), Some(&["ikc".to_owned()][..]));
    assert_eq!(names.categories.as_deref(), Some(&["valkey".to_owned()][..]));
    let version = &crd.spec.versions[0];
    let columns = version.additional_printer_columns.iter().flatten();
    let columns: Vec<_> = columns.map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["Mode", "Engine", "Version", "Shards", "Ready", "Phase", "Age", "Message"]);
    let subresources = version.subresources.as_ref().expect("subresources");
    assert!(subresources.status.is_some());
    let scale = subresources.scale.as_ref().expect("scale");
    assert_eq!(scale.spec_replicas_path, ".spec.shards");
    assert_eq!(scale.status_replicas_path, ".status.shardCount");
    assert_eq!(scale.label_selector_path.as_deref(), Some(".status.selector"));
}
