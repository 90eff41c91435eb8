//! Reads a ValkeyCluster from YAML the way an API server takes it: nulls dropped, unknown fields refused, bounds checked.
//!
//! For local mode and for tests. Takes the text of a file, never the file.

use serde::Deserialize;
use serde_json::Value;

use crate::{crd, problem::Problem, schema, spec::ValkeyCluster, validate::validate};

/// The longest text worth reading; the API server takes no more either.
const MAX_BYTES: usize = 1 << 20;
/// What a manifest says it is.
const IDENTITY: [(&str, &str); 2] = [("apiVersion", "ironkeep.io/v1alpha1"), ("kind", "ValkeyCluster")];

/// All that a manifest may have; a status is what the operator says, and is not read.
const FIELDS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// Reads the one ValkeyCluster of a manifest, or says everything that is wrong with it.
pub fn read(text: &str) -> Result<ValkeyCluster, Vec<Problem>> {
    let cluster = decode(document(text).map_err(|problem| vec![problem])?)?;
    let name = cluster.metadata.name.as_deref().unwrap_or_default();
    let problems = validate(name, &cluster.spec);
    if problems.is_empty() { Ok(cluster) } else { Err(problems) }
}

/// Turns JSON into a ValkeyCluster, as the schema takes it.
fn decode(mut value: Value) -> Result<ValkeyCluster, Vec<Problem>> {
    drop_nulls(&mut value);
    value.as_object_mut().map(|fields| fields.remove("status"));
    let mut problems = Vec::new();
    for (field, expected) in IDENTITY {
        if value.get(field).and_then(Value::as_str) != Some(expected) {
            problems.push(Problem::invalid(field, format!("must be {expected}")));
        }
    }
    let fields = value.as_object().into_iter().flat_map(|fields| fields.keys());
    for field in fields.filter(|field| !FIELDS.contains(&field.as_str())) {
        problems.push(Problem::invalid(field, "is no known field"));
    }
    match value.get("spec") {
        Some(spec) => schema::check(spec, &crd::schema()["properties"]["spec"], "spec", &mut problems),
        None => problems.push(Problem::invalid("spec", "is missing")),
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    serde_json::from_value(value).map_err(|error| vec![Problem::invalid("spec", error.to_string())])
}

/// The single YAML document of a text.
fn document(text: &str) -> Result<Value, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::invalid("file", format!("is longer than {MAX_BYTES} bytes")));
    }
    let mut found = None;
    for document in serde_yaml::Deserializer::from_str(text) {
        let value =
            Value::deserialize(document).map_err(|error| Problem::invalid("file", error.to_string()))?;
        if !value.is_null() && found.replace(value).is_some() {
            return Err(Problem::invalid(
                "file",
                "has more than one document; give each cluster its own file",
            ));
        }
    }
    found.ok_or_else(|| Problem::invalid("file", "is empty"))
}

/// A null in an object means that the field isn't there.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
