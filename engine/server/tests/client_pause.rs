//! CLIENT PAUSE, with clients of several threads.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};

/// Waits until so many clients wait.
fn until_waiting(client: &mut Client, count: usize) {
    for _ in 0..1_000_000 {
        if client.text(&["client", "list", "flags", "b"]).lines().count() == count {
            return;
        }
    }
    panic!("there never were {count} clients that wait");
}

#[test]
fn writes_wait_and_reads_do_not() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut me = server.client();
    let mut writers = [server.client(), server.client(), server.client()];
    assert_eq!(me.text(&["set", "a", "old"]), "OK");
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    for writer in &mut writers {
        // What came before the write is answered, what comes after it waits as well.
        writer.send(&["get", "a"]);
        writer.send(&["append", "a", "+"]);
        writer.send(&["ping"]);
        assert_eq!(writer.read_text(), "old");
    }
    until_waiting(&mut me, 3);
    writers[0].send(&["echo", "late"]);
    assert_eq!(me.text(&["get", "a"]), "old");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    let mut lengths: Vec<_> = writers.iter_mut().map(Client::read_text).collect();
    lengths.sort();
    assert_eq!(lengths, ["4", "5", "6"]);
    for writer in &mut writers {
        assert_eq!(writer.read_text(), "PONG");
    }
    assert_eq!(writers[0].read_text(), "late");
    assert_eq!(me.text(&["get", "a"]), "old+++");
}

#[test]
fn a_large_request_that_arrives_in_parts_survives_a_pause() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut writer) = (server.client(), server.client());
    let long = "x".repeat(300_000);
    let request = ironkeep_wire::encode_command(&["set", "b", &long]);
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    writer.send(&["set", "a", "1"]);
    writer.send_raw(&request[..100_000]);
    until_waiting(&mut me, 1);
    writer.send_raw(&request[100_000..]);
    writer.send_raw(b"PING \"with quotes\"\r\n");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!([writer.read_text(), writer.read_text(), writer.read_text()], ["OK", "OK", "with quotes"]);
    assert_eq!(me.text(&["strlen", "b"]), "300000");
}

#[test]
fn transactions_wait_when_they_write() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut reader, mut writer) = (server.client(), server.client(), server.client());
    assert_eq!(writer.text(&["multi"]), "OK");
    assert_eq!(writer.text(&["set", "a", "b"]), "QUEUED");
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    writer.send(&["exec"]);
    until_waiting(&mut me, 1);
    assert_eq!(reader.text(&["multi"]), "OK");
    assert_eq!(reader.text(&["get", "a"]), "QUEUED");
    assert_eq!(reader.text(&["exec"]), "[(nil)]");
    // Errors do not wait.
    assert_eq!(reader.text(&["set", "a"]), "ERR wrong number of arguments for 'set' command");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!(writer.read_text(), "[OK]");
}

#[test]
fn a_pause_of_all_ends_by_itself_and_a_weaker_one_does_not_shorten_it() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut other) = (server.client(), server.client());
    assert_eq!(me.text(&["multi"]), "OK");
    for words in [&["client", "pause", "200", "all"], &["client", "pause", "1", "write"]] {
        assert_eq!(me.text(words), "QUEUED");
    }
    // Its own list still runs, for the transaction has begun.
    assert_eq!(me.text(&["client", "list"]), "QUEUED");
    assert!(me.text(&["exec"]).starts_with("[OK OK id="));
    assert_eq!(other.text(&["ping"]), "PONG");
    assert_eq!(me.text(&["set", "a", "b"]), "OK");
}

#[test]
fn nothing_expires_meanwhile() {
    let server = Server::start(&[]);
    let mut me = server.client();
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!(me.text(&["multi"]), "OK");
    assert_eq!(me.text(&["set", "a", "b", "px", "20"]), "QUEUED");
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "QUEUED");
    assert_eq!(me.text(&["exec"]), "[OK OK]");
    while me.text(&["get", "a"]) != "(nil)" {}
    // Nobody sees the key, but it is there.
    assert_eq!(me.text(&["dbsize"]), "1");
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!(me.text(&["get", "a"]), "(nil)");
    assert_eq!(me.text(&["dbsize"]), "0");
}

#[test]
fn a_client_that_waits_can_be_killed() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mut writer) = (server.client(), server.client());
    assert_eq!(me.text(&["client", "pause", "100000000", "write"]), "OK");
    writer.send(&["set", "a", "b"]);
    until_waiting(&mut me, 1);
    assert_eq!(me.text(&["client", "kill", "flags", "b"]), "1");
    assert!(writer.is_closed());
    assert_eq!(me.text(&["client", "unpause"]), "OK");
    assert_eq!(me.text(&["get", "a"]), "(nil)");
}

#[test]
fn wrong_pauses_are_refused() {
    let server = Server::start(&[]);
    let mut me = server.client();
    for (words, error) in [
        (&["abc"][..], "ERR timeout is not an integer or out of range"),
        (&["-1"], "ERR timeout is negative"),
        (&["9223372036854775807"], "ERR timeout is out of range"),
        (&["0", "some"], "ERR CLIENT PAUSE mode must be WRITE or ALL"),
    ] {
        assert_eq!(me.text(&[&["client", "pause"], words].concat()), error);
    }
    assert_eq!(me.text(&["set", "a", "b"]), "OK");
}
