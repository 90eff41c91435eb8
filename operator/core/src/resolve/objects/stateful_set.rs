//! The StatefulSet of a shard.
//!
//! `OnDelete`, because the operator orders restarts; `Parallel`, because no pod waits for another. No ordinal is
//! special.

use super::{Parts, object, pod, selector};
use crate::desired::Object;
use crate::resolve::quantity;
use ironkeep_api::{ReclaimPolicy, Storage, names};
use k8s_openapi::api::apps::v1::{
    StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};
use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The StatefulSet of shard `shard`.
pub fn stateful_set(parts: &Parts, shard: u32) -> Object {
    let spec = &parts.cluster.spec;
    let name = names::stateful_set(parts.name(), shard);
    let mut metadata = parts.metadata(name.clone());
    metadata.labels = Some(names::shard_labels(parts.name(), shard));
    let set = StatefulSet {
        metadata,
        spec: Some(StatefulSetSpec {
            replicas: spec.pods_per_shard().try_into().ok(),
            service_name: Some(names::headless_service(parts.name())),
            pod_management_policy: Some("Parallel".to_owned()),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some("OnDelete".to_owned()),
                ..StatefulSetUpdateStrategy::default()
            }),
            selector: selector(names::shard_selector(parts.name(), shard)),
            template: pod::template(parts, shard),
            volume_claim_templates: spec.storage.as_ref().map(|storage| vec![claim(parts, &name, storage)]),
            persistent_volume_claim_retention_policy: spec.storage.as_ref().map(retention),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    };
    object(&name, &set)
}

fn claim(parts: &Parts, set: &str, storage: &Storage) -> PersistentVolumeClaim {
    let size = size_at_birth(parts, set).unwrap_or_else(|| quantity::canonical(&storage.size));
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(names::DATA_VOLUME.to_owned()),
            labels: Some(names::labels(parts.name())),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
            storage_class_name: storage.class_name.clone(),
            resources: Some(VolumeResourceRequirements {
                requests: Some([("storage".to_owned(), Quantity(size))].into()),
                ..VolumeResourceRequirements::default()
            }),
            ..PersistentVolumeClaimSpec::default()
        }),
        ..PersistentVolumeClaim::default()
    }
}

/// Claim templates can't be changed: an existing set keeps the size that it was made with, and claims are grown one by
/// one.
fn size_at_birth(parts: &Parts, set: &str) -> Option<String> {
    let found = parts.observed.objects.iter().find(|(at, _)| at.kind == "StatefulSet" && at.name == set)?.1;
    let size = found.pointer("/spec/volumeClaimTemplates/0/spec/resources/requests/storage")?;
    Some(size.as_str()?.to_owned())
}

fn retention(storage: &Storage) -> StatefulSetPersistentVolumeClaimRetentionPolicy {
    let what = match storage.reclaim_policy {
        ReclaimPolicy::Retain => "Retain",
        ReclaimPolicy::Delete => "Delete",
    };
    StatefulSetPersistentVolumeClaimRetentionPolicy {
        when_deleted: Some(what.to_owned()),
        when_scaled: Some(what.to_owned()),
    }
}
