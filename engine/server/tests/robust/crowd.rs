//! Thousands of clients at once, and clients that come and go.

use crate::rig::link::Link;
use crate::rig::random::Random;
use crate::{MEGABYTE, assert_answered, integer, ok, start, wait_for_clients};
use ironkeep_server::sys::socket::raise_file_limit;
use ironkeep_wire::client::{Value, encode_command};

const BUSY: usize = 1000;
const IDLE: usize = 10_000;
/// Files that this and the other tests need besides.
const OTHER_FILES: usize = 1000;
/// An idle connection takes less memory than this.
const BYTES_PER_IDLE: usize = 4096;
const ROUNDS: usize = 5;
const COMINGS: usize = 5000;

#[test]
fn thousands_of_clients_are_answered() {
    let files = raise_file_limit((IDLE + BUSY + OTHER_FILES) as u64) as usize;
    let idle = IDLE.min(files.saturating_sub(BUSY + OTHER_FILES));
    let (node, mut others) = start(&["--maxclients", "12000"]);
    let mut busy: Vec<Link> = (0..BUSY).map(|_| node.connect_tcp()).collect();
    work(&mut busy, 0);
    let before = node.resident();
    let mut quiet: Vec<Link> = (0..idle).map(|_| node.connect_tcp()).collect();
    assert_answered(&mut quiet);
    let each = node.resident().saturating_sub(before) / idle;
    eprintln!("{BUSY} busy clients and {idle} idle ones of {each} bytes each");
    assert!(each < BYTES_PER_IDLE, "an idle client takes {each} bytes");
    (1..ROUNDS).for_each(|round| work(&mut busy, round));
    assert_answered(&mut quiet);
    drop(quiet);
    drop(busy);
    let count = others.len();
    wait_for_clients(&mut others[0], count);
}

/// Everybody sends a few commands before anybody reads a reply.
fn work(links: &mut [Link], round: usize) {
    for (nth, link) in links.iter_mut().enumerate() {
        let (key, value) = (format!("key:{nth}"), format!("{nth}:{round}"));
        let mut bytes = encode_command(&["SET", &key, &value]);
        bytes.extend(encode_command(&["INCR", "counter"]));
        bytes.extend(encode_command(&["GET", &key]));
        bytes.extend(encode_command(&["MGET", &key, "nothing", &key]));
        link.write(&bytes).unwrap();
    }
    let mut counts = Vec::new();
    for (nth, link) in links.iter_mut().enumerate() {
        let value = Value::Bulk(format!("{nth}:{round}").into_bytes());
        assert_eq!(link.reply().0, ok());
        counts.push(match link.reply().0 {
            Value::Integer(count) => count,
            other => panic!("not a number: {other:?}"),
        });
        assert_eq!(link.reply().0, value);
        assert_eq!(link.reply().0, Value::Array(vec![value.clone(), Value::Null, value]));
    }
    counts.sort_unstable();
    let first = (round * links.len()) as i64;
    let expected: Vec<i64> = (first + 1..=first + links.len() as i64).collect();
    assert_eq!(counts, expected, "every increment is seen once");
}

#[test]
fn clients_come_and_go() {
    let (node, mut others) = start(&[]);
    others[0].ask(&["SET", "k", &"x".repeat(100_000)]);
    let mut random = Random::new(1);
    let before = node.resident();
    for _ in 0..COMINGS {
        let mut link = node.connect_tcp();
        // Some leave before they are answered, in the middle of a request, or of a transaction.
        match random.below(6) {
            0 => {}
            1 => link.write(b"*2\r\n$3\r\nGET\r\n$1").unwrap(),
            2 => (0..20).for_each(|_| link.send(&["GET", "k"])),
            3 => assert_eq!(link.ask(&["WATCH", "k"]), ok()),
            4 => [&["MULTI"][..], &["INCR", "never"]].iter().for_each(|command| drop(link.ask(command))),
            _ => assert_eq!(link.ask(&["INCR", "counter"]), integer(counter(&mut others[0]))),
        }
    }
    let count = others.len();
    wait_for_clients(&mut others[0], count);
    assert_eq!(others[0].ask(&["EXISTS", "never"]), integer(0));
    assert_answered(&mut others);
    let grown = node.resident().saturating_sub(before);
    eprintln!("{COMINGS} clients that came and went left {grown} bytes");
    assert!(grown < 64 * MEGABYTE, "{grown} bytes are still taken");
}

fn counter(link: &mut Link) -> i64 {
    match link.ask(&["GET", "counter"]) {
        Value::Bulk(text) => String::from_utf8(text).unwrap().parse().unwrap(),
        other => panic!("no counter: {other:?}"),
    }
}
