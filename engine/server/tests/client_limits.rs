//! Clients that send, hold or stay too much are closed; others are not harmed.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::Server;

#[test]
fn idle_clients_are_closed_but_not_those_who_watch() {
    let server = Server::start(&["--timeout", "1", "--io-threads", "2", "--loglevel", "verbose"]);
    let (mut watcher, mut idle) = (server.client(), server.client());
    assert_eq!(watcher.text(&["monitor"]), "OK");
    server.wait_for_log("Closing idle client");
    assert!(idle.is_closed());
    assert_eq!(watcher.text(&["ping"]), "PONG");
}

#[test]
fn a_query_buffer_has_a_limit() {
    let server = Server::start(&[
        "--client-query-buffer-limit",
        "1mb",
        "--hide-user-data-from-log",
        "no",
        "--io-threads",
        "2",
    ]);
    let mut greedy = server.client();
    assert_eq!(greedy.text(&["client", "setname", "greedy"]), "OK");
    greedy.send_raw(b"*2\r\n$4\r\necho\r\n$3000000\r\n");
    greedy.try_send_raw(&vec![b'x'; 2_000_000]);
    let line = server.wait_for_log("Closing client that reached max query buffer length");
    assert!(line.contains(" name=greedy "), "{line}");
    let first = format!("*2\\r\\n$4\\r\\necho\\r\\n$3000000\\r\\n{}", "x".repeat(40));
    assert!(line.ends_with(&format!("(qbuf initial bytes: \"{first}\")")), "{line}");
    assert!(greedy.is_closed());
    // The queue of a transaction counts.
    let mut queuing = server.client();
    assert_eq!(queuing.text(&["multi"]), "OK");
    let long = "x".repeat(300_000);
    let refused = (0..10).any(|_| {
        queuing.try_send_raw(&ironkeep_wire::encode_command(&["set", "a", &long]))
            && queuing.try_read().is_none()
    });
    assert!(refused);
    assert_eq!(server.client().text(&["ping"]), "PONG");
}

#[test]
fn a_request_that_is_too_large_is_not_run_when_its_last_part_comes_at_once() {
    let server = Server::start(&["--client-query-buffer-limit", "1mb"]);
    let (mut greedy, mut watcher) = (server.client(), server.client());
    let request = ironkeep_wire::encode_command(&["set", "large", &"x".repeat(1_060_000)]);
    let (most, rest) = request.split_at(1_040_000);
    greedy.send_raw(most);
    while watcher.info("stats", "total_net_input_bytes").parse::<usize>().unwrap() < most.len() {}
    greedy.try_send_raw(rest);
    assert!(greedy.is_closed());
    assert_eq!(watcher.text(&["exists", "large"]), "0");
}

#[test]
fn an_output_buffer_has_a_limit() {
    let server = Server::start(&["--client-output-buffer-limit", "normal 100000 0 0"]);
    let mut client = server.client();
    assert_eq!(client.text(&["set", "a", &"x".repeat(200_000)]), "OK");
    assert_eq!(client.text(&["strlen", "a"]), "200000");
    client.send(&["get", "a"]);
    let line = server.wait_for_log("for overcoming of output buffer limits");
    assert!(line.contains("scheduled to be closed ASAP"), "{line}");
    assert!(client.is_closed());
    assert_eq!(server.client().text(&["getrange", "a", "0", "2"]), "xxx");
}

/// As in Valkey the limit is one of all that a client asks for at once, not of what its socket has no room for.
#[test]
fn who_asks_for_too_much_at_once_gets_nothing() {
    let server = Server::start(&["--client-output-buffer-limit", "normal 100000 0 0"]);
    let (mut client, mut other) = (server.client(), server.client());
    assert_eq!(client.text(&["set", "a", &"x".repeat(10_000)]), "OK");
    let requests: Vec<u8> = (0..15)
        .flat_map(|n| {
            [["set", &n.to_string(), "1"].as_slice(), &["get", "a"]]
                .map(ironkeep_wire::encode_command)
                .concat()
        })
        .collect();
    client.send_raw(&requests);
    server.wait_for_log("for overcoming of output buffer limits");
    assert!(client.try_read().is_none());
    assert_eq!(other.text(&["exists", "0", "8"]), "2");
}

#[test]
fn draws_without_end_are_cut_off() {
    let server = Server::start(&["--loglevel", "notice"]);
    let mut client = server.client();
    client.text(&["sadd", "s", "a"]);
    client.text(&["config", "set", "client-output-buffer-limit", "normal 1000000 0 0"]);
    assert_eq!(client.text(&["srandmember", "s", "-3"]), "[a a a]");
    client.send(&["srandmember", "s", "-9999999999"]);
    server.wait_for_log("for overcoming of output buffer limits");
    assert!(client.try_read().is_none());
    // It goes for clients without replies as well, and harms no other.
    let (mut silent, mut other) = (server.client(), server.client());
    silent.send(&["client", "reply", "off"]);
    silent.send(&["srandmember", "s", "-9999999999"]);
    assert!(silent.is_closed());
    assert_eq!(other.text(&["srandmember", "s", "-2"]), "[a a]");
}

#[test]
fn the_soft_limit_of_an_output_buffer_is_watched_over_time() {
    let server = Server::start(&["--client-output-buffer-limit", "normal 0 100000 1", "--io-threads", "2"]);
    let (mut client, mut slow) = (server.client(), server.client());
    assert_eq!(client.text(&["set", "a", &"x".repeat(1_000_000)]), "OK");
    for _ in 0..20 {
        slow.send(&["get", "a"]);
    }
    // It never reads, and nothing more is written for it: only time closes it.
    let line = server.wait_for_log("closed for overcoming of output buffer limits");
    assert!(line.contains(" cmd=get "), "{line}");
    assert!(slow.is_closed());
}

#[test]
fn the_number_of_clients_can_change() {
    let server = Server::start(&["--maxclients", "3", "--io-threads", "2"]);
    let mut clients = [server.client(), server.client(), server.client()];
    for client in &mut clients {
        assert_eq!(client.text(&["ping"]), "PONG");
    }
    let mut surplus = server.client();
    assert_eq!(surplus.read_text(), "ERR max number of clients reached");
    assert!(surplus.is_closed());
    assert_eq!(clients[0].text(&["config", "set", "maxclients", "4"]), "OK");
    let mut fourth = server.client();
    assert_eq!(fourth.text(&["ping"]), "PONG");
    assert_eq!(server.client().read_text(), "ERR max number of clients reached");
}

#[test]
fn breaches_of_the_protocol_are_logged() {
    let server = Server::start(&["--loglevel", "verbose", "--hide-user-data-from-log", "no"]);
    let mut client = server.client();
    client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n");
    assert_eq!(client.read_text(), "ERR Protocol error: expected '$', got 'f'");
    assert!(client.is_closed());
    let line = server.wait_for_log("Protocol error");
    assert!(line.contains("Protocol error (expected $ but got something else) from client: id="), "{line}");
    assert!(line.contains(". Query buffer: '*3..$3..SET..$1..x..fooz..'"), "{line}");
}

#[test]
fn a_browser_is_sent_away() {
    let server = Server::start(&[]);
    for request in ["POST / HTTP/1.1\r\n", "Host: here\r\n"] {
        let mut browser = server.client();
        browser.send_raw(request.as_bytes());
        assert!(browser.try_read().is_none());
    }
    server.wait_for_log("Possible SECURITY ATTACK detected.");
}
