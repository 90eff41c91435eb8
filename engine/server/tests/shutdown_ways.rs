//! SHUTDOWN and the signals: how the server ends, and when it refuses to.

mod common;

use common::Server;
use std::process::Command;

fn signal(server: &Server, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &server.pid().to_string()]).status();
    assert!(status.expect("kill is there").success());
}

#[test]
fn refuses_what_makes_no_sense() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for (words, error) in [
        (&["shutdown", "abort"][..], "ERR No shutdown in progress."),
        (&["shutdown", "nosave", "save"], "ERR syntax error"),
        (&["shutdown", "abort", "now"], "ERR syntax error"),
        (&["shutdown", "nonsense"], "ERR syntax error"),
        (&["shutdown", "failover"], "ERR SHUTDOWN FAILOVER is only supported in cluster mode."),
    ] {
        assert_eq!(client.text(words), error);
    }
    assert!(client.text(&["shutdown", "save"]).starts_with("ERR saving is not built"));
    assert_eq!(client.text(&["ping"]), "PONG");
}

#[test]
fn ends_without_a_reply() {
    for words in [&["shutdown", "nosave"][..], &["shutdown"], &["shutdown", "save", "force"]] {
        let server = Server::start(&[]);
        let mut client = server.client();
        client.send(words);
        assert!(client.is_closed());
        server.wait_for_log("bye bye");
    }
}

#[test]
fn signals_end_it_unless_they_ask_for_saving() {
    for name in ["TERM", "INT"] {
        let server = Server::start(&[]);
        signal(&server, name);
        server.wait_for_log(&format!("Received SIG{name} scheduling shutdown..."));
        server.wait_for_log("bye bye");
    }
    let server = Server::start(&["--shutdown-on-sigterm", "save"]);
    signal(&server, "TERM");
    server.wait_for_log("SIGTERM received but shutdown-on-sigterm asks for saving");
    assert_eq!(server.client().text(&["ping"]), "PONG");
}
