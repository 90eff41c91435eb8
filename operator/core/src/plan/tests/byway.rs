//! Who is the heir that clients are led to when the primary's pod is gone at once.

use super::fixture::{World, check, id, world};
use crate::observed::Engine;
use crate::resolve::byway_to;
use ironkeep_api::Mode;

fn designate(world: &mut World, heir: &str) {
    let byway = byway_to(&world.desired, &world.observed, id(heir)).unwrap();
    world.observed.objects.insert(byway.reference, byway.value);
}

#[test]
fn a_replica_is_designated_once_and_stays_as_long_as_it_will_do() {
    let mut world = world(Mode::Replication, 1, 3);
    world.observed.objects.retain(|object, _| object.kind != "EndpointSlice");
    check(&world.steps(), "designate 0-1 as the heir");
    designate(&mut world, "0-2");
    check(&world.plan(), "");
    // A little behind is no reason.
    world.facts("0-0").replication.offset = 100 << 20;
    check(&world.steps(), "");
    world.facts("0-1").replication.offset = 100 << 20;
    check(&world.steps(), "");
    // About to leave is one, if another stays.
    world.pod("0-2").cordoned = true;
    check(&world.steps(), "designate 0-1 as the heir");
    world.pod("0-1").cordoned = true;
    check(&world.steps(), "");
    // And so is another pod of that name, at another address.
    world.pod("0-2").uid = "another".into();
    check(&world.steps(), "designate 0-1 as the heir");
}

#[test]
fn nobody_is_designated_who_cannot_take_over() {
    let mut world = world(Mode::Replication, 1, 3);
    world.facts("0-1").replication.upstream.as_mut().unwrap().up = false;
    check(&world.steps(), "designate 0-2 as the heir");
    world.down("0-2", Engine::Silent);
    check(&world.steps(), "");
}

#[test]
fn the_heir_is_handed_over_to() {
    let mut world = world(Mode::Replication, 1, 3);
    designate(&mut world, "0-2");
    world.pod("0-0").terminating = true;
    check(&world.steps(), "hand over from 0-0 to 0-2: its pod is being deleted");
    // Unless another has more of what matters.
    world.pod("0-2").cordoned = true;
    check(&world.steps(), "hand over from 0-0 to 0-1: its pod is being deleted");
}

#[test]
fn a_pod_that_has_departed_hands_over_and_its_successor_is_not_labelled_in_its_place() {
    let mut world = world(Mode::Replication, 1, 3);
    let departed = world.pod("0-0");
    (departed.terminating, departed.departed) = (true, true);
    check(&world.steps(), "hand over from 0-0 to 0-1: its pod is being deleted");
    world.facts("0-0").paused = true;
    let heir = &mut world.facts("0-1").replication;
    (heir.primary, heir.upstream) = (true, None);
    world.observed.status.shards[0].primary = Some("c-0-1".into());
    check(&world.steps(), "lead the clients of 0-0 to 0-1");
    // Another role than its label says is nobody's business any more.
    (world.pod("0-1").role, world.facts("0-0").paused) = (Some(crate::ids::Role::Primary), false);
    world.facts("0-0").replication.primary = false;
    assert!(!world.steps().contains("label"), "{}", world.steps());
}

#[test]
fn a_cluster_redirects_its_clients_by_itself() {
    let mut world = world(Mode::Cluster, 3, 2);
    world.observed.objects.retain(|object, _| object.kind != "EndpointSlice");
    check(&world.plan(), "");
}
