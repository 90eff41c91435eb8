//! Kubernetes objects: made where they are missing, applied where they differ, removed where they are no longer wanted.
//!
//! What holds data is never removed here, and a StatefulSet that would shrink too early isn't touched at all.

mod subset;

use super::draft::Draft;
use super::scale;
use super::scene::Scene;
use crate::desired::{Desired, Object};
use crate::ids::ObjectRef;
use crate::observed::Observed;
use crate::step::Step;
use ironkeep_api::{conditions::reasons, names};
use serde_json::Value;

/// Kinds that the operator removes when nothing wants them any more. None of them holds data or runs a pod.
const REMOVABLE: [&str; 7] = [
    "ConfigMap",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodMonitor",
    "Service",
    "ServiceAccount",
    "ServiceMonitor",
];
const STATEFUL_SET: &str = "StatefulSet";

/// Plans what to apply and what to delete.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    for object in &scene.desired.objects {
        match shrinks_too_early(scene, object) {
            Some(reason) => draft.wait(reasons::REMOVING_NODES, true, reason),
            None if !is_settled(scene, object) => draft.step(Step::Apply(object.reference.clone())),
            None => {}
        }
    }
    for (reference, value) in &scene.observed.objects {
        let wanted = scene.desired.objects.iter().any(|object| object.reference == *reference);
        if !wanted && !is_going(value) && REMOVABLE.contains(&reference.kind.as_str()) {
            draft.step(Step::Delete(reference.clone()));
        }
    }
}

/// Whether a shard's StatefulSet isn't as desired, or its controller hasn't seen yet that it is: pods that are deleted
/// now could come back as they were.
pub(super) fn set_is_behind(scene: &Scene, shard: u32) -> bool {
    let Some(object) = set(scene.desired, shard) else { return false };
    let Some(value) = scene.observed.objects.get(&object.reference) else { return true };
    let generation = |path| value.pointer(path).and_then(Value::as_i64);
    let unseen = match (generation("/metadata/generation"), generation("/status/observedGeneration")) {
        (Some(written), Some(seen)) => seen < written,
        _ => false,
    };
    unseen || !is_settled(scene, object)
}

/// How many pods a shard's StatefulSet keeps as it is.
pub(super) fn set_size(desired: &Desired, observed: &Observed, shard: u32) -> Option<u32> {
    replicas(observed.objects.get(&set(desired, shard)?.reference)?)
}

fn set(desired: &Desired, shard: u32) -> Option<&Object> {
    let name = names::stateful_set(&desired.name, shard);
    let is_it = |object: &&Object| object.reference.kind == STATEFUL_SET && object.reference.name == name;
    desired.objects.iter().find(is_it)
}

fn replicas(set: &Value) -> Option<u32> {
    set.pointer("/spec/replicas").and_then(Value::as_u64).and_then(|replicas| u32::try_from(replicas).ok())
}

fn is_settled(scene: &Scene, object: &Object) -> bool {
    let Some(observed) = scene.observed.objects.get(&object.reference) else { return false };
    if object.reference.kind == STATEFUL_SET {
        return subset::holds(&without_claims(&object.value), observed);
    }
    subset::holds(&object.value, observed)
}

/// A StatefulSet's claim templates can't be changed: the claims themselves are, see `storage`.
fn without_claims(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("volumeClaimTemplates");
    }
    value
}

fn shrinks_too_early(scene: &Scene, object: &Object) -> Option<String> {
    let shard = set_of_shard(scene, &object.reference)?;
    let present = scene.observed.objects.get(&object.reference)?;
    (replicas(&object.value)? < replicas(present)?).then(|| scale::held_back(scene, shard))?
}

fn set_of_shard(scene: &Scene, reference: &ObjectRef) -> Option<u32> {
    let name = (reference.kind == STATEFUL_SET).then_some(reference.name.as_str())?;
    names::parse_stateful_set(&scene.desired.name, name)
}

fn is_going(value: &Value) -> bool {
    value.pointer("/metadata/deletionTimestamp").is_some()
}
