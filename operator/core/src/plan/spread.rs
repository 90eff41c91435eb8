//! Primaries on different nodes, so that the loss of a node takes few of them.
//!
//! At birth it costs nothing. Later it takes a hand-over, so it is done one at a time, only when nothing else has been
//! to do for a while, and only where it leaves two nodes with less of a difference: that comes to an end, whatever the
//! pods' places are.

use super::draft::Draft;
use super::handover;
use super::members::Member;
use super::scene::Scene;
use crate::observed::Millis;
use ironkeep_api::Mode;
use ironkeep_api::conditions::types;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How long nothing may have been to do.
const CALM: Millis = 60_000;

/// How many primaries each node carries; where it doesn't matter, none.
#[derive(Debug)]
pub(super) struct Burdens<'a> {
    matter: bool,
    by_node: BTreeMap<&'a str, u32>,
}

impl<'a> Burdens<'a> {
    /// Those of the primaries that are up.
    pub fn new(scene: &Scene<'a>) -> Self {
        let mut burdens = Self { matter: scene.desired.spread_primaries, by_node: BTreeMap::new() };
        scene.shards().filter_map(|shard| scene.primary(shard)).for_each(|primary| burdens.add(&primary));
        burdens
    }

    /// Counts one more.
    pub fn add(&mut self, primary: &Member<'a>) {
        if let Some(node) = primary.pod.node.as_deref().filter(|_| self.matter) {
            *self.by_node.entry(node).or_default() += 1;
        }
    }

    /// What the pod's node carries.
    pub fn of(&self, member: &Member) -> u32 {
        member.pod.node.as_deref().and_then(|node| self.by_node.get(node)).copied().unwrap_or(0)
    }
}

/// Plans one hand-over, if it is worth it.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    let wanted = scene.desired.spread_primaries && scene.desired.mode == Mode::Cluster;
    if !wanted || !draft.is_empty() || !is_settled(scene) {
        return;
    }
    let burdens = Burdens::new(scene);
    let best = scene
        .shards()
        .filter_map(|shard| relief(scene, &burdens, shard))
        .max_by_key(|relief| (relief.from - relief.to, Reverse(relief.primary.id), Reverse(relief.heir.id)));
    let Some(Relief { primary, heir, from, to }) = best.filter(|relief| relief.from - relief.to > 1) else {
        return;
    };
    let why = format!("its node carries {to} primaries, that of {} {from}", primary.id);
    draft.disturb(primary.id.shard, handover::step(scene, &primary, &heir, why));
}

/// A hand-over and what its two nodes carry before it.
struct Relief<'a> {
    primary: Member<'a>,
    heir: Member<'a>,
    from: u32,
    to: u32,
}

/// The replica of a shard on the node that carries least, if that is less than its primary's.
fn relief<'a>(scene: &Scene<'a>, burdens: &Burdens, shard: u32) -> Option<Relief<'a>> {
    let primary = scene.primary(shard)?;
    let heirs = scene.wanted(shard).filter(|heir| heir.in_sync(&primary) && heir.pod.node.is_some());
    let heir = heirs.min_by_key(|heir| (burdens.of(heir), heir.id))?;
    let (from, to) = (burdens.of(&primary), burdens.of(&heir));
    (from > to).then_some(Relief { primary, heir, from, to })
}

/// Nothing is under way, no node is to be emptied, and there has been nothing to do for a while.
fn is_settled(scene: &Scene) -> bool {
    let quiet = scene.observed.under_way.is_empty();
    quiet && scene.observed.pods.values().all(|pod| !pod.cordoned) && calm_for(scene) >= CALM
}

/// How long the status has said that nothing is being changed.
fn calm_for(scene: &Scene) -> Millis {
    let told = scene.observed.status.condition(types::PROGRESSING).filter(|told| told.status == "False");
    let since = told.and_then(|told| Millis::try_from(told.last_transition_time.0.as_millisecond()).ok());
    since.map_or(0, |since| scene.observed.at.saturating_sub(since))
}
