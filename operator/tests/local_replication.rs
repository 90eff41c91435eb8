//! Replication mode on this machine: a restarted primary keeps its data, a roll moves the role and loses nothing.

mod rig;

use ironkeep_wire::client::Value;
use rig::{Bench, Operator, ask, has, info, signal};
use std::net::SocketAddr;

/// See `local_cluster.rs` for why these parameters.
const SPEC: &str = "{engine: {type: valkey}, mode: replication, replicasPerShard: 2, storage: {size: 1Gi}, \
                    config: {repl-diskless-sync-delay: '0'}}";

fn primary(bench: &Bench) -> Option<SocketAddr> {
    let mut all = (0..3).map(|n| bench.address(n));
    let serves = |at: &SocketAddr| {
        info(*at, "role").as_deref() == Some("master")
            && info(*at, "connected_slaves").as_deref() == Some("2")
            && info(*at, "paused_reason").as_deref() == Some("none")
    };
    all.find(serves)
}

#[test]
fn a_primary_that_is_killed_comes_back_and_a_roll_loses_nothing() {
    if !has("valkey-server") {
        return;
    }
    let bench = Bench::new(11);
    bench.write(SPEC);
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    let first = operator.until("a primary", || primary(&bench));
    for n in 0..100 {
        assert_eq!(ask(first, &["RPUSH", "list", &n.to_string()]), Some(Value::Integer(n + 1)));
    }

    signal(info(first, "process_id").unwrap().parse().unwrap(), libc::SIGKILL);
    let second = operator.until("a primary after the kill", || primary(&bench));
    assert_eq!(ask(second, &["LLEN", "list"]), Some(Value::Integer(100)));

    // Every write that is acknowledged during the roll has to be there after it.
    let born = info(second, "run_id");
    bench.write_with("{ironkeep.io/restarted-at: now}", SPEC);
    let mut written = 100;
    let moved = operator.until("the end of the roll", || {
        let at = primary(&bench)?;
        if matches!(ask(at, &["RPUSH", "list", "x"]), Some(Value::Integer(_))) {
            written += 1;
        }
        (at != second && info(second, "run_id").is_some_and(|run| Some(run) != born)).then_some(at)
    });
    let Some(Value::Integer(found)) = ask(moved, &["LLEN", "list"]) else { panic!("no answer") };
    assert!(found >= written, "{written} were acknowledged, {found} are there");
    assert!(operator.stop().success());
}

#[test]
fn a_refused_spec_leaves_nobody_alone() {
    if !has("valkey-server") {
        return;
    }
    let bench = Bench::new(12);
    bench.write(SPEC);
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    let first = operator.until("a primary", || primary(&bench));
    assert_eq!(ask(first, &["SET", "key", "value"]), Some(Value::Simple(b"OK".to_vec())));

    bench.write(&SPEC.replace("valkey", "redis"));
    let refused = operator.says("the spec can't be carried out");
    assert!(
        refused.contains("spec.engine.type") && refused.contains("last good spec, generation 1"),
        "{refused}"
    );
    // Nobody but the operator appoints a primary: a server comes back as a replica of nobody.
    let born = info(first, "run_id");
    signal(info(first, "process_id").unwrap().parse().unwrap(), libc::SIGKILL);
    let second = operator.until("a primary after the kill", || {
        primary(&bench).filter(|at| *at != first || info(first, "run_id") != born)
    });
    assert_eq!(ask(second, &["GET", "key"]), Some(Value::Bulk(b"value".to_vec())));
    assert!(operator.stop().success());
}

/// How often a look of the operator may get in the way.
const TRIES: usize = 5;

/// What a hand-over does to the old primary before there is an heir.
fn hold_back(primary: SocketAddr) {
    let ok = Some(Value::Simple(b"OK".to_vec()));
    assert_eq!(ask(primary, &["CLIENT", "PAUSE", "31536000000", "WRITE"]), ok);
    assert_eq!(ask(primary, &["CONFIG", "SET", "min-replicas-to-write", "0"]), ok);
}

/// Has the operator look: what it holds a connection to lets go of it.
fn wake(operator: &Operator, at: SocketAddr) {
    operator.go_on();
    ask(at, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
}

fn needs_a_replica(at: SocketAddr) -> Option<()> {
    let Value::Array(pair) = ask(at, &["CONFIG", "GET", "min-replicas-to-write"])? else { return None };
    (pair.last() == Some(&Value::Bulk(b"1".to_vec()))).then_some(())
}

/// A primary that two replicas follow, whether or not it takes writes.
fn leader(bench: &Bench) -> Option<SocketAddr> {
    let leads = |at: &SocketAddr| info(*at, "connected_slaves").as_deref() == Some("2");
    (0..3).map(|n| bench.address(n)).find(leads)
}

/// Whoever hands over next may have to finish what a dead operator began. Some engines don't tell that they hold back.
#[test]
fn a_hand_over_that_was_cut_short_is_undone_or_finished() {
    for (network, peer, engine) in [
        (13, "valkey-server", "{type: valkey}"),
        (14, "valkey-server-8.0", "{type: valkey, version: '8.0'}"),
        (15, "redis-server-7", "{type: redis, version: '7.0'}"),
    ] {
        if has(peer) {
            cut_short(network, engine);
        }
    }
}

/// Leaves a hand-over when there is an heir; gives that one if it stays. A look that was half over when the operator was held
/// still saw the old primary alone, and undoes it.
fn begin_to_hand_over(bench: &Bench, operator: &mut Operator, old: SocketAddr) -> Option<SocketAddr> {
    let heir = (0..3).map(|n| bench.address(n)).find(|at| *at != old)?;
    operator.hold();
    hold_back(old);
    assert_eq!(ask(heir, &["REPLICAOF", "NO", "ONE"]), Some(Value::Simple(b"OK".to_vec())));
    operator.until("two primaries", || leader(bench).is_none().then_some(()));
    wake(operator, old);
    let new = operator.until("a primary", || leader(bench));
    (new == heir).then_some(heir)
}

fn cut_short(network: u8, engine: &str) {
    let bench = Bench::new(network);
    let needs = "min-replicas-to-write: '1', repl-diskless-sync-delay";
    bench.write(&SPEC.replace("repl-diskless-sync-delay", needs).replace("{type: valkey}", engine));
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    let old = operator.until("a primary", || leader(&bench));
    let ok = Some(Value::Simple(b"OK".to_vec()));
    assert_eq!(ask(old, &["SET", "key", "value"]), ok);
    assert_eq!(ask(old, &["WAIT", "2", "5000"]), Some(Value::Integer(2)));

    // Before there was an heir: the old one goes on.
    operator.hold();
    hold_back(old);
    wake(&operator, old);
    operator.until("the old primary to need a replica", || needs_a_replica(old));
    assert_eq!(ask(old, &["SET", "key", "other"]), ok);
    assert_eq!(ask(old, &["WAIT", "2", "5000"]), Some(Value::Integer(2)));

    // After: the heir stays, and the old one never takes a write again.
    let heir = (0..TRIES).find_map(|_| begin_to_hand_over(&bench, &mut operator, old)).expect("an heir");
    operator.until("the old primary to need a replica", || needs_a_replica(old));
    let refused = ask(old, &["SET", "key", "lost"]);
    assert!(matches!(&refused, Some(Value::Error(text)) if text.starts_with(b"READONLY")), "{refused:?}");
    assert_eq!(ask(heir, &["GET", "key"]), Some(Value::Bulk(b"other".to_vec())));
    assert_eq!(ask(heir, &["SET", "key", "new"]), ok);
    assert!(operator.stop().success());
}
