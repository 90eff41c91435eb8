//! What a client is told whose command is refused, in and outside of MULTI.
#![allow(clippy::unwrap_used)] // here a failure is a failed test

mod common;

use common::Server;

#[test]
fn refusals_have_the_words_of_valkey() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let long = "x".repeat(200);
    let cut = &long[..128];
    for (words, error) in [
        (&["foo"][..], "ERR unknown command 'foo', with args beginning with: ".to_owned()),
        (
            &["foo", "bar", "a\r\nb"],
            "ERR unknown command 'foo', with args beginning with: 'bar' 'a  b'".to_owned(),
        ),
        (&[&long, &long, "y"], format!("ERR unknown command '{cut}', with args beginning with: '{cut}' ")),
        (&["client", "foo"], "ERR unknown subcommand 'foo'. Try CLIENT HELP.".to_owned()),
        (&["client"], "ERR wrong number of arguments for 'client' command".to_owned()),
        (&["get"], "ERR wrong number of arguments for 'get' command".to_owned()),
        (&["client", "kill"], "ERR wrong number of arguments for 'client|kill' command".to_owned()),
        (&["ping", "a", "b"], "ERR wrong number of arguments for 'ping' command".to_owned()),
        (&["select", "99"], "ERR DB index is out of range".to_owned()),
        (&["select", "x"], "ERR value is not an integer or out of range".to_owned()),
        (&["client", "import-source", "on"], "ERR Server is not in import mode".to_owned()),
        (&["client", "unblock", "1", "x"], "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR".to_owned()),
        (&["client", "setinfo", "a", "b"], "ERR Unrecognized option 'a'".to_owned()),
    ] {
        assert_eq!(client.text(words).trim_end(), error.trim_end(), "{words:?}");
    }
}

#[test]
fn a_refused_command_spoils_its_transaction() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for spoiler in [
        &["nonsense"][..],
        &["get"],
        &["client", "nonsense"],
        &["watch", "a"],
        &["multi"],
        &["client", "reply", "off"],
    ] {
        assert_eq!(client.text(&["multi"]), "OK");
        assert_eq!(client.text(&["set", "a", "b"]), "QUEUED");
        assert!(client.text(spoiler).starts_with("ERR "), "{spoiler:?}");
        assert_eq!(client.text(&["set", "a", "b"]), "QUEUED");
        assert_eq!(client.text(&["exec"]), "EXECABORT Transaction discarded because of previous errors.");
    }
    assert_eq!(client.text(&["multi"]), "OK");
    assert_eq!(client.text(&["watch", "a"]), "ERR Command 'watch' not allowed inside a transaction");
    assert_eq!(
        client.text(&["exec", "x"]),
        "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command"
    );
    assert_eq!(client.text(&["exec"]), "ERR EXEC without MULTI");
    assert_eq!(client.text(&["get", "a"]), "(nil)");
}

#[test]
fn some_commands_are_refused_only_when_the_transaction_runs() {
    let server = Server::start(&[]);
    let mut client = server.client();
    assert_eq!(client.text(&["multi"]), "OK");
    assert_eq!(client.text(&["monitor"]), "QUEUED");
    assert_eq!(client.text(&["ping"]), "QUEUED");
    assert_eq!(client.text(&["exec"]), "[ERR MONITOR isn't allowed for DENY BLOCKING client PONG]");
    // QUIT and RESET are not queued.
    assert_eq!(client.text(&["multi"]), "OK");
    assert_eq!(client.text(&["reset"]), "RESET");
    assert_eq!(client.text(&["multi"]), "OK");
    assert_eq!(client.text(&["quit"]), "OK");
    assert!(client.is_closed());
}
