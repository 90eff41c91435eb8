//! What is waited for is said, with names.

use super::fixture::{check, id, world};
use crate::observed::Engine;
use ironkeep_api::Mode;

#[test]
fn pods_that_are_not_there_are_named() {
    let mut world = world(Mode::Replication, 1, 3);
    world.down("0-1", Engine::Unasked);
    world.pod("0-1").trouble = Some("ErrImagePull: no such image".into());
    world.observed.pods.remove(&id("0-2"));
    check(
        &world.plan(),
        "wait PodFailing: pod 0-1 doesn't come up: ErrImagePull: no such image
         wait AddingNodes: pod 0-2 doesn't exist yet",
    );
    world.pod("0-1").node = None;
    world.pod("0-1").trouble = Some("Unschedulable: 0/3 nodes are available".into());
    let unschedulable =
        "wait PodUnschedulable: pod 0-1 doesn't come up: Unschedulable: 0/3 nodes are available";
    assert!(world.plan().starts_with(unschedulable));
}

#[test]
fn engines_that_do_not_serve_are_named() {
    for (engine, expected) in [
        (Engine::Loading, "wait ! Healing: pod 0-0 is loading its data"),
        (Engine::Silent, "wait ! ServerUnreachable: pod 0-0 doesn't answer"),
        (Engine::Error("NOAUTH".into()), "wait ! ServerUnreachable: pod 0-0 answers: NOAUTH"),
    ] {
        let mut world = world(Mode::Standalone, 1, 1);
        world.pod("0-0").engine = engine;
        check(&world.plan(), expected);
    }
}

#[test]
fn a_replica_that_copies_is_named_with_what_it_lacks() {
    let mut world = world(Mode::Cluster, 1, 2);
    world.facts("0-1").replication.offset = 40;
    check(&world.plan(), "");
    world.facts("0-1").replication.upstream.as_mut().unwrap().syncing = true;
    check(&world.plan(), "wait MissingReplicas: 0-1 isn't in sync with its primary 0-0: 60 bytes behind");
}

#[test]
fn nodes_that_see_another_cluster_are_named() {
    let mut world = world(Mode::Cluster, 2, 1);
    world.word("0-0", "1-0").failed = true;
    check(&world.plan(), "wait AddingNodes: 0-0 takes 1-0 for failed");
    world.word("0-0", "1-0").failed = false;
    world.facts("1-0").cluster.as_mut().unwrap().ok = false;
    check(&world.plan(), "wait ! SlotsUnassigned: 1-0 says cluster_state:fail");
}
