//! Clients that wait for entries of streams: who gets what and in which order, and what they are told when the stream or
//! the group goes.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};

fn until_blocked(me: &mut Client, wanted: usize) {
    let waiting = |me: &mut Client| me.info("clients", "blocked_clients") == wanted.to_string();
    assert!((0..1_000_000).any(|_| waiting(me)), "there are not {wanted} who wait");
}

/// A server with a stream `s` that has one entry and a group `g` that has read it, and clients who wait in this command,
/// one after the other.
fn scene(waiters: &[&str]) -> (Server, Client, Vec<Client>) {
    let server = Server::start(&["--io-threads", "2"]);
    let mut me = server.client();
    me.text(&["xadd", "s", "1-0", "f", "v"]);
    me.text(&["xgroup", "create", "s", "g", "$"]);
    let mut all = Vec::new();
    for line in waiters {
        let mut waiter = server.client();
        waiter.send(&line.split(' ').collect::<Vec<_>>());
        all.push(waiter);
        until_blocked(&mut me, all.len());
    }
    (server, me, all)
}

#[test]
fn all_who_read_get_an_entry_and_one_of_a_group() {
    let (_server, mut me, mut waiters) = scene(&[
        "xreadgroup group g a block 0 streams s >",
        "xread block 0 streams s $",
        "xreadgroup group g b block 0 streams s >",
        "xread block 0 streams none s 0 1-0",
    ]);
    me.text(&["xadd", "s", "2-0", "f", "v"]);
    until_blocked(&mut me, 1);
    for nth in [0, 1, 3] {
        assert_eq!(waiters[nth].read_text(), "[[s [[2-0 [f v]]]]]");
    }
    me.text(&["xadd", "s", "3-0", "f", "v"]);
    assert_eq!(waiters[2].read_text(), "[[s [[3-0 [f v]]]]]");
    assert_eq!(me.text(&["xpending", "s", "g"]), "[2 2-0 3-0 [[a 1] [b 1]]]");
}

#[test]
fn what_dollar_means_is_known_when_the_wait_begins() {
    let (_server, mut me, mut waiters) = scene(&["xread block 0 streams s t $ $"]);
    me.text(&["multi"]);
    me.text(&["del", "s"]);
    me.text(&["xadd", "s", "1-0", "f", "old"]);
    me.text(&["exec"]);
    me.text(&["set", "t", "x"]);
    me.text(&["del", "t"]);
    until_blocked(&mut me, 1);
    me.text(&["xadd", "s", "1-1", "f", "new"]);
    assert_eq!(waiters[0].read_text(), "[[s [[1-1 [f new]]]]]");
}

#[test]
fn who_reads_for_a_group_is_told_that_it_has_gone() {
    let no_group = "NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option";
    let wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
    for (line, told) in [
        ("xgroup destroy s g", no_group),
        ("del s", no_group),
        ("rename s t", no_group),
        ("flushall", no_group),
        ("swapdb 0 1", no_group),
        ("pexpireat s 1", no_group),
        ("set s x", wrong_type),
    ] {
        let (_server, mut me, mut waiters) =
            scene(&["xreadgroup group g a block 0 streams s >", "xread block 0 streams s $"]);
        me.text(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(waiters[0].read_text(), told, "after {line}");
        until_blocked(&mut me, 1);
        me.text(&["del", "s"]);
        me.text(&["xadd", "s", "9-0", "f", "v"]);
        assert_eq!(waiters[1].read_text(), "[[s [[9-0 [f v]]]]]", "after {line}");
    }
}

#[test]
fn unblocked_by_time_and_by_others() {
    let (server, mut me, mut waiters) = scene(&["xread block 0 streams s $", "xread block 0 streams s $"]);
    let list = me.text(&["client", "list", "flags", "b"]);
    let ids: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("id=")?.split(' ').next()).collect();
    assert_eq!(me.text(&["client", "unblock", ids[0]]), "1");
    assert_eq!(me.text(&["client", "unblock", ids[1], "error"]), "1");
    let mut told: Vec<String> = waiters.iter_mut().map(Client::read_text).collect();
    told.sort();
    assert_eq!(told[1], "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    let nothing = told.remove(0);
    let mut other = server.client();
    assert_eq!(other.text(&["xread", "block", "1", "streams", "s", "$"]), nothing);
    until_blocked(&mut me, 0);
}

/// A wait that adds a consumer changes something although it does not end: what comes next on its thread must not be
/// counted, or logged, for it.
#[test]
fn a_new_consumer_is_a_change_of_its_own() {
    let server = Server::start(&["--io-threads", "1"]);
    let mut me = server.client();
    me.text(&["xgroup", "create", "s", "g", "$", "mkstream"]);
    let changes =
        |me: &mut Client| -> i64 { me.info("persistence", "rdb_changes_since_last_save").parse().unwrap() };
    let before = changes(&mut me);
    let mut waiter = server.client();
    waiter.send(&["xreadgroup", "group", "g", "a", "block", "0", "streams", "s", ">"]);
    until_blocked(&mut me, 1);
    assert_eq!(changes(&mut me), before + 1);
}
