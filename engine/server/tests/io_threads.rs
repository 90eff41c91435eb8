//! Changing `io-threads` on a server that is busy: clients move from thread to thread and notice nothing.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};
use ironkeep_wire::client::Value;
use ironkeep_wire::encode_command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The numbers of threads that a server goes through.
const NUMBERS: [&str; 8] = ["4", "2", "1", "3", "1", "4", "1", "2"];

/// Sets the number of threads and waits until so many serve.
fn set_threads(me: &mut Client, number: &str) {
    assert_eq!(me.text(&["config", "set", "io-threads", number]), "OK");
    until(me, |me| serving(me) == number.parse::<usize>().unwrap());
}

fn serving(me: &mut Client) -> usize {
    me.text(&["info", "threads"]).matches("io_thread_").count()
}

fn until(me: &mut Client, done: impl Fn(&mut Client) -> bool) {
    assert!((0..1_000_000).any(|_| done(me)), "that never came");
}

#[test]
fn pipelines_are_answered_in_order_while_threads_come_and_go() {
    let server = Server::start(&["--io-threads", "1"]);
    let over = AtomicBool::new(false);
    let rounds: u64 = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..6)
            .map(|nth| {
                let (mut client, over) = (Server::client_at(server.port), &over);
                scope.spawn(move || count_up(&mut client, &format!("k{nth}"), over))
            })
            .collect();
        let mut me = server.client();
        for _ in 0..8 {
            NUMBERS.iter().for_each(|number| set_threads(&mut me, number));
        }
        // And without waiting for any of them to be reached.
        for number in NUMBERS.iter().cycle().take(200) {
            assert_eq!(me.text(&["config", "set", "io-threads", number]), "OK");
        }
        set_threads(&mut me, "2");
        over.store(true, Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert!(rounds > 0);
    let mut me = server.client();
    set_threads(&mut me, "1");
    until(&mut me, |me| me.info("clients", "connected_clients") == "1");
    let counted = me.text(&["info", "commandstats"]);
    let incr = counted.lines().find(|line| line.starts_with("cmdstat_incr:")).unwrap();
    assert!(incr.contains(&format!("calls={},", rounds * 20)), "{incr}");
}

/// Sends pipelines that end in the middle of a request, and checks every reply.
fn count_up(client: &mut Client, key: &str, over: &AtomicBool) -> u64 {
    let one = encode_command(&["incr", key]);
    let pipeline = one.repeat(20);
    let (mut next, mut rounds) = (1, 0);
    while !over.load(Relaxed) {
        let cut = pipeline.len() - (rounds as usize * 7) % pipeline.len();
        client.send_raw(&pipeline[..cut]);
        client.send_raw(&pipeline[cut..]);
        for _ in 0..20 {
            assert_eq!(client.read(), Value::Integer(next));
            next += 1;
        }
        rounds += 1;
    }
    rounds
}

#[test]
fn whatever_a_client_is_doing_goes_on_elsewhere() {
    let server = Server::start(&["--io-threads", "4"]);
    let mut me = server.client();
    let large = "x".repeat(8_000_000);
    assert_eq!(me.text(&["set", "large", &large]), "OK");
    let each = |setup: &dyn Fn(&mut Client)| -> Vec<Client> {
        let mut clients: Vec<_> = (0..4).map(|_| server.client()).collect();
        clients.iter_mut().for_each(setup);
        clients
    };
    let mut half_read = each(&|client| {
        assert_eq!(client.text(&["select", "3"]), "OK");
        client.send_raw(b"*2\r\n$4\r\necho\r\n$5\r\nhe");
    });
    let mut half_written = each(&|client| client.send(&["get", "large"]));
    let mut in_transaction = each(&|client| {
        assert_eq!(client.text(&["watch", "w"]), "OK");
        assert_eq!(client.text(&["multi"]), "OK");
        assert_eq!(client.text(&["incr", "n"]), "QUEUED");
    });
    let mut parked = each(&|client| {
        client.send(&["wait", "1", "0"]);
        client.send(&["ping"]);
    });
    let mut watching = each(&|client| assert_eq!(client.text(&["monitor"]), "OK"));
    until(&mut me, |me| me.info("clients", "blocked_clients") == "4");
    for number in ["1", "3", "1", "2"] {
        set_threads(&mut me, number);
    }
    for (nth, client) in half_read.iter_mut().enumerate() {
        client.send_raw(b"llo\r\n");
        assert_eq!(client.read_text(), "hello", "{nth}");
        assert!(client.text(&["client", "info"]).contains(" db=3 "));
    }
    for client in &mut half_written {
        assert_eq!(client.read_text().len(), large.len());
    }
    for (nth, client) in in_transaction.iter_mut().enumerate() {
        assert_eq!(client.text(&["exec"]), format!("[{}]", nth + 1));
    }
    for line in me.text(&["client", "list", "flags", "b"]).lines() {
        let id = line.split_once("id=").unwrap().1.split(' ').next().unwrap();
        assert_eq!(me.text(&["client", "unblock", id]), "1");
    }
    for client in &mut parked {
        assert_eq!((client.read_text(), client.read_text()), ("0".into(), "PONG".into()));
    }
    assert_eq!(me.text(&["echo", "the last"]), "the last");
    for client in &mut watching {
        // All in the same order, from the first to the last.
        while !client.read_text().contains("\"the last\"") {}
    }
}

#[test]
fn who_waits_until_a_time_is_told_on_the_new_thread() {
    let server = Server::start(&["--io-threads", "4"]);
    let mut me = server.client();
    let mut parked: Vec<_> = (0..4).map(|_| server.client()).collect();
    for client in &mut parked {
        client.send(&["wait", "1", "300"]);
    }
    until(&mut me, |me| me.info("clients", "blocked_clients") == "4");
    set_threads(&mut me, "1");
    assert_eq!(me.info("clients", "clients_in_timeout_table"), "4");
    for client in &mut parked {
        assert_eq!(client.read_text(), "0");
    }
    assert_eq!(me.info("clients", "clients_in_timeout_table"), "0");
}

#[test]
fn connections_are_spread_when_threads_are_added() {
    let server = Server::start(&["--io-threads", "1"]);
    let mut clients: Vec<_> = (0..8).map(|_| server.client()).collect();
    for client in &mut clients {
        assert_eq!(client.text(&["ping"]), "PONG");
    }
    set_threads(&mut clients[0], "4");
    until(&mut clients[0], |me| me.text(&["info", "threads"]).matches("clients=2,").count() == 4);
    for client in &mut clients {
        assert_eq!(client.text(&["ping"]), "PONG");
    }
}
