//! What has to happen by itself, in words: pods that come and go, data that is loaded or copied, views that differ.
//!
//! Adds no step. What is named here keeps a cluster from being called ready.

mod agreement;

use super::draft::Draft;
use super::network::Network;
use super::scene::Scene;
use crate::ids::PodId;
use crate::observed::{Engine, Pod};
use ironkeep_api::{Mode, conditions::reasons};

/// Names everything that isn't as it should be and isn't for the operator to do.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) {
    for shard in scene.shards() {
        for ordinal in 0..scene.desired.pods_per_shard {
            pod(scene, PodId::new(shard, ordinal), draft);
        }
        for member in scene.members(shard).filter(|member| !scene.desired.wants(member.id)) {
            draft.wait(
                reasons::REMOVING_NODES,
                true,
                format!("pod {} is no longer wanted and still there", member.id),
            );
        }
    }
    if scene.desired.mode == Mode::Cluster {
        agreement::plan(scene, network, draft);
    }
}

fn pod(scene: &Scene, id: PodId, draft: &mut Draft) {
    let serving = scene.serves(id.shard);
    let Some(member) = scene.member(id) else {
        return draft.wait(reasons::ADDING_NODES, serving, format!("pod {id} doesn't exist yet"));
    };
    if let Some((reason, what)) = pod_trouble(member.pod).or_else(|| engine_trouble(&member.pod.engine)) {
        return draft.wait(reason, serving, format!("pod {id} {what}"));
    }
    let primary = scene.primary(id.shard).filter(|primary| primary.id != id);
    if let Some(primary) = primary.filter(|primary| !(member.follows(primary) && member.is_linked())) {
        let lag = member.lag(&primary);
        let message = format!("{id} isn't in sync with its primary {}: {lag} bytes behind", primary.id);
        return draft.wait(reasons::MISSING_REPLICAS, serving, message);
    }
    if !member.pod.ready {
        draft.wait(reasons::ADDING_NODES, serving, format!("pod {id} isn't ready yet"));
    }
}

fn pod_trouble(pod: &Pod) -> Option<(&'static str, String)> {
    if pod.terminating {
        return Some((reasons::UPDATING_NODES, "is being deleted".to_owned()));
    }
    if let (Some(trouble), None) = (&pod.trouble, pod.facts()) {
        let reason = if pod.node.is_some() { reasons::POD_FAILING } else { reasons::POD_UNSCHEDULABLE };
        return Some((reason, format!("doesn't come up: {trouble}")));
    }
    match (&pod.node, pod.ip, pod.running) {
        (None, ..) => Some((reasons::ADDING_NODES, "isn't scheduled yet".to_owned())),
        (_, None, _) | (.., false) => Some((reasons::ADDING_NODES, "isn't running yet".to_owned())),
        _ => None,
    }
}

fn engine_trouble(engine: &Engine) -> Option<(&'static str, String)> {
    match engine {
        Engine::Up(_) => None,
        Engine::Unasked => Some((reasons::ADDING_NODES, "hasn't been asked yet".to_owned())),
        Engine::Refused => Some((reasons::SERVER_UNREACHABLE, "refuses connections".to_owned())),
        Engine::Silent => Some((reasons::SERVER_UNREACHABLE, "doesn't answer".to_owned())),
        Engine::Loading => Some((reasons::HEALING, "is loading its data".to_owned())),
        Engine::Error(error) => Some((reasons::SERVER_UNREACHABLE, format!("answers: {error}"))),
    }
}
