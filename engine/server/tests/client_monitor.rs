//! MONITOR, with clients of several threads.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};

/// The next line that a monitor sees, without time and address.
fn seen(monitor: &mut Client) -> String {
    let line = monitor.read_text();
    let (head, rest) = line.split_once(']').unwrap();
    let (time, source) = head.split_once(" [").unwrap();
    let (seconds, micros) = time.split_once('.').unwrap();
    assert!(seconds.parse::<u64>().is_ok() && micros.len() == 6, "{line}");
    let (db, address) = source.split_once(' ').unwrap();
    assert!(address.starts_with("127.0.0.1:") || address.starts_with("unix:"), "{line}");
    format!("{db}{rest}")
}

fn monitor(server: &Server) -> Client {
    let mut client = server.client();
    assert_eq!(client.text(&["monitor"]), "OK");
    client
}

#[test]
fn commands_of_all_threads_are_seen_in_one_order() {
    let server = Server::start(&["--io-threads", "3"]);
    let mut monitors = [monitor(&server), monitor(&server), monitor(&server)];
    let mut clients = [server.client(), server.client(), server.client()];
    for round in 0..50 {
        for client in &mut clients {
            client.send(&["incr", &format!("key{round}")]);
        }
    }
    for client in &mut clients {
        (0..50).for_each(|_| drop(client.read()));
    }
    let lines: Vec<Vec<String>> =
        monitors.iter_mut().map(|monitor| (0..150).map(|_| monitor.read_text()).collect()).collect();
    assert_eq!(lines[0], lines[1]);
    assert_eq!(lines[0], lines[2]);
    // Each client's own commands keep their order.
    let mut by_client = std::collections::HashMap::<&str, Vec<&str>>::new();
    for line in &lines[0] {
        let (head, command) = line.split_once("] ").unwrap();
        by_client.entry(head.rsplit_once(' ').unwrap().1).or_default().push(command);
    }
    let expected: Vec<_> = (0..50).map(|round| format!("\"incr\" \"key{round}\"")).collect();
    assert_eq!(by_client.len(), 3);
    assert!(by_client.values().all(|commands| *commands == expected));
}

#[test]
fn transactions_are_shown_as_they_run() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut monitor = monitor(&server);
    let mut client = server.client();
    for words in [
        &["multi"][..],
        &["set", "a", "b"],
        &["exec"],
        &["multi"],
        &["nonsense"],
        &["exec"],
        &["multi"],
        &["exec", "more"],
        &["select", "9"],
    ] {
        client.call(words);
    }
    let lines: Vec<_> = (0..8).map(|_| seen(&mut monitor)).collect();
    assert_eq!(
        lines,
        [
            "0 \"multi\"",
            "0 \"set\" \"a\" \"b\"",
            "0 \"exec\"",
            "0 \"multi\"",
            "0 \"exec\"",
            "0 \"multi\"",
            "0 \"exec\" \"more\"",
            "9 \"select\" \"9\"",
        ]
    );
}

#[test]
fn secrets_and_administration_stay_hidden() {
    let server = Server::start(&["--requirepass", "secret"]);
    let mut watcher = server.client();
    assert_eq!(watcher.text(&["auth", "secret"]), "OK");
    assert_eq!(watcher.text(&["monitor"]), "OK");
    let mut client = server.client();
    client.call(&["get", "refused"]);
    client.call(&["auth", "default", "secret"]);
    client.call(&["hello", "3", "AUTH", "default", "secret", "setname", "me"]);
    client.call(&["config", "get", "port"]);
    client.call(&["client", "list"]);
    client.call(&["echo", "a\\\"\n\r\t\x07\x08\x7f"]);
    let lines: Vec<_> = (0..3).map(|_| seen(&mut watcher)).collect();
    assert_eq!(
        lines,
        [
            r#"0 "auth" "(redacted)" "(redacted)""#,
            r#"0 "hello" "3" "AUTH" "(redacted)" "(redacted)" "setname" "me""#,
            r#"0 "echo" "a\\\"\n\r\t\a\b\x7f""#,
        ]
    );
}

#[test]
fn who_watches_may_not_touch_keys_until_reset() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut watcher = monitor(&server);
    let mut client = server.client();
    assert_eq!(watcher.text(&["get", "a"]), "ERR Replica can't interact with the keyspace");
    assert!(client.text(&["client", "list", "flags", "O"]).contains(" flags=O "));
    watcher.send(&["ping"]);
    assert_eq!(watcher.read_text(), "PONG");
    assert_eq!(seen(&mut watcher), "0 \"ping\"");
    assert_eq!(watcher.text(&["reset"]), "RESET");
    assert_eq!(client.text(&["set", "a", "b"]), "OK");
    assert_eq!(watcher.text(&["get", "a"]), "b");
    assert_eq!(client.text(&["client", "list", "flags", "O"]), "");
}

#[test]
fn a_unix_socket_is_named() {
    let server = Server::start(&["--unixsocket", "the.sock"]);
    let mut watcher = monitor(&server);
    let mut client = Server::unix_client(&server.dir.join("the.sock"));
    assert_eq!(client.text(&["ping"]), "PONG");
    assert!(client.text(&["client", "info"]).contains(" flags=U "));
    assert!(watcher.read_text().ends_with("[0 unix:the.sock] \"ping\""));
}

#[test]
fn a_monitor_that_does_not_read_is_closed() {
    let server = Server::start(&["--io-threads", "2", "--client-output-buffer-limit", "normal 1mb 0 0"]);
    let mut slow = monitor(&server);
    let mut client = server.client();
    let long = "x".repeat(100_000);
    // Sockets hold some megabytes; what is more stays in the server, up to the limit.
    for _ in 0..200 {
        assert_eq!(client.text(&["set", "a", &long]), "OK");
    }
    let line = server.wait_for_log("for overcoming of output buffer limits");
    assert!(line.contains(" flags=O "), "{line}");
    assert!(slow.is_closed());
    assert_eq!(client.text(&["ping"]), "PONG");
}
