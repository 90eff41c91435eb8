//! How a cluster comes about, and how it begins again after everything is gone.

use super::fixture::{World, check, world};
use crate::observed::Engine;
use crate::slots::Slots;
use ironkeep_api::Mode;

fn newborn() -> World {
    let mut world = world(Mode::Cluster, 2, 2);
    ["0-0", "0-1", "1-0", "1-1"].into_iter().for_each(|pod| world.emptied(pod));
    world.observed.status.shards.clear();
    world.observed.pods.values_mut().for_each(|pod| pod.role = None);
    world
}

#[test]
fn slots_come_before_introductions() {
    check(
        &newborn().steps(),
        "give slots 0-8191 to newborn 0-0
         give slots 8192-16383 to newborn 1-0",
    );
}

#[test]
fn nothing_is_founded_before_everybody_is_there() {
    let mut world = newborn();
    world.down("1-1", Engine::Loading);
    check(&world.steps(), "");
}

#[test]
fn a_half_founded_cluster_is_founded_to_the_end() {
    let mut world = newborn();
    own(&mut world, "0-0", 0);
    check(
        &world.steps(),
        "give slots 8192-16383 to newborn 1-0
         label pod 0-0 as primary
         label pod 0-1 as replica",
    );
}

#[test]
fn the_founded_are_introduced_to_everybody_once() {
    let mut world = newborn();
    own(&mut world, "0-0", 0);
    own(&mut world, "1-0", 1);
    check(
        &world.steps(),
        "introduce 0-1 to 0-0
         introduce 1-0 to 0-0
         introduce 1-1 to 0-0
         introduce 1-0 to 0-1
         introduce 1-1 to 0-1
         introduce 1-1 to 1-0
         label pod 0-0 as primary
         label pod 0-1 as replica
         label pod 1-0 as primary
         label pod 1-1 as replica",
    );
}

#[test]
fn who_brings_data_along_founds() {
    let mut world = newborn();
    world.facts("0-1").keys = 5;
    check(
        &world.steps(),
        "give slots 0-8191 to newborn 0-1
         give slots 8192-16383 to newborn 1-0",
    );
}

#[test]
fn a_cluster_that_was_there_before_and_comes_back_empty_is_a_loss() {
    let mut lost = newborn();
    lost.observed.status = world(Mode::Cluster, 2, 2).observed.status;
    lost.observed.status.shards[1].has_data = false;
    check(
        &lost.steps(),
        "give slots 0-8191 to newborn 0-0
         give slots 8192-16383 to newborn 1-0
         loss 0: all copies of shard 0 (slots 0-8191) are gone: its pods came back empty",
    );
}

fn own(world: &mut World, pod: &str, shard: u32) {
    let view = world.facts(pod).cluster.as_mut().unwrap();
    let me = view.nodes.values_mut().next().unwrap();
    me.slots = Slots::share(shard, 2);
}
