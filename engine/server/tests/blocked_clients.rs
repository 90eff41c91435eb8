//! Clients that wait in a command: what they are told, what others see of them, and that nothing is left behind.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};

fn blocked(me: &mut Client) -> String {
    format!("{} {}", me.info("clients", "blocked_clients"), me.info("clients", "clients_in_timeout_table"))
}

fn until_blocked(me: &mut Client, wanted: &str) {
    assert!((0..1_000_000).any(|_| blocked(me) == wanted), "{} instead of {wanted}", blocked(me));
}

fn id(client: &mut Client) -> String {
    client.text(&["client", "id"])
}

#[test]
fn what_comes_after_waits_and_others_do_not() {
    let server = Server::start(&["--io-threads", "1"]);
    let (mut me, mut waiter) = (server.client(), server.client());
    waiter.send(&["set", "a", "1"]);
    waiter.send(&["wait", "1", "0"]);
    waiter.send(&["incr", "a"]);
    assert_eq!(waiter.read_text(), "OK");
    until_blocked(&mut me, "1 0");
    assert_eq!(me.text(&["get", "a"]), "1");
    let list = me.text(&["client", "list", "flags", "b"]);
    assert!(list.contains("flags=b ") && list.contains("cmd=wait "), "{list}");
    // Half a request, and the rest of it when nobody waits any more.
    waiter.send_raw(b"*2\r\n$4\r\necho\r\n$5\r\nhe");
    let calls = me.info("commandstats", "cmdstat_wait");
    assert_eq!(calls, "");
    let id = list.split_once("id=").unwrap().1.split(' ').next().unwrap().to_owned();
    assert_eq!(me.text(&["client", "unblock", &id]), "1");
    assert_eq!(me.text(&["client", "unblock", &id]), "0");
    assert_eq!((waiter.read_text(), waiter.read_text()), ("0".into(), "2".into()));
    waiter.send_raw(b"llo\r\n");
    assert_eq!(waiter.read_text(), "hello");
    assert_eq!(blocked(&mut me), "0 0");
    assert!(me.info("commandstats", "cmdstat_wait").starts_with("calls=1,"));
}

#[test]
fn unblocking_with_an_error() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut waiter) = (server.client(), server.client());
    let id = id(&mut waiter);
    waiter.send(&["waitaof", "0", "1", "0"]);
    until_blocked(&mut me, "1 0");
    assert_eq!(me.text(&["client", "unblock", &id, "error"]), "1");
    assert_eq!(waiter.read_text(), "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    assert_eq!(me.info("errorstats", "errorstat_UNBLOCKED"), "count=1");
    assert!(me.info("commandstats", "cmdstat_waitaof").ends_with("rejected_calls=1,failed_calls=0"));
}

#[test]
fn time_is_over_in_the_order_of_times() {
    let server = Server::start(&["--io-threads", "1"]);
    let mut clients: Vec<_> = (0..10).map(|_| server.client()).collect();
    // The later the sooner: the thread must not wait for the first alone.
    for (nth, client) in clients.iter_mut().enumerate() {
        client.send(&["wait", "1", &(110 - nth * 10).to_string()]);
        client.send(&["time"]);
    }
    let micros = |client: &mut Client| {
        assert_eq!(client.read_text(), "0");
        let time = client.read_text();
        let (seconds, micros) = time[1..time.len() - 1].split_once(' ').unwrap();
        seconds.parse::<u64>().unwrap() * 1_000_000 + micros.parse::<u64>().unwrap()
    };
    let ends: Vec<u64> = clients.iter_mut().map(micros).collect();
    assert!(ends.is_sorted_by(|a, b| a >= b), "{ends:?}");
}

#[test]
fn nothing_is_left_of_those_who_go() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut killed) = (server.client(), server.client());
    let id = id(&mut killed);
    killed.send(&["wait", "1", "100000000"]);
    let gone: Vec<_> = (0..5)
        .map(|_| {
            let mut client = server.client();
            client.send(&["wait", "3", "100000000"]);
            client
        })
        .collect();
    until_blocked(&mut me, "6 6");
    drop(gone);
    until_blocked(&mut me, "1 1");
    assert_eq!(me.text(&["client", "kill", "id", &id]), "1");
    assert!(killed.is_closed());
    until_blocked(&mut me, "0 0");
    assert_eq!(me.text(&["client", "unblock", &id]), "0");
}

#[test]
fn a_pause_and_replies_that_nobody_wants() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut waiter) = (server.client(), server.client());
    let id = id(&mut waiter);
    waiter.send(&["client", "reply", "skip"]);
    waiter.send(&["wait", "1", "0"]);
    waiter.send(&["set", "a", "b"]);
    until_blocked(&mut me, "1 0");
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    assert_eq!(me.text(&["client", "unblock", &id]), "1");
    // Now it waits for the end of the pause, which nobody but UNPAUSE can tell it.
    until_blocked(&mut me, "1 0");
    assert_eq!(me.text(&["client", "unblock", &id]), "0");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!(waiter.read_text(), "OK");
    assert_eq!(waiter.text(&["get", "a"]), "b");
}

#[test]
fn in_a_transaction_nobody_waits() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut me = server.client();
    assert_eq!(me.text(&["multi"]), "OK");
    assert_eq!(me.text(&["wait", "1", "0"]), "QUEUED");
    assert_eq!(me.text(&["waitaof", "0", "1", "0"]), "QUEUED");
    assert_eq!(me.text(&["exec"]), "[0 [0 0]]");
}
