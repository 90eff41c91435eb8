//! TIME, LOLWUT, COMMAND: the small ones.

mod common;

use common::Server;

#[test]
fn time_passes() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let mut now = || -> (u64, u64) {
        let text = client.text(&["time"]);
        let (seconds, micros) = text.trim_matches(['[', ']']).split_once(' ').unwrap();
        (seconds.parse().unwrap(), micros.parse().unwrap())
    };
    let (first, second) = (now(), now());
    assert!(first.0 > 1_700_000_000 && first.1 < 1_000_000 && second > first);
}

#[test]
fn lolwut_names_its_version() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for words in [&["lolwut"][..], &["lolwut", "version", "5"], &["lolwut", "version", "6", "1", "2"]] {
        let text = client.text(words);
        assert!(text.contains("Ironkeep ver. ") && text.ends_with("Valkey ver. 9.1.2\n"), "{text}");
    }
    client.text(&["config", "set", "extended-redis-compatibility", "yes"]);
    assert!(client.text(&["lolwut"]).ends_with("Redis ver. 7.2.4\n"));
    assert_eq!(client.text(&["lolwut", "version", "x"]), "ERR value is not an integer or out of range");
}

#[test]
fn commands_can_be_asked_for() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let count: usize = client.text(&["command", "count"]).parse().unwrap();
    let all = client.call(&["command"]);
    assert!(matches!(&all, ironkeep_wire::client::Value::Array(rows) if rows.len() == count));
    assert_eq!(client.text(&["command", "getkeys", "mset", "a", "1", "b", "2"]), "[a b]");
    assert_eq!(client.text(&["command", "list", "filterby", "pattern", "get"]), "[get]");
    assert!(client.text(&["command", "docs", "get"]).starts_with("[get [summary "));
    assert!(client.text(&["command", "info", "nonsense"]).contains("(nil)"));
}
