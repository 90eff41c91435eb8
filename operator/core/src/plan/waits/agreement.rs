//! Cluster mode: whether all nodes see the same cluster, and it is the right one.

use crate::ids::Role;
use crate::plan::draft::Draft;
use crate::plan::meet::knows_where;
use crate::plan::network::{Network, Node};
use crate::plan::scene::Scene;
use crate::slots::Slots;
use ironkeep_api::conditions::reasons;

/// Names the first thing in which each node's view differs from what the others say of themselves.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) {
    let missing = Slots::all().minus(&network.owned);
    if !missing.is_empty() {
        draft.wait(reasons::SLOTS_UNASSIGNED, false, format!("slots {missing} are served by no node"));
    }
    let nodes: Vec<&Node> = network.nodes.iter().filter(|node| scene.desired.wants(node.member.id)).collect();
    for node in &nodes {
        if let Some(difference) =
            nodes.iter().find_map(|peer| difference(node, peer)).or_else(|| stranger(node, network))
        {
            draft.wait(reasons::ADDING_NODES, node.view.ok, format!("{} {difference}", node.member.id));
        } else if !node.view.ok {
            draft.wait(
                reasons::SLOTS_UNASSIGNED,
                false,
                format!("{} says cluster_state:fail", node.member.id),
            );
        }
    }
}

fn difference(node: &Node, peer: &Node) -> Option<String> {
    let peer_name = peer.member.id;
    if node.member.id == peer.member.id {
        return None;
    }
    let Some(known) = node.knows(&peer.view.me) else { return Some(format!("doesn't know {peer_name} yet")) };
    match () {
        () if !knows_where(node, peer) => Some(format!("has an old address of {peer_name}")),
        () if known.failed => Some(format!("takes {peer_name} for failed")),
        () if known.role != peer.me.role => Some(format!("takes {peer_name} for a {}", known.role)),
        () if known.role == Role::Replica && known.primary != peer.me.primary => {
            Some(format!("has an old primary of {peer_name}"))
        }
        () if known.slots != peer.me.slots => Some(format!("sees other slots on {peer_name}")),
        () => None,
    }
}

fn stranger(node: &Node, network: &Network) -> Option<String> {
    let (id, _) = node.acquaintances().find(|(id, _)| !network.present.contains_key(id))?;
    Some(format!("knows node {id}, which isn't there"))
}
