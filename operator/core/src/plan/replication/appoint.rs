//! Replication mode: who becomes primary when there is none.
//!
//! Nothing is overwritten on a guess: as long as somebody who may have more is still coming up, it is waited for.

use crate::ids::{PodId, Role};
use crate::observed::Millis;
use crate::plan::draft::Draft;
use crate::plan::members::{Member, points_at};
use crate::plan::scene::Scene;
use crate::step::Step;
use ironkeep_api::conditions::reasons;
use std::cmp::Reverse;

/// How long a primary's pod may be down before another is appointed: a container is restarted within this.
const PATIENCE: Millis = 1500;
/// Seconds between the signs of life of a primary, where the configuration doesn't say.
const PING_SECONDS: u64 = 10;

/// Plans the appointment of a shard's primary.
pub(super) fn plan(scene: &Scene, shard: u32, draft: &mut Draft) {
    let last = last_primary(scene, shard);
    let choice = match last {
        None => everyone(scene, shard, "it is the first"),
        Some(last) => overtaking(scene, last)
            .or_else(|| returned(scene, last))
            .or_else(|| successor(scene, last))
            .or_else(|| best(scene, shard, last, draft)),
    };
    match choice {
        Some(Choice { pod, why }) => draft.disturb(shard, Step::Promote { pod, why }),
        None => draft.wait(reasons::PRIMARY_LOST, false, waiting(scene, shard, last)),
    }
}

/// Who is appointed, and why.
struct Choice {
    pod: PodId,
    why: String,
}

/// The last primary: the one recorded, or the one that was appointed in its place since. The label comes with an
/// appointment, the record only after it; and who was demoted knows whom it was told to follow.
fn last_primary(scene: &Scene, shard: u32) -> Option<PodId> {
    let recorded = scene.recorded_primary(shard)?;
    let labelled = |member: &Member| member.pod.role == Some(Role::Primary) && member.id != recorded;
    let heirs: Vec<_> =
        scene.members(shard).filter(|member| labelled(member) && scene.was_in_sync(member.id)).collect();
    if let [heir] = heirs.as_slice() {
        return Some(heir.id);
    }
    let facts = scene.member(recorded).and_then(|member| member.facts());
    let host =
        facts.and_then(|facts| facts.replication.upstream.as_ref()).map(|upstream| upstream.host.as_str());
    let followed = scene.members(shard).find(|other| host.is_some_and(|host| points_at(host, other.pod)));
    Some(followed.map_or(recorded, |other| other.id))
}

/// A replica that surely has all, when the last primary's process has ended and its file may lack what it last acknowledged.
fn overtaking(scene: &Scene, last: PodId) -> Option<Choice> {
    let primary = scene.member(last)?;
    if !scene.may_lack_writes(&primary) {
        return None;
    }
    let is_sure = |member: &Member| {
        let full = member.keys() > 0 || !scene.had_data(last.shard);
        member.stays_up() && full && scene.surely_has_all(member) && !hears_its_primary(scene, member)
    };
    let heirs = scene.members(last.shard).filter(|member| member.id != last && is_sure(member));
    let heir = heirs.max_by_key(|member| (member.offset(), Reverse(member.id)))?;
    Some(Choice { pod: heir.id, why: format!("the process of primary {last} ended") })
}

/// The last primary, if it is up and has data. One without is not taken at its word that there was none.
fn returned(scene: &Scene, last: PodId) -> Option<Choice> {
    let member = scene.member(last).filter(|member| member.stays_up() && member.keys() > 0)?;
    let why = "it was primary and is back with its data".to_owned();
    scene.desired.wants(member.id).then_some(Choice { pod: last, why })
}

/// A replica that was in sync, once the last primary has had its time to come back.
fn successor(scene: &Scene, last: PodId) -> Option<Choice> {
    let why = match scene.member(last) {
        None => format!("the pod of primary {last} is gone"),
        Some(member) if member.facts().is_some() => format!("primary {last} has come back without its data"),
        Some(member) if member.pod.terminating => format!("primary {last} is being deleted"),
        Some(member) if scene.down_for(member.pod) >= PATIENCE => format!("primary {last} is down"),
        Some(_) => return None,
    };
    let worth = |member: &Member| {
        let stays = scene.leaving(member).is_none();
        (member.offset(), stays, member.keys(), Reverse(member.id))
    };
    let heirs = scene.members(last.shard).filter(|member| is_able(scene, member));
    heirs.max_by_key(worth).map(|heir| Choice { pod: heir.id, why })
}

/// Whether a replica can succeed: it surely has all, or as much as all others that were in sync and may have more.
fn is_able(scene: &Scene, member: &Member) -> bool {
    let up = |id| scene.member(id).is_some_and(|member| member.stays_up());
    let sure = scene.surely_has_all(member) && (member.keys() > 0 || !scene.had_data(member.id.shard));
    let best_known = || {
        let mut in_sync = scene.in_sync_replicas(member.id.shard);
        let doubted = scene.members(member.id.shard).any(|other| other.offset() > member.offset());
        scene.was_in_sync(member.id) && member.keys() > 0 && in_sync.all(up) && !doubted
    };
    member.facts().is_some() && !hears_its_primary(scene, member) && (sure || best_known())
}

/// Whether a replica still gets signs of life: then its primary lives, and a second one must not be made.
fn hears_its_primary(scene: &Scene, member: &Member) -> bool {
    let period = scene.desired.live_config.get("repl-ping-replica-period").and_then(|text| text.parse().ok());
    let silence = period.unwrap_or(PING_SECONDS) + 2;
    let upstream = member.facts().and_then(|facts| facts.replication.upstream.as_ref());
    upstream.is_some_and(|upstream| {
        upstream.up && upstream.silent_seconds.is_some_and(|seconds| seconds < silence)
    })
}

/// Whoever has most, once everyone is there: the last primary's data is gone, and so are its replicas in sync.
fn best(scene: &Scene, shard: u32, last: PodId, draft: &mut Draft) -> Option<Choice> {
    let choice = everyone(scene, shard, "it has the most history left")?;
    if scene.had_data(shard) {
        let left = scene.member(choice.pod).map_or(0, |member| member.keys());
        let message = match left {
            0 => format!("all copies of shard {shard} are gone: its pods came back empty"),
            _ => format!(
                "shard {shard} lost history with {last}: {} has {left} keys and wasn't in sync",
                choice.pod
            ),
        };
        draft.lose(shard, message);
    }
    Some(choice)
}

/// The pod with the most history, once all are up, so that none is passed over.
fn everyone(scene: &Scene, shard: u32, why: &str) -> Option<Choice> {
    let all = scene.is_complete(shard);
    let best =
        scene.members(shard).filter(|_| all).max_by_key(|member| (member.history(), Reverse(member.id)))?;
    Some(Choice { pod: best.id, why: why.to_owned() })
}

fn waiting(scene: &Scene, shard: u32, last: Option<PodId>) -> String {
    let missing = scene.wanted(shard).find(|member| !member.stays_up()).map(|member| member.id);
    match (last, missing) {
        (Some(last), _) => format!("shard {shard} has no primary: {last} may come back with its data"),
        (None, Some(missing)) => format!("shard {shard} has no primary yet: {missing} isn't up"),
        (None, None) => format!("shard {shard} has no primary yet: pods are missing"),
    }
}
