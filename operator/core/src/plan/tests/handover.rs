//! Primaries that are on their way out hand over first.

use super::fixture::{check, id, world};
use crate::observed::Farewell;
use ironkeep_api::Mode;

#[test]
fn a_primary_that_is_deleted_hands_over_at_once() {
    let mut cluster = world(Mode::Cluster, 3, 3);
    cluster.pod("1-0").terminating = true;
    check(&cluster.steps(), "make 1-1 primary (handed over): its pod is being deleted");
    // To one that will stay, if there is a choice.
    cluster.pod("1-1").cordoned = true;
    check(&cluster.steps(), "make 1-2 primary (handed over): its pod is being deleted");
    cluster.pod("1-2").terminating = true;
    check(&cluster.steps(), "make 1-1 primary (handed over): its pod is being deleted");
    // To one that isn't linked there is nothing to hand.
    cluster.facts("1-1").replication.upstream.as_mut().unwrap().up = false;
    check(&cluster.steps(), "");
    assert!(
        cluster
            .plan()
            .contains("primary 1-0 waits for a replica that can take over: its pod is being deleted")
    );
}

#[test]
fn in_replication_mode_it_does_so_too() {
    let mut world = world(Mode::Replication, 1, 2);
    world.pod("0-0").terminating = true;
    check(&world.steps(), "hand over from 0-0 to 0-1: its pod is being deleted");
}

#[test]
fn a_cordon_moves_the_primary_only_for_the_better() {
    let mut world = world(Mode::Cluster, 1, 2);
    world.pod("0-0").cordoned = true;
    check(&world.steps(), "make 0-1 primary (handed over): its node takes no new pods");
    world.facts("0-1").replication.offset = 0;
    world.facts("0-0").replication.offset = 100 << 20;
    check(&world.steps(), "");
    world.facts("0-1").replication.offset = 100 << 20;
    world.pod("0-1").cordoned = true;
    check(&world.plan(), "");
}

#[test]
fn fewer_replicas_wait_for_a_primary_that_has_to_go() {
    let mut world = world(Mode::Replication, 1, 3);
    world.size(2);
    check(
        &world.plan(),
        "apply StatefulSet c-0
         wait RemovingNodes: pod 0-2 is no longer wanted and still there",
    );
    let (first, last) = (world.pod("0-0").engine.clone(), world.pod("0-2").engine.clone());
    (world.pod("0-0").engine, world.pod("0-2").engine) = (last, first);
    for pod in ["0-0", "0-1"] {
        world.facts(pod).replication.upstream.as_mut().unwrap().host = "c-0-2.c-headless.ns.svc".into();
    }
    check(
        &world.plan(),
        "hand over from 0-2 to 0-1: its pod is no longer wanted
         wait RemovingNodes: shard 0 keeps its pods until primary 0-2 has handed over
         wait RemovingNodes: pod 0-2 is no longer wanted and still there",
    );
    // Nor may it shrink while there is no primary to be seen: the pod that goes may have the only copy.
    world.observed.pods.remove(&id("0-2"));
    world.down("0-0", crate::observed::Engine::Loading);
    check(&world.steps(), "");
}

#[test]
fn fewer_replicas_wait_until_clients_have_left_who_goes() {
    let mut world = world(Mode::Replication, 1, 3);
    world.size(2);
    let at = world.observed.at;
    world.observed.farewells.insert(id("0-2"), Farewell { since: at - 500, last: at - 100 });
    check(
        &world.plan(),
        "wait RemovingNodes: 0-2 stays until clients have found the new primary
         wait RemovingNodes: pod 0-2 is no longer wanted and still there",
    );
}
