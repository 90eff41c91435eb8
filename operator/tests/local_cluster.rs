//! Cluster mode on this machine with stock engines: it forms, loses nothing to a kill, and goes on from its files.

mod rig;

use ironkeep_wire::client::Value;
use rig::{Bench, Operator, ask_cluster, has, info, is_down, signal};

/// Copies start at once: the engine's own delay is for clusters whose replicas come one by one. Writes go to the file
/// before they are acknowledged: with `everysec` they wait up to two seconds for a slow disk, and a kill loses them.
const SPEC: &str = "config: {repl-diskless-sync-delay: '0'}, storage: {size: 1Gi}";

const KEYS: usize = 300;

fn ok() -> Option<Value> {
    Some(Value::Simple(b"OK".to_vec()))
}

fn write_all(bench: &Bench, operator: &mut Operator, mark: &str) {
    for key in 0..KEYS {
        let (key, value) = (format!("key:{key}"), format!("{mark}:{key}"));
        operator.until("a write", || {
            (ask_cluster(bench.address(0), &["SET", &key, &value]) == ok()).then_some(())
        });
    }
}

fn read_all(bench: &Bench, operator: &mut Operator, mark: &str) {
    for key in 0..KEYS {
        let (key, value) = (format!("key:{key}"), format!("{mark}:{key}"));
        let read = operator.until("a read", || ask_cluster(bench.address(0), &["GET", &key]));
        assert_eq!(read, Value::Bulk(value.into_bytes()), "{key}");
    }
}

#[test]
fn valkey_9_1_loses_nothing_and_goes_on_from_its_files() {
    if !has("valkey-server") {
        return;
    }
    let bench = Bench::new(1);
    bench.write(&format!("{{engine: {{type: valkey, version: '9.1'}}, {SPEC}}}"));
    let mut operator = bench.start(&["--keep"]);
    operator.says("ready after");
    write_all(&bench, &mut operator, "first");

    let primary =
        (0..6).map(|n| bench.address(n)).find(|at| info(*at, "role").as_deref() == Some("master")).unwrap();
    signal(info(primary, "process_id").unwrap().parse().unwrap(), libc::SIGKILL);
    read_all(&bench, &mut operator, "first");
    operator.until("all links", || {
        let links = (0..6).filter(|n| info(bench.address(*n), "master_link_status").as_deref() == Some("up"));
        (links.count() == 3).then_some(())
    });
    write_all(&bench, &mut operator, "second");
    assert!(operator.stop().success());
    assert!((0..6).all(|n| is_down(bench.address(n))));

    let mut operator = bench.start(&[]);
    operator.says("ready after");
    read_all(&bench, &mut operator, "second");
    assert!(operator.stop().success());
    assert!(rig::is_gone(&bench.home()));
}

fn forms(network: u8, peer: &str, engine: &str, version: &str) {
    if !has(peer) {
        return;
    }
    let bench = Bench::new(network);
    bench.write(&format!("{{engine: {{type: {engine}, version: '{version}'}}, {SPEC}}}"));
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    write_all(&bench, &mut operator, engine);
    read_all(&bench, &mut operator, engine);
    assert!(operator.stop().success());
    assert!((0..6).all(|n| is_down(bench.address(n))));
}

#[test]
fn valkey_8_0_forms_a_cluster() {
    forms(2, "valkey-server-8.0", "valkey", "8.0");
}

#[test]
fn redis_7_forms_a_cluster() {
    forms(3, "redis-server-7", "redis", "7.0");
}

#[test]
fn redis_8_forms_a_cluster() {
    forms(4, "redis-server-8", "redis", "8.0");
}
