//! Birth of a cluster: each shard's first owner gets an epoch and its share of the slots, while nobody knows anybody.
//!
//! An epoch can only be given to a node that knows nobody, so the first introductions wait until every shard has an
//! owner. As soon as one node knows another the birth is over, and what is missing is for `ownerless` to mend.

use super::draft::Draft;
use super::members::Member;
use super::network::Network;
use super::scene::Scene;
use super::spread::Burdens;
use crate::ids::Role;
use crate::slots::Slots;
use crate::step::Step;
use std::cmp::Reverse;

/// Plans the birth; tells whether it is behind us.
pub(super) fn plan(scene: &Scene, network: &Network, draft: &mut Draft) -> bool {
    let ownerless: Vec<u32> = scene.shards().filter(|&shard| network.owner(shard).is_none()).collect();
    let acquainted = network.nodes.iter().any(|node| node.acquaintances().next().is_some());
    if acquainted || ownerless.is_empty() {
        return true;
    }
    if scene.all_complete() {
        let mut burdens = Burdens::new(scene);
        for shard in ownerless {
            if let Some(founder) = founder(scene, &burdens, shard) {
                burdens.add(&founder);
                found(scene, shard, &founder, draft);
            }
        }
    }
    false
}

fn found(scene: &Scene, shard: u32, founder: &Member, draft: &mut Draft) {
    let slots = Slots::share(shard, scene.desired.shards);
    if founder.keys() == 0 && scene.had_data(shard) {
        draft.lose(
            shard,
            format!("all copies of shard {shard} (slots {slots}) are gone: its pods came back empty"),
        );
    }
    draft.step(Step::Found { pod: founder.id, epoch: u64::from(shard) + 1, slots });
}

/// The first pod on the node that carries least, unless another brings data along.
fn founder<'a>(scene: &Scene<'a>, burdens: &Burdens, shard: u32) -> Option<Member<'a>> {
    let primaries =
        scene.members(shard).filter(|member| member.me().is_some_and(|me| me.role == Role::Primary));
    primaries.max_by_key(|member| (member.keys(), Reverse(burdens.of(member)), Reverse(member.id.ordinal)))
}
