//! Birth of a cluster: each shard's first owner gets an epoch and its share of the slots, while nobody knows anybody.
//!
//! An epoch can only be given to a node that knows nobody, so the first introductions wait until every shard has an
//! owner. As soon as one node knows another the birth is over, and what is missing is for `ownerless` to mend.

use super::draft::Draft;
use super::members::Member;
use super::network::Network;
use super::scene::Scene;
use crate::ids::Role;
use crate::slots::Slots;
use crate::step::Step;

/// Plans the birth; tells whether it is behind us.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) -> bool {
    let ownerless: Vec<u32> = scene.shards().filter(|&shard| network.owner(shard).is_none()).collect();
    let acquainted = network.nodes.iter().any(|node| node.acquaintances().next().is_some());
    if acquainted || ownerless.is_empty() {
        return true;
    }
    if scene.all_complete() {
        ownerless.into_iter().for_each(|shard| found(scene, shard, draft));
    }
    false
}

fn found(scene: &Scene, shard: u32, draft: &mut Draft) {
    let Some(founder) = founder(scene, shard) else { return };
    let slots = Slots::share(shard, scene.desired.shards);
    if founder.keys() == 0 && scene.had_data(shard) {
        draft.lose(
            shard,
            format!("all copies of shard {shard} (slots {slots}) are gone: its pods came back empty"),
        );
    }
    draft.step(Step::Found { pod: founder.id, epoch: u64::from(shard) + 1, slots });
}

/// The first pod, unless another brings data along.
fn founder<'a>(scene: &Scene<'a>, shard: u32) -> Option<Member<'a>> {
    let primaries =
        scene.members(shard).filter(|member| member.me().is_some_and(|me| me.role == Role::Primary));
    primaries.max_by_key(|member| (member.keys(), std::cmp::Reverse(member.id.ordinal)))
}
