//! What is told of worlds in good and in bad order.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::world::{facts, healthy, kill, node_id};
use common::{desired, spec};
use ironkeep_api::conditions::{reasons, types};
use ironkeep_api::names::ANNOTATION_LOSS_SEEN;
use ironkeep_api::{Phase, Problem, ValkeyCluster, ValkeyClusterStatus};
use ironkeep_core::observed::Engine;
use ironkeep_core::plan::{Loss, Wait};
use ironkeep_core::report::{Deeds, EventType, Report, StepFailure};
use ironkeep_core::{Desired, Observed, Plan, PodId, Resolved, Role, Slots, Step, report};
use proptest::prelude::*;

/// A cluster, what is desired of it, and how it is.
struct World {
    cluster: ValkeyCluster,
    desired: Desired,
    observed: Observed,
    plan: Plan,
    failures: Vec<StepFailure>,
}

impl World {
    /// All is well, and was told so.
    fn calm(name: &str) -> Self {
        let mut world = Self::new(name);
        world.tell();
        world
    }

    /// All is well, and nothing was told yet.
    fn new(name: &str) -> Self {
        let cluster = spec(name);
        let desired = desired(&cluster);
        let observed = healthy(&desired);
        Self { cluster, desired, observed, plan: Plan::default(), failures: Vec::new() }
    }

    fn report(&self) -> Report {
        self.report_on(Some(self.desired.clone()), &[])
    }

    /// Reports on a cluster whose spec may be refused.
    fn report_on(&self, desired: Option<Desired>, problems: &[Problem]) -> Report {
        let resolved = Resolved { desired, problems: problems.to_vec() };
        let failures = self.failures.clone();
        let fails = |step: &&Step| failures.iter().any(|failure| failure.step == step.to_string());
        let done = self.plan.steps.iter().filter(|step| !fails(step)).cloned().collect();
        report(&self.cluster, &resolved, &self.observed, &self.plan, &Deeds { done, failures })
    }

    /// Reports, and lets time go on with the status written.
    fn tell(&mut self) -> Report {
        let report = self.report();
        self.observed.status = report.status.clone();
        self.observed.at += 60_000;
        report
    }

    fn wait(&mut self, reason: &'static str, serving: bool, message: &str) {
        self.plan.waits.push(Wait { reason, message: message.to_owned(), serving });
    }
}

/// Status, reason and message of a condition.
fn condition<'a>(status: &'a ValkeyClusterStatus, kind: &str) -> (&'a str, &'a str, &'a str) {
    let found = status.condition(kind).unwrap_or_else(|| panic!("no {kind}"));
    (&found.status, &found.reason, &found.message)
}

const NAMES: [&str; 4] = ["cluster", "cluster-memory", "replication", "ironkeep"];

#[test]
fn a_healthy_cluster_is_ready() {
    for name in NAMES {
        let status = World::calm(name).observed.status;
        assert_eq!((status.phase, status.message.as_str()), (Phase::Ready, ""), "{name}");
        assert_eq!(condition(&status, types::READY).0, "True", "{name}");
        for kind in [types::PROGRESSING, types::DEGRADED, types::DATA_LOST] {
            assert_eq!(condition(&status, kind).0, "False", "{name} {kind}");
        }
        assert!(
            status.conditions.iter().all(|c| !c.reason.is_empty() && c.observed_generation.is_some()),
            "{name}"
        );
        assert!(status.shards.iter().all(|shard| shard.ready && shard.has_data), "{name}");
    }
}

#[test]
fn shards_are_told_with_names_and_slots() {
    let status = World::calm("cluster").observed.status;
    assert_eq!((status.shard_count, status.ready_shards.as_str()), (3, "3/3"));
    let shard = &status.shards[1];
    assert_eq!(shard.primary.as_deref(), Some("orders-1-0"));
    assert_eq!(shard.primary_node_id, Some(node_id(PodId::new(1, 0)).0));
    assert_eq!(shard.slots, Some(Slots::share(1, 3).to_string()));
    let [replica] = shard.replicas.as_slice() else { panic!("{shard:?}") };
    assert_eq!((replica.pod.as_str(), replica.in_sync, replica.lag), ("orders-1-1", true, None));
    let endpoints = status.endpoints.unwrap();
    assert_eq!(endpoints.clients, "orders.shop.svc:6379");
    assert_eq!(status.selector, "app.kubernetes.io/component=server,ironkeep.io/cluster=orders");
    let readers = World::calm("replication").observed.status.endpoints.unwrap().readers;
    assert_eq!(readers.as_deref(), Some("sessions-replicas.web.svc:6379"));
}

#[test]
fn the_first_time_ready_means_all_is_done() {
    let mut world = World::new("cluster");
    world.plan.steps.push(Step::Label { pod: PodId::new(0, 1), role: Role::Replica });
    let status = world.tell().status;
    assert_eq!(status.phase, Phase::Creating);
    assert_eq!(condition(&status, types::READY), ("False", reasons::CREATING, "label pod 0-1 as replica"));
    world.plan.steps.clear();
    assert_eq!(world.tell().status.phase, Phase::Ready);
    // From now on it is about serving.
    world.plan.steps.push(Step::Label { pod: PodId::new(0, 1), role: Role::Replica });
    let status = world.tell().status;
    assert_eq!((status.phase, condition(&status, types::READY).0), (Phase::Progressing, "True"));
}

#[test]
fn before_anything_exists_it_is_being_created() {
    let mut world = World::new("cluster");
    world.observed.pods.clear();
    let status = world.tell().status;
    assert_eq!((status.phase, status.ready_shards.as_str()), (Phase::Creating, "0/3"));
    assert_eq!(condition(&status, types::DEGRADED).0, "False");
    assert_eq!(condition(&status, types::SLOTS_ASSIGNED).0, "False");
    assert!(status.shards.iter().all(|shard| shard.primary.is_none()));
}

#[test]
fn a_dead_replica_degrades_and_keeps_its_node_id() {
    let mut world = World::calm("cluster");
    kill(&mut world.observed, 2, 1);
    let status = world.tell().status;
    assert_eq!((status.phase, status.ready_shards.as_str()), (Phase::Degraded, "2/3"));
    assert_eq!(condition(&status, types::READY).0, "True");
    let degraded = condition(&status, types::DEGRADED);
    assert_eq!(degraded, ("True", reasons::MISSING_REPLICAS, "shard 2 has 0 of 1 replicas in sync"));
    let replica = &status.shards[2].replicas[0];
    assert_eq!((replica.in_sync, &replica.node_id), (false, &Some(node_id(PodId::new(2, 1)).0)));
}

#[test]
fn what_is_known_of_a_shard_outlives_its_primary() {
    for name in ["cluster", "replication"] {
        let mut world = World::calm(name);
        let before = world.observed.status.shards[0].clone();
        kill(&mut world.observed, 0, 0);
        let status = world.tell().status;
        assert_eq!((status.phase, condition(&status, types::READY).0), (Phase::Degraded, "False"), "{name}");
        assert_eq!(condition(&status, types::READY).1, reasons::PRIMARY_LOST, "{name}");
        let after = status.shards[0].clone();
        assert_eq!(ironkeep_api::ShardStatus { ready: true, ..after }, before, "{name}");
        world.observed.pods.clear();
        let status = world.tell().status;
        assert_eq!(condition(&status, types::READY).1, reasons::MISSING_SHARDS, "{name}");
        assert_eq!(status.shards[0].primary, before.primary, "{name}");
    }
}

#[test]
fn after_a_failover_the_old_primary_is_a_replica_with_its_node_id() {
    let mut world = World::calm("cluster");
    kill(&mut world.observed, 0, 0);
    let (old, new) = (node_id(PodId::new(0, 0)), node_id(PodId::new(0, 1)));
    for pod in world.observed.pods.values_mut() {
        let Engine::Up(facts) = &mut pod.engine else { continue };
        let nodes = &mut facts.cluster.as_mut().unwrap().nodes;
        nodes.get_mut(&old).unwrap().slots = Slots::none();
        let heir = nodes.get_mut(&new).unwrap();
        (heir.role, heir.primary, heir.slots) = (Role::Primary, None, Slots::share(0, 3));
    }
    facts(&mut world.observed, 0, 1).replication.primary = true;
    let shard = world.tell().status.shards[0].clone();
    assert_eq!((shard.primary.as_deref(), shard.primary_node_id), (Some("orders-0-1"), Some(new.0)));
    assert_eq!(shard.slots, Some(Slots::share(0, 3).to_string()));
    assert_eq!((shard.replicas[0].pod.as_str(), &shard.replicas[0].node_id), ("orders-0-0", &Some(old.0)));
}

#[test]
fn a_primary_that_says_fail_is_not_ready() {
    let mut world = World::calm("cluster");
    facts(&mut world.observed, 1, 0).cluster.as_mut().unwrap().ok = false;
    let status = world.tell().status;
    let ready = condition(&status, types::READY);
    assert_eq!((ready.0, ready.2), ("False", "orders-1-0, primary of shard 1, says cluster_state:fail"));
}

#[test]
fn primaries_that_do_not_agree_are_not_ready() {
    let mut world = World::calm("cluster");
    let other = node_id(PodId::new(2, 0));
    let view = facts(&mut world.observed, 0, 0).cluster.as_mut().unwrap();
    view.nodes.get_mut(&other).unwrap().slots = Slots::none();
    let status = world.tell().status;
    assert_eq!(condition(&status, types::READY).2, "orders-0-0 sees other slots on orders-2-0");
}

#[test]
fn a_primary_that_lacks_replicas_for_writes_is_not_ready() {
    let mut world = World::calm("replication");
    kill(&mut world.observed, 0, 1);
    assert_eq!(condition(&world.tell().status, types::READY).0, "True");
    kill(&mut world.observed, 0, 2);
    let status = world.tell().status;
    assert_eq!(condition(&status, types::READY).1, reasons::MISSING_REPLICAS);
}

#[test]
fn what_the_planner_waits_for_is_told() {
    let mut world = World::calm("cluster");
    world.wait(reasons::POD_UNSCHEDULABLE, true, "pod 1-1 doesn't come up: no room");
    let status = world.tell().status;
    assert_eq!(condition(&status, types::PROGRESSING).0, "True");
    assert_eq!(
        condition(&status, types::DEGRADED),
        ("True", "PodUnschedulable", "pod 1-1 doesn't come up: no room")
    );
    assert_eq!(condition(&status, types::READY).0, "True");
    world.wait(reasons::SLOTS_UNASSIGNED, false, "0-0 says cluster_state:fail");
    assert_eq!(condition(&world.tell().status, types::READY).0, "False");
}

#[test]
fn a_failed_step_is_named_with_the_answer_and_told_once() {
    let mut world = World::calm("cluster");
    let step = Step::Meet { pod: PodId::new(0, 0), peer: PodId::new(1, 0) };
    world.failures.push(StepFailure { step: step.to_string(), error: "ERR Invalid node address".to_owned() });
    world.plan.steps.push(step);
    let first = world.tell();
    let message = "introduce 1-0 to 0-0: ERR Invalid node address";
    assert_eq!(condition(&first.status, types::DEGRADED), ("True", reasons::STEP_FAILED, message));
    let told =
        |report: &Report| report.events.iter().filter(|event| event.reason == reasons::STEP_FAILED).count();
    assert!(told(&first) > 0 && !first.events.iter().any(|event| event.reason == "NodeIntroduced"));
    assert_eq!(told(&world.tell()), 0);
}

#[test]
fn a_loss_is_told_until_it_was_seen() {
    let mut world = World::calm("cluster");
    world.plan.losses.push(Loss { shard: 1, message: "the data of shard 1 is gone".to_owned() });
    let report = world.tell();
    assert_eq!(report.status.phase, Phase::Degraded);
    assert_eq!(condition(&report.status, types::DATA_LOST).2, "the data of shard 1 is gone");
    let events = report.events.iter().filter(|event| event.kind == EventType::Warning);
    assert_eq!(events.filter(|event| event.reason == types::DATA_LOST).count(), 1);
    world.plan.losses.clear();
    assert_eq!(condition(&world.tell().status, types::DATA_LOST).0, "True");

    world.plan.losses.push(Loss { shard: 2, message: "the data of shard 2 is gone".to_owned() });
    let status = world.tell().status;
    let both = "the data of shard 1 is gone; the data of shard 2 is gone";
    assert_eq!(condition(&status, types::DATA_LOST).2, both);
    world.plan.losses.clear();

    let seen_at = |at: &str| Some([(ANNOTATION_LOSS_SEEN.to_owned(), at.to_owned())].into());
    world.cluster.metadata.annotations = seen_at("2023-11-14T22:00:00Z");
    assert_eq!(condition(&world.tell().status, types::DATA_LOST).0, "True", "seen before it happened");
    world.cluster.metadata.annotations = seen_at("2024-01-01T00:00:00Z");
    let status = world.tell().status;
    assert_eq!((condition(&status, types::DATA_LOST).0, status.phase), ("False", Phase::Ready));
}

#[test]
fn times_move_only_when_a_condition_flips() {
    let mut world = World::calm("cluster");
    let at =
        |status: &ValkeyClusterStatus, kind| status.condition(kind).unwrap().last_transition_time.clone();
    let before = world.observed.status.clone();
    kill(&mut world.observed, 2, 1);
    let after = world.tell().status;
    assert_eq!(at(&before, types::READY), at(&after, types::READY));
    assert!(at(&before, types::DEGRADED) < at(&after, types::DEGRADED));
    kill(&mut world.observed, 1, 1);
    let worse = world.tell().status;
    assert_ne!(condition(&after, types::DEGRADED).2, condition(&worse, types::DEGRADED).2);
    assert_eq!(at(&after, types::DEGRADED), at(&worse, types::DEGRADED));
}

#[test]
fn a_busy_cluster_costs_no_writes() {
    for name in NAMES {
        let mut world = World::calm(name);
        let before = world.observed.status.clone();
        for round in 1..20 {
            for pod in world.observed.pods.values_mut() {
                let Engine::Up(facts) = &mut pod.engine else { continue };
                facts.replication.offset += 1000 * round;
                facts.keys += round;
            }
            let report = world.tell();
            assert_eq!(report.status, before, "{name}");
            assert_eq!(report.events, [], "{name}");
        }
        // With anything else, offsets are told too.
        if name == "cluster" {
            kill(&mut world.observed, 2, 1);
            assert!(world.tell().status.shards[0].offset > before.shards[0].offset);
        }
    }
}

#[test]
fn lag_is_told_where_it_matters_and_in_steps() {
    let mut world = World::calm("cluster");
    let mut lag = |bytes: u64| {
        facts(&mut world.observed, 0, 0).replication.offset = 1000 + bytes;
        world.tell().status.shards[0].replicas[0].lag
    };
    assert_eq!(
        [lag(1 << 19), lag(3 << 20), lag((3 << 20) + 9), lag(5 << 20)],
        [None, Some(1 << 21), Some(1 << 21), Some(1 << 22)]
    );
}

#[test]
fn a_spec_that_cannot_be_carried_out_is_told_and_nothing_is_forgotten() {
    let mut world = World::calm("cluster");
    world.cluster.metadata.generation = Some(5);
    let problems = [Problem::not_supported("spec.tls", "encryption is not supported yet")];
    let refused = world.report_on(None, &problems);
    let status = &refused.status;
    assert_eq!((status.phase, status.observed_generation), (Phase::Failed, Some(5)));
    let valid = condition(status, types::SPEC_VALID);
    assert_eq!(valid, ("False", reasons::NOT_SUPPORTED, "spec.tls: encryption is not supported yet"));
    assert_eq!(condition(status, types::READY).0, "Unknown", "it runs, but nobody looks after it");
    assert_eq!(status.shards, world.observed.status.shards);
    assert!(refused.events.iter().any(|event| event.reason == reasons::NOT_SUPPORTED));

    let mut fresh = World::new("cluster");
    fresh.observed.pods.clear();
    let status = fresh.report_on(None, &problems).status;
    assert_eq!(condition(&status, types::READY).0, "False");
}

#[test]
fn while_a_spec_is_refused_the_cluster_is_told_of_by_the_last_good_one() {
    let mut world = World::calm("cluster");
    let good = world.desired.generation;
    let before = world.observed.status.clone();
    world.cluster.metadata.generation = Some(good + 1);
    world.cluster.spec.shards = Some(9);
    let problems = [Problem::not_supported("spec.shards", "is 3 and can't be changed yet")];
    let refused = world.report_on(Some(world.desired.clone()), &problems);
    let status = &refused.status;
    let words = format!(
        "spec.shards: is 3 and can't be changed yet; the cluster runs by the last good spec, generation {good}"
    );
    assert_eq!(condition(status, types::SPEC_VALID), ("False", reasons::NOT_SUPPORTED, words.as_str()));
    assert_eq!((status.phase, &status.message), (Phase::Failed, &words));
    assert_eq!(condition(status, types::READY).0, "True");
    let of = |kind| status.condition(kind).unwrap().observed_generation;
    assert_eq!((of(types::READY), of(types::SPEC_VALID)), (Some(good), Some(good + 1)));
    assert_eq!((&status.last_good, status.shard_count), (&before.last_good, 3));
    assert_eq!(refused.events.len(), 1, "{:?}", refused.events);

    // What happens to it meanwhile is told, and saying it twice is saying it once.
    world.observed.status = refused.status;
    kill(&mut world.observed, 2, 0);
    let status = world.report_on(Some(world.desired.clone()), &problems).status;
    assert_eq!((condition(&status, types::READY).0, status.ready_shards.as_str()), ("False", "2/3"));
    assert!(
        status.message.starts_with(&words) && status.message.contains("shard 2 has no primary"),
        "{status:?}"
    );
    world.observed.status = status.clone();
    assert_eq!(world.report_on(Some(world.desired.clone()), &problems).status, status);
}

#[test]
fn paused_and_deleted_clusters_say_so() {
    let mut world = World::calm("cluster");
    world.desired.paused = true;
    let status = world.tell().status;
    assert_eq!((status.phase, condition(&status, types::PROGRESSING).1), (Phase::Paused, reasons::PAUSED));
    world.cluster.metadata.deletion_timestamp = Some(status.conditions[0].last_transition_time.clone());
    assert_eq!(world.tell().status.phase, Phase::Deleting);
}

#[test]
fn a_restart_is_done_when_all_pods_have_been_through_it() {
    let mut world = World::calm("replication");
    let asked = Some("2026-01-01T00:00:00Z".to_owned());
    assert_eq!(world.observed.status.restarted_at, asked);
    world.observed.status.restarted_at = None;
    world.observed.pods.get_mut(&PodId::new(0, 1)).unwrap().revision = "old".to_owned();
    assert_eq!(world.tell().status.restarted_at, None);
    world.observed.pods.get_mut(&PodId::new(0, 1)).unwrap().revision = world.desired.revision.clone();
    assert_eq!(world.tell().status.restarted_at, asked);
}

#[test]
fn events_are_few_even_if_steps_are_many() {
    let mut world = World::calm("cluster");
    let meet = |peer| Step::Meet { pod: PodId::new(0, 0), peer: PodId::new(peer, 0) };
    world.plan.steps = (1..500).map(meet).collect();
    let events = world.report().events;
    assert_eq!(events.len(), 20);
    assert_eq!(events.last().unwrap().message, "and 480 more");
}

#[test]
fn the_status_survives_being_written() {
    for name in NAMES {
        let status = World::calm(name).observed.status;
        let text = serde_json::to_string(&status).unwrap();
        assert_eq!(serde_json::from_str::<ValkeyClusterStatus>(&text).unwrap(), status, "{name}");
        assert!(!text.contains("null"), "{text}");
    }
}

/// Something that happens to a pod.
#[derive(Debug, Clone)]
enum Blow {
    Dies,
    Vanishes,
    Loads,
    SaysFail,
    LosesKeys,
    Falls(u64),
}

fn blow() -> impl Strategy<Value = (u32, u32, Blow)> {
    let blow = prop_oneof![
        Just(Blow::Dies),
        Just(Blow::Vanishes),
        Just(Blow::Loads),
        Just(Blow::SaysFail),
        Just(Blow::LosesKeys),
        (0..10_000_000u64).prop_map(Blow::Falls),
    ];
    (0..3u32, 0..2u32, blow)
}

fn strike(world: &mut World, shard: u32, ordinal: u32, blow: &Blow) {
    let id = PodId::new(shard, ordinal);
    let Some(pod) = world.observed.pods.get_mut(&id) else { return };
    match (blow, &mut pod.engine) {
        (Blow::Dies, engine) => *engine = Engine::Silent,
        (Blow::Loads, engine) => *engine = Engine::Loading,
        (Blow::SaysFail, Engine::Up(facts)) => facts.cluster.as_mut().unwrap().ok = false,
        (Blow::LosesKeys, Engine::Up(facts)) => facts.keys = 0,
        (Blow::Falls(bytes), Engine::Up(facts)) => facts.replication.offset += bytes,
        (Blow::Vanishes, _) => drop(world.observed.pods.remove(&id)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn telling_the_same_twice_changes_nothing(
        blows in prop::collection::vec(blow(), 0..8), steps in 0..3u32, waits in 0..3usize, told in any::<bool>(),
    ) {
        let mut world = if told { World::calm("cluster") } else { World::new("cluster") };
        for (shard, ordinal, blow) in &blows {
            strike(&mut world, *shard, *ordinal, blow);
        }
        let plan = ironkeep_core::plan(&world.desired, &world.observed);
        world.plan.waits = plan.waits.into_iter().take(waits).collect();
        world.plan.steps = (0..steps).map(|n| Step::Unpause { pod: PodId::new(n, 0) }).collect();
        let first = world.tell();
        let second = world.tell();
        prop_assert_eq!(&first.status, &second.status);
        let flips = |report: &Report| report.events.iter().filter(|event| event.kind == EventType::Warning).count();
        prop_assert_eq!(flips(&second), 0);
        // Who was primary is never forgotten.
        if told {
            prop_assert!(second.status.shards.iter().all(|shard| shard.primary.is_some() && shard.slots.is_some()));
        }
        prop_assert!(second.status.conditions.iter().all(|condition| !condition.reason.is_empty()));
    }
}
