//! Primaries are spread over nodes, at birth and later, and then left where they are.

use super::fixture::{World, check, id, world};
use crate::ids::{PodId, Role};
use crate::plan::plan;
use crate::slots::Slots;
use crate::step::{Manner, Step};
use ironkeep_api::Mode;
use ironkeep_api::conditions::types;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;
use proptest::prelude::*;

/// A cluster in which nothing has been to do for `seconds`.
fn calm(shards: u32, pods: u32, seconds: i64) -> World {
    let mut world = world(Mode::Cluster, shards, pods);
    world.desired.spread_primaries = true;
    progress(&mut world, "False", seconds);
    world
}

fn progress(world: &mut World, status: &str, seconds: i64) {
    world.observed.at = 1_000_000;
    world.observed.status.conditions = vec![Condition {
        type_: types::PROGRESSING.to_owned(),
        status: status.to_owned(),
        reason: "Any".to_owned(),
        message: String::new(),
        observed_generation: None,
        last_transition_time: Time(Timestamp::from_second(1000 - seconds).unwrap()),
    }];
}

#[test]
fn a_node_with_too_many_primaries_hands_one_over() {
    let cluster = calm(3, 2, 60);
    check(&cluster.plan(), "make 0-1 primary (handed over): its node carries 0 primaries, that of 0-0 3");
    // Two and one is as good as it gets.
    let mut cluster = calm(3, 2, 60);
    swap(&mut cluster, "0-0", "0-1");
    check(&cluster.plan(), "");
}

#[test]
fn it_is_not_done_before_all_is_well_and_has_been_for_a_while() {
    check(&calm(3, 2, 59).plan(), "");
    let spoil: [fn(&mut World); 7] = [
        |world| progress(world, "True", 600),
        |world| world.observed.status.conditions.clear(),
        |world| world.desired.spread_primaries = false,
        |world| world.pod("2-1").cordoned = true,
        |world| world.pod("2-1").ready = false,
        |world| world.pod("2-1").revision = "old".into(),
        |world| world.observed.under_way = vec![Step::Unpause { pod: id("1-0") }],
    ];
    for (at, spoil) in spoil.into_iter().enumerate() {
        let mut cluster = calm(3, 2, 60);
        spoil(&mut cluster);
        let plan = cluster.plan();
        assert!(!plan.contains("its node carries"), "{at}: {plan}");
    }
}

#[test]
fn newborns_are_founded_on_different_nodes() {
    let mut cluster = calm(3, 2, 60);
    for pod in cluster.desired.pods().collect::<Vec<_>>() {
        cluster.emptied(&pod.to_string());
    }
    cluster.observed.status.shards.clear();
    cluster.observed.pods.values_mut().for_each(|pod| pod.role = None);
    check(
        &cluster.steps(),
        "give slots 0-5460 to newborn 0-0
         give slots 5461-10921 to newborn 1-1
         give slots 10922-16383 to newborn 2-0",
    );
    // Data comes first.
    cluster.facts("1-0").keys = 5;
    assert!(cluster.steps().contains("give slots 5461-10921 to newborn 1-0"));
}

/// What a hand-over does.
fn swap(world: &mut World, from: &str, to: &str) {
    let slots = world.word(from, from).slots.clone();
    let epoch = 100 + u64::from(id(to).shard);
    let (old, new) = (super::fixture::node(id(from)), super::fixture::node(id(to)));
    for pod in [from, to] {
        world.all_say(pod, |known| known.primary = (pod == from).then(|| new.clone()));
    }
    for other in world.desired.pods().filter(|pod| pod.shard == id(to).shard).collect::<Vec<_>>() {
        let other = other.to_string();
        world.all_say(&other, |known| {
            if known.primary.as_ref() == Some(&old) {
                known.primary = Some(new.clone());
            }
        });
    }
    world.all_say(from, |known| (known.role, known.slots) = (Role::Replica, Slots::none()));
    world.all_say(to, |known| (known.role, known.slots, known.epoch) = (Role::Primary, slots.clone(), epoch));
    let upstream = world.facts(to).replication.upstream.take();
    world.facts(to).replication.primary = true;
    world.facts(from).replication.primary = false;
    world.facts(from).replication.upstream = upstream;
    (world.pod(from).role, world.pod(to).role) = (Some(Role::Replica), Some(Role::Primary));
}

/// How many primaries the fullest and the emptiest node carry, by the primaries' own word.
fn burdens(world: &World) -> Vec<u32> {
    let mut carried = vec![0; 4];
    for pod in world.observed.pods.values() {
        let node = pod.node.as_ref().unwrap().strip_prefix("n").unwrap().parse::<usize>().unwrap();
        carried[node] += u32::from(pod.role == Some(Role::Primary));
    }
    carried
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Wherever the pods are, every hand-over makes it better, and after a few there is none.
    #[test]
    fn it_comes_to_an_end(nodes in prop::collection::vec(0..4usize, 18)) {
        let mut cluster = calm(6, 3, 60);
        for (pod, node) in cluster.observed.pods.values_mut().zip(&nodes) {
            pod.node = Some(format!("n{node}"));
        }
        let mut handed_over = 0;
        loop {
            let steps = plan(&cluster.desired, &cluster.observed).steps;
            let Some(step) = steps.first() else { break };
            prop_assert_eq!(steps.len(), 1);
            let Step::Failover { pod: to, manner: Manner::HandOver, .. } = step else { panic!("{step}") };
            let primary = |pod: &&PodId| cluster.observed.pods[*pod].role == Some(Role::Primary);
            let all: Vec<PodId> = cluster.desired.pods().collect();
            let from = *all.iter().filter(|pod| pod.shard == to.shard).find(primary).unwrap();
            let before: u32 = burdens(&cluster).iter().map(|n| n * n).sum();
            swap(&mut cluster, &from.to_string(), &to.to_string());
            let after: u32 = burdens(&cluster).iter().map(|n| n * n).sum();
            prop_assert!(after < before, "{} to {}", from, to);
            handed_over += 1;
            prop_assert!(handed_over <= 6);
        }
    }
}
