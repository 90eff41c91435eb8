//! The fake engines: gossip, votes, replication and the clients that write.
//!
//! Faithful where the operator depends on it: epochs decide on slots, a replica copies its primary whatever that has,
//! a node that knows others takes no epoch, the forgotten stay forgotten for a minute.

use crate::world::{TICK, World};
use ironkeep_api::Mode;
use ironkeep_core::{NodeId, PodId, Role, Slots};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub const NODE_TIMEOUT: u64 = 2000;
const BLACKLIST: u64 = 60_000;

/// What a node keeps in its nodes.conf.
#[derive(Debug, Clone)]
pub struct Brain {
    pub id: NodeId,
    pub role: Role,
    pub primary: Option<NodeId>,
    pub slots: Slots,
    pub epoch: u64,
    pub current: u64,
    pub known: BTreeMap<NodeId, Peer>,
    pub forgotten: BTreeMap<NodeId, u64>,
}

#[derive(Debug, Clone)]
pub struct Peer {
    pub ip: Option<IpAddr>,
    pub role: Role,
    pub primary: Option<NodeId>,
    pub slots: Slots,
    pub epoch: u64,
    /// When a handshake is given up.
    pub handshake: Option<u64>,
    pub away_since: Option<u64>,
}

/// What dies with the process.
#[derive(Debug, Clone)]
pub struct Process {
    pub run: u64,
    pub born: u64,
    pub loading_until: u64,
    pub offset: u64,
    /// The run that it is in sync with.
    pub link: Option<u64>,
    /// The run that it copies from, and until when.
    pub sync: Option<(u64, u64)>,
    /// Replication mode: primary, and else whom it was told to follow.
    pub primary: bool,
    pub upstream: Option<IpAddr>,
    pub paused: bool,
    pub pending: Vec<u32>,
    pub looked_at: bool,
}

impl Peer {
    fn new(ip: IpAddr) -> Self {
        Self {
            ip: Some(ip),
            role: Role::Primary,
            primary: None,
            slots: Slots::none(),
            epoch: 0,
            handshake: None,
            away_since: None,
        }
    }

    pub fn shaking(ip: IpAddr, until: u64) -> Self {
        Self { handshake: Some(until), ..Self::new(ip) }
    }

    pub fn failed(&self, now: u64) -> bool {
        self.away_since.is_some_and(|since| now >= since + NODE_TIMEOUT)
    }
}

impl Brain {
    fn new(id: NodeId) -> Self {
        Self {
            id,
            role: Role::Primary,
            primary: None,
            slots: Slots::none(),
            epoch: 0,
            current: 0,
            known: BTreeMap::new(),
            forgotten: BTreeMap::new(),
        }
    }

    pub fn is_owner(&self) -> bool {
        self.role == Role::Primary && !self.slots.is_empty()
    }

    pub fn forget(&mut self, id: &NodeId, now: u64) {
        self.known.remove(id);
        self.forgotten.insert(id.clone(), now + BLACKLIST);
    }

    pub fn follow(&mut self, id: &NodeId) {
        self.role = Role::Replica;
        self.slots = Slots::none();
        self.primary = Some(id.clone());
    }

    /// Owners that it knows of, itself included, and how many of them it reaches.
    pub fn quorum(&self) -> (usize, usize) {
        let owners = self.known.values().filter(|peer| !peer.slots.is_empty());
        let me = usize::from(self.is_owner());
        let all = owners.clone().count() + me;
        (all, owners.filter(|peer| peer.away_since.is_none()).count() + me)
    }

    pub fn has_majority(&self) -> bool {
        let (all, reached) = self.quorum();
        reached * 2 > all
    }

    /// A primary says that slots are its own; the higher epoch is right.
    pub fn hear_claim(&mut self, claimant: &NodeId, slots: &Slots, epoch: u64) {
        let mut taken = slots.clone();
        let mut bereft = Vec::new();
        for (id, peer) in self.known.iter_mut().filter(|(id, _)| *id != claimant) {
            let contested = peer.slots.minus(&peer.slots.minus(&taken));
            if contested.is_empty() {
                continue;
            }
            if peer.epoch < epoch {
                peer.slots = peer.slots.minus(&contested);
                if peer.slots.is_empty() {
                    bereft.push(id.clone());
                }
            } else {
                taken = taken.minus(&contested);
            }
        }
        let mine = self.slots.minus(&self.slots.minus(&taken));
        if !mine.is_empty() && self.epoch < epoch {
            self.slots = self.slots.minus(&mine);
            if self.slots.is_empty() {
                self.follow(claimant);
            }
        } else {
            taken = taken.minus(&mine);
        }
        if self.primary.as_ref().is_some_and(|primary| bereft.contains(primary)) {
            self.primary = Some(claimant.clone());
        }
        if let Some(peer) = self.known.get_mut(claimant) {
            peer.slots = peer.slots.union(&taken);
        }
    }

    /// Another knows of a newer owner of slots that this node believes its own.
    fn be_corrected(&mut self, other: &Brain) {
        for (id, peer) in &other.known {
            let contested = *id != self.id && peer.slots.minus(&self.slots) != peer.slots;
            if contested && peer.epoch > self.epoch && self.known.contains_key(id) {
                self.hear_claim(id, &peer.slots, peer.epoch);
            }
        }
    }

    fn hear(&mut self, other: &Brain, ip: IpAddr, now: u64) {
        let Some(peer) = self.known.get_mut(&other.id) else { return };
        (peer.ip, peer.away_since) = (Some(ip), None);
        (peer.role, peer.primary, peer.epoch) = (other.role, other.primary.clone(), other.epoch);
        self.current = self.current.max(other.current).max(other.epoch);
        if other.role == Role::Primary {
            self.hear_claim(&other.id, &other.slots, other.epoch);
            if self.role == Role::Primary && self.epoch == other.epoch && self.id < other.id {
                self.current += 1;
                self.epoch = self.current;
            }
        } else {
            peer.slots = Slots::none();
        }
        self.be_corrected(other);
        self.forgotten.retain(|_, until| *until > now);
        for (id, theirs) in
            other.known.iter().filter(|(_, peer)| peer.handshake.is_none() && peer.ip.is_some())
        {
            if *id == self.id || self.forgotten.contains_key(id) {
                continue;
            }
            let fresh = Peer { slots: Slots::none(), away_since: None, ..theirs.clone() };
            let mine = self.known.entry(id.clone()).or_insert(fresh);
            if mine.failed(now) && !theirs.failed(now) {
                mine.ip = theirs.ip;
            }
        }
    }
}

impl World {
    /// Starts the process of a machine.
    pub fn boot(&mut self, i: usize) {
        let run = self.unique();
        let loading_until = self.now + TICK * self.rng.below(6);
        let disk = self.disks.get_mut(&self.machines[i].disk).expect("a machine has a disk");
        if self.mode == Mode::Cluster {
            let brain = disk.brain.get_or_insert_with(|| Brain::new(NodeId(format!("n{run}"))));
            brain.known.values_mut().for_each(|peer| peer.away_since = None);
            brain.known.retain(|_, peer| peer.handshake.is_none());
        }
        self.machines[i].process = Some(Process {
            run,
            born: self.now,
            loading_until,
            offset: 0,
            link: None,
            sync: None,
            primary: self.mode == Mode::Standalone,
            upstream: None,
            paused: false,
            pending: Vec::new(),
            looked_at: false,
        });
    }

    /// The process, if it is up and has loaded its data.
    pub fn process(&self, i: usize) -> Option<&Process> {
        self.machines[i].process.as_ref().filter(|process| process.loading_until <= self.now)
    }

    pub fn process_mut(&mut self, i: usize) -> &mut Process {
        self.machines[i].process.as_mut().expect("it is up")
    }

    pub fn brain(&self, i: usize) -> Option<&Brain> {
        self.process(i)?;
        self.disks.get(&self.machines[i].disk)?.brain.as_ref()
    }

    pub fn brain_mut(&mut self, i: usize) -> &mut Brain {
        let disk = self.machines[i].disk;
        self.disks.get_mut(&disk).and_then(|disk| disk.brain.as_mut()).expect("it is up")
    }

    /// One step of all engines.
    pub fn engines(&mut self) {
        if self.mode == Mode::Cluster {
            self.gossip();
            self.notice_absence();
            self.vote();
        }
        for i in 0..self.machines.len() {
            self.replicate(i);
        }
        self.acknowledge();
        self.write();
    }

    fn gossip(&mut self) {
        for i in 0..self.machines.len() {
            for j in 0..self.machines.len() {
                if i != j && self.brain(i).is_some() && self.brain(j).is_some() && self.rng.chance(60) {
                    self.ping(i, j);
                }
            }
        }
    }

    /// `i` reaches `j` if it has its address.
    fn ping(&mut self, i: usize, j: usize) {
        let (Some(from), Some(to)) = (self.machines[i].ip, self.machines[j].ip) else { return };
        let (now, mine, theirs) = (self.now, self.brain_mut(i).clone(), self.brain_mut(j).clone());
        let shaking = mine.known.iter().find(|(_, peer)| peer.handshake.is_some() && peer.ip == Some(to));
        if let Some((provisional, _)) = shaking {
            let me = self.brain_mut(i);
            me.known.remove(provisional);
            me.known.entry(theirs.id.clone()).or_insert_with(|| Peer::new(to)).ip = Some(to);
            self.brain_mut(j).known.entry(mine.id.clone()).or_insert_with(|| Peer::new(from)).ip = Some(from);
        }
        let reaches = self.brain_mut(i).known.get(&theirs.id).is_some_and(|peer| peer.ip == Some(to));
        if reaches && theirs.known.contains_key(&mine.id) {
            self.brain_mut(j).hear(&mine, from, now);
        }
        if reaches {
            self.brain_mut(i).hear(&theirs, to, now);
        }
    }

    fn notice_absence(&mut self) {
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
        }
    }

    fn vote(&mut self) {
        for i in 0..self.machines.len() {
            let Some(brain) = self.brain(i) else { continue };
            let Some(primary) = brain.primary.clone() else { continue };
            let Some(peer) = brain.known.get(&primary) else { continue };
            if !peer.failed(self.now) || peer.slots.is_empty() || !brain.has_majority() {
                continue;
            }
            let offset = self.process(i).map_or(0, |process| process.offset);
            let better = (0..self.machines.len()).any(|j| {
                let rival = self.brain(j).is_some_and(|other| other.primary.as_ref() == Some(&primary));
                rival && self.process(j).is_some_and(|process| process.offset > offset)
            });
            let voted = self.votes.get(&primary).is_some_and(|at| self.now < at + 2 * NODE_TIMEOUT);
            if !better && !voted && self.rng.chance(20) {
                self.votes.insert(primary, self.now);
                let (shard, pod) = (self.machines[i].pod.shard, self.machines[i].pod);
                self.say(format!("{pod} is elected"));
                let gone = self.lacking(i);
                self.forgive(shard, &gone, "a replica without them was elected");
                if !self.could_tell(i) {
                    self.to_tell.remove(&shard);
                }
                self.take_slots(i);
            }
        }
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
    pub fn lacking(&self, i: usize) -> std::collections::BTreeSet<u32> {
        let machine = &self.machines[i];
        let acked = self.acked.get(&machine.pod.shard).cloned().unwrap_or_default();
        acked.difference(&self.disks[&machine.disk].data).copied().collect()
    }

    /// A replica becomes owner of its primary's slots, under a new epoch.
    pub fn take_slots(&mut self, i: usize) {
        let highest = (0..self.machines.len()).filter_map(|i| self.brain(i)).map(|brain| brain.current).max();
        let brain = self.brain_mut(i);
        let Some(primary) = brain.primary.take() else { return };
        let slots =
            brain.known.get_mut(&primary).map(|peer| std::mem::take(&mut peer.slots)).unwrap_or_default();
        (brain.role, brain.slots) = (Role::Primary, slots);
        brain.current = highest.unwrap_or(0) + 1;
        brain.epoch = brain.current;
        let process = self.process_mut(i);
        (process.link, process.sync) = (None, None);
    }

    /// Whom a machine follows, if that one is up and a primary.
    pub fn source(&self, i: usize) -> Option<usize> {
        let process = self.process(i)?;
        let ip = match self.brain(i) {
            Some(brain) => brain.known.get(brain.primary.as_ref()?)?.ip?,
            None if process.primary => return None,
            None => process.upstream?,
        };
        let j = self.by_ip(ip)?;
        let primary = match self.brain(j) {
            Some(brain) => brain.role == Role::Primary && self.brain(i)?.primary.as_ref() == Some(&brain.id),
            None => self.process(j)?.primary,
        };
        primary.then_some(j)
    }

    fn replicate(&mut self, i: usize) {
        let Some(source) = self.source(i) else {
            if let Some(process) = self.machines[i].process.as_mut() {
                (process.link, process.sync) = (None, None);
            }
            return;
        };
        let (run, now) = (self.process_mut(source).run, self.now);
        let process = self.process_mut(i).clone();
        if process.link == Some(run) {
            if self.rng.chance(70) {
                self.copy(source, i);
            }
        } else if let Some((_, until)) = process.sync.filter(|(from, _)| *from == run) {
            if until <= now {
                self.copy(source, i);
                let process = self.process_mut(i);
                (process.link, process.sync) = (Some(run), None);
            }
        } else {
            let until = now + TICK * self.rng.between(1, 12);
            let process = self.process_mut(i);
            (process.link, process.sync) = (None, Some((run, until)));
        }
    }

    /// A replica gets all its primary has, and nothing else.
    pub fn copy(&mut self, from: usize, to: usize) {
        let data = self.disks[&self.machines[from].disk].data.clone();
        let offset = self.process_mut(from).offset;
        self.process_mut(to).offset = offset;
        let (shard, disk) = (self.machines[to].pod.shard, self.machines[to].disk);
        let shrinks = self.disks[&disk].data.iter().any(|write| !data.contains(write));
        self.disks.get_mut(&disk).expect("it is up").data = data;
        if shrinks {
            let gone = self.missing(shard);
            let (from, to) = (self.machines[from].pod, self.machines[to].pod);
            assert!(gone.is_empty(), "{to} copied {from} and so overwrote the last copy of {gone:?}");
        }
    }

    /// Whether a machine takes writes.
    pub fn writable(&self, i: usize) -> bool {
        let Some(process) = self.process(i) else { return false };
        match self.brain(i) {
            Some(brain) => brain.is_owner() && self.now >= process.born + 500 && self.is_ok(i),
            // The clients of a single server come when the operator has had a look, or nobody could tell what was lost.
            None if self.mode == Mode::Standalone => self.machines[i].label.is_some() && process.looked_at,
            None => process.primary && !process.paused,
        }
    }

    /// `cluster_state:ok`.
    pub fn is_ok(&self, i: usize) -> bool {
        let Some(brain) = self.brain(i) else { return false };
        let served = brain.known.values().filter(|peer| !peer.failed(self.now));
        let covered = served.fold(brain.slots.clone(), |all, peer| all.union(&peer.slots));
        covered == Slots::all() && brain.has_majority()
    }

    fn linked(&self, i: usize) -> Vec<usize> {
        let run = self.process(i).map(|process| process.run);
        (0..self.machines.len())
            .filter(|&j| self.process(j).is_some_and(|p| p.link.is_some() && p.link == run))
            .collect()
    }

    fn write(&mut self) {
        for i in 0..self.machines.len() {
            let alone = self.mode == Mode::Replication
                && self.desired.pods_per_shard > 1
                && self.linked(i).is_empty();
            if self.writable(i) && !alone && self.rng.chance(30) {
                let write = self.unique() as u32;
                let disk = self.machines[i].disk;
                self.disks.get_mut(&disk).expect("it is up").data.insert(write);
                let process = self.process_mut(i);
                process.offset += 10;
                process.pending.push(write);
            }
        }
    }

    /// A client hears of its write when every replica in sync has it.
    fn acknowledge(&mut self) {
        for i in 0..self.machines.len() {
            if !self.writable(i) {
                continue;
            }
            let linked = self.linked(i);
            if linked.is_empty() && self.mode == Mode::Replication && self.desired.pods_per_shard > 1 {
                continue;
            }
            let PodId { shard, .. } = self.machines[i].pod;
            for write in std::mem::take(&mut self.process_mut(i).pending) {
                if linked.iter().all(|&j| self.disks[&self.machines[j].disk].data.contains(&write)) {
                    self.acked.entry(shard).or_default().insert(write);
                } else {
                    self.process_mut(i).pending.push(write);
                }
            }
        }
    }
}
