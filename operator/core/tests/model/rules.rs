//! What must never happen, whatever the faults.

use crate::world::{Machine, World, set_reference};
use ironkeep_api::Mode;
use ironkeep_core::{ObjectRef, PodId, Role};
use serde_json::Value;
use std::collections::BTreeSet;

/// A StatefulSet may only shrink when what stays has every acknowledged write.
pub fn apply(world: &mut World, reference: &ObjectRef) {
    let value = world
        .desired
        .objects
        .iter()
        .find(|object| object.reference == *reference)
        .expect("it is desired")
        .value
        .clone();
    let replicas = |value: &Value| value.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(0);
    let before = world.objects.get(reference).map_or(0, replicas);
    let shard = (0..world.desired.shards).find(|shard| set_reference(*shard) == *reference);
    if let Some(shard) = shard.filter(|_| replicas(&value) < before) {
        let mut left = world.acked.get(&shard).cloned().unwrap_or_default();
        for machine in world
            .machines
            .iter()
            .filter(|machine| machine.pod.shard == shard && world.desired.wants(machine.pod))
        {
            left = left.difference(&world.disks[&machine.disk].data).copied().collect();
        }
        assert!(left.is_empty(), "the set of shard {shard} shrinks and takes the last copy of {left:?}");
    }
    world.objects.insert(reference.clone(), value);
}

/// The operator restarts one pod of a shard at a time, and the data must be on the others, unless it is on a volume.
pub fn evict(world: &mut World, pod: PodId, uid: &str) {
    let Some(i) = world.machine(pod).filter(|&i| world.machines[i].uid.to_string() == uid) else { return };
    if world.machines[i].terminating || world.rng.chance(10) {
        return; // On its way already, or a budget forbids it.
    }
    let others: Vec<_> =
        world.restarted.keys().filter(|other| other.shard == pod.shard && **other != pod).collect();
    assert!(others.is_empty(), "{pod} is restarted while {others:?} isn't back");
    if !world.durable {
        let mut left = world.acked.get(&pod.shard).cloned().unwrap_or_default();
        for machine in
            world.machines.iter().filter(|machine| machine.pod.shard == pod.shard && machine.pod != pod)
        {
            left = left.difference(&world.disks[&machine.disk].data).copied().collect();
        }
        assert!(left.is_empty(), "{pod} is restarted and takes the last copy of {left:?}");
    }
    world.restarted.insert(pod, world.machines[i].uid);
    world.delete(i);
}

/// Whoever is made primary by the operator has all that any copy still has.
pub fn promote(world: &mut World, i: usize) {
    let lacking = world.lacking(i);
    let pod = world.machines[i].pod;
    // What only a pod has that is on its way out for good can't be had any more.
    let stays = |machine: &Machine| {
        let goes = machine.terminating && !(world.durable && world.comes_back(machine.pod));
        !goes && (machine.in_api || world.durable)
    };
    let still_there = world.missing_but(pod.shard, stays);
    let passed_over: BTreeSet<u32> = lacking.difference(&still_there).copied().collect();
    assert!(passed_over.is_empty(), "{pod} becomes primary without {passed_over:?}");
    world.forgive(pod.shard, &lacking, "only a removed pod had them");
}

/// The same in replication mode, where nobody votes. Of processes that were all restarted nobody can tell who has most:
/// then it may be a guess, once all are there, if it is said.
pub fn appoint(world: &mut World, i: usize) {
    let pod = world.machines[i].pod;
    let lacking = world.lacking(i);
    let of_shard = |machine: &&Machine| machine.pod.shard == pod.shard;
    let cant_tell = |machine: &Machine| {
        let has_some = !lacking.is_disjoint(&world.disks[&machine.disk].data);
        !has_some || machine.process.as_ref().is_some_and(|process| !process.proven)
    };
    let named = world.guessed.remove(&pod.shard) == Some(pod);
    if named && world.machines.iter().filter(of_shard).all(cant_tell) {
        world.forgive(pod.shard, &lacking, "a guess");
        world.to_tell.remove(&pod.shard);
    }
    promote(world, i);
}

/// Looks at the world as it is now.
pub fn check(world: &mut World) {
    for shard in 0..world.desired.shards {
        let writable: Vec<PodId> = (0..world.machines.len())
            .filter(|&i| {
                world.machines[i].pod.shard == shard && world.machines[i].in_api && world.writable(i)
            })
            .map(|i| world.machines[i].pod)
            .collect();
        assert!(writable.len() <= 1, "two writable primaries: {writable:?}");
    }
    // A volume that came back with a pod which was wanted no more, and is again: it had them all the while.
    let found = |shard: u32, writes: &BTreeSet<u32>| {
        let of_shard = |i: &usize| world.machines[*i].pod.shard == shard && is_primary(world, *i);
        let mut primaries = (0..world.machines.len()).filter(of_shard);
        primaries.any(|i| writes.is_subset(&world.disks[&world.machines[i].disk].data))
    };
    let found: Vec<u32> =
        world.to_tell.iter().filter(|(s, untold)| found(**s, &untold.writes)).map(|(s, _)| *s).collect();
    world.to_tell.retain(|shard, _| !found.contains(shard));
    let back: Vec<PodId> = world
        .restarted
        .iter()
        .filter(|(pod, uid)| is_back(world, **pod, **uid))
        .map(|(pod, _)| *pod)
        .collect();
    world.restarted.retain(|pod, _| !back.contains(pod));
}

/// Whether a restarted pod's successor is up and has caught up.
fn is_back(world: &World, pod: PodId, uid: u64) -> bool {
    if !world.desired.wants(pod) {
        return true;
    }
    let Some(i) = world.machine(pod).filter(|&i| world.machines[i].uid != uid) else { return false };
    world.process(i).is_some_and(|process| process.link.is_some()) || is_primary(world, i)
}

fn is_primary(world: &World, i: usize) -> bool {
    match world.brain(i) {
        Some(brain) => brain.is_owner(),
        None => world.process(i).is_some_and(|process| process.primary),
    }
}

/// What must hold once all is done.
pub fn check_end(world: &World) {
    assert!(world.to_tell.is_empty(), "lost and not named: {:?}", world.to_tell);
    for shard in 0..world.desired.shards {
        let of_shard = |i: &usize| world.machines[*i].pod.shard == shard;
        let primaries: Vec<usize> =
            (0..world.machines.len()).filter(of_shard).filter(|&i| is_primary(world, i)).collect();
        assert_eq!(primaries.len(), 1, "primaries of shard {shard}");
        let lacking = world.lacking(primaries[0]);
        assert!(lacking.is_empty(), "shard {shard} has lost {lacking:?}");
        for i in (0..world.machines.len()).filter(of_shard) {
            let machine = &world.machines[i];
            let role = if i == primaries[0] { Role::Primary } else { Role::Replica };
            assert_eq!(machine.label, Some(role), "label of {}", machine.pod);
            let only_copy = !world.durable && world.desired.pods_per_shard == 1;
            assert!(only_copy || machine.revision == world.desired.revision, "revision of {}", machine.pod);
            assert!(
                role == Role::Primary || world.process(i).is_some_and(|process| process.link.is_some()),
                "{} isn't in sync",
                machine.pod
            );
        }
    }
    let pods: BTreeSet<PodId> = world.machines.iter().map(|machine| machine.pod).collect();
    assert_eq!(pods, world.desired.pods().collect(), "pods");
    if world.mode == Mode::Cluster {
        let ids: BTreeSet<_> =
            (0..world.machines.len()).filter_map(|i| Some(world.brain(i)?.id.clone())).collect();
        for i in 0..world.machines.len() {
            let brain = world.brain(i).expect("all are up");
            let known: BTreeSet<_> = brain.known.keys().cloned().chain([brain.id.clone()]).collect();
            assert_eq!(known, ids, "whom {} knows", world.machines[i].pod);
        }
    }
}
