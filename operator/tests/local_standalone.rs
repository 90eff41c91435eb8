//! One server on this machine, and what local mode owes to the person in front of it.

mod rig;

use ironkeep_wire::client::Value;
use rig::{Bench, ask, has, info, is_down};
use std::path::Path;

fn setting(bench: &Bench, name: &str) -> Option<String> {
    let Value::Array(pair) = ask(bench.address(0), &["CONFIG", "GET", name])? else { return None };
    let Some(Value::Bulk(value)) = pair.into_iter().nth(1) else { return None };
    String::from_utf8(value).ok()
}

#[test]
fn a_changed_file_changes_the_server_and_a_wrong_one_does_not() {
    if !has("valkey-server") {
        return;
    }
    let bench = Bench::new(21);
    bench.write("{engine: {type: valkey}, mode: standalone, config: {maxmemory: 100mb}}");
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    assert_eq!(setting(&bench, "maxmemory").unwrap(), (100 << 20).to_string());
    let run = info(bench.address(0), "run_id");

    bench.write("{engine: {type: valkey}, mode: standalone, config: {maxmemory: 200mb}, shards: 7}");
    let said = operator.says("left aside");
    assert!(said.contains("cluster.yaml: spec"), "{said}");
    bench.write("{engine: {type: valkey}, mode: standalone, config: {maxmemory: 200mb}}");
    let wanted = Some((200 << 20).to_string());
    operator.until("the new setting", || (setting(&bench, "maxmemory") == wanted).then_some(()));
    assert_eq!(info(bench.address(0), "run_id"), run);
    assert!(operator.stop().success());
    assert!(is_down(bench.address(0)) && rig::is_gone(&bench.home()));
}

#[test]
fn nothing_outlives_an_operator_that_is_killed_and_the_next_one_goes_on() {
    if !has("valkey-server") {
        return;
    }
    let bench = Bench::new(22);
    bench.write("{engine: {type: valkey}, mode: standalone, storage: {size: 1Gi}}");
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    assert_eq!(ask(bench.address(0), &["SET", "k", "v"]), Some(Value::Simple(b"OK".to_vec())));

    // Another one on the same addresses says what is in the way, and touches nothing.
    let (status, complaint) = bench.start_in("elsewhere").ends();
    assert!(
        !status.success() && complaint.contains("127.50.22.1 is in use by another ironkeep-operator"),
        "{complaint}"
    );

    operator.kill(&[bench.address(0)]);
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    assert_eq!(ask(bench.address(0), &["GET", "k"]), Some(Value::Bulk(b"v".to_vec())));
    assert!(operator.stop().success());
}

#[test]
fn a_spec_that_cannot_be_is_refused_by_field() {
    let bench = Bench::new(23);
    bench.write("{engine: {type: valkey, version: '6.0'}, shards: 0, colour: red}");
    let (status, complaint) = bench.start(&[]).ends();
    assert!(!status.success());
    assert!(complaint.contains("spec.shards") && complaint.contains("spec.colour"), "{complaint}");
    assert!(rig::is_gone(&bench.home()));
}

#[test]
fn ironkeep_serves() {
    let operator = Path::new(env!("CARGO_BIN_EXE_ironkeep-operator"));
    if rig::is_gone(&operator.with_file_name("ironkeep-server")) {
        eprintln!("skipped: ironkeep-server has not been built beside the operator");
        return;
    }
    let bench = Bench::new(24);
    bench.write("{mode: standalone}");
    let mut operator = bench.start(&[]);
    operator.says("ready after");
    assert_eq!(ask(bench.address(0), &["SET", "k", "v"]), Some(Value::Simple(b"OK".to_vec())));
    assert!(operator.stop().success());
    assert!(is_down(bench.address(0)));
}
