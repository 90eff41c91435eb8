//! The concerns that take one step each: labels, parameters, volumes, standalone servers.

use super::fixture::{check, id, world};
use crate::ids::Role;
use crate::observed::Volume;
use ironkeep_api::Mode;

#[test]
fn parameters_are_set_where_they_differ() {
    let mut world = world(Mode::Cluster, 1, 2);
    world.desired.live_config.insert("maxmemory".into(), "100mb".into());
    world.desired.live_config.insert("unknown-here".into(), "1".into());
    world.facts("0-0").config.insert("maxmemory".into(), "104857600".into());
    world.facts("0-1").config.insert("maxmemory".into(), "0".into());
    check(&world.plan(), "set maxmemory to 100mb on 0-1");
}

#[test]
fn labels_are_written_where_they_are_wrong() {
    let mut world = world(Mode::Cluster, 1, 2);
    world.pod("0-0").role = None;
    world.pod("0-1").role = Some(Role::Primary);
    check(
        &world.plan(),
        "label pod 0-0 as primary
         label pod 0-1 as replica",
    );
}

#[test]
fn volumes_grow_and_never_shrink() {
    let mut world = world(Mode::Standalone, 1, 1);
    world.desired.volume_bytes = Some(200);
    let volume = |asked, has| Volume { claim: "data-c-0-0".into(), asked, has };
    world.observed.volumes.insert(id("0-0"), volume(100, 100));
    check(&world.plan(), "grow volume claim data-c-0-0 to 200 bytes");
    world.observed.volumes.insert(id("0-0"), volume(200, 100));
    check(&world.plan(), "wait Healing: volume claim data-c-0-0 grows from 100 to 200 bytes");
    world.observed.volumes.insert(id("0-0"), volume(300, 300));
    check(&world.plan(), "");
}

#[test]
fn a_single_server_that_comes_back_empty_is_a_loss() {
    let mut world = world(Mode::Standalone, 1, 1);
    check(&world.plan(), "");
    world.facts("0-0").keys = 0;
    check(&world.plan(), "");
    world.facts("0-0").run_id = "another".into();
    check(&world.plan(), "loss 0: 0-0 was restarted and came back empty");
}

#[test]
fn a_paused_cluster_is_left_alone_and_says_so() {
    let mut world = world(Mode::Replication, 1, 2);
    world.pod("0-1").role = None;
    world.desired.paused = true;
    check(&world.plan(), "wait Paused: paused: would label pod 0-1 as replica");
}
