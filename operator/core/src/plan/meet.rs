//! Introductions: every node is told of every other that it doesn't know, or whose address it has wrong.
//!
//! A full mesh rather than gossip: all pods may have new addresses at once, and then gossip has nowhere to start. A node
//! that is met under a known id only gets its address updated.

use super::draft::Draft;
use super::network::{Network, Node};
use crate::step::Step;

/// Introductions of one plan at most; in a cluster of hundreds of nodes gossip does the rest meanwhile.
const MOST: usize = 2000;

/// Plans introductions, one direction for each pair.
pub(super) fn plan(network: &Network, draft: &mut Draft) {
    let nodes: Vec<&Node> = network.nodes.iter().filter(|node| node.member.stays_up()).collect();
    let pairs =
        nodes.iter().enumerate().flat_map(|(i, one)| nodes.iter().skip(i + 1).map(move |other| (one, other)));
    for step in pairs.filter_map(|(one, other)| introduce(one, other)).take(MOST) {
        draft.step(step);
    }
}

fn introduce(one: &Node, other: &Node) -> Option<Step> {
    if is_shaking_hands(one, other) || is_shaking_hands(other, one) {
        return None;
    }
    if !knows_where(one, other) {
        return Some(Step::Meet { pod: one.member.id, peer: other.member.id });
    }
    (!knows_where(other, one)).then_some(Step::Meet { pod: other.member.id, peer: one.member.id })
}

/// Whether a node knows another's id and where it is now.
pub(super) fn knows_where(node: &Node, peer: &Node) -> bool {
    node.knows(&peer.view.me).is_some_and(|known| known.ip.is_some() && known.ip == peer.member.pod.ip)
}

fn is_shaking_hands(node: &Node, peer: &Node) -> bool {
    node.view
        .nodes
        .values()
        .any(|known| known.handshake && known.ip.is_some() && known.ip == peer.member.pod.ip)
}
