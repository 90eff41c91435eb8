//! Who a client is: HELLO, AUTH, RESET, names, and its line in CLIENT INFO.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::{Client, Server};
use ironkeep_wire::Value;

const FIELDS: &str = "id addr laddr fd name age idle flags capa db sub psub ssub multi watch qbuf qbuf-free argv-mem \
                      multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp lib-name lib-ver tot-net-in \
                      tot-net-out tot-cmds";

fn field(line: &str, name: &str) -> String {
    let start = format!("{name}=");
    let found = line.split(' ').find_map(|pair| pair.strip_prefix(start.as_str()));
    found.unwrap_or_else(|| panic!("no {name} in {line}")).trim_end().to_owned()
}

fn info(client: &mut Client, name: &str) -> String {
    field(&client.text(&["client", "info"]), name)
}

#[test]
fn hello_changes_the_protocol_and_tells_who_answers() {
    let server = Server::start(&["--availability-zone", "b2"]);
    let mut client = server.client();
    let Value::Map(pairs) = client.call(&["hello", "3", "setname", "me"]) else { panic!("no map") };
    let told: Vec<_> = pairs.iter().map(|(key, _)| common::text_of(key)).collect();
    assert_eq!(told, ["server", "version", "proto", "id", "mode", "role", "modules", "availability_zone"]);
    assert_eq!(common::text_of(&pairs[0].1), "valkey");
    assert_eq!(common::text_of(&pairs[1].1), "9.1.2");
    assert_eq!(pairs[2].1, Value::Integer(3));
    assert_eq!(common::text_of(&pairs[7].1), "b2");
    assert_eq!(client.text(&["client", "getname"]), "me");
    assert!(matches!(client.call(&["client", "info"]), Value::Verbatim(..)));
    assert_eq!(info(&mut client, "resp"), "3");
    let Value::Array(flat) = client.call(&["hello", "2"]) else { panic!("no array") };
    assert_eq!(flat.len(), 16);
}

#[test]
fn hello_refuses_with_the_words_of_valkey() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for (words, error) in [
        (&["hello", "4"][..], "NOPROTO unsupported protocol version"),
        (&["hello", "x"], "ERR Protocol version is not an integer or out of range"),
        (&["hello", "2", "foo"], "ERR Syntax error in HELLO option 'foo'"),
        (&["hello", "2", "setname", "a b"], BAD_NAME),
        (&["hello", "3", "auth", "a", "b"], WRONG_PASSWORD),
        (&["auth", "a", "b", "c"], "ERR syntax error"),
        (&["auth", "x", "y"], WRONG_PASSWORD),
    ] {
        assert_eq!(client.text(words), error, "{words:?}");
    }
    assert_eq!(info(&mut client, "resp"), "2");
}

const WRONG_PASSWORD: &str = "WRONGPASS invalid username-password pair or user is disabled.";
const BAD_NAME: &str = "ERR Client names cannot contain spaces, newlines or special characters.";
const NO_AUTH: &str = "NOAUTH Authentication required.";

#[test]
fn a_password_is_asked_of_new_connections_only() {
    let server = Server::start(&[]);
    let (mut old, mut older) = (server.client(), server.client());
    assert_eq!([old.text(&["ping"]), older.text(&["ping"])], ["PONG", "PONG"]);
    assert_eq!(old.text(&["config", "set", "requirepass", "secret"]), "OK");
    // Those that are there stay logged in.
    assert_eq!(old.text(&["set", "a", "b"]), "OK");
    assert_eq!(older.text(&["ping"]), "PONG");
    let mut new = server.client();
    assert_eq!(new.text(&["get", "a"]), NO_AUTH);
    assert_eq!(new.text(&["no-such-command"]), NO_AUTH);
    assert!(new.text(&["hello", "3"]).starts_with("NOAUTH HELLO must be called with the client already"));
    assert_eq!(new.text(&["auth", "wrong"]), WRONG_PASSWORD);
    assert_eq!(new.text(&["auth", "secret"]), "OK");
    assert_eq!(new.text(&["get", "a"]), "b");
    assert_eq!(new.text(&["reset"]), "RESET");
    assert_eq!(new.text(&["get", "a"]), NO_AUTH);
    assert!(matches!(new.call(&["hello", "3", "auth", "default", "secret"]), Value::Map(_)));
    assert_eq!(new.text(&["get", "a"]), "b");
}

#[test]
fn an_unauthenticated_client_may_send_little() {
    let server = Server::start(&["--requirepass", "secret"]);
    let mut client = server.client();
    client.send_raw(b"*100\r\n");
    assert_eq!(client.read_text(), "ERR Protocol error: unauthenticated multibulk length");
    assert!(client.is_closed());
    let mut client = server.client();
    client.send_raw(b"*1\r\n$100000\r\n");
    assert_eq!(client.read_text(), "ERR Protocol error: unauthenticated bulk length");
    assert!(client.is_closed());
}

#[test]
fn the_line_of_a_client_has_all_fields_and_true_values() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let line = client.text(&["client", "info"]);
    let names: Vec<_> = line.trim_end().split(' ').map(|pair| pair.split('=').next().unwrap()).collect();
    assert_eq!(names, FIELDS.split_whitespace().collect::<Vec<_>>());
    for (name, value) in [
        ("laddr", format!("127.0.0.1:{}", server.port).as_str()),
        ("flags", "N"),
        ("db", "0"),
        ("multi", "-1"),
        ("qbuf", "0"),
        ("argv-mem", "10"),
        ("events", "r"),
        ("cmd", "client|info"),
        ("user", "default"),
        ("redir", "-1"),
        ("resp", "2"),
        ("tot-cmds", "0"),
    ] {
        assert_eq!(field(&line, name), value, "{name}");
    }
    let sent = field(&line, "tot-net-in").parse::<u64>().unwrap();
    assert_eq!(info(&mut client, "tot-net-in"), (sent + 26).to_string());
    assert_eq!(info(&mut client, "tot-cmds"), "2");
    assert_eq!(client.text(&["select", "3"]), "OK");
    assert_eq!(client.text(&["client", "no-touch", "on"]), "OK");
    assert_eq!(client.text(&["client", "no-evict", "on"]), "OK");
    assert_eq!(client.text(&["client", "capa", "redirect", "other"]), "OK");
    assert_eq!(client.text(&["client", "setinfo", "lib-name", "lib"]), "OK");
    assert_eq!(client.text(&["client", "setinfo", "LIB-VER", "1.2"]), "OK");
    let line = client.text(&["client", "info"]);
    for (name, value) in
        [("db", "3"), ("flags", "eT"), ("capa", "r"), ("lib-name", "lib"), ("lib-ver", "1.2")]
    {
        assert_eq!(field(&line, name), value, "{name}");
    }
    // RESET forgets all of it but the library.
    assert_eq!(client.text(&["reset"]), "RESET");
    let line = client.text(&["client", "info"]);
    for (name, value) in [("db", "0"), ("flags", "N"), ("capa", "r"), ("lib-name", "lib")] {
        assert_eq!(field(&line, name), value, "{name}");
    }
}

#[test]
fn a_transaction_shows_in_the_list() {
    let server = Server::start(&["--io-threads", "2"]);
    let (mut one, mut other) = (server.client(), server.client());
    let id = one.text(&["client", "id"]);
    assert_eq!(one.text(&["watch", "a"]), "OK");
    assert_eq!(one.text(&["multi"]), "OK");
    assert_eq!(one.text(&["set", "b", "c"]), "QUEUED");
    let line = other.text(&["client", "list", "id", &id]);
    assert_eq!(
        ["flags", "multi", "watch", "cmd"].map(|name| field(&line, name)),
        ["x", "1", "1", "set"].map(str::to_owned)
    );
    assert_ne!(field(&line, "multi-mem"), "0");
    assert_eq!(other.text(&["set", "a", "changed"]), "OK");
    assert_eq!(field(&other.text(&["client", "list", "id", &id]), "flags"), "xd");
    assert_eq!(one.text(&["exec"]), "(nil)");
    assert_eq!(field(&other.text(&["client", "list", "id", &id]), "flags"), "N");
}

#[test]
fn replies_can_be_turned_off() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.send(&["client", "reply", "off"]);
    client.send(&["ping", "lost"]);
    client.send(&["client", "reply", "skip"]);
    client.send(&["nonsense"]);
    assert_eq!(client.text(&["client", "reply", "on"]), "OK");
    client.send(&["client", "reply", "skip"]);
    client.send(&["ping", "lost"]);
    assert_eq!(client.text(&["ping", "seen"]), "seen");
    client.send(&["client", "reply", "skip"]);
    assert_eq!(client.text(&["client", "reply", "on"]), "OK");
    assert_eq!(client.text(&["client", "reply", "maybe"]), "ERR syntax error");
}
