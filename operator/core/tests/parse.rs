//! What real servers said, captured, and what nobody says, at random.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_core::observed::{ClusterView, Facts, Known};
use ironkeep_core::parse::{cluster_info, cluster_nodes, cluster_view, info};
use ironkeep_core::{NodeId, Role};
use proptest::prelude::*;
use std::path::PathBuf;

/// The servers whose texts were captured, with what they say their version is.
const SERVERS: [(&str, &str); 4] =
    [("valkey-9.1", "9.1.2"), ("valkey-8.0", "8.0.1"), ("redis-7", "7.0.15"), ("redis-8", "8.0.6")];

fn text(server: &str, file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(server).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn facts(server: &str, who: &str) -> Facts {
    info(&text(server, &format!("{who}.info")))
}

fn with_slots<'a>(view: &'a ClusterView, slots: &str) -> (&'a NodeId, &'a Known) {
    view.nodes.iter().find(|(_, known)| known.slots.to_string() == slots).unwrap()
}

fn view(server: &str, nodes: &str, cluster: &str) -> ClusterView {
    cluster_view(&text(server, nodes), &text(server, cluster))
}

#[test]
fn a_primary_tells_who_follows_it() {
    for (server, version) in SERVERS {
        let facts = facts(server, "primary");
        assert_eq!(facts.version, version);
        assert_eq!(facts.run_id.len(), 40, "{server}");
        assert!(facts.replication.primary && facts.replication.upstream.is_none(), "{server}");
        let [follower] = facts.replication.replicas.as_slice() else { panic!("{server}: {facts:?}") };
        assert!(follower.online && follower.ip.is_loopback() && follower.port % 10 == 2, "{server}");
        assert!(follower.offset <= facts.replication.offset);
    }
}

#[test]
fn a_replica_tells_whom_it_follows() {
    for (server, _) in SERVERS {
        let (primary, replica) = (facts(server, "primary").replication, facts(server, "replica").replication);
        assert_eq!((replica.primary, replica.offset), (false, primary.offset), "{server}");
        assert_eq!(replica.replid, primary.replid, "{server}");
        let upstream = replica.upstream.unwrap();
        assert_eq!((upstream.host.as_str(), upstream.port % 10), ("127.0.0.1", 0), "{server}");
        assert!(upstream.up && !upstream.syncing && upstream.silent_seconds.is_some(), "{server}");
    }
}

#[test]
fn a_replica_whose_primary_died_keeps_its_history() {
    for (server, _) in SERVERS {
        let before = facts(server, "replica").replication;
        let after = facts(server, "replica-after-failure").replication;
        assert_eq!((after.primary, &after.replid), (false, &before.replid), "{server}");
        assert!(after.offset >= before.offset, "{server}");
        let upstream = after.upstream.unwrap();
        assert_eq!((upstream.up, upstream.silent_seconds), (false, None), "{server}");
    }
}

#[test]
fn everybody_sees_the_same_cluster() {
    for (server, _) in SERVERS {
        let views =
            ["primary", "other", "replica"].map(|who| view(server, &format!("{who}.nodes"), "other.cluster"));
        for view in &views {
            assert_eq!((view.ok, view.epoch, view.nodes.len()), (true, 2, 3), "{server}");
            let (one, _) = with_slots(view, "0-100,200-8191");
            let (_, other) = with_slots(view, "101-199,8192-16383");
            assert_eq!((other.role, other.epoch, other.port % 10), (Role::Primary, 2, 1), "{server}");
            let replica = view.nodes.values().find(|known| known.role == Role::Replica).unwrap();
            assert_eq!(replica.primary.as_ref(), Some(one), "{server}");
            assert!(
                view.nodes.values().all(|known| known.linked && known.ip.is_some() && !known.failed),
                "{server}"
            );
        }
        let own = |at: usize| views[at].myself().unwrap();
        assert_eq!((own(0).port % 10, own(1).port % 10, own(2).port % 10), (0, 1, 2), "{server}");
    }
}

#[test]
fn open_slots_are_seen_from_both_sides() {
    for (server, _) in SERVERS {
        let views = ["primary", "other"].map(|who| view(server, &format!("{who}.nodes"), "other.cluster"));
        let [leaving] = views[0].myself().unwrap().open.as_slice() else { panic!("{server}") };
        let [arriving] = views[1].myself().unwrap().open.as_slice() else { panic!("{server}") };
        assert_eq!((leaving.slot, leaving.leaving, &leaving.peer), (93, true, &views[1].me), "{server}");
        assert_eq!((arriving.slot, arriving.leaving, &arriving.peer), (77, false, &views[0].me), "{server}");
    }
}

#[test]
fn a_dead_node_is_suspected_and_the_state_is_fail() {
    for (server, _) in SERVERS {
        let view = view(server, "other-after-failure.nodes", "other-after-failure.cluster");
        assert!(!view.ok, "{server}");
        let (_, dead) = with_slots(&view, "0-100,200-8191");
        assert_eq!((dead.suspected, dead.failed, dead.linked), (true, false, false), "{server}");
    }
}

#[test]
fn a_node_that_was_met_just_now_is_provisional() {
    for (server, _) in SERVERS.into_iter().filter(|(server, _)| *server != "redis-8") {
        let nodes = cluster_nodes(&text(server, "handshake.nodes"));
        let (new, known): (Vec<_>, Vec<_>) = nodes.nodes.values().partition(|known| known.handshake);
        assert_eq!((new.len(), known.len()), (2, 1), "{server}");
        assert!(known[0].ip.is_none() && nodes.nodes[&nodes.me].port.is_multiple_of(10), "{server}");
    }
}

proptest! {
    #[test]
    fn anything_may_come(text in "(?s).{0,400}") {
        info(&text);
        cluster_nodes(&text);
        cluster_info(&text);
    }

    #[test]
    fn anything_that_looks_right_may_come(
        words in prop::collection::vec("([a-f0-9]{40}|-|[0-9.:@,a-z]{0,12}|myself,master|slave,noaddr|connected|[0-9]{1,6}(-[0-9]{1,6})?|\\[[0-9]{1,6}-[<>]-[a-f0-9]{40}\\])", 0..14),
    ) {
        let line = words.join(" ");
        for known in cluster_nodes(&line).nodes.values() {
            prop_assert!(known.slots.count() <= 16384);
        }
        info(&words.join(":").replace(' ', "\r\n"));
    }

    #[test]
    fn what_is_cut_off_is_still_read(server in 0..4usize, at in 0..7000usize) {
        let (server, _) = SERVERS[server];
        for file in ["primary.info", "primary.nodes", "other.cluster"] {
            let whole = text(server, file);
            let part = whole.get(..at.min(whole.len())).unwrap_or_default();
            info(part);
            prop_assert!(cluster_nodes(part).nodes.len() <= 3);
            cluster_info(part);
        }
    }
}
