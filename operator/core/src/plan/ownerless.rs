//! Cluster mode: nodes that are gone for good, and slots that belong to nobody.
//!
//! A pod that is down may come back with its id, so nobody is forgotten before every wanted pod is up and has said its
//! own. Slots of a forgotten node go to its shard; if nobody there has its data, that is a loss and is named first.

use super::draft::Draft;
use super::members::Member;
use super::network::{Network, Node};
use super::scene::Scene;
use crate::ids::{NodeId, Role};
use crate::slots::Slots;
use crate::step::{Manner, Step};
use std::cmp::Reverse;

/// Plans forgetting and adoption.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) {
    if !scene.all_complete() || network.nodes.iter().any(|node| !node.me.open.is_empty()) {
        return;
    }
    for (id, slots) in &network.absent {
        forget(network, id, slots, draft);
    }
    if !draft.has(|step| matches!(step, Step::Forget { .. } | Step::Meet { .. })) {
        adopt(scene, network, draft);
    }
}

fn forget(network: &Network, id: &NodeId, slots: &Slots, draft: &mut Draft) {
    if !slots.is_empty() && network.followers(id).next().is_some() {
        return; // They have its data, or must at least take its place first.
    }
    let knows = |node: &&Node| node.knows(id).is_some() && node.me.primary.as_ref() != Some(id);
    for node in network.nodes.iter().filter(knows) {
        draft.step(Step::Forget { pod: node.member.id, node: id.clone() });
    }
}

fn adopt(scene: &Scene, network: &Network, draft: &mut Draft) {
    let counted = network.orphans().fold(network.owned.clone(), |counted, (_, slots)| counted.union(slots));
    let free = Slots::all().minus(&counted);
    if free.is_empty() {
        return;
    }
    let remembered: Vec<Slots> = scene.shards().map(|shard| remembered(scene, shard)).collect();
    let all_remembered = remembered.iter().fold(Slots::none(), |all, slots| all.union(slots));
    for (shard, own) in scene.shards().zip(&remembered) {
        let born_with = Slots::share(shard, scene.desired.shards).minus(&all_remembered);
        let wanted = own.union(&born_with);
        let slots = wanted.minus(&wanted.minus(&free));
        if !slots.is_empty() && !draft.is_busy(shard) {
            give(scene, network, shard, slots, draft);
        }
    }
}

fn give(scene: &Scene, network: &Network, shard: u32, slots: Slots, draft: &mut Draft) {
    let Some(adopter) = adopter(scene, network, shard) else { return };
    if adopter.me().is_some_and(|me| me.role == Role::Replica) {
        // Its primary is gone and took no slots along; first it has to be one itself.
        let why = format!("it has the most history of ownerless slots {slots}");
        return draft.disturb(shard, Step::Failover { pod: adopter.id, manner: Manner::TakeOver, why });
    }
    name_loss(scene, network, &adopter, &slots, draft);
    draft.step(Step::Adopt { pod: adopter.id, slots });
}

/// Slots without an owner had one whose node is gone: what does the adopter have of it?
fn name_loss(scene: &Scene, network: &Network, adopter: &Member, slots: &Slots, draft: &mut Draft) {
    let shard = adopter.id.shard;
    let record = scene.record(shard);
    if network.owner(shard).is_some() || record.is_some_and(|record| !record.has_data) {
        return;
    }
    let was_primary =
        record.is_some_and(|record| record.primary_node_id.as_ref() == adopter.node_id().map(|id| &id.0));
    if adopter.keys() == 0 {
        draft.lose(
            shard,
            format!("all copies of shard {shard} (slots {slots}) are gone: its pods came back empty"),
        );
    } else if !was_primary && !scene.surely_has_all(adopter) {
        draft.lose(
            shard,
            format!("shard {shard} lost history: {} has the most that is left of it", adopter.id),
        );
    }
}

/// The owner of the shard's other slots, else who has most, else its last primary.
fn adopter<'a>(scene: &Scene<'a>, network: &Network<'a>, shard: u32) -> Option<Member<'a>> {
    let was = scene.record(shard).and_then(|record| record.primary_node_id.as_deref());
    let worth = |node: &&Node| {
        let id = &node.view.me;
        let was_primary = was == Some(id.0.as_str());
        let believed =
            network.nodes.iter().any(|other| other.knows(id).is_some_and(|known| !known.slots.is_empty()));
        (node.member.keys() > 0, believed, was_primary, node.member.keys(), Reverse(node.member.id))
    };
    network.owner(shard).or_else(|| Some(network.of_shard(shard).max_by_key(worth)?.member))
}

/// The slots that the status recorded for a shard.
fn remembered(scene: &Scene, shard: u32) -> Slots {
    let text = scene.record(shard).and_then(|record| record.slots.as_deref()).unwrap_or_default();
    let range = |text: &str| {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
    };
    Slots::from_ranges(text.split(',').filter_map(range))
}
