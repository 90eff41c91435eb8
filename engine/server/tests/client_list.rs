//! CLIENT LIST and CLIENT KILL, with clients of several threads.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};

/// The numbers of the clients in a list.
fn ids(client: &mut Client, filter: &[&str]) -> Vec<String> {
    let words = [&["client", "list"], filter].concat();
    let list = client.text(&words);
    list.lines().filter_map(|line| Some(line.strip_prefix("id=")?.split(' ').next()?.to_owned())).collect()
}

fn named(server: &Server, name: &str) -> (Client, String) {
    let mut client = server.client();
    assert_eq!(client.text(&["client", "setname", name]), "OK");
    let id = client.text(&["client", "id"]);
    (client, id)
}

#[test]
fn filters_choose_clients() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, mine) = named(&server, "me");
    let (mut one, first) = named(&server, "one");
    let (mut two, second) = named(&server, "two");
    assert_eq!(one.text(&["select", "5"]), "OK");
    assert_eq!(one.text(&["client", "capa", "redirect"]), "OK");
    assert_eq!(one.text(&["client", "setinfo", "lib-name", "lib"]), "OK");
    assert_eq!(two.text(&["client", "setinfo", "lib-ver", "7"]), "OK");
    assert_eq!(two.text(&["multi"]), "OK");
    let address = one.text(&["client", "info"]);
    let address = address.split(' ').find_map(|pair| pair.strip_prefix("addr=")).unwrap().to_owned();
    let local = format!("127.0.0.1:{}", server.port);
    let (one, two, me_too) = (first.as_str(), second.as_str(), mine.as_str());
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &[me_too, one, two]),
        (&["id", one, two], &[one, two]),
        (&["id", one, "id", two], &[one, two]),
        (&["not-id", one, two], &[me_too]),
        (&["name", "one"], &[one]),
        (&["name", "two", "name", "one"], &[one]),
        (&["not-name", "one"], &[me_too, two]),
        (&["addr", &address], &[one]),
        (&["not-addr", &address], &[me_too, two]),
        (&["laddr", &local, "db", "5"], &[one]),
        (&["not-laddr", &local], &[]),
        (&["not-db", "5"], &[me_too, two]),
        (&["capa", "r"], &[one]),
        (&["not-capa", "r"], &[me_too, two]),
        (&["lib-name", "lib"], &[one]),
        (&["not-lib-name", "lib"], &[me_too, two]),
        (&["lib-ver", "7"], &[two]),
        (&["not-lib-ver", "7"], &[me_too, one]),
        (&["flags", "x"], &[two]),
        (&["not-flags", "N"], &[two]),
        (&["type", "normal", "skipme", "yes"], &[one, two]),
        (&["not-type", "normal"], &[]),
        (&["type", "replica"], &[]),
        (&["user", "default", "ip", "127.0.0.1", "not-flags", "x"], &[me_too, one]),
        (&["not-user", "default"], &[]),
        (&["not-ip", "127.0.0.1"], &[]),
        (&["maxage", "1000000"], &[]),
        (&["idle", "1000000"], &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&mut me, filter), *expected, "{filter:?}");
    }
}

#[test]
fn wrong_filters_are_refused_with_the_words_of_valkey() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for (filter, error) in [
        (&["foo"][..], "ERR syntax error"),
        (&["id", "10", "foo"], "ERR syntax error"),
        (&["id", "str"], "ERR syntax error"),
        (&["not-maxage", "1"], "ERR syntax error"),
        (&["skipme", "maybe"], "ERR syntax error"),
        (&["id", "0"], "ERR client-id should be greater than 0"),
        (&["not-id", "-1"], "ERR client-id should be greater than 0"),
        (&["type", "q"], "ERR Unknown client type 'q'"),
        (&["user", "q"], "ERR No such user 'q'"),
        (&["maxage", "x"], "ERR maxage is not an integer or out of range"),
        (&["maxage", "0"], "ERR maxage should be greater than 0"),
        (&["idle", "-1"], "ERR idle should be greater than 0"),
        (&["db", "99"], "ERR DB number should be between 0 and 15"),
        (&["not-db", "x"], "ERR NOT-DB is not an integer or out of range"),
        (&["flags", "NZ"], "ERR Unknown flags found in the provided filter: NZ"),
        (&["not-capa", "q"], "ERR Unknown capa found in the NOT-CAPA filter: q"),
    ] {
        assert_eq!(client.text(&[&["client", "list"], filter].concat()), error, "{filter:?}");
    }
    assert_eq!(client.text(&["client", "kill", "1.2.3.4:5"]), "ERR No such client");
    assert_eq!(client.text(&["client", "kill", "id", "x"]), "ERR syntax error");
    assert_eq!(client.text(&["client", "kill", "id", "99"]), "0");
}

#[test]
fn a_client_of_another_thread_can_be_killed() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut me, _) = named(&server, "me");
    for nth in 0..4 {
        let (mut victim, id) = named(&server, "victim");
        let words = if nth % 2 == 0 { ["id", id.as_str()] } else { ["name", "victim"] };
        assert_eq!(me.text(&[&["client", "kill"][..], &words].concat()), "1");
        // It is gone from the list at once.
        assert_eq!(ids(&mut me, &["id", &id]), Vec::<String>::new());
        assert!(victim.is_closed());
    }
    let (mut victim, _) = named(&server, "victim");
    let line = victim.text(&["client", "info"]);
    let address = line.split(' ').find_map(|pair| pair.strip_prefix("addr=")).unwrap();
    assert_eq!(me.text(&["client", "kill", address]), "OK");
    assert!(victim.is_closed());
    assert_eq!(me.text(&["ping"]), "PONG");
}

#[test]
fn one_spares_oneself_unless_told_otherwise() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut others = [server.client(), server.client(), server.client()];
    let mut me = server.client();
    for client in &mut others {
        assert_eq!(client.text(&["ping"]), "PONG");
    }
    assert_eq!(me.text(&["client", "kill", "type", "normal"]), "3");
    assert!(others.iter_mut().all(Client::is_closed));
    assert_eq!(me.text(&["client", "kill", "skipme", "no"]), "1");
    assert!(me.is_closed());
}

/// However it comes: what weighs more than it is could cost a client its connection (`maxmemory-clients`).
#[test]
fn a_request_that_comes_in_parts_weighs_what_it_is() {
    const SIZE: usize = 131_072;
    let server = Server::start(&["--io-threads", "2"]);
    let (mut slow, mut watcher) = (server.client(), server.client());
    assert_eq!(slow.text(&["client", "setname", "slow"]), "OK");
    slow.send_raw(format!("*2\r\n${SIZE}\r\n").as_bytes());
    let mut sent = 0;
    while sent < SIZE {
        let part = (SIZE - sent).min(25_000);
        let before: u64 = watcher.info("stats", "total_net_input_bytes").parse().unwrap();
        slow.send_raw(&vec![b'v'; part]);
        sent += part;
        while watcher.info("stats", "total_net_input_bytes").parse::<u64>().unwrap() < before + part as u64 {}
        let list = watcher.text(&["client", "list"]);
        let line = list.lines().find(|line| line.contains(" name=slow ")).unwrap();
        let weight = line.split(' ').find_map(|field| field.strip_prefix("tot-mem=")).unwrap();
        let weight: usize = weight.parse().unwrap();
        assert!(weight < sent + sent / 16 + 25_000 && weight < SIZE + 2000, "{weight} for {sent}");
    }
}
