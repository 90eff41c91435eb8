//! Cluster mode: shards whose owner isn't up. The engines elect by themselves; here is only what they can't know.
//!
//! A pod that was removed may still answer for a moment: hand over while it does. One whose data is gone for good need
//! not be waited for: force an election, or do without where too few are left to vote.

use super::draft::Draft;
use super::members::Member;
use super::network::{self, Network};
use super::scene::Scene;
use crate::ids::{NodeId, PodId, Role};
use crate::step::{Manner, Step};
use ironkeep_api::conditions::reasons;
use std::cmp::Reverse;

/// Plans failovers of owners that aren't up and have replicas that are.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) {
    poor_heirs(scene, network, draft);
    for (id, _) in network.orphans() {
        let heirs = network.followers(id).map(|node| node.member);
        // One that is on its way out may have the only copy: better to hand over from it than to lose it.
        let worth = |heir: &Member| {
            let known =
                (has_all(scene, id, heir), was_primary(scene, id, heir) && scene.was_in_sync(heir.id));
            (known, heir.history(), heir.stays_up(), Reverse(heir.id))
        };
        let Some(heir) = heirs.max_by_key(worth) else { continue };
        if network.owner(heir.id.shard).is_none() {
            replace(scene, network, id, &heir, draft);
        }
    }
}

fn replace(scene: &Scene, network: &Network, id: &NodeId, heir: &Member, draft: &mut Draft) {
    let shard = heir.id.shard;
    let Some(manner) = manner(scene, network, id, heir) else {
        let message = format!(
            "shard {shard} has no primary: node {id} is down; its replicas elect {}, or it comes back",
            heir.id
        );
        return draft.wait(reasons::FAILING_OVER, false, message);
    };
    if manner != Manner::HandOver && prefer_richer(scene, heir, draft) {
        return;
    }
    if manner != Manner::HandOver && scene.had_data(shard) && !has_all(scene, id, heir) {
        draft.lose(
            shard,
            format!("shard {shard} lost history with node {id}: {} may not have had all of it", heir.id),
        );
    }
    let why = match manner {
        Manner::HandOver => format!("the pod of node {id} was removed"),
        Manner::Force if !is_gone_for_good(scene, network.recorded(id), shard) => {
            format!("the process of node {id} ended")
        }
        Manner::Force | Manner::TakeOver => format!("node {id} is gone for good"),
    };
    draft.disturb(shard, Step::Failover { pod: heir.id, manner, why });
}

/// An heir without anything, while another pod of the shard has keys and follows somebody else, or nobody: that one has
/// to be the primary, and the empty one its replica, so that the slots become ownerless and then its own.
fn prefer_richer(scene: &Scene, heir: &Member, draft: &mut Draft) -> bool {
    let shard = heir.id.shard;
    let richest =
        scene.members(shard).filter(|member| member.keys() > heir.keys()).max_by_key(Member::history);
    let Some((richest, me)) =
        richest.filter(|_| heir.keys() == 0).and_then(|member| Some((member, member.me()?)))
    else {
        return false;
    };
    let why = format!("it has the most history of shard {shard}");
    draft.disturb(
        shard,
        match (me.role, richest.node_id()) {
            (Role::Primary, Some(id)) => Step::Replicate { pod: heir.id, primary: id.clone() },
            _ => Step::Failover { pod: richest.id, manner: Manner::TakeOver, why },
        },
    );
    true
}

fn manner(scene: &Scene, network: &Network, id: &NodeId, heir: &Member) -> Option<Manner> {
    let pod = network.recorded(id);
    let member = pod.and_then(|pod| scene.member(pod));
    let removed = pod.is_some() && member.is_none();
    let may_lack_writes = member.is_some_and(|member| scene.may_lack_writes(&member));
    match () {
        () if removed && heir.is_linked() => Some(Manner::HandOver),
        // Its replica has what its file may lack, and needs no time to load it.
        () if may_lack_writes && has_all(scene, id, heir) && can_vote(network, heir, id) => {
            Some(Manner::Force)
        }
        () if !is_gone_for_good(scene, pod, heir.id.shard) => None,
        // Somebody who is still coming up may have more.
        () if !has_all(scene, id, heir) && !scene.is_complete(heir.id.shard) => None,
        () if can_vote(network, heir, id) => Some(Manner::Force),
        () => Some(Manner::TakeOver),
    }
}

/// Whether an heir is known to have all that a node had. What is recorded of replicas says nothing on a node that became
/// primary since.
fn has_all(scene: &Scene, id: &NodeId, heir: &Member) -> bool {
    was_primary(scene, id, heir) && scene.surely_has_all(heir)
}

/// Whether a node is the last primary that was seen of the heir's shard.
fn was_primary(scene: &Scene, id: &NodeId, heir: &Member) -> bool {
    scene.record(heir.id.shard).is_some_and(|record| record.primary_node_id.as_ref() == Some(&id.0))
}

/// Whether the primaries that are left can vote for an heir.
fn can_vote(network: &Network, heir: &Member, id: &NodeId) -> bool {
    network.has_majority() && sees_slots(heir, id)
}

/// Whether a replica knows which slots its primary had. One that doesn't can't be voted for; once it is a primary of
/// its own, its shard's slots are ownerless.
fn sees_slots(heir: &Member, primary: &NodeId) -> bool {
    let known = heir.pod.view().and_then(|view| view.nodes.get(primary));
    known.is_some_and(|known| !known.slots.is_empty())
}

/// Whether a node that isn't up can't come back: its pod runs under another id, or went with all its data.
fn is_gone_for_good(scene: &Scene, pod: Option<PodId>, shard: u32) -> bool {
    let Some(pod) = pod else { return scene.is_complete(shard) };
    !network::may_come_back(scene.desired, scene.observed, pod)
}

/// Names what a vote has cost: an owner that was a replica, and may not have been in sync when it became more.
fn poor_heirs(scene: &Scene, network: &Network, draft: &mut Draft) {
    for record in scene.shards().filter_map(|shard| scene.record(shard)).filter(|record| record.has_data) {
        let shard = u32::try_from(record.index).unwrap_or_default();
        let (Some(owner), Some(was)) = (network.owner(shard), &record.primary_node_id) else { continue };
        let changed = owner.node_id().is_some_and(|id| id.0 != *was && network.recorded(id).is_some());
        if changed && !scene.surely_has_all(&owner) {
            draft.lose(
                shard,
                format!(
                    "shard {shard} lost history: {} became its primary and may not have had all of it",
                    owner.id
                ),
            );
        }
    }
}
