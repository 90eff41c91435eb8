//! The pods of a shard: one container with the server, locked down as far as Kubernetes can.

use super::{Parts, container, placement, some_list, some_map};
use ironkeep_api::names;
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, EmptyDirVolumeSource, LocalObjectReference, PodSecurityContext, PodSpec,
    PodTemplateSpec, SeccompProfile, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// User and group that servers run as: the one that stock images have made for it.
const USER: i64 = 999;

/// The pods of shard `shard`.
pub fn template(parts: &Parts, shard: u32) -> PodTemplateSpec {
    let spec = &parts.cluster.spec;
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(over(&spec.pod_labels, names::shard_labels(parts.name(), shard))),
            annotations: Some(over(&spec.pod_annotations, revision(parts))),
            ..ObjectMeta::default()
        }),
        spec: Some(PodSpec {
            service_account_name: Some(names::service_account(parts.name())),
            automount_service_account_token: Some(false),
            // Variables for every service of the namespace are of no use, and of every pod's memory.
            enable_service_links: Some(false),
            termination_grace_period_seconds: Some(spec.termination_grace_period_seconds),
            security_context: Some(security()),
            containers: vec![container::server(parts)],
            volumes: Some(volumes(parts)),
            image_pull_secrets: pull_secrets(parts),
            node_selector: some_map(&spec.placement.node_selector),
            tolerations: some_list(&spec.placement.tolerations),
            affinity: placement::affinity(parts, shard),
            priority_class_name: spec.placement.priority_class_name.clone(),
            topology_spread_constraints: placement::spread(parts, shard),
            ..PodSpec::default()
        }),
    }
}

fn revision(parts: &Parts) -> BTreeMap<String, String> {
    [(names::ANNOTATION_REVISION.to_owned(), parts.revision.to_owned())].into()
}

/// The user's, with ours over them.
fn over(users: &BTreeMap<String, String>, ours: BTreeMap<String, String>) -> BTreeMap<String, String> {
    users.clone().into_iter().chain(ours).collect()
}

fn security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(USER),
        run_as_group: Some(USER),
        fs_group: Some(USER),
        // Walking through a large volume at every start takes minutes.
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            ..SeccompProfile::default()
        }),
        ..PodSecurityContext::default()
    }
}

fn volumes(parts: &Parts) -> Vec<Volume> {
    let config = Volume {
        name: names::CONFIG_VOLUME.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: names::config_map(parts.name()),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    };
    let scratch = Volume {
        name: names::DATA_VOLUME.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource::default()),
        ..Volume::default()
    };
    // With storage the StatefulSet adds the volume of the claim itself.
    if parts.cluster.spec.storage.is_some() { vec![config] } else { vec![config, scratch] }
}

fn pull_secrets(parts: &Parts) -> Option<Vec<LocalObjectReference>> {
    let secrets = &parts.cluster.spec.engine.image_pull_secrets;
    let secrets =
        secrets.iter().map(|secret| LocalObjectReference { name: secret.name.clone() }).collect::<Vec<_>>();
    (!secrets.is_empty()).then_some(secrets)
}
