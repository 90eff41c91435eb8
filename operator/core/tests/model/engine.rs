//! The fake engines: what they keep, what they know of each other, and how they start.
//!
//! Faithful where the operator depends on it. Whom they reach and hear is in `gossip`, who replaces whom in `votes`,
//! what becomes of the data in `traffic`.

use crate::world::{TICK, World};
use ironkeep_api::Mode;
use ironkeep_core::{NodeId, Role, Slots};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub const NODE_TIMEOUT: u64 = 2000;
/// How long the forgotten stay forgotten.
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
    /// The epoch in which it last gave its vote.
    pub voted: u64,
    pub known: BTreeMap<NodeId, Peer>,
    pub forgotten: BTreeMap<NodeId, u64>,
}

/// What a node knows of another.
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
    /// When it was agreed to have failed.
    pub failed_since: Option<u64>,
    /// Which owners don't reach it either, and when they last said so.
    pub reports: BTreeMap<NodeId, u64>,
}

/// What dies with the process.
#[derive(Debug, Clone)]
pub struct Process {
    pub run: u64,
    pub loading_until: u64,
    pub offset: u64,
    /// Its replication id, and whether it is more than that of a process that was just started.
    pub history: u64,
    pub proven: bool,
    /// The run that it is in sync with.
    pub link: Option<u64>,
    /// The run that it copies from, and until when.
    pub sync: Option<(u64, u64)>,
    /// Cluster mode: `cluster_state:ok`, and when it last saw only a minority.
    pub ok: bool,
    pub minority_at: u64,
    /// Cluster mode: it doesn't ask for votes before.
    pub next_election: u64,
    /// Replication mode: primary, and else whom it was told to follow.
    pub primary: bool,
    pub upstream: Option<IpAddr>,
    pub paused: bool,
    pub pending: Vec<u32>,
    pub looked_at: bool,
}

impl Peer {
    pub fn new(ip: IpAddr) -> Self {
        Self {
            ip: Some(ip),
            role: Role::Primary,
            primary: None,
            slots: Slots::none(),
            epoch: 0,
            handshake: None,
            away_since: None,
            failed_since: None,
            reports: BTreeMap::new(),
        }
    }

    pub fn shaking(ip: IpAddr, until: u64) -> Self {
        Self { handshake: Some(until), ..Self::new(ip) }
    }

    /// `fail?`
    pub fn suspected(&self, now: u64) -> bool {
        self.away_since.is_some_and(|since| now >= since + NODE_TIMEOUT)
    }

    /// `fail`
    pub fn failed(&self) -> bool {
        self.failed_since.is_some()
    }

    pub fn is_ill(&self, now: u64) -> bool {
        self.failed() || self.suspected(now)
    }

    pub fn is_owner(&self) -> bool {
        self.role == Role::Primary && !self.slots.is_empty()
    }

    /// What is forgotten when the process ends: links and what others said.
    fn wake(&mut self, now: u64) {
        self.away_since = None;
        self.failed_since = self.failed_since.and(Some(now));
        self.reports.clear();
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
            voted: 0,
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

    /// Owners that it knows of, itself included.
    pub fn owners(&self) -> usize {
        self.known.values().filter(|peer| peer.is_owner()).count() + usize::from(self.is_owner())
    }

    /// How many owners are a majority.
    pub fn quorum(&self) -> usize {
        self.owners() / 2 + 1
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

    /// Another tells of the newer owner of slots (`UPDATE`).
    pub fn hear_update(&mut self, id: &NodeId, told: &Peer) {
        let Some(peer) = self.known.get_mut(id).filter(|peer| peer.epoch < told.epoch) else { return };
        (peer.role, peer.primary, peer.epoch) = (Role::Primary, None, told.epoch);
        self.hear_claim(id, &told.slots, told.epoch);
    }
}

impl World {
    /// Starts the process of a machine.
    pub fn boot(&mut self, i: usize) {
        let run = self.unique();
        let now = self.now;
        let loading_until = now + TICK * self.rng.below(6);
        let disk = self.disks.get_mut(&self.machines[i].disk).expect("a machine has a disk");
        if self.mode == Mode::Cluster {
            let brain = disk.brain.get_or_insert_with(|| Brain::new(NodeId(format!("n{run}"))));
            brain.known.values_mut().for_each(|peer| peer.wake(now));
            brain.known.retain(|_, peer| peer.handshake.is_none());
        }
        self.machines[i].process = Some(Process {
            run,
            loading_until,
            offset: 0,
            history: run,
            proven: false,
            link: None,
            sync: None,
            ok: false,
            minority_at: 0,
            next_election: 0,
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
            self.notice_failures();
            self.vote();
            (0..self.machines.len()).for_each(|i| self.judge_state(i));
        }
        for i in 0..self.machines.len() {
            self.replicate(i);
        }
        self.acknowledge();
        self.write();
    }
}
