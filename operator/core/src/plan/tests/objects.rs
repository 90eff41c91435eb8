//! Objects are applied when they differ in what we say of them, and only then.

use super::fixture::{check, world};
use crate::desired::Object;
use crate::ids::ObjectRef;
use ironkeep_api::Mode;
use serde_json::json;

fn reference(kind: &str) -> ObjectRef {
    ObjectRef { api_version: "v1".into(), kind: kind.into(), name: "x".into() }
}

#[test]
fn what_differs_is_applied() {
    let mut world = world(Mode::Cluster, 1, 1);
    world
        .desired
        .objects
        .push(Object { reference: reference("ConfigMap"), value: json!({"data": {"a": "1"}}) });
    check(&world.plan(), "apply ConfigMap x");
    let value = json!({"data": {"a": "1", "b": "2"}, "metadata": {"uid": "u"}});
    world.observed.objects.insert(reference("ConfigMap"), value);
    check(&world.plan(), "");
}

#[test]
fn claim_templates_are_left_alone() {
    let mut world = world(Mode::Cluster, 1, 1);
    let claims = json!([{"metadata": {"name": "data"}, "spec": {"storage": "2Gi"}}]);
    world.desired.objects[0].value["spec"]["volumeClaimTemplates"] = claims;
    check(&world.plan(), "");
}

#[test]
fn what_nobody_wants_is_deleted_unless_it_holds_data() {
    let mut world = world(Mode::Cluster, 1, 1);
    for kind in ["Service", "StatefulSet", "PersistentVolumeClaim", "Secret", "Pod"] {
        world.observed.objects.insert(reference(kind), json!({}));
    }
    check(&world.plan(), "delete Service x");
    world.observed.objects.insert(reference("Service"), json!({"metadata": {"deletionTimestamp": "now"}}));
    check(&world.plan(), "");
}
