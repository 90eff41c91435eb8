//! Replication mode: who is appointed, and who follows.

use super::fixture::{World, check, id, world};
use crate::ids::PodId;
use crate::observed::{Engine, Upstream};
use crate::{plan, report};
use ironkeep_api::{Mode, ReplicaStatus};

/// All pods just started, each a replica of nobody.
fn started(pods: u32) -> World {
    let mut world = world(Mode::Replication, 1, pods);
    for n in 0..pods {
        restarted(&mut world, &format!("0-{n}"));
    }
    world
}

fn restarted(world: &mut World, pod: &str) {
    world.facts(pod).run_id = "run-new".into();
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
    // Who was in sync and restarted has what it had, as far as can be told.
    check(
        &world.steps(),
        "make 0-1 primary: it has the most history left
         loss 0: shard 0 may lack the last writes to 0-0: 0-1 has 10 keys and was restarted",
    );
    world.facts("0-1").replication.offset = 100;
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
fn a_silent_primary_is_replaced_when_it_surely_takes_no_writes_any_more() {
    let promoted_after = |config: &[(&str, &str)]| {
        let mut world = world(Mode::Replication, 1, 2);
        world.down("0-0", Engine::Silent);
        world.observed.at += 60_000;
        world.desired.live_config =
            config.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        (0..60).find(|&seconds| {
            world.facts("0-1").replication.upstream.as_mut().unwrap().silent_seconds = Some(seconds);
            !world.steps().is_empty()
        })
    };
    let (ping, lag) = ("repl-ping-replica-period", "min-replicas-max-lag");
    assert_eq!(promoted_after(&[]), Some(12));
    assert_eq!(promoted_after(&[(ping, "1"), (lag, "5")]), Some(3));
    let needed = ("min-replicas-to-write", "1");
    assert_eq!(promoted_after(&[(ping, "1"), needed]), Some(12));
    assert_eq!(promoted_after(&[(ping, "1"), (lag, "3"), needed]), Some(5));
    assert_eq!(promoted_after(&[(ping, "20"), (lag, "3"), needed]), Some(22));
}

#[test]
fn who_returns_follows() {
    let mut world = world(Mode::Replication, 1, 2);
    restarted(&mut world, "0-1");
    check(&world.steps(), "make 0-1 a replica of 0-0");
}

#[test]
fn a_replica_that_was_left_paused_is_told_again() {
    let mut world = world(Mode::Replication, 1, 2);
    world.facts("0-1").paused = true;
    check(&world.steps(), "make 0-1 a replica of 0-0");
}

#[test]
fn of_two_primaries_the_one_with_the_clients_stays() {
    let mut world = world(Mode::Replication, 1, 2);
    world.facts("0-1").replication.primary = true;
    check(&world.steps(), "make 0-1 a replica of 0-0");
    // A hand-over that was cut short: what the old one held back, the heir has.
    world.facts("0-0").paused = true;
    check(&world.steps(), "lead the clients of 0-0 to 0-1");
    // An emptied one never stays.
    world.facts("0-1").keys = 0;
    check(&world.steps(), "make 0-1 a replica of 0-0");
}

#[test]
fn who_was_seen_off_never_stands_again() {
    let mut world = world(Mode::Replication, 1, 3);
    world.facts("0-0").paused = true;
    check(&world.steps(), "let the clients of 0-0 go on");
    // The heir was recorded, so it may have taken writes since: it is waited for.
    let record = &mut world.observed.status.shards[0];
    (record.primary, record.term) = (Some("c-0-1".into()), 7);
    record.replicas = ["c-0-0", "c-0-2"].map(|pod| replica(pod, false, Some(6))).into();
    world.down("0-1", Engine::Refused);
    world.observed.at += 60_000;
    check(&world.steps(), "");
    // And if it comes back with nothing, who followed it last has most.
    world.pod("0-1").engine = world.pod("0-2").engine.clone();
    world.emptied("0-1");
    restarted(&mut world, "0-2");
    world.observed.status.shards[0].replicas[1].term = Some(7);
    check(
        &world.steps(),
        "make 0-2 primary: it has the most history left
         loss 0: shard 0 lost history with 0-1: 0-2 has 10 keys and wasn't in sync",
    );
}

fn replica(pod: &str, in_sync: bool, term: Option<i64>) -> ReplicaStatus {
    ReplicaStatus {
        pod: pod.into(),
        in_sync,
        term,
        run_id: Some("earlier".into()),
        ..ReplicaStatus::default()
    }
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
    // After there was one its clients wait, so it needs none before it is a replica itself.
    world.facts("0-0").config.extend([needed("0")]);
    world.facts("0-1").replication.primary = true;
    check(&world.steps(), "lead the clients of 0-0 to 0-1");
}

/// Looks and writes what is remembered, as an operator does that dies before it has done anything.
fn remember(world: &mut World) -> plan::Plan {
    let plan = plan::plan(&world.desired, &world.observed);
    world.observed.status.shards = report::memory(&world.desired, &world.observed, &plan);
    plan
}

#[test]
fn an_appointment_is_remembered_before_it_is_carried_out() {
    let mut world = world(Mode::Replication, 1, 3);
    world.observed.pods.remove(&id("0-0"));
    for pod in ["0-1", "0-2"] {
        world.facts(pod).replication.upstream.as_mut().unwrap().up = false;
    }
    let first = "make 0-1 primary: the pod of primary 0-0 is gone";
    check(&world.steps(), first);
    let plan = remember(&mut world);
    assert!(plan.is_told_first() && plan.appointed(0) == Some(PodId::new(0, 1)));
    let record = &world.observed.status.shards[0];
    assert_eq!((record.primary.as_deref(), record.has_data), (Some("c-0-1"), true));
    assert!(record.replicas.iter().all(|replica| !replica.in_sync && replica.pod != "c-0-1"));
    // Nobody knows whether it was done: it is done again, and remembered as it was.
    let before = world.observed.status.shards.clone();
    world.facts("0-1").keys = 0;
    check(&world.steps(), "make 0-1 primary: it was appointed");
    world.facts("0-1").keys = 10;
    remember(&mut world);
    assert_eq!(world.observed.status.shards, before);
    // Nor whether who was in sync with the primary before has everything: it isn't put in its place.
    world.down("0-1", Engine::Refused);
    world.observed.at += 60_000;
    check(&world.steps(), "");
}

#[test]
fn nothing_is_told_first_where_nothing_hangs_on_it() {
    let world = world(Mode::Replication, 1, 3);
    assert!(!plan::plan(&world.desired, &world.observed).is_told_first());
}

#[test]
fn who_had_everything_last_is_remembered() {
    let terms = |world: &World| {
        let shard = &world.observed.status.shards[0];
        (shard.term, shard.replicas.iter().map(|replica| replica.term).collect::<Vec<_>>())
    };
    let mut world = world(Mode::Replication, 1, 3);
    remember(&mut world);
    assert_eq!(terms(&world), (0, vec![Some(0), Some(0)]));
    world.facts("0-2").replication.upstream.as_mut().unwrap().up = false;
    for _ in 0..3 {
        remember(&mut world);
        assert_eq!(terms(&world), (1, vec![Some(1), Some(0)]));
    }
    world.facts("0-2").replication.upstream.as_mut().unwrap().up = true;
    world.facts("0-1").replication.upstream.as_mut().unwrap().up = false;
    remember(&mut world);
    assert_eq!(terms(&world), (2, vec![Some(1), Some(2)]));
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
