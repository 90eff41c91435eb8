//! Who replaces whom among the fake engines, and whether a node takes the cluster for whole.
//!
//! A replica whose primary has failed asks all owners; each gives one vote an epoch, and only if it takes that primary
//! for failed as well. Who is elected says so at once.

use crate::engine::{NODE_TIMEOUT, Peer};
use crate::world::World;
use ironkeep_core::{NodeId, Role, Slots};
use std::collections::BTreeSet;

/// How long a restarted primary takes no writes and gives no vote.
const REJOIN: u64 = 2000;
/// How long a replica that wasn't elected waits until it asks again.
const RETRY: u64 = 4 * NODE_TIMEOUT;

impl World {
    pub fn vote(&mut self) {
        for i in 0..self.machines.len() {
            if self.wants_election(i) && self.rng.chance(20) {
                self.stand_for_election(i);
            }
        }
    }

    fn wants_election(&self, i: usize) -> bool {
        let (Some(brain), Some(process)) = (self.brain(i), self.process(i)) else { return false };
        let Some(primary) = &brain.primary else { return false };
        let lost = brain.known.get(primary).is_some_and(|peer| peer.failed() && !peer.slots.is_empty());
        let better = (0..self.machines.len()).any(|j| {
            let rival = self.brain(j).is_some_and(|other| other.primary.as_ref() == Some(primary));
            rival && self.reaches(i, j) && self.process(j).is_some_and(|other| other.offset > process.offset)
        });
        lost && !better && process.next_election <= self.now
    }

    fn stand_for_election(&mut self, i: usize) {
        let pod = self.machines[i].pod;
        let Some(epoch) = self.elect(i, false) else {
            self.process_mut(i).next_election = self.now + RETRY;
            return;
        };
        self.say(format!("{pod} is elected"));
        let gone = self.lacking(i);
        self.forgive(pod.shard, &gone, "a replica without them was elected");
        if !self.could_tell(i) {
            self.to_tell.remove(&pod.shard);
        }
        self.take_slots(i, epoch);
    }

    /// A replica asks for votes; the epoch in which it got enough. Asked to by somebody, its primary need not have failed.
    pub fn elect(&mut self, i: usize, asked: bool) -> Option<u64> {
        let me = self.brain_mut(i);
        me.current += 1;
        let (epoch, quorum) = (me.current, me.quorum());
        let votes = self.hearers(i).into_iter().filter(|&j| self.gives_vote(j, i, epoch, asked)).count();
        (votes >= quorum).then_some(epoch)
    }

    /// Whether an owner votes for a replica, and is heard.
    fn gives_vote(&mut self, j: usize, i: usize, epoch: u64, asked: bool) -> bool {
        let voter = self.brain_mut(j);
        voter.current = voter.current.max(epoch);
        if epoch < voter.current || voter.voted == epoch || !voter.is_owner() || !self.may_vote(j) {
            return false;
        }
        if !self.takes_for_heir(j, i, asked) {
            return false;
        }
        if let Some((id, newer)) = self.newer_owner(j, i) {
            self.brain_mut(i).hear_update(&id, &newer);
            return false;
        }
        self.brain_mut(j).voted = epoch;
        let voter = self.brain_mut(j).id.clone();
        self.reaches(j, i) && self.brain_mut(i).known.get(&voter).is_some_and(Peer::is_owner)
    }

    /// A primary that was just restarted may have been replaced.
    fn may_vote(&self, j: usize) -> bool {
        self.process(j).is_some_and(|process| process.ok || self.now >= process.loading_until + REJOIN)
    }

    fn takes_for_heir(&self, j: usize, i: usize, asked: bool) -> bool {
        let (Some(voter), Some(me)) = (self.brain(j), self.brain(i)) else { return false };
        let known = voter.known.get(&me.id).filter(|known| known.role == Role::Replica);
        let Some(primary) = known.and_then(|known| known.primary.as_ref()) else { return false };
        let failed = voter.known.get(primary).is_some_and(Peer::failed);
        failed || asked && (*primary == voter.id || voter.known.contains_key(primary))
    }

    /// Whom a voter knows to own some of the slots that a replica asks for, under a newer epoch than it knows of.
    fn newer_owner(&self, j: usize, i: usize) -> Option<(NodeId, Peer)> {
        let (voter, me) = (self.brain(j)?, self.brain(i)?);
        let primary = me.known.get(me.primary.as_ref()?)?;
        let newer =
            |epoch: u64, slots: &Slots| epoch > primary.epoch && slots.minus(&primary.slots) != *slots;
        if newer(voter.epoch, &voter.slots) {
            let ip = self.machines[j].ip?;
            let itself = Peer { epoch: voter.epoch, slots: voter.slots.clone(), ..Peer::new(ip) };
            return Some((voter.id.clone(), itself));
        }
        let mut others = voter.known.iter().filter(|(id, _)| **id != me.id);
        others.find(|(_, peer)| newer(peer.epoch, &peer.slots)).map(|(id, peer)| (id.clone(), peer.clone()))
    }

    /// Whether the operator knew that a replica wasn't in sync: it had seen it since it joined, and not in sync.
    fn could_tell(&self, i: usize) -> bool {
        let pod = self.machines[i].pod;
        let name = ironkeep_api::names::pod(crate::world::NAME, pod.shard, pod.ordinal);
        let id = self.brain(i).map(|brain| brain.id.0.clone());
        let mut replicas = self.status.shards.iter().flat_map(|shard| &shard.replicas);
        replicas.any(|replica| replica.pod == name && replica.node_id == id && !replica.in_sync)
    }

    /// Acknowledged writes of its shard that a machine doesn't have.
    pub fn lacking(&self, i: usize) -> BTreeSet<u32> {
        let machine = &self.machines[i];
        let acked = self.acked.get(&machine.pod.shard).cloned().unwrap_or_default();
        acked.difference(&self.disks[&machine.disk].data).copied().collect()
    }

    /// A replica becomes owner of its primary's slots without a vote, under the next epoch that it knows of.
    pub fn take_over(&mut self, i: usize) {
        let brain = self.brain_mut(i);
        let highest = brain.known.values().map(|peer| peer.epoch).max().unwrap_or(0);
        brain.current = brain.current.max(highest) + 1;
        let epoch = brain.current;
        self.take_slots(i, epoch);
    }

    /// A replica becomes owner of its primary's slots, and says so.
    pub fn take_slots(&mut self, i: usize, epoch: u64) {
        let brain = self.brain_mut(i);
        let Some(primary) = brain.primary.take() else { return };
        let slots =
            brain.known.get_mut(&primary).map(|peer| std::mem::take(&mut peer.slots)).unwrap_or_default();
        (brain.role, brain.slots, brain.epoch) = (Role::Primary, slots, epoch);
        let process = self.process_mut(i);
        (process.link, process.sync) = (None, None);
        self.broadcast(i);
    }

    /// A node decides on its `cluster_state`. A primary that was away takes its time, so that it hears of its successor.
    pub fn judge_state(&mut self, i: usize) {
        let now = self.now;
        let (Some(brain), Some(process)) = (self.brain(i), self.process(i)) else { return };
        let (primary, was_ok) = (brain.role == Role::Primary, process.ok);
        if primary && !was_ok && now < process.loading_until + REJOIN {
            return;
        }
        let served = brain.known.values().filter(|peer| !peer.failed());
        let covered = served.fold(brain.slots.clone(), |all, peer| all.union(&peer.slots));
        let reached = brain.known.values().filter(|peer| peer.is_owner() && !peer.is_ill(now)).count();
        let majority = reached + usize::from(brain.is_owner()) >= brain.quorum();
        let process = self.process_mut(i);
        if !majority {
            process.minority_at = now;
        }
        let ok = majority && covered == Slots::all();
        if !(ok && primary && !was_ok && now < process.minority_at + NODE_TIMEOUT) {
            process.ok = ok;
        }
    }
}
