//! The operator around the planner: it looks (sometimes at old news), plans, applies, remembers, and dies at any point.

use crate::engine::{NODE_TIMEOUT, Peer};
use crate::rules;
use crate::world::{Machine, NAME, TICK, World};
use ironkeep_api::{Mode, names};
use ironkeep_core::observed::{ClusterView, Engine, Facts, Known, Pod, Replication, Upstream};
use ironkeep_core::resolve::byway_to;
use ironkeep_core::step::Manner;
use ironkeep_core::{NodeId, ObjectRef, Observed, Plan, PodId, Role, Step, plan, report};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What the watches have brought.
#[derive(Clone)]
struct News {
    at: u64,
    machines: Vec<Machine>,
    objects: BTreeMap<ObjectRef, Value>,
}

/// The operator's process.
#[derive(Default)]
pub struct Operator {
    news: Vec<News>,
    seen: u64,
    down_since: BTreeMap<u64, u64>,
    /// Machines that were primaries at the last look.
    primaries: BTreeSet<u64>,
    crashed_until: u64,
}

/// Died in the middle of something.
struct Crash;

impl Operator {
    /// One pass; the plan, if it came to one.
    pub fn pass(&mut self, world: &mut World, mischief: bool) -> Option<Plan> {
        self.hear(world);
        if self.crashed_until > world.now {
            return None;
        }
        let observed = self.look(world);
        let plan = plan(&world.desired, &observed);
        for loss in &plan.losses {
            world.say(format!("loss named: {}", loss.message));
            world.to_tell.remove(&loss.shard);
            if let Some(pod) = plan.appointed(loss.shard) {
                world.guessed.insert(loss.shard, pod);
            }
        }
        if plan.is_told_first() {
            remember(world, &observed, &plan);
        }
        if self.apply(world, &observed, &plan, mischief).is_err() {
            world.say("operator crashes".into());
            self.crashed_until = world.now + TICK * world.rng.between(1, 40);
            self.down_since.clear();
            self.primaries.clear();
            self.seen = 0;
            return None;
        }
        plan.losses.iter().for_each(|loss| drop(world.to_tell.remove(&loss.shard)));
        remember(world, &observed, &plan);
        let up = (0..world.machines.len()).filter(|&i| world.process(i).is_some()).collect::<Vec<_>>();
        up.into_iter().for_each(|i| world.process_mut(i).looked_at = true);
        Some(plan)
    }

    fn hear(&mut self, world: &World) {
        let machines = world.machines.iter().filter(|machine| machine.in_api).cloned().collect();
        self.news.push(News { at: world.now, machines, objects: world.objects.clone() });
        if self.news.len() > 6 {
            self.news.remove(0);
        }
    }

    fn look(&mut self, world: &mut World) -> Observed {
        let old = world.rng.chance(25);
        let possible: Vec<News> = self.news.iter().filter(|news| news.at >= self.seen).cloned().collect();
        let latest = possible.last().expect("it heard just now").clone();
        let news = if old { world.rng.pick(&possible).unwrap_or(latest) } else { latest };
        self.seen = news.at;
        let mut observed = Observed {
            at: world.now,
            objects: news.objects,
            status: world.status.clone(),
            ..Observed::default()
        };
        for machine in news.machines {
            let engine = ask(world, &machine);
            let down_since = match engine {
                Engine::Up(_) => self.down_since.remove(&machine.uid).and(None),
                _ => Some(*self.down_since.entry(machine.uid).or_insert(world.now)),
            };
            observed.pods.insert(machine.pod, Pod { down_since, ..see(world, &machine, engine) });
        }
        self.look_for_departed(world, &mut observed);
        observed
    }

    /// Primaries whose pods were deleted by force, and whose processes still answer.
    fn look_for_departed(&mut self, world: &World, observed: &mut Observed) {
        for machine in world.machines.iter().filter(|m| !m.in_api && self.primaries.contains(&m.uid)) {
            let is_shown =
                observed.pods.get(&machine.pod).is_some_and(|pod| pod.uid == machine.uid.to_string());
            let engine = ask(world, machine);
            if !is_shown && matches!(&engine, Engine::Up(facts) if facts.replication.primary) {
                let pod = Pod { departed: true, ..see(world, machine, engine) };
                observed.pods.insert(machine.pod, pod);
            }
        }
        let is_primary = |pod: &&Pod| pod.facts().is_some_and(|facts| facts.replication.primary);
        self.primaries =
            observed.pods.values().filter(is_primary).filter_map(|pod| pod.uid.parse().ok()).collect();
    }

    fn apply(
        &self,
        world: &mut World,
        observed: &Observed,
        plan: &Plan,
        mischief: bool,
    ) -> Result<(), Crash> {
        let mut steps = plan.steps.clone();
        world.rng.shuffle(&mut steps);
        for step in steps {
            if mischief && world.rng.chance(2) {
                return Err(Crash);
            }
            if mischief && world.rng.chance(5) {
                world.say(format!("fails: {step}"));
                continue;
            }
            world.say(format!("step: {step}"));
            let named = plan.losses.iter().map(|loss| loss.shard).collect();
            let hands = Hands { observed, named, crash: mischief && world.rng.chance(3) };
            hands.carry_out(world, &step)?;
        }
        Ok(())
    }
}

/// A machine as the operator sees it.
fn see(world: &World, machine: &Machine, engine: Engine) -> Pod {
    Pod {
        name: names::pod(NAME, machine.pod.shard, machine.pod.ordinal),
        uid: machine.uid.to_string(),
        ip: machine.ip,
        node: Some(format!("node{}", machine.node)),
        cordoned: world.cordoned.contains(&machine.node),
        running: machine.process.is_some(),
        ready: matches!(engine, Engine::Up(_)),
        terminating: machine.terminating,
        revision: machine.revision.clone(),
        role: machine.label,
        engine,
        ..Pod::default()
    }
}

/// What an engine at a pod's address says, as the operator hears it.
fn ask(world: &World, machine: &Machine) -> Engine {
    let Some(ip) = machine.ip else { return Engine::Unasked };
    let Some(i) = world.by_ip(ip) else { return Engine::Refused };
    let Some(process) = world.process(i) else { return Engine::Loading };
    let brain = world.brain(i);
    let primary = brain.map_or(process.primary, |brain| brain.role == Role::Primary);
    let host = match brain {
        Some(brain) => brain.primary.as_ref().and_then(|id| brain.known.get(id)).and_then(|peer| peer.ip),
        None => process.upstream,
    };
    let upstream = Upstream {
        host: host.map_or("nobody.invalid".into(), |ip| ip.to_string()),
        port: 6379,
        up: process.link.is_some(),
        syncing: process.sync.is_some(),
        silent_seconds: process.link.map(|_| 0),
    };
    let replication = Replication {
        primary,
        replid: process.history.to_string(),
        offset: process.offset,
        upstream: (!primary).then_some(upstream),
        replicas: Vec::new(),
    };
    Engine::Up(Box::new(Facts {
        run_id: process.run.to_string(),
        version: "9.1".into(),
        keys: world.disks[&world.machines[i].disk].data.len() as u64,
        replication,
        cluster: brain.map(|_| view(world, i)),
        paused: process.paused,
        ..Facts::default()
    }))
}

fn view(world: &World, i: usize) -> ClusterView {
    let brain = world.brain(i).expect("it is up");
    let known = |peer: &Peer| Known {
        ip: peer.ip,
        port: 6379,
        role: peer.role,
        primary: peer.primary.clone(),
        suspected: peer.suspected(world.now) && !peer.failed(),
        failed: peer.failed(),
        handshake: peer.handshake.is_some(),
        linked: peer.away_since.is_none(),
        epoch: peer.epoch,
        slots: peer.slots.clone(),
        open: Vec::new(),
    };
    let mut nodes: BTreeMap<NodeId, Known> =
        brain.known.iter().map(|(id, peer)| (id.clone(), known(peer))).collect();
    let me = Peer {
        ip: world.machines[i].ip,
        role: brain.role,
        primary: brain.primary.clone(),
        slots: brain.slots.clone(),
        epoch: brain.epoch,
        handshake: None,
        away_since: None,
        failed_since: None,
        reports: BTreeMap::new(),
    };
    let ok = world.process(i).is_some_and(|process| process.ok);
    nodes.insert(brain.id.clone(), known(&me));
    ClusterView { me: brain.id.clone(), ok, epoch: brain.current, nodes }
}

/// Writes what `report` keeps of a look, and the planner needs.
fn remember(world: &mut World, observed: &Observed, plan: &Plan) {
    world.status.shards = report::memory(&world.desired, observed, plan);
    for shard in plan::primaries(&world.desired, observed).into_iter().flatten().map(|primary| primary.shard)
    {
        if let Some(acked) = world.acked.get(&shard).cloned() {
            world.noticed.insert(shard, acked);
        }
    }
}

/// Carries out steps, as `apply` does: at the addresses that were observed.
struct Hands<'a> {
    observed: &'a Observed,
    /// Shards whose loss this plan names.
    named: Vec<u32>,
    crash: bool,
}

impl Hands<'_> {
    fn ip(&self, pod: PodId) -> Option<IpAddr> {
        self.observed.pods.get(&pod)?.ip
    }

    /// The machine at a pod's address, if its engine answers.
    fn at(&self, world: &World, pod: PodId) -> Option<usize> {
        world.by_ip(self.ip(pod)?).filter(|&i| world.process(i).is_some())
    }

    fn interrupted(&self) -> Result<(), Crash> {
        if self.crash { Err(Crash) } else { Ok(()) }
    }

    fn carry_out(&self, world: &mut World, step: &Step) -> Result<(), Crash> {
        match step {
            Step::Apply(reference) => rules::apply(world, reference),
            Step::Label { pod, role } => {
                if let Some(i) = world.machine(*pod) {
                    world.machines[i].label = Some(*role);
                }
            }
            Step::Evict { pod, uid, .. } => rules::evict(world, *pod, uid),
            Step::Found { .. } | Step::Adopt { .. } => return self.give_slots(world, step),
            Step::Meet { pod, peer } => {
                if let (Some(i), Some(ip)) = (self.at(world, *pod), self.ip(*peer)) {
                    let (provisional, until) = (format!("h{}", world.unique()), world.now + NODE_TIMEOUT);
                    world.brain_mut(i).known.insert(NodeId(provisional), Peer::shaking(ip, until));
                }
            }
            Step::Replicate { pod, primary } => self.replicate(world, *pod, primary),
            Step::Forget { pod, node } => {
                let now = world.now;
                if let Some(i) = self.at(world, *pod) {
                    let brain = world.brain_mut(i);
                    if brain.primary.as_ref() != Some(node) && brain.id != *node {
                        brain.forget(node, now);
                    }
                }
            }
            Step::Failover { pod, manner, .. } => self.fail_over(world, *pod, *manner),
            Step::Promote { pod, .. } => {
                if let Some(i) = self.at(world, *pod) {
                    rules::appoint(world, i);
                    emancipate(world, i);
                    world.machines[i].label = Some(Role::Primary);
                }
            }
            Step::Follow { pod, primary } => {
                if let (Some(i), Some(ip)) = (self.at(world, *pod), self.ip(*primary)) {
                    subordinate(world, i, ip);
                }
            }
            Step::HandOver { from, to, .. } => return self.hand_over(world, *from, *to),
            Step::SeeOff { from, to } => return self.see_off(world, *from, *to),
            Step::Unpause { pod } => {
                if let Some(i) = self.at(world, *pod) {
                    world.process_mut(i).paused = false;
                }
            }
            Step::Designate { heir } => {
                if let Some(byway) = byway_to(&world.desired, self.observed, *heir) {
                    world.objects.insert(byway.reference, byway.value);
                }
            }
            Step::Delete(_) | Step::Grow { .. } | Step::Configure { .. } => {
                panic!("nothing asked for this: {step}")
            }
        }
        Ok(())
    }

    fn give_slots(&self, world: &mut World, step: &Step) -> Result<(), Crash> {
        let (pod, epoch, slots) = match step {
            Step::Found { pod, epoch, slots } => (pod, Some(*epoch), slots),
            Step::Adopt { pod, slots } => (pod, None, slots),
            _ => return Ok(()),
        };
        let Some(i) = self.at(world, *pod) else { return Ok(()) };
        rules::promote(world, i);
        let brain = world.brain_mut(i);
        if let Some(epoch) = epoch {
            if !brain.known.is_empty() {
                return Ok(());
            }
            if brain.epoch == 0 {
                (brain.epoch, brain.current) = (epoch, epoch);
            }
            self.interrupted()?;
        }
        let brain = world.brain_mut(i);
        let busy = brain.known.values().any(|peer| peer.slots.minus(slots) != peer.slots);
        if brain.role == Role::Primary && !busy {
            brain.slots = brain.slots.union(slots);
        }
        Ok(())
    }

    fn replicate(&self, world: &mut World, pod: PodId, primary: &NodeId) {
        let Some(i) = self.at(world, pod) else { return };
        let empty = world.disks[&world.machines[i].disk].data.is_empty();
        let brain = world.brain_mut(i);
        let allowed = brain.role == Role::Replica || brain.slots.is_empty() && empty;
        let known = brain
            .known
            .get(primary)
            .is_some_and(|peer| peer.handshake.is_none() && peer.role == Role::Primary);
        if allowed && known {
            brain.follow(primary);
            let process = world.process_mut(i);
            (process.link, process.sync) = (None, None);
        }
    }

    fn fail_over(&self, world: &mut World, pod: PodId, manner: Manner) {
        let Some(i) = self.at(world, pod) else { return };
        let brain = world.brain_mut(i);
        let sees_slots =
            brain.primary.as_ref().and_then(|id| brain.known.get(id)).is_some_and(|p| !p.slots.is_empty());
        if brain.role == Role::Primary || manner != Manner::TakeOver && !sees_slots {
            return;
        }
        let epoch = match manner {
            Manner::HandOver => return hand_over_slots(world, i),
            Manner::Force => match world.elect(i, true) {
                None => return,
                epoch => epoch,
            },
            Manner::TakeOver => None,
        };
        if self.named.contains(&pod.shard) && !world.disks[&world.machines[i].disk].data.is_empty() {
            // Who has most can't always be told apart after restarts; that it was a guess has been said.
            let lacking = world.lacking(i);
            world.forgive(pod.shard, &lacking, "a guess");
            world.to_tell.remove(&pod.shard);
        }
        rules::promote(world, i);
        match epoch {
            Some(epoch) => world.take_slots(i, epoch),
            None => world.take_over(i),
        }
    }

    fn hand_over(&self, world: &mut World, from: PodId, to: PodId) -> Result<(), Crash> {
        let (Some(old), Some(new)) = (self.at(world, from), self.at(world, to)) else { return Ok(()) };
        if !world.process_mut(old).primary
            || world.source(new) != Some(old)
            || world.process_mut(new).link.is_none()
        {
            return Ok(());
        }
        let stop = if self.crash { world.rng.below(2) } else { 9 };
        world.process_mut(old).paused = true;
        if stop == 0 {
            return Err(Crash);
        }
        world.copy(old, new);
        rules::promote(world, new);
        emancipate(world, new);
        if stop == 1 { Err(Crash) } else { Ok(()) }
    }

    fn see_off(&self, world: &mut World, from: PodId, to: PodId) -> Result<(), Crash> {
        let (Some(new), Some(ip)) = (self.at(world, to), self.ip(to)) else { return Ok(()) };
        let stop = if self.crash { world.rng.below(3) } else { 9 };
        let others =
            self.observed.pods.keys().filter(|pod| pod.shard == to.shard && ![from, to].contains(pod));
        for i in others.filter_map(|pod| self.at(world, *pod)).collect::<Vec<_>>() {
            subordinate(world, i, ip);
        }
        if stop == 0 {
            return Err(Crash);
        }
        world.machines[new].label = Some(Role::Primary);
        if stop == 1 {
            return Err(Crash);
        }
        if let Some(old) = self.at(world, from) {
            world.machines[old].label = Some(Role::Replica);
            if stop == 2 {
                return Err(Crash);
            }
            subordinate(world, old, ip);
        }
        Ok(())
    }
}

/// `REPLICAOF NO ONE`: a history of its own begins.
fn emancipate(world: &mut World, i: usize) {
    let history = world.unique();
    let process = world.process_mut(i);
    (process.primary, process.upstream, process.link, process.sync) = (true, None, None, None);
    (process.history, process.proven) = (history, true);
}

/// `CLUSTER FAILOVER`: with the primary's help, and a vote like any other.
fn hand_over_slots(world: &mut World, i: usize) {
    let linked = world.source(i).filter(|_| world.process_mut(i).link.is_some());
    let Some(old) = linked.filter(|&old| world.reaches(i, old)) else { return };
    let (me, primary) = (world.brain_mut(i).id.clone(), world.brain_mut(old));
    if primary.known.get(&me).is_none_or(|known| known.primary.as_ref() != Some(&primary.id)) {
        return;
    }
    world.copy(old, i);
    if let Some(epoch) = world.elect(i, true) {
        world.take_slots(i, epoch);
    }
}

/// `REPLICAOF`: what isn't acknowledged yet never will be.
fn subordinate(world: &mut World, i: usize, ip: IpAddr) {
    let process = world.process_mut(i);
    (process.primary, process.paused, process.upstream) = (false, false, Some(ip));
    (process.link, process.sync) = (None, None);
    process.pending.clear();
}

/// Whether the modes of the model are those that have replicas.
pub fn has_replicas(world: &World) -> bool {
    world.mode != Mode::Standalone && world.desired.pods_per_shard > 1
}
