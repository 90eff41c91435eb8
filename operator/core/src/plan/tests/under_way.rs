//! What is still being done is left alone, and holds up nothing else.

use super::fixture::{check, id, world};
use crate::ids::ObjectRef;
use crate::step::Step;
use ironkeep_api::{Mode, names};

fn hand_over() -> Step {
    Step::HandOver { from: id("0-0"), to: id("0-1"), why: "its pod is being deleted".into() }
}

#[test]
fn a_shard_in_which_something_is_under_way_is_left_alone_and_the_others_are_not() {
    let mut world = world(Mode::Cluster, 3, 2);
    for pod in ["0-0", "1-0"] {
        world.pod(pod).terminating = true;
    }
    world.observed.under_way = vec![Step::Meet { pod: id("0-0"), peer: id("2-0") }];
    check(
        &world.plan(),
        "make 1-1 primary (handed over): its pod is being deleted
         wait UpdatingNodes: pod 0-0 is being deleted
         wait UpdatingNodes: pod 1-0 is being deleted
         wait AddingNodes: introduce 2-0 to 0-0",
    );
    world.observed.under_way.clear();
    check(
        &world.steps(),
        "make 0-1 primary (handed over): its pod is being deleted
         make 1-1 primary (handed over): its pod is being deleted",
    );
}

#[test]
fn half_a_hand_over_is_not_two_primaries() {
    let mut world = world(Mode::Replication, 1, 2);
    world.facts("0-0").paused = true;
    world.facts("0-1").replication.primary = true;
    world.observed.under_way = vec![hand_over()];
    check(
        &world.plan(),
        "wait MissingReplicas: 0-0 isn't in sync with its primary 0-1: 0 bytes behind
         wait FailingOver: hand over from 0-0 to 0-1: its pod is being deleted",
    );
    // Unless nobody goes on with it.
    world.observed.under_way.clear();
    check(&world.steps(), "lead the clients of 0-0 to 0-1");
}

#[test]
fn an_object_that_is_being_applied_is_not_applied_twice() {
    let mut world = world(Mode::Cluster, 2, 2);
    world.observed.objects.clear();
    let kind = "StatefulSet".into();
    let set = ObjectRef { api_version: "apps/v1".into(), kind, name: names::stateful_set("c", 0) };
    world.observed.under_way = vec![Step::Apply(set)];
    check(&world.steps(), "apply StatefulSet c-1");
}

#[test]
fn a_restart_that_is_under_way_counts() {
    let mut world = world(Mode::Cluster, 3, 2);
    world.desired.revision = "r2".into();
    world.desired.roll.shards_at_once = 1;
    let evict = Step::Evict { pod: id("0-1"), uid: "uid-0-1".into(), why: "it has an old revision".into() };
    world.observed.under_way = vec![evict];
    check(&world.steps(), "");
    world.observed.under_way.clear();
    check(&world.steps(), "restart pod 0-1: it has an old revision");
}
