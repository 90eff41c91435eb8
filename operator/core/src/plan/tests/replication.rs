//! Replication mode: who is appointed, and who follows.

use super::fixture::{World, check, id, world};
use crate::ids::Role;
use crate::observed::{Engine, Upstream};
use ironkeep_api::Mode;

/// All pods just started, each a replica of nobody.
fn started(pods: u32) -> World {
    let mut world = world(Mode::Replication, 1, pods);
    for n in 0..pods {
        restarted(&mut world, &format!("0-{n}"));
    }
    world
}

fn restarted(world: &mut World, pod: &str) {
    let replication = &mut world.facts(pod).replication;
    (replication.primary, replication.offset) = (false, 0);
    let upstream =
        Upstream { host: "127.0.0.1".into(), port: 1, up: false, syncing: false, silent_seconds: None };
    replication.upstream = Some(upstream);
}

#[test]
fn all_well_is_nothing_to_do() {
    for pods in 1..4 {
        check(&world(Mode::Replication, 1, pods).plan(), "");
    }
}

#[test]
fn the_first_primary_is_the_first_pod_or_who_has_data() {
    let mut world = started(2);
    world.observed.status.shards.clear();
    world.facts("0-0").keys = 0;
    world.facts("0-1").keys = 0;
    check(&world.steps(), "make 0-0 primary: it is the first");
    world.facts("0-1").keys = 1;
    check(&world.steps(), "make 0-1 primary: it is the first");
    world.down("0-0", Engine::Loading);
    check(&world.steps(), "");
}

#[test]
fn after_a_restart_the_last_primary_comes_first_if_it_has_its_data() {
    let mut world = started(2);
    check(&world.steps(), "make 0-0 primary: it was primary and is back with its data");
    world.facts("0-0").keys = 0;
    check(&world.steps(), "make 0-1 primary: primary 0-0 has come back without its data");
    // Nobody is appointed who wasn't in sync, as long as others may have more.
    world.observed.status.shards[0].replicas[0].in_sync = false;
    check(
        &world.steps(),
        "make 0-1 primary: it has the most history left
         loss 0: shard 0 lost history with 0-0: 0-1 has 10 keys and wasn't in sync",
    );
    world.facts("0-1").keys = 0;
    check(
        &world.steps(),
        "make 0-0 primary: it has the most history left
         loss 0: all copies of shard 0 are gone: its pods came back empty",
    );
    world.observed.status.shards[0].has_data = false;
    check(&world.steps(), "make 0-0 primary: it has the most history left");
}

#[test]
fn a_dead_primary_has_a_moment_to_come_back() {
    let mut world = world(Mode::Replication, 1, 3);
    world.down("0-0", Engine::Refused);
    for pod in ["0-1", "0-2"] {
        let upstream = world.facts(pod).replication.upstream.as_mut().unwrap();
        (upstream.up, upstream.silent_seconds) = (false, None);
    }
    world.facts("0-2").replication.offset = 120;
    check(&world.steps(), "");
    assert!(
        world.plan().contains("wait ! PrimaryLost: shard 0 has no primary: 0-0 may come back with its data")
    );
    world.observed.at += 1500;
    check(&world.steps(), "make 0-2 primary: primary 0-0 is down");
    // A replica that still hears of it is told something by its silence: it lives.
    let upstream = world.facts("0-2").replication.upstream.as_mut().unwrap();
    (upstream.up, upstream.silent_seconds) = (true, Some(1));
    check(&world.steps(), "make 0-1 primary: primary 0-0 is down");
    world.facts("0-2").replication.upstream.as_mut().unwrap().silent_seconds = Some(30);
    check(&world.steps(), "make 0-2 primary: primary 0-0 is down");
    world.observed.at -= 1500;
    world.observed.pods.remove(&id("0-0"));
    check(&world.steps(), "make 0-2 primary: the pod of primary 0-0 is gone");
}

#[test]
fn who_returns_follows() {
    let mut world = world(Mode::Replication, 1, 2);
    restarted(&mut world, "0-1");
    check(&world.steps(), "make 0-1 a replica of 0-0");
}

#[test]
fn of_two_primaries_the_one_with_the_clients_stays() {
    let mut world = world(Mode::Replication, 1, 2);
    world.facts("0-1").replication.primary = true;
    check(&world.steps(), "make 0-1 a replica of 0-0");
    // A hand-over that was cut short: what the old one held back, the heir has.
    world.facts("0-0").paused = true;
    check(
        &world.steps(),
        "make 0-0 a replica of 0-1
         label pod 0-0 as replica
         label pod 0-1 as primary",
    );
    // An emptied one never stays.
    world.facts("0-1").keys = 0;
    check(&world.steps(), "make 0-1 a replica of 0-0");
}

#[test]
fn a_pause_that_was_left_is_lifted() {
    let mut world = world(Mode::Replication, 1, 2);
    world.facts("0-0").paused = true;
    check(&world.plan(), "let the clients of 0-0 go on");
}

#[test]
fn what_a_hand_over_took_from_the_old_primary_is_given_back() {
    let mut world = world(Mode::Replication, 1, 3);
    let needed = |number: &str| ("min-replicas-to-write".to_owned(), number.to_owned());
    world.desired.live_config.extend([needed("1")]);
    for pod in ["0-0", "0-1", "0-2"] {
        world.facts(pod).config.extend([needed("1")]);
    }
    world.facts("0-0").paused = true;
    world.facts("0-0").config.extend([needed("0")]);
    // Cut short before there was an heir: first it needs replicas again, then it takes writes.
    check(&world.steps(), "set min-replicas-to-write to 1 on 0-0");
    world.facts("0-0").config.extend([needed("1")]);
    check(&world.steps(), "let the clients of 0-0 go on");
    // And after there was one.
    world.facts("0-0").config.extend([needed("0")]);
    world.facts("0-1").replication.primary = true;
    check(
        &world.steps(),
        "set min-replicas-to-write to 1 on 0-0
         make 0-0 a replica of 0-1
         make 0-2 a replica of 0-1
         label pod 0-0 as replica
         label pod 0-1 as primary",
    );
}

#[test]
fn an_appointment_that_was_not_recorded_is_known_by_its_label() {
    let mut world = started(2);
    world.pod("0-1").role = Some(Role::Primary);
    check(&world.steps(), "make 0-1 primary: it was primary and is back with its data");
    // The label of one that was replaced while it was down is older than the record.
    world.observed.status.shards[0].replicas[0].in_sync = false;
    check(&world.steps(), "make 0-0 primary: it was primary and is back with its data");
}

#[test]
fn a_replica_with_all_writes_replaces_a_process_that_ended_and_may_not_have_them_in_its_file() {
    let mut world = world(Mode::Replication, 1, 2);
    world.down("0-0", Engine::Refused);
    let upstream = world.facts("0-1").replication.upstream.as_mut().expect("it follows");
    (upstream.up, upstream.silent_seconds) = (false, None);
    for (when, steps) in [("always", ""), ("everysec", "make 0-1 primary: the process of primary 0-0 ended")]
    {
        world.desired.live_config.insert("appendfsync".into(), when.into());
        world.facts("0-1").config.insert("appendfsync".into(), when.into());
        check(&world.steps(), steps);
    }
    world.observed.status.shards[0].replicas[0].run_id = Some("an earlier process".into());
    check(&world.steps(), "");
    world.observed.status.shards[0].replicas[0].run_id = None;
    world.facts("0-1").replication.offset = 99;
    check(&world.steps(), "");
}

#[test]
fn a_replica_with_all_writes_comes_before_a_restarted_process() {
    let mut world = world(Mode::Replication, 1, 2);
    restarted(&mut world, "0-0");
    world.facts("0-0").run_id = "run-new".into();
    let upstream = world.facts("0-1").replication.upstream.as_mut().expect("it follows");
    (upstream.up, upstream.silent_seconds) = (false, None);
    check(&world.steps(), "make 0-0 primary: it was primary and is back with its data");
    world.desired.live_config.insert("appendfsync".into(), "everysec".into());
    for pod in ["0-0", "0-1"] {
        world.facts(pod).config.insert("appendfsync".into(), "everysec".into());
    }
    check(&world.steps(), "make 0-1 primary: the process of primary 0-0 ended");
}
