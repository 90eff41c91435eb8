//! Specs that must be refused: by the API server, or by the operator's condition, with a message that names the field.
//!
//! The table is the one that the API's own tests go through.

use crate::world::{Error, Outcome, World, wait};
use futures::{StreamExt, stream};
use kube::api::{Patch, PatchParams};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// A line of the table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    case: String,
    refused_by: Judge,
    field: String,
    name: Option<String>,
    before: Option<Value>,
    spec: Value,
}

/// Who refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Judge {
    Schema,
    Strict,
    Operator,
}

/// Tries all of them; gives those that were taken, or refused with other words.
pub async fn refuse_all(world: &World, table: &Path) -> Outcome<Vec<String>> {
    let text =
        std::fs::read_to_string(table).map_err(|error| Error::Io(table.display().to_string(), error))?;
    let cases: Vec<Case> = serde_yaml::from_str(&text).map_err(|error| Error::Wrong(error.to_string()))?;
    let count = cases.len();
    let results: Vec<_> = stream::iter(cases.iter())
        .map(|case| async move { refuse(world, case).await.err() })
        .buffered(8)
        .collect()
        .await;
    let failed: Vec<String> = results.into_iter().flatten().map(|error| error.to_string()).collect();
    println!("bad specs: {} of {count} refused with their field", count - failed.len());
    Ok(failed)
}

async fn refuse(world: &World, case: &Case) -> Outcome<()> {
    let name = case.name.clone().unwrap_or_else(|| format!("bad-{}", case.case));
    if let Some(before) = &case.before {
        apply(world, &name, before, false).await?;
    }
    let answer = apply(world, &name, &case.spec, case.refused_by == Judge::Strict).await;
    let words = match (answer, case.refused_by) {
        (Err(error), Judge::Schema | Judge::Strict) => Ok(error.to_string()),
        (Ok(()), Judge::Operator) => condition(world, &name).await,
        (answer, judge) => Err(Error::Wrong(format!("{}: not refused by {judge:?}: {answer:?}", case.case))),
    };
    let _ = world.clusters().delete(&name, &Default::default()).await;
    let words = words?;
    if words.contains(&case.field) {
        return Ok(());
    }
    Err(Error::Wrong(format!("{}: the message doesn't name {}: {words}", case.case, case.field)))
}

async fn apply(world: &World, name: &str, spec: &Value, strict: bool) -> Outcome<()> {
    let body = json!({
        "apiVersion": "ironkeep.io/v1alpha1", "kind": "ValkeyCluster", "metadata": {"name": name}, "spec": spec,
    });
    let params = PatchParams::apply("e2e").force();
    let params = if strict { params.validation_strict() } else { params };
    world.clusters().patch(name, &params, &Patch::Apply(&body)).await?;
    Ok(())
}

/// What the operator says against the spec.
async fn condition(world: &World, name: &str) -> Outcome<String> {
    wait(&format!("SpecValid of {name} to be False"), Duration::from_secs(20), || async {
        let cluster = world.clusters().get(name).await?;
        let status = cluster.status.unwrap_or_default();
        Ok(status.condition("SpecValid").filter(|c| c.status == "False").map(|c| c.message.clone()))
    })
    .await
}
