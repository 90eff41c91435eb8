//! Pods of an old revision are replaced one at a time.

use super::fixture::{World, check, id, world};
use crate::observed::{Engine, Farewell};
use ironkeep_api::Mode;

fn renewed(mode: Mode, shards: u32, pods: u32) -> World {
    let mut world = world(mode, shards, pods);
    world.desired.revision = "r2".into();
    world
}

#[test]
fn replicas_come_first_one_in_each_shard() {
    let world = renewed(Mode::Cluster, 3, 3);
    check(
        &world.plan(),
        "restart pod 0-2: it has an old revision
         restart pod 1-2: it has an old revision
         wait UpdatingNodes: 9 pods are still to be replaced",
    );
}

#[test]
fn the_next_waits_until_all_are_in_sync() {
    let mut world = renewed(Mode::Cluster, 1, 3);
    world.pod("0-2").revision = "r2".into();
    world.facts("0-2").replication.upstream.as_mut().unwrap().up = false;
    check(&world.steps(), "");
    world.facts("0-2").replication.upstream.as_mut().unwrap().up = true;
    check(&world.steps(), "restart pod 0-1: it has an old revision");
    world.pod("0-2").ready = false;
    check(&world.steps(), "");
}

#[test]
fn the_primary_hands_over_to_a_new_one_and_comes_last() {
    let mut world = renewed(Mode::Cluster, 1, 3);
    world.pod("0-1").revision = "r2".into();
    world.pod("0-2").revision = "r2".into();
    check(&world.steps(), "make 0-1 primary (handed over): 0-0 is to be restarted");
    let mut world = renewed(Mode::Replication, 1, 2);
    world.pod("0-1").revision = "r2".into();
    check(&world.steps(), "hand over from 0-0 to 0-1: 0-0 is to be restarted");
    // Not within the second in which nodes lead readers to who came up last.
    let at = world.observed.at;
    world.pod("0-1").ready_since = Some(at - 1000);
    check(
        &world.plan(),
        "wait UpdatingNodes: 1 pods are still to be replaced
         wait UpdatingNodes: 0-0 hands over once all nodes have heard that 0-1 is ready",
    );
    for since in [at - 3000, at + 60_000] {
        world.pod("0-1").ready_since = Some(since);
        check(&world.steps(), "hand over from 0-0 to 0-1: 0-0 is to be restarted");
    }
}

#[test]
fn a_former_primary_stays_until_its_clients_have_left() {
    let mut world = renewed(Mode::Cluster, 1, 2);
    world.pod("0-0").revision = "r2".into();
    let mut parted = |since_ago, last_ago| {
        let at = world.observed.at;
        world.observed.farewells.insert(id("0-1"), Farewell { since: at - since_ago, last: at - last_ago });
        (world.steps(), world.plan())
    };
    let (steps, plan) = parted(500, 500);
    check(&steps, "");
    assert!(
        plan.contains("wait UpdatingNodes: 0-1 stays until clients have found the new primary"),
        "{plan}"
    );
    // Clients that still come are waited for, but not for ever.
    check(&parted(30_000, 100).0, "");
    check(&parted(60_000, 100).0, "restart pod 0-1: it has an old revision");
    check(&parted(2_500, 2_000).0, "restart pod 0-1: it has an old revision");
}

#[test]
fn without_replicas_a_pod_is_restarted_if_its_data_stays() {
    let mut world = renewed(Mode::Cluster, 3, 1);
    check(&world.steps(), "restart pod 0-0: it has an old revision and no replica to hand over to");
    world.desired.durable = false;
    check(&world.steps(), "");
    assert!(world.plan().contains("0-0 has an old revision and the only copy of its data, in memory"));
}

#[test]
fn a_new_pod_that_does_not_come_up_stops_it() {
    let mut world = renewed(Mode::Cluster, 2, 2);
    world.pod("0-1").revision = "r2".into();
    world.down("0-1", Engine::Refused);
    world.pod("0-1").trouble = Some("CrashLoopBackOff".into());
    check(&world.steps(), "");
    assert!(
        world.plan().contains(
            "replaced no more pods: 0-1 has the new revision and doesn't come up: CrashLoopBackOff"
        )
    );
    // One that is broken and old is what the new revision is for.
    world.pod("0-1").revision = "r1".into();
    check(
        &world.steps(),
        "restart pod 0-1: it doesn't come up and has an old revision
         restart pod 1-1: it has an old revision",
    );
}

#[test]
fn it_waits_for_a_person_where_it_is_told_to() {
    let mut world = renewed(Mode::Cluster, 1, 2);
    world.desired.roll.automatic = false;
    check(
        &world.plan(),
        "wait UpdatingNodes: 2 pods run an old revision, first 0-0: delete them to renew them",
    );
}

#[test]
fn nothing_is_restarted_before_the_set_is_as_desired() {
    let mut world = renewed(Mode::Cluster, 1, 2);
    world.observed.objects.clear();
    check(&world.steps(), "apply StatefulSet c-0");
    let mut world = renewed(Mode::Cluster, 1, 2);
    for set in world.observed.objects.values_mut() {
        set["metadata"] = serde_json::json!({"generation": 2});
        set["status"] = serde_json::json!({"observedGeneration": 1});
    }
    check(&world.steps(), "");
}
