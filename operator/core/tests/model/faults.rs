//! What goes wrong, and what users change.

use crate::operator::has_replicas;
use crate::world::{TICK, World};
use ironkeep_core::PodId;

impl World {
    /// One fault or one change.
    pub fn fault(&mut self) {
        match self.rng.below(100) {
            0..15 => self.kill_process(),
            15..30 => self.on_some_pod("deleted", Self::delete),
            30..45 => self.on_some_pod("deleted by force", Self::delete_by_force),
            45..51 => self.delete_all(),
            51..58 => self.lose_volume(),
            58..65 => self.cordon(),
            65..72 => self.cordoned.clear(),
            72..79 => self.change_address(),
            79..86 => self.kill_all(),
            86..93 => self.change_replicas(),
            _ => self.change_revision(),
        }
    }

    fn some_machine(&mut self) -> Option<usize> {
        let all: Vec<usize> = (0..self.machines.len()).filter(|&i| self.machines[i].in_api).collect();
        self.rng.pick(&all)
    }

    fn on_some_pod(&mut self, what: &str, act: fn(&mut Self, usize)) {
        if let Some(i) = self.some_machine() {
            let pod = self.machines[i].pod;
            self.say(format!("fault: {pod} is {what}"));
            self.excuse(pod);
            act(self, i);
        }
    }

    /// What a fault does isn't the operator's restart any more.
    fn excuse(&mut self, pod: PodId) {
        self.restarted.retain(|restarted, _| restarted.shard != pod.shard);
    }

    fn stop(&mut self, i: usize) {
        // Mostly soon, sometimes so late that it is given up on.
        let longest = if self.rng.chance(20) { 250 } else { 50 };
        let back = TICK * self.rng.between(3, longest);
        let pod = self.machines[i].pod;
        self.excuse(pod);
        self.machines[i].process = None;
        self.machines[i].starts = self.now + back;
    }

    fn kill_process(&mut self) {
        if let Some(i) = self.some_machine() {
            self.say(format!("fault: process of {} is killed", self.machines[i].pod));
            self.stop(i);
        }
    }

    fn kill_all(&mut self) {
        self.say("fault: all processes are killed".into());
        (0..self.machines.len()).for_each(|i| self.stop(i));
    }

    fn delete_all(&mut self) {
        let plainly = self.rng.chance(50);
        self.say(format!("fault: all pods are deleted, plainly {plainly}"));
        for i in 0..self.machines.len() {
            let pod = self.machines[i].pod;
            self.excuse(pod);
            if plainly { self.delete(i) } else { self.delete_by_force(i) }
        }
    }

    /// A pod goes with its volume.
    fn lose_volume(&mut self) {
        if let Some(i) = self.some_machine() {
            let (pod, disk) = (self.machines[i].pod, self.machines[i].disk);
            self.say(format!("fault: {pod} goes with its volume"));
            self.excuse(pod);
            self.volumes.remove(&pod);
            self.machines.swap_remove(i);
            self.destroy(disk, pod.shard, "a volume was lost");
        }
    }

    fn cordon(&mut self) {
        let node = self.rng.below(3) as usize;
        if self.cordoned.len() < 2 {
            self.say(format!("fault: node{node} is cordoned"));
            self.cordoned.insert(node);
        }
    }

    /// A new sandbox: the same pod at another address.
    fn change_address(&mut self) {
        if let Some(i) = self.some_machine() {
            self.say(format!("fault: {} gets another address", self.machines[i].pod));
            self.stop(i);
            self.machines[i].ip = None;
        }
    }

    fn change_replicas(&mut self) {
        let least = if has_replicas(self) { 2 } else { 1 };
        let pods = self.rng.between(least, 3) as u32;
        if self.mode != ironkeep_api::Mode::Standalone {
            self.say(format!("change: {pods} pods a shard"));
            let revision = self.desired.revision.clone();
            self.want(pods, revision);
        }
    }

    fn change_revision(&mut self) {
        let revision = format!("r{}", self.unique());
        self.say(format!("change: revision {revision}"));
        let pods = self.desired.pods_per_shard;
        self.want(pods, revision);
    }
}
