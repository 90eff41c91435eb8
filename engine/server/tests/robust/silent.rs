//! Clients that do not read their replies, and clients that are killed.

use crate::rig::link::Link;
use crate::{MEGABYTE, assert_answered, integer, ok, start, wait_for_clients};
use ironkeep_wire::client::{Value, encode_command};
use std::io::ErrorKind;

const VALUE: usize = 256 * 1024;
/// Replies of one client: half a gigabyte.
const REPLIES: usize = 2000;
const SILENT: usize = 3;
/// The server keeps 64 MB of replies for each, and runs a few requests more than that.
const KEPT: usize = 80 * MEGABYTE;
/// Bytes of requests that sockets and the server hold of a client that is not read from.
const HELD: usize = 32 * MEGABYTE;
/// Times that a full socket is tried again while others are answered.
const TRIES: usize = 200;

#[test]
fn who_does_not_read_is_not_read_from() {
    let (node, mut others) = start(&[]);
    others[0].ask(&["SET", "big", &"x".repeat(VALUE)]);
    let before = node.resident();
    let mut silent: Vec<Link> = (0..SILENT).map(|_| node.connect_tcp()).collect();
    let requests = encode_command(&["GET", "big"]).repeat(REPLIES);
    for link in &mut silent {
        link.write(&requests).unwrap();
    }
    (0..TRIES).for_each(|_| assert_answered(&mut others));
    let grown = node.resident().saturating_sub(before);
    eprintln!(
        "{SILENT} clients with {} MB of replies each took {} MB",
        REPLIES * VALUE / MEGABYTE,
        grown / MEGABYTE
    );
    assert!(grown < SILENT * KEPT, "{grown} bytes for clients that do not read");
    // Whoever begins to read gets everything after all.
    let head = format!("${VALUE}\r\n").len();
    for link in &mut silent {
        link.skip(REPLIES * (head + VALUE + 2));
        assert_eq!(link.ask(&["INCR", "read"]), integer_after(&mut others[0]));
    }
    assert_answered(&mut others);
}

fn integer_after(link: &mut Link) -> Value {
    let Value::Bulk(text) = link.ask(&["GET", "read"]) else { panic!("no counter") };
    integer(String::from_utf8(text).unwrap().parse().unwrap())
}

/// Requests without an end from a client that never reads: the server stops taking them.
#[test]
fn requests_wait_when_replies_are_not_read() {
    let (node, mut others) = start(&[]);
    others[0].ask(&["SET", "big", &"x".repeat(VALUE)]);
    let before = node.resident();
    let mut link = node.connect_tcp();
    link.set_nonblocking(true);
    let requests = encode_command(&["GET", "big"]).repeat(1000);
    let (mut written, mut full) = (0, 0);
    while full < TRIES && written < 2 * HELD {
        match link.write_some(&requests[written % requests.len()..]) {
            Ok(count) => {
                written += count;
                full = 0;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                full += 1;
                assert_answered(&mut others);
            }
        }
    }
    let grown = node.resident().saturating_sub(before);
    eprintln!("the server took {written} bytes of requests and {} MB", grown / MEGABYTE);
    assert!(written < HELD, "the server reads on: {written} bytes");
    assert!(grown < KEPT, "{grown} bytes");
    drop(link);
    let count = others.len();
    wait_for_clients(&mut others[0], count);
}

/// Replies much larger than the bound: a few of them at most wait for one client.
#[test]
fn large_replies_do_not_add_up() {
    const LARGE: usize = 16 * MEGABYTE;
    let (node, mut others) = start(&[]);
    assert_eq!(others[0].ask(&["SETRANGE", "large", &(LARGE - 1).to_string(), "x"]), integer(LARGE as i64));
    let before = node.resident();
    let mut link = node.connect_tcp();
    link.write(&encode_command(&["GET", "large"]).repeat(100)).unwrap();
    (0..TRIES).for_each(|_| assert_answered(&mut others));
    let grown = node.resident().saturating_sub(before);
    eprintln!("100 replies of 16 MB took {} MB", grown / MEGABYTE);
    assert!(grown < KEPT + 2 * LARGE, "{grown} bytes for a client that does not read");
}

#[test]
fn killed_clients_are_gone() {
    let (node, mut others) = start(&[]);
    others[0].ask(&["SET", "big", &"x".repeat(VALUE)]);
    let count = others.len();
    for kind in 0..4 {
        let mut victim = node.connect_tcp();
        let Value::Integer(id) = victim.ask(&["CLIENT", "ID"]) else { panic!("no id") };
        match kind {
            0 => {}
            1 => victim.write(b"*2\r\n$3\r\nGET\r\n$1").unwrap(),
            2 => victim.write(&encode_command(&["GET", "big"]).repeat(REPLIES)).unwrap(),
            _ => [&["WATCH", "big"][..], &["MULTI"], &["INCR", "never"]]
                .iter()
                .for_each(|command| assert!(!matches!(victim.ask(command), Value::Error(_)))),
        }
        wait_for_clients(&mut others[0], count + 1);
        assert_eq!(others[1].ask(&["CLIENT", "KILL", "ID", &id.to_string()]), integer(1));
        assert!(victim.is_closed_soon(), "a client that was killed is still connected");
        wait_for_clients(&mut others[0], count);
        assert_eq!(others[2].ask(&["CLIENT", "KILL", "ID", &id.to_string()]), integer(0));
    }
    assert_eq!(others[0].ask(&["SET", "big", "small"]), ok());
    assert_eq!(others[0].ask(&["EXISTS", "never"]), integer(0));
    assert_answered(&mut others);
}

/// Whoever kills himself gets the reply first.
#[test]
fn a_client_may_kill_itself() {
    let (node, mut others) = start(&[]);
    let mut link = node.connect_tcp();
    let Value::Integer(id) = link.ask(&["CLIENT", "ID"]) else { panic!("no id") };
    assert_eq!(link.ask(&["CLIENT", "KILL", "ID", &id.to_string(), "SKIPME", "no"]), integer(1));
    assert!(link.is_closed_soon());
    assert_answered(&mut others);
}
