//! Pods of an old revision are replaced: replicas first, then a hand-over, then what was the primary.
//!
//! One pod of a shard at a time, and only while all others of the shard are in sync; some shards side by side. A new pod
//! that doesn't come up stops it all, because the next would do no better.

use super::draft::Draft;
use super::farewell;
use super::handover;
use super::members::Member;
use super::objects;
use super::scene::Scene;
use crate::ids::PodId;
use crate::observed::Millis;
use crate::step::Step;
use ironkeep_api::{Mode, conditions::reasons};

/// How long after a pod became ready, as its kubelet says to the second, all nodes lead to it.
const HEARD: Millis = 2500;

/// Plans restarts and the hand-overs before them.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    let outdated: Vec<Member> = scene.shards().flat_map(|shard| outdated(scene, shard)).collect();
    let Some(first) = outdated.first() else { return };
    if !scene.desired.roll.automatic {
        let message = format!(
            "{} pods run an old revision, first {}: delete them to renew them",
            outdated.len(),
            first.id
        );
        return draft.wait(reasons::UPDATING_NODES, true, message);
    }
    draft.wait(reasons::UPDATING_NODES, true, format!("{} pods are still to be replaced", outdated.len()));
    if draft.has(|step| matches!(step, Step::Apply(_))) {
        return;
    }
    if let Some((failed, trouble)) = failed(scene) {
        let message =
            format!("replaced no more pods: {failed} has the new revision and doesn't come up: {trouble}");
        return draft.wait(reasons::POD_FAILING, scene.serves(failed.shard), message);
    }
    let mut restarting = scene.shards().filter(|&shard| is_restarting(scene, shard)).count();
    let most = at_once(scene);
    let mut shards: Vec<u32> = outdated.iter().map(|member| member.id.shard).collect();
    shards.dedup();
    for shard in shards {
        let counted = is_restarting(scene, shard);
        let may = counted || restarting < most;
        if may && next(scene, shard, draft) {
            restarting += usize::from(!counted);
        }
    }
}

fn outdated<'a>(scene: &'a Scene, shard: u32) -> impl Iterator<Item = Member<'a>> {
    scene.wanted(shard).filter(|member| scene.is_outdated(member.pod) && !member.pod.terminating)
}

/// A pod that has the new revision and is in trouble.
fn failed(scene: &Scene) -> Option<(PodId, String)> {
    let mut wanted = scene.shards().flat_map(|shard| scene.wanted(shard));
    wanted.find_map(|member| {
        let trouble = member.pod.trouble.clone().filter(|_| !scene.is_outdated(member.pod))?;
        Some((member.id, trouble))
    })
}

/// How many shards may restart a pod now. Primaries without replicas must leave a majority of primaries up.
fn at_once(scene: &Scene) -> usize {
    let most = scene.desired.roll.shards_at_once.max(1) as usize;
    match scene.desired.pods_per_shard {
        0 | 1 => most.min((scene.desired.shards.saturating_sub(1) / 2).max(1) as usize),
        _ => most,
    }
}

/// Whether a pod of the shard is away or hasn't caught up yet.
fn is_restarting(scene: &Scene, shard: u32) -> bool {
    let Some(primary) = scene.primary(shard) else { return true };
    !scene.is_complete(shard) || scene.wanted(shard).any(|member| !is_well(&member, &primary))
}

/// What is next in a shard, if anything; tells whether a pod will be away.
fn next(scene: &Scene, shard: u32, draft: &mut Draft) -> bool {
    if draft.is_busy(shard) || objects::set_is_behind(scene, shard) {
        return false;
    }
    if let Some(broken) = broken(scene, shard) {
        return evict(&broken, "it doesn't come up and has an old revision", draft);
    }
    let Some(primary) = scene.primary(shard).filter(|_| !is_restarting(scene, shard)) else { return false };
    let replicas = outdated(scene, shard).filter(|member| member.id != primary.id);
    if let Some(replica) = replicas.max_by_key(|member| member.id) {
        if let Some(reason) = farewell::held_back(scene, &replica) {
            draft.wait(reasons::UPDATING_NODES, true, reason);
            return false;
        }
        return evict(&replica, "it has an old revision", draft);
    }
    renew_primary(scene, &primary, draft)
}

fn renew_primary(scene: &Scene, primary: &Member, draft: &mut Draft) -> bool {
    let shard = primary.id.shard;
    if scene.desired.pods_per_shard > 1 {
        if let Some(fresh) = fresh(scene, shard) {
            let message =
                format!("{} hands over once all nodes have heard that {fresh} is ready", primary.id);
            draft.wait(reasons::UPDATING_NODES, true, message);
            return false;
        }
        let Some(heir) = handover::heir(scene, primary).filter(|heir| heir.in_sync(primary)) else {
            return false;
        };
        let why = format!("{} is to be restarted", primary.id);
        draft.disturb(shard, handover::step(scene, primary, &heir, why));
        return false;
    }
    if scene.desired.durable || primary.keys() == 0 {
        return evict(primary, "it has an old revision and no replica to hand over to", draft);
    }
    let message = format!(
        "{} has an old revision and the only copy of its data, in memory: add a replica, or delete it",
        primary.id
    );
    draft.wait(reasons::UPDATING_NODES, true, message);
    false
}

/// A pod that readers have been led to only now: what leads clients may take a second until it can be told of another
/// change. In a cluster they redirect each other.
fn fresh(scene: &Scene, shard: u32) -> Option<PodId> {
    if scene.desired.mode != Mode::Replication {
        return None;
    }
    // A clock that is ahead holds nobody up.
    let age = |member: &Member| scene.observed.at.checked_sub(member.pod.ready_since?);
    scene.wanted(shard).find(|member| age(member).is_some_and(|age| age < HEARD)).map(|member| member.id)
}

fn evict(member: &Member, why: &str, draft: &mut Draft) -> bool {
    let step = Step::Evict { pod: member.id, uid: member.pod.uid.clone(), why: why.to_owned() };
    draft.disturb(member.id.shard, step);
    true
}

/// A pod of an old revision that is in trouble, and without which no data is missing: nothing else would renew it.
fn broken<'a>(scene: &Scene<'a>, shard: u32) -> Option<Member<'a>> {
    let is_broken = |member: &Member| {
        let down = member.facts().is_none() && member.pod.trouble.is_some() && !member.pod.terminating;
        down && scene.is_outdated(member.pod)
    };
    let unborn = scene.record(shard).is_none_or(|record| record.primary.is_none());
    let expendable = scene.desired.durable || unborn || scene.primary(shard).is_some();
    let nobody_leaves = scene.wanted(shard).all(|member| !member.pod.terminating);
    scene.wanted(shard).find(is_broken).filter(|_| expendable && nobody_leaves)
}

/// Whether a pod is up, ready, and the primary or in sync with it.
fn is_well(member: &Member, primary: &Member) -> bool {
    let serves = primary.pod.view().is_none_or(|view| view.ok);
    member.stays_up() && member.pod.ready && (member.id == primary.id && serves || member.in_sync(primary))
}
