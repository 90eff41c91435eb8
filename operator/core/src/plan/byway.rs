//! Replication mode: which replica clients are led to in the moments between the end of the primary's pod and the next
//! primary.
//!
//! `kubectl delete --force` takes the way to the primary away with the pod, and what leads clients may not learn of
//! another change for a second. So the heir is known to it beforehand. It stays the same as long as it will do: every
//! change is felt on all nodes.

use super::draft::Draft;
use super::handover;
use super::members::Member;
use super::scene::Scene;
use crate::step::Step;
use ironkeep_api::{Mode, names};

/// Plans who is the heir, not while the primary is being changed.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    for shard in scene.shards().filter(|_| scene.desired.mode == Mode::Replication) {
        let Some(primary) = scene.primary(shard).filter(Member::stays_up) else { continue };
        if draft.is_busy(shard) || scene.is_under_way(shard) {
            continue;
        }
        let Some(heir) = handover::heir(scene, &primary) else { continue };
        let present = scene.wanted(shard).find(|member| leads_to(scene, member));
        if present.is_none_or(|present| !will_do(scene, &present, &primary, &heir)) {
            draft.step(Step::Designate { heir: heir.id });
        }
    }
}

/// Whether clients are led to a pod in that case.
pub(super) fn leads_to(scene: &Scene, member: &Member) -> bool {
    scene.observed.leads_to(&names::heir_slice(&scene.desired.name), member.pod)
}

/// Whether an heir can stay it: one that is a little behind may, one that is about to leave while another stays may not.
fn will_do(scene: &Scene, present: &Member, primary: &Member, best: &Member) -> bool {
    let leaves = |member: &Member| (member.pod.cordoned, scene.is_outdated(member.pod));
    present.stays_up() && present.follows(primary) && present.is_linked() && leaves(present) <= leaves(best)
}
