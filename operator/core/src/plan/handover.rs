//! Planned changes of primary: from one that leaves to a replica that stays, while the old one still helps.
//!
//! The pod of a primary that is deleted answers for some seconds more; that time is used. Also says how a hand-over is
//! written in each mode and who is the best heir, for `roll`.

use super::byway;
use super::draft::Draft;
use super::members::Member;
use super::scene::Scene;
use crate::step::{Manner, Step};
use ironkeep_api::{Mode, conditions::reasons};
use std::cmp::Reverse;

/// Plans hand-overs of all primaries that leave.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    for shard in scene.shards().filter(|_| scene.desired.mode != Mode::Standalone) {
        let Some(primary) = scene.primary(shard) else { continue };
        let Some(why) = scene.leaving(&primary) else { continue };
        match heir(scene, &primary) {
            Some(heir) if is_worth_it(scene, &primary, &heir) => {
                draft.disturb(shard, step(scene, &primary, &heir, why.to_owned()));
            }
            _ => explain(scene, &primary, why, draft),
        }
    }
}

/// The step that makes `heir` the primary in place of `primary`.
pub(super) fn step(scene: &Scene, primary: &Member, heir: &Member, why: String) -> Step {
    match scene.desired.mode {
        Mode::Cluster => Step::Failover { pod: heir.id, manner: Manner::HandOver, why },
        _ => Step::HandOver { from: primary.id, to: heir.id, why },
    }
}

/// The replica that should follow its primary as primary: linked, and if there is a choice one that will stay, and the
/// one that clients are led to if the primary's pod is gone at once.
pub(super) fn heir<'a>(scene: &Scene<'a>, primary: &Member<'a>) -> Option<Member<'a>> {
    let able = |member: &Member| member.stays_up() && member.follows(primary) && member.is_linked();
    let worth = |member: &Member| {
        let behind = !member.in_sync(primary);
        let outdated = scene.is_outdated(member.pod);
        let other = !byway::leads_to(scene, member);
        (behind, member.pod.cordoned, outdated, other, Reverse(member.offset()), member.id.ordinal)
    };
    scene.wanted(primary.id.shard).filter(able).min_by_key(worth)
}

/// A primary that is about to end hands over to whoever is linked; one that may stay a while, only for the better.
fn is_worth_it(scene: &Scene, primary: &Member, heir: &Member) -> bool {
    let stays = !heir.pod.cordoned && heir.pod.node != primary.pod.node;
    match () {
        () if primary.pod.terminating => true,
        () if !scene.desired.wants(primary.id) => heir.in_sync(primary),
        () => stays && heir.in_sync(primary),
    }
}

/// A primary that may stay is no trouble; one that can't stay and has no heir is.
fn explain(scene: &Scene, primary: &Member, why: &str, draft: &mut Draft) {
    if primary.pod.terminating || !scene.desired.wants(primary.id) {
        let message = format!("primary {} waits for a replica that can take over: {why}", primary.id);
        draft.wait(reasons::FAILING_OVER, scene.serves(primary.id.shard), message);
    }
}
