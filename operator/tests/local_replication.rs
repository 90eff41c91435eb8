//! Replication mode on this machine: a restarted primary keeps its data, a roll moves the role and loses nothing.

mod rig;

use ironkeep_wire::client::Value;
use rig::{Bench, ask, has, info, signal};
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
