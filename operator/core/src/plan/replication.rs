//! Replication mode: who is primary, and that there is never more than one.
//!
//! Every pod starts as a replica of nobody, so no pod is primary unless it was appointed here. The last primary comes
//! first, as long as it has its data; after it the replica that was in sync; anyone else only when all have been heard.
//! A new primary is in the status before anybody is led to it or follows it.

mod appoint;

use super::draft::Draft;
use super::members::Member;
use super::scene::Scene;
use crate::desired::MIN_REPLICAS;
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
/// the label has gone over, so have the clients. The old one never stands again once another is recorded: that one may
/// have taken writes, even if it isn't up.
pub(super) fn standing<'a>(scene: &Scene<'a>, shard: u32) -> Option<Member<'a>> {
    let recorded = scene.recorded_primary(shard);
    let is_recorded = |member: &Member| recorded.is_none_or(|recorded| recorded == member.id);
    let stands = |member: &Member| is_primary(member) && (!is_paused(member) || is_recorded(member));
    scene.members(shard).filter(stands).max_by_key(|member| {
        let labelled = member.pod.role == Some(Role::Primary);
        let last = std::cmp::Reverse(member.id);
        (member.keys() > 0, !is_paused(member), labelled, is_recorded(member), member.offset(), last)
    })
}

fn is_primary(member: &Member) -> bool {
    member.facts().is_some_and(|facts| facts.replication.primary)
}

/// One that holds writes back, too, would hold back what comes from its primary.
fn is_well(replica: &Member, primary: &Member) -> bool {
    replica.follows(primary) && !is_paused(replica)
}

fn is_paused(member: &Member) -> bool {
    member.facts().is_some_and(|facts| facts.paused)
}

/// Whether a pod was primary and holds writes back for its heir: a hand-over has come that far, and no further.
pub(super) fn is_held(scene: &Scene, member: &Member) -> bool {
    let stands = scene.primary(member.id.shard).is_some_and(|primary| primary.id == member.id);
    !stands && is_primary(member) && is_paused(member)
}

/// Whether a step gives a primary back what a hand-over took from it: it takes no writes before.
fn wants_replicas(step: &Step, primary: PodId) -> bool {
    matches!(step, Step::Configure { pod, name, .. } if *pod == primary && name == MIN_REPLICAS)
}

/// Plans that everyone else follows the primary.
fn follow(scene: &Scene, primary: &Member, draft: &mut Draft) {
    let shard = primary.id.shard;
    if let Some(old) = scene.members(shard).find(|member| is_held(scene, member)) {
        // It leads the others over, too.
        return draft.disturb(shard, Step::SeeOff { from: old.id, to: primary.id });
    }
    for member in scene.members(shard).filter(|member| member.id != primary.id && member.facts().is_some()) {
        if is_primary(&member) {
            draft.disturb(shard, Step::Follow { pod: member.id, primary: primary.id });
        } else if !is_well(&member, primary) && scene.desired.wants(member.id) && !member.pod.terminating {
            draft.step(Step::Follow { pod: member.id, primary: primary.id });
        }
    }
    if draft.is_busy(shard) {
        let message = format!("shard {shard} has two primaries; {} stays", primary.id);
        return draft.wait(reasons::FAILING_OVER, false, message);
    }
    if is_paused(primary) && !draft.has(|step| wants_replicas(step, primary.id)) {
        // Not beside another hand-over, which holds writes back for good.
        draft.disturb(shard, Step::Unpause { pod: primary.id });
    }
}
