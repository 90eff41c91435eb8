//! What is bounded: keys that are remembered, and what waits for a client that does not listen.

use crate::rig::link::Link;
use crate::rig::node::Node;
use ironkeep_wire::client::Value;

fn field(link: &mut Link, name: &str) -> String {
    let (Value::Bulk(text) | Value::Verbatim(_, text)) = link.ask(&["INFO"]) else { panic!("no text") };
    let text = String::from_utf8(text).unwrap();
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned()).unwrap()
}

fn count(link: &mut Link, name: &str) -> usize {
    field(link, name).parse().unwrap()
}

fn tracking(node: &Node, words: &[&str]) -> Link {
    let mut link = node.connect();
    link.ask(&["HELLO", "3"]);
    assert_eq!(link.ask(&[&["CLIENT", "TRACKING", "ON"], words].concat()), Value::Simple(b"OK".to_vec()));
    link
}

/// The keys that a push says to forget.
fn pushed(link: &mut Link) -> Vec<String> {
    let (Value::Push(words), _) = link.reply() else { panic!("no push") };
    let Value::Array(keys) = &words[1] else { panic!("no keys: {words:?}") };
    let name = |key: &Value| match key {
        Value::Bulk(name) => String::from_utf8(name.clone()).unwrap(),
        other => panic!("not a key: {other:?}"),
    };
    keys.iter().map(name).collect()
}

#[test]
fn too_many_keys_are_forgotten_and_told() {
    let node = Node::ours(&["--io-threads", "2", "--tracking-table-max-keys", "1000"]);
    let (mut reader, mut other) = (tracking(&node, &[]), node.connect());
    for nth in 0..250 {
        reader.ask(&["GET", &format!("key:{nth}")]);
    }
    assert_eq!(count(&mut other, "tracking_total_keys"), 250);
    assert_eq!(count(&mut other, "tracking_total_items"), 250);
    other.ask(&["CONFIG", "SET", "tracking-table-max-keys", "1"]);
    let mut forgotten: Vec<String> = (0..249).flat_map(|_| pushed(&mut reader)).collect();
    forgotten.sort_unstable();
    forgotten.dedup();
    assert_eq!(forgotten.len(), 249);
    assert_eq!(reader.ask(&["PING"]), Value::Simple(b"PONG".to_vec()));
    assert_eq!(count(&mut other, "tracking_total_keys"), 1);
}

#[test]
fn what_is_counted_goes_back_to_nothing() {
    let node = Node::ours(&["--io-threads", "3"]);
    let mut other = node.connect();
    let mut readers: Vec<Link> = (0..5).map(|_| tracking(&node, &[])).collect();
    for reader in &mut readers {
        reader.ask(&["MGET", "a", "b", "c"]);
    }
    let mut listener = tracking(&node, &["BCAST", "PREFIX", "x", "PREFIX", "y"]);
    let mut second = tracking(&node, &["BCAST", "PREFIX", "x"]);
    assert_eq!(count(&mut other, "tracking_clients"), 7);
    assert_eq!(count(&mut other, "tracking_total_keys"), 3);
    assert_eq!(count(&mut other, "tracking_total_items"), 15);
    assert_eq!(count(&mut other, "tracking_total_prefixes"), 2);
    other.ask(&["DEL", "a", "b"]);
    assert_eq!(count(&mut other, "tracking_total_keys"), 3, "nothing was there to be deleted");
    other.ask(&["SET", "a", "b"]);
    assert_eq!(count(&mut other, "tracking_total_keys"), 2);
    other.ask(&["SET", "b", "b"]);
    assert_eq!(count(&mut other, "tracking_total_items"), 5);
    assert_eq!(listener.ask(&["CLIENT", "TRACKING", "OFF"]), Value::Simple(b"OK".to_vec()));
    assert_eq!(count(&mut other, "tracking_total_prefixes"), 1);
    second.ask(&["RESET"]);
    assert_eq!(count(&mut other, "tracking_total_prefixes"), 0);
    readers.clear();
    while count(&mut other, "tracking_clients") > 0 {}
    other.ask(&["FLUSHALL"]);
    assert_eq!(count(&mut other, "tracking_total_keys") + count(&mut other, "tracking_total_items"), 0);
}

#[test]
fn swapped_databases_are_as_good_as_emptied_ones() {
    let node = Node::ours(&["--io-threads", "2"]);
    let (mut reader, mut other) = (tracking(&node, &[]), node.connect());
    other.ask(&["SET", "a", "1"]);
    reader.ask(&["GET", "a"]);
    assert_eq!(other.ask(&["SWAPDB", "0", "0"]), Value::Simple(b"OK".to_vec()));
    assert_eq!(reader.ask(&["PING"]), Value::Simple(b"PONG".to_vec()));
    assert_eq!(other.ask(&["SWAPDB", "0", "1"]), Value::Simple(b"OK".to_vec()));
    assert_eq!(reader.reply().0, Value::Push(vec![Value::Bulk(b"invalidate".to_vec()), Value::Null]));
    assert_eq!(reader.ask(&["GET", "a"]), Value::Null);
}

#[test]
fn evicted_keys_are_told_before_the_reply() {
    let node = Node::ours(&["--io-threads", "1"]);
    let mut reader = tracking(&node, &[]);
    reader.ask(&["SETEX", "volatile", "1000", "x"]);
    reader.ask(&["GET", "volatile"]);
    let used = count(&mut node.connect(), "used_memory");
    reader.ask(&["CONFIG", "SET", "maxmemory-policy", "volatile-random"]);
    reader.ask(&["CONFIG", "SET", "maxmemory", &(used / 2).to_string()]);
    // The control thread may come first.
    assert_eq!(pushed(&mut reader), ["volatile"]);
    assert_eq!(reader.ask(&["GET", "volatile"]), Value::Null);
}

#[test]
fn who_does_not_listen_is_closed() {
    let options = ["--io-threads", "2", "--client-output-buffer-limit", "normal 1mb 0 0"];
    let node = Node::ours(&options);
    let (mut deaf, mut other) = (tracking(&node, &["BCAST"]), node.connect());
    let prefix = "x".repeat(50_000);
    for nth in 0..400 {
        other.ask(&["SET", &format!("{prefix}{nth}"), "1"]);
    }
    while count(&mut other, "tracking_clients") > 0 {}
    assert_eq!(count(&mut other, "client_output_buffer_limit_disconnections"), 1);
    assert!(deaf.is_closed_soon());
    node.assert_alive();
}
