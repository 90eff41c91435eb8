//! What all concerns look at: the desired and the observed, by shard, and who is primary.
//!
//! Also the only place that reads the planner's memory, `status.shards`. What is needed of it, from `report`:
//! `primary`, its node id and run id, `slots`, `offset` and `has_data` speak of the last primary that was up, and stay
//! while none is; replicas' node ids stay while they are down;
//! `replicas[].in_sync` speaks of the last look at which that primary was up, and stays likewise. A primary that is about
//! to be appointed is recorded before it is, with nobody in sync: see `report/shards.rs`.

use super::members::Member;
use super::network::Network;
use super::objects;
use super::replication;
use crate::desired::Desired;
use crate::ids::PodId;
use crate::observed::{Engine, Millis, Observed, Pod};
use crate::step::Place;
use ironkeep_api::{Mode, ReplicaStatus, ShardStatus, names};
use std::ops::Range;

/// The desired and the observed, by shard.
pub(super) struct Scene<'a> {
    pub desired: &'a Desired,
    pub observed: &'a Observed,
    primaries: Vec<Option<Member<'a>>>,
}

impl<'a> Scene<'a> {
    /// Finds the primaries.
    pub fn new(desired: &'a Desired, observed: &'a Observed, network: &Network<'a>) -> Self {
        let mut scene = Self { desired, observed, primaries: Vec::new() };
        scene.primaries = scene
            .shards()
            .map(|shard| match desired.mode {
                Mode::Cluster => network.owner(shard),
                Mode::Replication => replication::standing(&scene, shard),
                Mode::Standalone => scene.members(shard).find(|member| member.facts().is_some()),
            })
            .collect();
        scene
    }

    /// The shards that should exist.
    pub fn shards(&self) -> Range<u32> {
        0..self.desired.shards
    }

    /// The shard's primary, if it is up.
    pub fn primary(&self, shard: u32) -> Option<Member<'a>> {
        self.primaries.get(shard as usize).copied().flatten()
    }

    /// The shard's pods that exist, wanted or not.
    pub fn members(&self, shard: u32) -> impl Iterator<Item = Member<'a>> + use<'a> {
        members(self.observed, shard)
    }

    /// The shard's pods that exist and are wanted.
    pub fn wanted(&self, shard: u32) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let desired = self.desired;
        self.members(shard).filter(move |member| desired.wants(member.id))
    }

    /// The pod, if it exists.
    pub fn member(&self, id: PodId) -> Option<Member<'a>> {
        self.observed.pods.get(&id).map(|pod| Member { id, pod })
    }

    /// Whether all the shard's pods are there, up, and stay. Pods that are no longer wanted count until their set lets
    /// them go: what they hold may be all that is left.
    pub fn is_complete(&self, shard: u32) -> bool {
        let pods = objects::set_size(self.desired, self.observed, shard)
            .unwrap_or(0)
            .max(self.desired.pods_per_shard);
        (0..pods).all(|n| self.member(PodId::new(shard, n)).is_some_and(|member| member.stays_up()))
    }

    /// Whether that is so in all shards.
    pub fn all_complete(&self) -> bool {
        self.shards().all(|shard| self.is_complete(shard))
    }

    /// Whether a pod was made from something other than what is wanted now.
    pub fn is_outdated(&self, pod: &Pod) -> bool {
        pod.revision != self.desired.revision
    }

    /// Whether something is still being done to a shard: what is seen of it may be half of something.
    pub fn is_under_way(&self, shard: u32) -> bool {
        self.observed.under_way.iter().any(|step| step.place() == Place::Shard(shard))
    }

    /// Why a pod is not to be primary for long, if so.
    pub fn leaving(&self, member: &Member) -> Option<&'static str> {
        match () {
            () if member.pod.terminating => Some("its pod is being deleted"),
            () if !self.desired.wants(member.id) => Some("its pod is no longer wanted"),
            () if member.pod.cordoned => Some("its node takes no new pods"),
            () => None,
        }
    }

    /// How long its engine hasn't answered.
    pub fn down_for(&self, pod: &Pod) -> Millis {
        pod.down_since.map_or(0, |since| self.observed.at.saturating_sub(since))
    }

    /// What the status says of a shard.
    pub fn record(&self, shard: u32) -> Option<&'a ShardStatus> {
        self.observed.status.shards.iter().find(|record| u32::try_from(record.index) == Ok(shard))
    }

    /// The pod that was the shard's primary at the last look.
    pub fn recorded_primary(&self, shard: u32) -> Option<PodId> {
        self.pod_id(self.record(shard)?.primary.as_deref()?)
    }

    /// The pods that were replicas in sync when the shard's primary was last seen.
    pub fn in_sync_replicas(&self, shard: u32) -> impl Iterator<Item = PodId> {
        let replicas = self.record(shard).map(|record| record.replicas.as_slice()).unwrap_or_default();
        replicas.iter().filter(|replica| replica.in_sync).filter_map(|replica| self.pod_id(&replica.pod))
    }

    /// Whether a pod was one of them.
    pub fn was_in_sync(&self, id: PodId) -> bool {
        self.in_sync_replicas(id.shard).any(|replica| replica == id)
    }

    /// The last term in which a pod is known to have had everything. Later than what is recorded of it if it has got the
    /// history of the last primary since.
    pub fn term(&self, member: &Member) -> Option<i64> {
        let record = self.record(member.id.shard)?;
        let replid = &member.facts()?.replication.replid;
        if record.primary.as_ref() == Some(&member.pod.name) || record.history.as_ref() == Some(replid) {
            return Some(record.term);
        }
        record.replicas.iter().find(|replica| replica.pod == member.pod.name)?.term
    }

    /// Whether a replica is known to have all that the last primary had: it was in sync, and has not been restarted since.
    pub fn surely_has_all(&self, member: &Member) -> bool {
        let Some(record) = self.record(member.id.shard) else { return false };
        let recorded = record.replicas.iter().find(|replica| replica.pod == member.pod.name);
        let runs = member.facts().map(|facts| facts.run_id.as_str());
        let same = |replica: &ReplicaStatus| replica.run_id.as_deref().is_none_or(|id| Some(id) == runs);
        let offset = record.offset.unwrap_or(0);
        recorded.is_some_and(|replica| replica.in_sync && same(replica))
            && i64::try_from(member.offset()).is_ok_and(|own| own >= offset)
    }

    /// Whether a primary may lack what it last acknowledged: its process has ended, and writes are acknowledged before
    /// they are in its file. Its replicas have them.
    pub fn may_lack_writes(&self, member: &Member) -> bool {
        let early = self.desired.live_config.get("appendfsync").is_some_and(|when| when != "always");
        early && self.has_ended(member)
    }

    /// Whether the process of a recorded primary has ended: nothing listens any more, or another process does.
    fn has_ended(&self, member: &Member) -> bool {
        let was = self.recorded_run(member.id.shard);
        match &member.pod.engine {
            Engine::Refused => true,
            Engine::Up(facts) => was.is_some_and(|was| *was != facts.run_id),
            _ => false,
        }
    }

    /// Whether the process that is recorded as a shard's primary is this one.
    pub fn is_recorded_process(&self, member: &Member) -> bool {
        let run = member.facts().map(|facts| &facts.run_id);
        self.recorded_primary(member.id.shard) == Some(member.id)
            && run.is_some()
            && run == self.recorded_run(member.id.shard)
    }

    fn recorded_run(&self, shard: u32) -> Option<&'a String> {
        self.record(shard)?.primary_run_id.as_ref()
    }

    /// Whether the shard's primary held keys when it was last seen.
    pub fn had_data(&self, shard: u32) -> bool {
        self.record(shard).is_some_and(|record| record.has_data)
    }

    /// The pod of a name.
    pub fn pod_id(&self, name: &str) -> Option<PodId> {
        names::parse_pod(&self.desired.name, name).map(|(shard, ordinal)| PodId::new(shard, ordinal))
    }

    /// Whether the shard serves clients as far as its primary can tell.
    pub fn serves(&self, shard: u32) -> bool {
        let primary = self.primary(shard);
        primary.is_some_and(|primary| primary.pod.view().is_none_or(|view| view.ok))
    }
}

/// A shard's pods that exist.
pub(super) fn members(observed: &Observed, shard: u32) -> impl Iterator<Item = Member<'_>> {
    let range = PodId::new(shard, 0)..=PodId::new(shard, u32::MAX);
    observed.pods.range(range).map(|(&id, pod)| Member { id, pod })
}
