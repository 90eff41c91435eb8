//! Cluster mode: every node of a shard that isn't its owner follows its owner.
//!
//! Only a node without keys or a replica may be told to follow: following empties it. What doesn't fit this is left
//! alone and named, for a person to look at.

use super::draft::Draft;
use super::members::Member;
use super::network::{Network, Node};
use super::scene::Scene;
use crate::ids::Role;
use crate::slots::Slots;
use crate::step::Step;
use ironkeep_api::conditions::reasons;

/// Plans who follows whom.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) {
    network.nodes.iter().for_each(|node| name_open_slots(node, draft));
    for owner in scene.shards().filter_map(|shard| network.owner(shard)) {
        if draft.is_busy(owner.id.shard) {
            continue;
        }
        let others = network.of_shard(owner.id.shard).filter(|node| node.member.id != owner.id);
        for node in others.filter(|node| scene.desired.wants(node.member.id) && node.member.stays_up()) {
            subordinate(scene, node, &owner, draft);
        }
    }
}

fn subordinate(scene: &Scene, node: &Node, owner: &Member, draft: &mut Draft) {
    let Some(id) = owner.node_id() else { return };
    let pod = node.member.id;
    match node.me.role {
        Role::Replica if node.me.primary.as_ref() == Some(id) => {}
        Role::Primary if !node.me.slots.is_empty() => {
            let slots = &node.me.slots;
            draft.wait(
                reasons::HEALING,
                scene.serves(pod.shard),
                format!("{pod} owns slots {slots} beside {}", owner.id),
            );
        }
        Role::Primary if node.member.keys() > 0 => {
            let keys = node.member.keys();
            let message = format!(
                "{pod} has {keys} keys but no slots, and isn't emptied by the operator: flush it to let it follow {}",
                owner.id
            );
            draft.wait(reasons::NODE_ADD_FAILED, scene.serves(pod.shard), message);
        }
        _ if node.knows(id).is_some_and(|known| known.role == Role::Primary) => {
            draft.step(Step::Replicate { pod, primary: id.clone() });
        }
        _ => {} // They are being introduced.
    }
}

/// Slots half moved by somebody else. Finishing them is not for the operator yet; hiding them would be worse.
fn name_open_slots(node: &Node, draft: &mut Draft) {
    if let Some(open) = node.me.open.first() {
        let slots = Slots::from_ranges(node.me.open.iter().map(|open| (open.slot, open.slot)));
        let (pod, peer) = (node.member.id, &open.peer);
        let message = format!(
            "slots {slots} of {pod} were left half moved (the other side is node {peer}): CLUSTER SETSLOT ends it"
        );
        draft.wait(reasons::REBALANCING_SLOTS, true, message);
    }
}
