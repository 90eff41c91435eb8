//! Publish and subscribe, and keyspace events, with clients of several threads.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server, text_of};
use ironkeep_wire::client::Value;

fn words(client: &mut Client) -> Vec<String> {
    match client.read() {
        Value::Array(items) | Value::Push(items) => items.iter().map(text_of).collect(),
        other => panic!("no message: {other:?}"),
    }
}

fn listener(server: &Server, words_sent: &[&str]) -> Client {
    let mut client = server.client();
    client.send(words_sent);
    words_sent[1..].iter().for_each(|_| drop(client.read()));
    client
}

#[test]
fn each_publisher_is_heard_in_its_order() {
    let server = Server::start(&["--io-threads", "4"]);
    let mut listeners: Vec<Client> =
        (0..6).map(|nth| listener(&server, &[["subscribe", "psubscribe"][nth % 2], "news"])).collect();
    let mut publishers: Vec<Client> = (0..4).map(|_| server.client()).collect();
    for round in 0..200 {
        for (nth, publisher) in publishers.iter_mut().enumerate() {
            publisher.send(&["publish", "news", &format!("{nth}:{round}")]);
        }
    }
    for publisher in &mut publishers {
        (0..200).for_each(|_| assert_eq!(publisher.read_text(), "6"));
    }
    for listener in &mut listeners {
        let mut next = [0; 4];
        for _ in 0..800 {
            let message = words(listener);
            let (nth, round) = message.last().unwrap().split_once(':').unwrap();
            let nth: usize = nth.parse().unwrap();
            assert_eq!(round, next[nth].to_string());
            next[nth] += 1;
        }
    }
}

#[test]
fn events_are_told_before_the_reply_of_a_later_publish() {
    let server = Server::start(&["--io-threads", "3", "--notify-keyspace-events", "KEAn"]);
    let mut listener = listener(&server, &["psubscribe", "__key*"]);
    let mut client = server.client();
    client.call(&["multi"]);
    for command in [&["set", "k", "1", "ex", "100"][..], &["incr", "k"], &["rename", "k", "l"], &["del", "l"]]
    {
        client.call(command);
    }
    client.call(&["exec"]);
    let expected =
        ["new k", "set k", "expire k", "incrby k", "new l", "rename_from k", "rename_to l", "del l"];
    for event in expected {
        let (name, key) = event.split_once(' ').unwrap();
        assert_eq!(words(&mut listener)[2..], [format!("__keyspace@0__:{key}"), name.to_owned()]);
        assert_eq!(words(&mut listener)[2..], [format!("__keyevent@0__:{name}"), key.to_owned()]);
    }
}

#[test]
fn a_listener_that_ends_or_resets_leaves_nothing_behind() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut client = server.client();
    let mut first = listener(&server, &["subscribe", "a", "b"]);
    let second = listener(&server, &["psubscribe", "a*"]);
    assert_eq!(client.text(&["publish", "a", "x"]), "2");
    assert_eq!(client.info("clients", "pubsub_clients"), "2");
    assert_eq!(words(&mut first), ["message", "a", "x"]);
    assert!(first.text(&["get", "k"]).starts_with("ERR Can't execute 'get'"));
    assert_eq!(first.text(&["reset"]), "RESET");
    drop(second);
    client.wait_for(&["publish", "a", "x"], "0");
    assert_eq!(client.info("stats", "pubsub_channels"), "0");
    assert_eq!(client.info("stats", "pubsub_patterns"), "0");
}

#[test]
fn a_listener_that_does_not_read_is_closed_and_others_hear_on() {
    let limit = "pubsub 1mb 0 0";
    let server = Server::start(&["--io-threads", "2", "--client-output-buffer-limit", limit]);
    let slow = listener(&server, &["subscribe", "c"]);
    let mut quick = listener(&server, &["subscribe", "c"]);
    let mut client = server.client();
    let text = "x".repeat(100_000);
    let mut reached = 2;
    for _ in 0..2000 {
        reached = client.text(&["publish", "c", &text]).parse().unwrap();
        assert_eq!(words(&mut quick)[2].len(), text.len());
        if reached == 1 {
            break;
        }
    }
    assert_eq!(reached, 1, "the slow one is still there");
    drop(slow);
}
