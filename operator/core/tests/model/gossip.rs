//! The cluster bus of the fake engines: who reaches whom, what they hear, and whom they take for failed.
//!
//! As in the real ones: who is greeted learns the address of who greets, whoever was away longer than the time-out is
//! suspected, a majority of owners that suspect makes a failure, and an owner that failed stays so for a while.

use crate::engine::{Brain, NODE_TIMEOUT, Peer};
use crate::world::World;
use ironkeep_core::{NodeId, Role, Slots};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How long an owner's failure stands, and how long a word on another is worth something.
const LASTING: u64 = 2 * NODE_TIMEOUT;

impl Brain {
    /// Another speaks; `answered` if it does so over this node's own link to it.
    fn hear(&mut self, other: &Brain, ip: IpAddr, now: u64, answered: bool) {
        let Some(peer) = self.known.get_mut(&other.id) else { return };
        if answered {
            let stands = |since: &u64| peer.is_owner() && now <= since + LASTING;
            peer.failed_since = peer.failed_since.filter(stands);
        }
        (peer.ip, peer.away_since) = (Some(ip), None);
        (peer.role, peer.primary) = (other.role, other.primary.clone());
        self.current = self.current.max(other.current).max(other.epoch);
        if other.role == Role::Primary {
            peer.epoch = peer.epoch.max(other.epoch);
            if peer.slots != other.slots {
                self.hear_claim(&other.id, &other.slots, other.epoch);
            }
            if self.role == Role::Primary && self.epoch == other.epoch && self.id < other.id {
                self.current += 1;
                self.epoch = self.current;
            }
        } else {
            peer.slots = Slots::none();
        }
        if self.is_owner() {
            self.be_corrected(other);
        }
        self.hear_gossip(other, now);
    }

    /// Another knows of a newer owner of slots that this node believes its own.
    fn be_corrected(&mut self, other: &Brain) {
        let epoch = self.epoch;
        for (id, peer) in other.known.iter().filter(|(_, peer)| peer.epoch > epoch) {
            if *id != self.id && peer.slots.minus(&self.slots) != peer.slots {
                self.hear_update(id, peer);
            }
        }
    }

    fn hear_gossip(&mut self, other: &Brain, now: u64) {
        self.forgotten.retain(|_, until| *until > now);
        let counts = self.known.get(&other.id).is_some_and(Peer::is_owner);
        for (id, theirs) in other.known.iter().filter(|(_, peer)| peer.handshake.is_none()) {
            if *id == self.id || self.forgotten.contains_key(id) {
                continue;
            }
            let Some(ip) = theirs.ip else { continue };
            if !self.known.contains_key(id) {
                let fresh = Peer { role: theirs.role, failed_since: theirs.failed_since, ..Peer::new(ip) };
                self.known.insert(id.clone(), fresh);
            }
            let Some(mine) = self.known.get_mut(id) else { continue };
            if !theirs.is_ill(now) {
                mine.reports.remove(&other.id);
                if mine.is_ill(now) {
                    mine.ip = Some(ip);
                }
            } else if counts {
                mine.reports.insert(other.id.clone(), now);
            }
        }
    }

    /// Whom enough owners suspect, this node among them.
    fn find_failures(&mut self, now: u64) -> Vec<NodeId> {
        let (quorum, me) = (self.quorum(), usize::from(self.is_owner()));
        let mut found = Vec::new();
        for (id, peer) in self.known.iter_mut() {
            peer.reports.retain(|_, at| *at + LASTING >= now);
            if peer.suspected(now) && !peer.failed() && peer.reports.len() + me >= quorum {
                peer.failed_since = Some(now);
                found.push(id.clone());
            }
        }
        found
    }
}

impl World {
    pub fn gossip(&mut self) {
        for i in 0..self.machines.len() {
            for j in 0..self.machines.len() {
                if i != j && self.brain(i).is_some() && self.brain(j).is_some() && self.rng.chance(60) {
                    self.ping(i, j);
                }
            }
        }
    }

    /// Whether a node has another's present address.
    pub fn reaches(&self, i: usize, j: usize) -> bool {
        let (Some(me), Some(other)) = (self.brain(i), self.brain(j)) else { return false };
        let ip = self.machines[j].ip;
        i != j && ip.is_some() && me.known.get(&other.id).is_some_and(|peer| peer.ip == ip)
    }

    /// Whether a node knows another at all, wherever it is.
    fn knows(&self, i: usize, j: usize) -> bool {
        let other = self.brain(j).map(|brain| &brain.id);
        self.brain(i).zip(other).is_some_and(|(me, other)| me.known.contains_key(other))
    }

    /// `i` reaches `j` if it has its address, and hears what that one has made of it.
    fn ping(&mut self, i: usize, j: usize) {
        let (Some(from), Some(to)) = (self.machines[i].ip, self.machines[j].ip) else { return };
        let now = self.now;
        let (Some(mut mine), Some(mut theirs)) = (self.take_brain(i), self.take_brain(j)) else { return };
        let shaking = mine.known.iter().find(|(_, peer)| peer.handshake.is_some() && peer.ip == Some(to));
        if let Some(provisional) = shaking.map(|(id, _)| id.clone()) {
            mine.known.remove(&provisional);
            mine.known.entry(theirs.id.clone()).or_insert_with(|| Peer::new(to)).ip = Some(to);
            theirs.known.entry(mine.id.clone()).or_insert_with(|| Peer::new(from)).ip = Some(from);
        }
        if mine.known.get(&theirs.id).is_some_and(|peer| peer.ip == Some(to)) {
            theirs.hear(&mine, from, now, false);
            mine.hear(&theirs, to, now, true);
        }
        for (machine, brain) in [(i, mine), (j, theirs)] {
            let disk = self.disks.get_mut(&self.machines[machine].disk);
            disk.expect("it is up").brain = Some(brain);
        }
    }

    fn take_brain(&mut self, i: usize) -> Option<Brain> {
        self.disks.get_mut(&self.machines[i].disk)?.brain.take()
    }

    /// Whom a node reaches and who take notice of what it says.
    pub fn hearers(&self, i: usize) -> Vec<usize> {
        (0..self.machines.len()).filter(|&j| self.reaches(i, j) && self.knows(j, i)).collect()
    }

    /// A node tells all it reaches how it is now.
    pub fn broadcast(&mut self, i: usize) {
        let (Some(ip), Some(me)) = (self.machines[i].ip, self.brain(i).cloned()) else { return };
        let now = self.now;
        for j in self.hearers(i) {
            self.brain_mut(j).hear(&me, ip, now, false);
        }
    }

    pub fn notice_failures(&mut self) {
        let present: BTreeMap<NodeId, Option<IpAddr>> = (0..self.machines.len())
            .filter_map(|i| Some((self.brain(i)?.id.clone(), self.machines[i].ip)))
            .collect();
        let now = self.now;
        for i in 0..self.machines.len() {
            if self.brain(i).is_none() {
                continue;
            }
            let brain = self.brain_mut(i);
            brain.known.retain(|_, peer| peer.handshake.is_none_or(|until| until > now));
            for (id, peer) in brain.known.iter_mut() {
                let reached = present.get(id).is_some_and(|ip| *ip == peer.ip);
                peer.away_since = if reached { None } else { peer.away_since.or(Some(now)) };
            }
            for failed in brain.find_failures(now) {
                self.tell_failure(i, &failed);
            }
        }
    }

    /// Whoever finds a failure tells all it reaches.
    fn tell_failure(&mut self, i: usize, failed: &NodeId) {
        let now = self.now;
        for j in self.hearers(i) {
            if let Some(peer) = self.brain_mut(j).known.get_mut(failed) {
                peer.failed_since = peer.failed_since.or(Some(now));
            }
        }
    }
}
