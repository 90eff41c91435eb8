//! What is said of each shard, and what is remembered of it.
//!
//! This is the planner's only memory: who was primary, which node id each pod went by, which slots, whether there was
//! data, who was in sync. It speaks of the last look at which the shard's primary was up, and stays while none is. Only
//! an appointment is told of before it is carried out, and as if nobody had followed it yet: should the operator die in
//! the middle, the next one knows whom to wait for, and takes nobody's having been in sync before for having everything.

use crate::desired::Desired;
use crate::ids::PodId;
use crate::observed::{Observed, Pod};
use crate::plan::{self, Plan};
use ironkeep_api::{Mode, ReplicaStatus, ShardStatus, names};
use std::collections::BTreeMap;

/// A shard as it was seen.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Its number.
    pub index: u32,
    /// The primary that is up.
    pub primary: Option<PodId>,
    /// Why it takes no writes; none if it does.
    pub refuses: Option<String>,
    /// Replicas that should be in sync.
    pub wanted: usize,
    /// Those of them that are.
    pub in_sync: usize,
    /// What the status says.
    pub status: ShardStatus,
}

/// All shards that should exist.
pub fn shards(desired: &Desired, observed: &Observed, plan: &Plan) -> Vec<Shard> {
    let primaries = plan::primaries(desired, observed);
    let shard = |(index, primary)| shard(desired, observed, index, primary, plan.appointed(index));
    (0..).zip(primaries).map(shard).collect()
}

fn shard(
    desired: &Desired,
    observed: &Observed,
    index: u32,
    primary: Option<PodId>,
    appointed: Option<PodId>,
) -> Shard {
    let was = observed.status.shards.iter().find(|shard| u32::try_from(shard.index) == Ok(index));
    let with_pod = |id: PodId| Some((id, observed.pods.get(&id)?));
    let up = primary.and_then(with_pod);
    let mut status = match (up, appointed.and_then(with_pod)) {
        (Some((id, pod)), _) => with_primary(desired, observed, id, pod, was),
        (None, Some((id, pod))) => with_appointed(with_primary(desired, observed, id, pod, was), was),
        (None, None) => was.cloned().unwrap_or_default(),
    };
    count_terms(&mut status, was);
    status.index = index.try_into().unwrap_or(i32::MAX);
    let wanted = desired.pods_per_shard.saturating_sub(1) as usize;
    let in_sync = status.replicas.iter().filter(|replica| up.is_some() && replica.in_sync).count();
    let refuses = refusal(desired, index, up.map(|(_, pod)| pod), in_sync);
    status.ready = refuses.is_none() && in_sync >= wanted;
    Shard { index, primary: up.map(|(id, _)| id), refuses, wanted, in_sync, status }
}

/// What is said of a shard whose primary is up.
fn with_primary(
    desired: &Desired,
    observed: &Observed,
    id: PodId,
    pod: &Pod,
    was: Option<&ShardStatus>,
) -> ShardStatus {
    let known = node_ids(was);
    let slots = pod.view().and_then(|view| view.myself()).map(|me| me.slots.to_string());
    ShardStatus {
        primary: Some(name(desired, id)),
        primary_node_id: node_id(pod),
        primary_run_id: run_id(pod),
        slots: slots.filter(|slots| !slots.is_empty()),
        has_data: pod.facts().is_some_and(|facts| facts.keys > 0),
        offset: offset(pod),
        history: history(pod),
        replicas: others(desired, observed, id)
            .map(|other| replica(desired, observed, id, other, &known))
            .collect(),
        ..ShardStatus::default()
    }
}

/// What is said of a shard whose primary isn't one yet. It gets a history of its own.
fn with_appointed(mut status: ShardStatus, was: Option<&ShardStatus>) -> ShardStatus {
    status.has_data |= was.is_some_and(|was| was.has_data);
    status.history = None;
    status.replicas.iter_mut().for_each(|replica| replica.in_sync = false);
    status
}

/// Counts on when others have everything than before, and notes of each when that was last so.
fn count_terms(status: &mut ShardStatus, was: Option<&ShardStatus>) {
    let has_all = |status: &ShardStatus| -> Vec<String> {
        let replicas = status.replicas.iter().filter(|replica| replica.in_sync);
        let primary = [&status.primary, &status.primary_run_id].map(|name| name.clone().unwrap_or_default());
        primary.into_iter().chain(replicas.map(|replica| replica.pod.clone())).collect()
    };
    status.term = was.map_or(0, |was| was.term + i64::from(has_all(status) != has_all(was)));
    for replica in &mut status.replicas {
        let before = was.and_then(|was| term(was, &replica.pod));
        replica.term = if replica.in_sync { Some(status.term) } else { before };
    }
}

/// When a pod is known to have had everything.
fn term(status: &ShardStatus, pod: &str) -> Option<i64> {
    let replica = || status.replicas.iter().find(|replica| replica.pod == pod)?.term;
    if status.primary.as_deref() == Some(pod) { Some(status.term) } else { replica() }
}

/// The shard's pods beside its primary: those that should exist and those that still do.
fn others(desired: &Desired, observed: &Observed, primary: PodId) -> impl Iterator<Item = PodId> {
    let shard = primary.shard;
    let existing = observed.pods.range(PodId::new(shard, 0)..=PodId::new(shard, u32::MAX)).map(|(id, _)| *id);
    let wanted = (0..desired.pods_per_shard).map(|ordinal| PodId::new(shard, ordinal));
    let all: std::collections::BTreeSet<_> = existing.chain(wanted).filter(|id| *id != primary).collect();
    all.into_iter()
}

fn replica(
    desired: &Desired,
    observed: &Observed,
    primary: PodId,
    id: PodId,
    known: &BTreeMap<String, String>,
) -> ReplicaStatus {
    let pod = observed.pods.get(&id);
    let name = name(desired, id);
    let offset = pod.and_then(offset);
    let ahead = observed.pods.get(&primary).and_then(self::offset);
    ReplicaStatus {
        // A pod that is away comes back under the id that it had, if it kept its data.
        node_id: pod.and_then(node_id).or_else(|| known.get(&name).cloned()),
        lag: ahead.zip(offset).map(|(ahead, offset)| ahead.saturating_sub(offset).max(0)),
        offset,
        run_id: pod.and_then(run_id),
        in_sync: plan::is_in_sync(observed, id, primary),
        term: None,
        pod: name,
    }
}

fn history(pod: &Pod) -> Option<String> {
    pod.facts().map(|facts| facts.replication.replid.clone()).filter(|id| !id.is_empty())
}

fn run_id(pod: &Pod) -> Option<String> {
    pod.facts().map(|facts| facts.run_id.clone()).filter(|id| !id.is_empty())
}

/// Why a shard takes no writes.
fn refusal(desired: &Desired, index: u32, primary: Option<&Pod>, in_sync: usize) -> Option<String> {
    let Some(pod) = primary else {
        return Some(format!("shard {index} has no primary that answers"));
    };
    if desired.mode == Mode::Cluster && !pod.view().is_some_and(|view| view.ok) {
        return Some(format!("{}, primary of shard {index}, says cluster_state:fail", pod.name));
    }
    let needed = desired.min_replicas();
    (in_sync < needed).then(|| {
        format!(
            "{}, primary of shard {index}, takes writes with {needed} replicas in sync and has {in_sync}",
            pod.name
        )
    })
}

/// Which node id each pod was last seen with.
fn node_ids(was: Option<&ShardStatus>) -> BTreeMap<String, String> {
    let Some(was) = was else { return BTreeMap::new() };
    let replicas = was.replicas.iter().map(|replica| (Some(replica.pod.clone()), replica.node_id.clone()));
    let all = replicas.chain([(was.primary.clone(), was.primary_node_id.clone())]);
    all.filter_map(|(pod, id)| Some((pod?, id?))).collect()
}

fn node_id(pod: &Pod) -> Option<String> {
    pod.node_id().map(|id| id.0.clone()).filter(|id| !id.is_empty())
}

fn offset(pod: &Pod) -> Option<i64> {
    i64::try_from(pod.facts()?.replication.offset).ok()
}

fn name(desired: &Desired, id: PodId) -> String {
    names::pod(&desired.name, id.shard, id.ordinal)
}
