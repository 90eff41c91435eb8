//! A pod and a volume claim as Kubernetes tells of them -> as the planner reads them.

use super::lean::{ContainerStatus, LeanClaim, LeanPod};
use ironkeep_api::names;
use ironkeep_core::observed::{Pod, Volume};
use ironkeep_core::resolve::bytes;
use ironkeep_core::{Millis, Role};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// Reasons for which a container that waits is merely on its way.
const ON_ITS_WAY: [&str; 3] = ["", "ContainerCreating", "PodInitializing"];
/// The longest trouble that is passed on: it ends up in a status.
const MAX_TROUBLE: usize = 512;

/// A pod as the planner reads it.
pub fn pod(lean: LeanPod, cordoned: impl Fn(&str) -> bool) -> Pod {
    let trouble = trouble(&lean);
    let server = lean.status.container_statuses.iter().find(|status| status.name == names::CONTAINER);
    let ready = lean.status.conditions.iter().find(|c| c.kind == "Ready" && c.status == "True");
    Pod {
        ip: lean.status.pod_ip.as_deref().and_then(|ip| ip.parse().ok()),
        cordoned: lean.spec.node_name.as_deref().is_some_and(cordoned),
        running: server.is_some_and(|status| status.state.running.is_some()),
        ready: ready.is_some(),
        ready_since: ready.and_then(|ready| millis(ready.last_transition_time.as_ref()?)),
        terminating: lean.metadata.deletion_timestamp.is_some(),
        role: lean.metadata.labels.get(names::LABEL_ROLE).and_then(|label| role(label)),
        name: lean.metadata.name,
        uid: lean.metadata.uid,
        node: lean.spec.node_name,
        revision: lean.metadata.annotations.revision,
        trouble,
        ..Pod::default()
    }
}

fn millis(time: &Time) -> Option<Millis> {
    time.0.as_millisecond().try_into().ok()
}

fn role(label: &str) -> Option<Role> {
    [Role::Primary, Role::Replica].into_iter().find(|role| role.label() == label)
}

/// Why a pod doesn't come up, in Kubernetes' own words.
fn trouble(pod: &LeanPod) -> Option<String> {
    let status = &pod.status;
    let failed = (status.phase == "Failed").then(|| explain(&or(&status.reason, "Failed"), &status.message));
    let unscheduled = || {
        let condition = status.conditions.iter().find(|c| c.kind == "PodScheduled" && c.status == "False")?;
        Some(explain(&or(&condition.reason, "Unschedulable"), &condition.message))
    };
    let waiting = || status.container_statuses.iter().find_map(waiting);
    let mut text = failed.or_else(unscheduled).or_else(waiting)?;
    if let Some((end, _)) = text.char_indices().nth(MAX_TROUBLE) {
        text.truncate(end);
    }
    Some(text)
}

/// Why a container waits, and what ended it before.
fn waiting(container: &ContainerStatus) -> Option<String> {
    let waiting = container.state.waiting.as_ref().filter(|w| !ON_ITS_WAY.contains(&w.reason.as_str()))?;
    let mut text = explain(&waiting.reason, &waiting.message);
    if let Some(end) = &container.last_state.terminated {
        let code = end.exit_code.map(|code| format!(", exit code {code}")).unwrap_or_default();
        text = format!("{text} (ended before: {}{code})", or(&end.reason, "unknown"));
    }
    Some(text)
}

fn or(word: &str, otherwise: &str) -> String {
    if word.is_empty() { otherwise.to_owned() } else { word.to_owned() }
}

fn explain(reason: &str, message: &str) -> String {
    if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") }
}

/// A volume claim as the planner reads it.
pub fn volume(name: &str, lean: &LeanClaim) -> Volume {
    let bytes = |quantity: Option<&String>| quantity.and_then(|text| bytes(text)).unwrap_or(0);
    Volume {
        claim: name.to_owned(),
        asked: bytes(lean.spec.resources.requests.get("storage")),
        has: bytes(lean.status.capacity.get("storage")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(value: Value) -> Pod {
        pod(serde_json::from_value(value).unwrap(), |node| node == "drained")
    }

    fn container(state: Value, last: Value) -> Value {
        json!({"status": {"containerStatuses": [{"name": "server", "state": state, "lastState": last}]}})
    }

    #[test]
    fn a_pod_that_is_well() {
        let pod = read(json!({
            "metadata": {"name": "c-1-0", "uid": "u", "labels": {"ironkeep.io/role": "replica"},
                         "annotations": {"ironkeep.io/revision": "r"}},
            "spec": {"nodeName": "n"},
            "status": {
                "phase": "Running", "podIP": "fd00::7",
                "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "True", "lastTransitionTime": "1970-01-01T00:00:07Z"}],
                "containerStatuses": [{"name": "server", "state": {"running": {}}, "lastState": {}}],
            },
        }));
        assert_eq!((pod.name.as_str(), pod.uid.as_str(), pod.revision.as_str()), ("c-1-0", "u", "r"));
        assert_eq!(pod.ip, "fd00::7".parse().ok());
        assert_eq!((pod.node.as_deref(), pod.cordoned), (Some("n"), false));
        assert_eq!((pod.running, pod.ready, pod.terminating), (true, true, false));
        assert_eq!(pod.ready_since, Some(7000));
        assert_eq!((pod.role, pod.trouble), (Some(Role::Replica), None));
    }

    #[test]
    fn a_pod_that_was_just_made_has_no_trouble() {
        let pod = read(json!({"metadata": {"name": "c-0-0"}, "status": {"phase": "Pending"}}));
        assert_eq!((pod.ip, pod.running, pod.ready, pod.trouble), (None, false, false, None));
        let pod = read(container(json!({"waiting": {"reason": "ContainerCreating"}}), json!({})));
        assert_eq!((pod.running, pod.trouble), (false, None));
    }

    #[test]
    fn deletion_a_drain_and_a_label_of_somebody_else_show() {
        let pod = read(json!({
            "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "labels": {"ironkeep.io/role": "king"}},
            "spec": {"nodeName": "drained"},
        }));
        assert_eq!((pod.terminating, pod.cordoned, pod.role), (true, true, None));
    }

    #[test]
    fn trouble_is_named_in_the_words_of_kubernetes() {
        let pull =
            json!({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image \"x\""}});
        let crash = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}});
        let killed = json!({"terminated": {"reason": "OOMKilled", "exitCode": 137}});
        let unscheduled = json!({"status": {"conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are available"},
        ]}});
        let evicted = json!({"status": {"phase": "Failed", "reason": "Evicted", "message": "low on memory"}});
        let table = [
            (container(pull, json!({})), "ImagePullBackOff: Back-off pulling image \"x\""),
            (
                container(crash, killed),
                "CrashLoopBackOff: back-off 10s (ended before: OOMKilled, exit code 137)",
            ),
            (unscheduled, "Unschedulable: 0/2 nodes are available"),
            (evicted, "Evicted: low on memory"),
            (json!({"status": {"phase": "Failed"}}), "Failed"),
        ];
        for (given, expected) in table {
            assert_eq!(read(given).trouble.as_deref(), Some(expected));
        }
    }

    #[test]
    fn trouble_has_a_bound() {
        let long = json!({"waiting": {"reason": "ErrImagePull", "message": "ä".repeat(5000)}});
        assert_eq!(read(container(long, json!({}))).trouble.map(|t| t.chars().count()), Some(MAX_TROUBLE));
    }

    #[test]
    fn a_claim_that_is_not_bound_has_nothing() {
        let claim =
            json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}, "status": {"phase": "Pending"}});
        let volume = volume("data-c-0-0", &serde_json::from_value(claim).unwrap());
        assert_eq!((volume.asked, volume.has), (2 << 30, 0));
    }
}
