//! COMMANDLOG and SLOWLOG: what is noted, shortened, hidden.

mod common;

use common::Server;

#[test]
fn slow_commands_are_noted() {
    let server = Server::start(&["--commandlog-execution-slower-than", "0", "--enable-debug-command", "yes"]);
    let mut client = server.client();
    client.text(&["client", "setname", "tester"]);
    client.text(&["slowlog", "reset"]);
    client.text(&["config", "set", "requirepass", "secret"]);
    client.text(&["set", "long", &"x".repeat(200)]);
    let mut many = vec!["del"];
    many.extend(["k"; 40]);
    client.text(&many);
    client.text(&["config", "set", "commandlog-execution-slower-than", "-1"]);
    client.text(&["get", "a"]);
    assert_eq!(client.text(&["slowlog", "len"]), "4");
    let log = client.text(&["commandlog", "get", "-1", "slow"]);
    assert!(log.contains(&format!("set long {}... (72 more bytes)", "x".repeat(128))), "{log}");
    assert!(log.contains("k ... (10 more arguments)]"), "{log}");
    assert!(log.contains("config set requirepass (redacted)"), "{log}");
    assert!(!log.contains("secret") && log.contains(" 127.0.0.1:") && log.contains(" tester]"), "{log}");
    assert_eq!(client.text(&["commandlog", "reset", "slow"]), "OK");
    assert_eq!(client.text(&["slowlog", "get"]), "[]");
}

#[test]
fn large_requests_and_replies_are_noted() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.text(&["config", "set", "commandlog-request-larger-than", "1024"]);
    client.text(&["config", "set", "commandlog-reply-larger-than", "1024"]);
    client.text(&["set", "small", "x"]);
    client.text(&["set", "large", &"x".repeat(1024)]);
    client.text(&["get", "large"]);
    for (which, bytes, name) in [("large-request", 1057, "set large"), ("large-reply", 1033, "get large")] {
        assert_eq!(client.text(&["commandlog", "len", which]), "1");
        let entry = client.text(&["commandlog", "get", "5", which]);
        assert!(entry.contains(&format!(" {bytes} [{name}")), "{entry}");
    }
    assert_eq!(client.text(&["commandlog", "len", "slow"]), "0");
}

#[test]
fn the_log_is_bounded_and_can_be_off() {
    let server = Server::start(&["--slowlog-log-slower-than", "0", "--slowlog-max-len", "10"]);
    let mut client = server.client();
    for _ in 0..50 {
        client.text(&["ping"]);
    }
    assert_eq!(client.text(&["slowlog", "len"]), "10");
    client.text(&["config", "set", "slowlog-max-len", "0"]);
    client.text(&["slowlog", "reset"]);
    client.text(&["ping"]);
    assert_eq!(client.text(&["slowlog", "len"]), "0");
    assert_eq!(
        client.text(&["commandlog", "len", "nonsense"]),
        "ERR type should be one of the following: slow, large-request, large-reply"
    );
}
