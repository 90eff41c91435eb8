//! Replication mode: who is primary, and that there is never more than one.
//!
//! Every pod starts as a replica of nobody, so no pod is primary unless it was appointed here. The last primary comes
//! first, as long as it has its data; after it the replica that was in sync; anyone else only when all have been heard.

mod appoint;

use super::draft::Draft;
use super::members::Member;
use super::scene::Scene;
use crate::ids::{PodId, Role};
use crate::step::Step;
use ironkeep_api::conditions::reasons;

/// Plans appointments and who follows whom.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    // A hand-over has two primaries for a moment.
    for shard in scene.shards().filter(|&shard| !scene.is_under_way(shard)) {
        match scene.primary(shard) {
            Some(primary) => follow(scene, &primary, draft),
            None => appoint::plan(scene, shard, draft),
        }
    }
}

/// The primary that stands: of several, the one that clients are led to.
///
/// An unfinished hand-over leaves two. While it holds back the old one's clients the heir has everything they wrote; once
/// the label has gone over, so have the clients.
pub(super) fn standing<'a>(scene: &Scene<'a>, shard: u32) -> Option<Member<'a>> {
    let primaries = scene.members(shard).filter(|member| is_primary(member));
    primaries.max_by_key(|member| {
        let paused = member.facts().is_some_and(|facts| facts.paused);
        let labelled = member.pod.role == Some(Role::Primary);
        let recorded = scene.recorded_primary(shard) == Some(member.id);
        (member.keys() > 0, !paused, labelled, recorded, member.offset(), std::cmp::Reverse(member.id))
    })
}

fn is_primary(member: &Member) -> bool {
    member.facts().is_some_and(|facts| facts.replication.primary)
}

/// Whether a step gives a primary back what a hand-over took from it: it takes no writes before.
fn wants_replicas(step: &Step, primary: PodId) -> bool {
    matches!(step, Step::Configure { pod, name, .. } if *pod == primary && name == "min-replicas-to-write")
}

/// Plans that everyone else follows the primary.
fn follow(scene: &Scene, primary: &Member, draft: &mut Draft) {
    let shard = primary.id.shard;
    for member in scene.members(shard).filter(|member| member.id != primary.id && member.facts().is_some()) {
        if is_primary(&member) {
            draft.disturb(shard, Step::Follow { pod: member.id, primary: primary.id });
        } else if !member.follows(primary) && scene.desired.wants(member.id) && !member.pod.terminating {
            draft.step(Step::Follow { pod: member.id, primary: primary.id });
        }
    }
    let paused = primary.facts().is_some_and(|facts| facts.paused);
    if paused && !draft.is_busy(shard) && !draft.has(|step| wants_replicas(step, primary.id)) {
        draft.step(Step::Unpause { pod: primary.id });
    }
    if draft.is_busy(shard) {
        draft.wait(
            reasons::FAILING_OVER,
            false,
            format!("shard {shard} has two primaries; {} stays", primary.id),
        );
    }
}
