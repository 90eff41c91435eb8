//! Replication mode: who becomes primary when there is none.
//!
//! Nothing is overwritten on a guess: as long as somebody who may have more is still coming up, it is waited for. The
//! status names who is appointed before it is done: whoever it names may have been primary and have taken writes.

use crate::ids::PodId;
use crate::observed::Millis;
use crate::plan::draft::Draft;
use crate::plan::members::Member;
use crate::plan::scene::Scene;
use crate::step::Step;
use ironkeep_api::conditions::reasons;
use std::cmp::Reverse;

/// How long a primary's pod may be down before another is appointed: a container is restarted within this.
const PATIENCE: Millis = 1500;
/// Seconds between the signs of life of a primary, where the configuration doesn't say.
const PING_SECONDS: u64 = 10;
/// Seconds after which a primary minds that a replica is silent, where the configuration doesn't say.
const LAG_SECONDS: u64 = 10;

/// Plans the appointment of a shard's primary.
pub(super) fn plan(scene: &Scene, shard: u32, draft: &mut Draft) {
    let last = scene.recorded_primary(shard);
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

/// A replica that surely has all, when the last primary's process has ended and its file may lack what it last acknowledged.
fn overtaking(scene: &Scene, last: PodId) -> Option<Choice> {
    let primary = scene.member(last)?;
    if !scene.may_lack_writes(&primary) {
        return None;
    }
    let others = scene.members(last.shard).filter(|member| member.id != last && member.stays_up());
    let heirs = others.filter(|member| is_able(scene, member));
    let heir = heirs.max_by_key(|member| (member.offset(), Reverse(member.id)))?;
    Some(Choice { pod: heir.id, why: format!("the process of primary {last} ended") })
}

/// The last primary, if it is up and has data. One without is not taken at its word that there was none, unless it is
/// the very process that was appointed.
fn returned(scene: &Scene, last: PodId) -> Option<Choice> {
    let member = scene.member(last).filter(Member::stays_up)?;
    let why = match () {
        () if !scene.desired.wants(last) => return None,
        () if scene.is_recorded_process(&member) => "it was appointed",
        () if member.keys() > 0 => "it was primary and is back with its data",
        () => return None,
    };
    Some(Choice { pod: last, why: why.to_owned() })
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

/// Whether a replica can succeed: it surely has all, and its primary is gone.
fn is_able(scene: &Scene, member: &Member) -> bool {
    let full = member.keys() > 0 || !scene.had_data(member.id.shard);
    full && scene.surely_has_all(member) && !hears_its_primary(scene, member)
}

/// Whether a replica still gets signs of life: then its primary lives, and a second one must not be made.
fn hears_its_primary(scene: &Scene, member: &Member) -> bool {
    let number = |name| scene.desired.live_config.get(name).and_then(|text| text.parse().ok());
    let period = number("repl-ping-replica-period").unwrap_or(PING_SECONDS);
    // One that is cut off with its clients takes writes until it minds that its replicas are silent.
    let minds = match scene.desired.min_replicas() {
        0 => 0,
        _ => number("min-replicas-max-lag").unwrap_or(LAG_SECONDS),
    };
    let silence = period.max(minds) + 2;
    let upstream = member.facts().and_then(|facts| facts.replication.upstream.as_ref());
    upstream.is_some_and(|upstream| {
        upstream.up && upstream.silent_seconds.is_some_and(|seconds| seconds < silence)
    })
}

/// Whoever has most, once everyone is there: nobody surely has all.
fn best(scene: &Scene, shard: u32, last: PodId, draft: &mut Draft) -> Option<Choice> {
    let choice = everyone(scene, shard, "it has the most history left")?;
    let pod = choice.pod;
    let left = scene.member(pod).map_or(0, |member| member.keys());
    let message = match () {
        () if left == 0 => format!("all copies of shard {shard} are gone: its pods came back empty"),
        () if pod == last => return Some(choice),
        () if scene.was_in_sync(pod) => {
            format!(
                "shard {shard} may lack the last writes to {last}: {pod} has {left} keys and was restarted"
            )
        }
        () => format!("shard {shard} lost history with {last}: {pod} has {left} keys and wasn't in sync"),
    };
    if scene.had_data(shard) {
        draft.lose(shard, message);
    }
    Some(choice)
}

/// The pod with the most history, once all are up, so that none is passed over.
fn everyone(scene: &Scene, shard: u32, why: &str) -> Option<Choice> {
    let all = scene.is_complete(shard);
    // An empty one has nothing, whatever it had. An offset says nothing of another history than that of the others.
    let worth = |member: &Member| {
        (member.keys() > 0, scene.term(member), member.offset(), member.keys(), Reverse(member.id))
    };
    let best = scene.members(shard).filter(|_| all).max_by_key(worth)?;
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
