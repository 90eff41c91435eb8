//! What becomes of the data of the fake engines: who copies whom, and the clients that write.
//!
//! A replica copies its primary whatever that has. A client hears of its write when every replica in sync has it.

use crate::world::{TICK, World};
use ironkeep_api::Mode;
use ironkeep_core::{PodId, Role};

impl World {
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

    pub fn replicate(&mut self, i: usize) {
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
        let (offset, history) = (self.process_mut(from).offset, self.process_mut(from).history);
        let process = self.process_mut(to);
        (process.offset, process.history, process.proven) = (offset, history, true);
        let (shard, disk) = (self.machines[to].pod.shard, self.machines[to].disk);
        let (source, target) = (&self.disks[&self.machines[from].disk].data, &self.disks[&disk].data);
        let shrinks = !target.is_subset(source);
        if !shrinks && source.len() == target.len() {
            return;
        }
        let data = source.clone();
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
            Some(brain) => brain.is_owner() && process.ok,
            // The clients of a single server come when the operator has had a look, or nobody could tell what was lost.
            None if self.mode == Mode::Standalone => self.machines[i].label.is_some() && process.looked_at,
            None => process.primary && !process.paused,
        }
    }

    fn linked(&self, i: usize) -> Vec<usize> {
        let run = self.process(i).map(|process| process.run);
        (0..self.machines.len())
            .filter(|&j| self.process(j).is_some_and(|p| p.link.is_some() && p.link == run))
            .collect()
    }

    pub fn write(&mut self) {
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
    pub fn acknowledge(&mut self) {
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
