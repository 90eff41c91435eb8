//! Cluster mode: addresses, replicas, ownerless slots, dead primaries.

use super::fixture::{check, id, node, world};
use crate::ids::Role;
use crate::observed::{Engine, OpenSlot};
use crate::slots::Slots;
use ironkeep_api::Mode;

#[test]
fn all_well_is_nothing_to_do() {
    for (shards, pods) in [(1, 1), (1, 2), (2, 2), (3, 3)] {
        check(&world(Mode::Cluster, shards, pods).plan(), "");
    }
}

#[test]
fn new_addresses_are_made_known() {
    let mut world = world(Mode::Cluster, 2, 1);
    world.pod("1-0").ip = Some("10.9.9.9".parse().unwrap());
    check(
        &world.plan(),
        "introduce 1-0 to 0-0
         wait AddingNodes: 0-0 has an old address of 1-0",
    );
    let provisional = world.word("0-0", "1-0").clone();
    let view = world.facts("0-0").cluster.as_mut().unwrap();
    let shaking =
        crate::observed::Known { handshake: true, ip: Some("10.9.9.9".parse().unwrap()), ..provisional };
    view.nodes.insert(crate::NodeId("provisional".into()), shaking);
    check(&world.steps(), "");
}

#[test]
fn an_emptied_replica_joins_and_its_old_self_is_forgotten() {
    let mut world = world(Mode::Cluster, 1, 3);
    world.emptied("0-2");
    check(
        &world.steps(),
        "introduce 0-2 to 0-0
         introduce 0-2 to 0-1
         let 0-0 forget node node-0-2
         let 0-1 forget node node-0-2",
    );
    // As long as anybody is away, nobody is forgotten.
    world.down("0-1", Engine::Refused);
    check(&world.steps(), "introduce 0-2 to 0-0");
}

#[test]
fn replicas_follow_the_owner_of_their_shard() {
    let mut world = world(Mode::Cluster, 2, 2);
    world.all_say("0-1", |known| (known.role, known.primary) = (Role::Primary, None));
    world.facts("0-1").keys = 0;
    check(&world.steps(), "make 0-1 a replica of node node-0-0");
    // One with keys is not emptied by us.
    world.facts("0-1").keys = 3;
    assert!(world.steps().is_empty());
    assert!(world.plan().contains("0-1 has 3 keys but no slots"));
    // A replica has only a copy of something.
    world.all_say("0-1", |known| (known.role, known.primary) = (Role::Replica, Some(node(id("1-0")))));
    check(&world.steps(), "make 0-1 a replica of node node-0-0");
}

#[test]
fn a_lost_shard_is_forgotten_and_then_adopted_and_named() {
    let mut world = world(Mode::Cluster, 2, 1);
    world.emptied("1-0");
    check(
        &world.steps(),
        "introduce 1-0 to 0-0
         let 0-0 forget node node-1-0",
    );
    let newcomer = world.facts("1-0").cluster.clone().unwrap();
    let (view, old) = (world.facts("0-0").cluster.as_mut().unwrap(), node(id("1-0")));
    view.nodes.remove(&old);
    view.nodes.extend(newcomer.nodes);
    let first = view.nodes[&node(id("0-0"))].clone();
    world.facts("1-0").cluster.as_mut().unwrap().nodes.insert(node(id("0-0")), first);
    check(
        &world.steps(),
        "give ownerless slots 8192-16383 to 1-0
         loss 1: all copies of shard 1 (slots 8192-16383) are gone: its pods came back empty",
    );
}

#[test]
fn slots_half_moved_are_named() {
    let mut world = world(Mode::Cluster, 2, 1);
    world.word("0-0", "0-0").open = vec![OpenSlot { slot: 7, peer: node(id("1-0")), leaving: true }];
    check(
        &world.plan(),
        "wait RebalancingSlots: slots 7 of 0-0 were left half moved (the other side is node node-1-0): CLUSTER SETSLOT ends it",
    );
}

#[test]
fn a_dead_primary_is_left_to_the_vote_unless_it_is_gone_for_good() {
    let mut three = world(Mode::Cluster, 3, 2);
    three.down("0-0", Engine::Refused);
    three.facts("0-1").replication.upstream.as_mut().unwrap().up = false;
    check(&three.steps(), "");
    assert!(three.plan().contains("wait ! FailingOver: shard 0 has no primary: node node-0-0 is down"));
    // Its volume may come back with a new pod.
    three.observed.pods.remove(&id("0-0"));
    check(&three.steps(), "");
    // Without a volume nothing comes back.
    three.desired.durable = false;
    check(&three.steps(), "make 0-1 primary (by vote): node node-0-0 is gone for good");
    // A process that still sends to its replica is still there to help.
    three.facts("0-1").replication.upstream.as_mut().unwrap().up = true;
    check(&three.steps(), "make 0-1 primary (handed over): the pod of node node-0-0 was removed");
}

#[test]
fn without_a_majority_the_heir_takes_over() {
    let mut two = world(Mode::Cluster, 2, 2);
    two.emptied("0-0");
    two.facts("0-1").replication.upstream.as_mut().unwrap().up = false;
    let takeover = "make 0-1 primary (without a vote): node node-0-0 is gone for good";
    assert!(two.steps().contains(takeover), "{}", two.steps());
    // With a doubt on what the heir has, its loss is named.
    two.facts("0-1").replication.offset = 50;
    let loss = "loss 0: shard 0 lost history with node node-0-0: 0-1 may not have had all of it";
    assert!(two.steps().contains(loss), "{}", two.steps());
}

#[test]
fn an_owner_that_was_not_in_sync_is_a_loss() {
    let mut world = world(Mode::Cluster, 1, 2);
    world.all_say("0-1", |known| {
        (known.role, known.primary, known.slots) = (Role::Primary, None, Slots::all())
    });
    world.all_say("0-0", |known| {
        (known.role, known.primary, known.slots) = (Role::Replica, Some(node(id("0-1"))), Slots::none());
    });
    check(
        &world.steps(),
        "label pod 0-0 as replica
         label pod 0-1 as primary",
    );
    world.observed.status.shards[0].replicas[0].in_sync = false;
    assert!(world.steps().contains("loss 0: shard 0 lost history: 0-1 became its primary"));
}

#[test]
fn an_empty_heir_gives_way_to_a_pod_with_data() {
    let mut world = world(Mode::Cluster, 1, 3);
    world.emptied("0-0");
    for pod in ["0-1", "0-2"] {
        world.facts(pod).replication.upstream.as_mut().unwrap().up = false;
    }
    world.facts("0-1").keys = 0;
    world.all_say("0-2", |known| known.primary = Some(node(id("9-9"))));
    let first = "make 0-2 primary (without a vote): it has the most history of shard 0";
    assert!(world.steps().contains(first), "{}", world.steps());
    world.all_say("0-2", |known| (known.role, known.primary) = (Role::Primary, None));
    assert!(world.steps().contains("make 0-1 a replica of node node-0-2"), "{}", world.steps());
}

#[test]
fn a_replica_with_all_writes_replaces_a_process_that_ended_and_may_not_have_them_in_its_file() {
    let mut world = world(Mode::Cluster, 3, 2);
    world.down("1-0", Engine::Refused);
    world.desired.live_config.insert("appendfsync".into(), "always".into());
    check(&world.steps(), "");
    world.desired.live_config.insert("appendfsync".into(), "everysec".into());
    for pod in ["0-0", "0-1", "1-1", "2-0", "2-1"] {
        let facts = world.facts(pod);
        facts.config.insert("appendfsync".into(), "everysec".into());
    }
    check(&world.steps(), "make 1-1 primary (by vote): the process of node node-1-0 ended");
    world.facts("1-1").replication.offset = 99;
    check(&world.steps(), "");
    world.facts("1-1").replication.offset = 100;
    world.down("1-0", Engine::Silent);
    check(&world.steps(), "");
}

#[test]
fn a_primary_that_was_replaced_while_it_was_away_is_not_taken_at_its_word() {
    let mut world = world(Mode::Cluster, 3, 3);
    world.size(2);
    let record = &mut world.observed.status.shards[0];
    (record.primary, record.primary_node_id) = (Some("c-0-2".into()), Some(node(id("0-2")).0));
    record.replicas.iter_mut().find(|replica| replica.pod == "c-0-2").unwrap().pod = "c-0-0".into();
    world.observed.pods.remove(&id("0-2"));
    let apply = |world: &super::fixture::World| world.steps().contains("apply StatefulSet c-0");
    assert!(apply(&world), "{}", world.plan());
    // It has only just come back, and knows of no other primary of its shard yet.
    world.facts("0-0").cluster.as_mut().unwrap().ok = false;
    assert!(!apply(&world), "{}", world.plan());
    assert!(world.plan().contains("shard 0 keeps its pods until it has a primary again"), "{}", world.plan());
    // Nothing comes back without a volume.
    world.desired.durable = false;
    assert!(apply(&world), "{}", world.plan());
}

#[test]
fn what_was_recorded_of_replicas_says_nothing_on_a_later_primary() {
    let mut world = world(Mode::Cluster, 3, 3);
    // 0-2 took over from 0-0 and was lost with its volume before anybody looked. 0-1 hadn't caught up with it.
    world.all_say("0-2", |known| {
        (known.role, known.primary, known.slots) = (Role::Primary, None, Slots::share(0, 3))
    });
    for replica in ["0-0", "0-1"] {
        world.all_say(replica, |known| {
            (known.role, known.primary, known.slots) = (Role::Replica, Some(node(id("0-2"))), Slots::none());
        });
    }
    world.facts("0-0").replication.offset = 200;
    world.emptied("0-2");
    let steps = world.steps();
    assert!(steps.contains("make 0-0 primary (by vote): node node-0-2 is gone for good"), "{steps}");
    assert!(
        steps.contains("loss 0: shard 0 lost history with node node-0-2: 0-0 may not have had"),
        "{steps}"
    );
}
