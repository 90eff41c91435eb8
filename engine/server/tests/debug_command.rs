//! DEBUG: who may use it, and what it shows. The hashes are those of a server of Valkey 9.1.2 with the same data.

mod common;

use common::Server;

#[test]
fn needs_permission() {
    let server = Server::start(&[]);
    let mut client = server.client();
    assert!(client.text(&["debug", "sleep", "0"]).starts_with("ERR DEBUG command not allowed. If the "));
    client.text(&["multi"]);
    client.text(&["debug", "sleep", "0"]);
    assert_eq!(client.text(&["exec"]), "EXECABORT Transaction discarded because of previous errors.");
    assert!(client.info("commandstats", "cmdstat_debug").contains("calls=0"));
    let server = Server::start(&["--enable-debug-command", "local"]);
    assert_eq!(server.client().text(&["debug", "sleep", "0"]), "OK");
}

#[test]
fn digests_are_those_of_valkey() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    assert_eq!(client.text(&["debug", "digest"]), "0".repeat(40));
    client.text(&["mset", "n", "123", "a", "b"]);
    assert_eq!(client.text(&["debug", "digest"]), "b9f33bd2a326d597dff0ef6b6aa61ca1ad43f55e");
    client.text(&["set", "x", "y", "ex", "100"]);
    assert_eq!(client.text(&["debug", "digest"]), "e9d5cc1a8d149fac1eb5690e9307046f5d21a940");
    client.text(&["select", "3"]);
    client.text(&["set", "k", "v"]);
    assert_eq!(client.text(&["debug", "digest"]), "9f0a49f3170988798bce9941d2aec2d0a3429e72");
    client.text(&["select", "0"]);
    client.text(&["debug", "populate", "100", "p", "50"]);
    client.text(&["debug", "populate", "10"]);
    assert_eq!(client.text(&["debug", "digest"]), "c8cc311ae80397832cd7a8e3d9e8ddb19392596f");
    client.text(&["multi"]);
    client.text(&["set", "a", "b"]);
    client.text(&["debug", "digest"]);
    assert_eq!(client.text(&["exec"]), "[OK c8cc311ae80397832cd7a8e3d9e8ddb19392596f]");
    let missing = client.text(&["debug", "digest-value", "missing"]);
    assert_eq!(missing, format!("[{}]", "0".repeat(40)));
}

#[test]
fn shows_how_things_are_kept() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    client.text(&["mset", "n", "123", "a", "b"]);
    let object = client.text(&["debug", "object", "a"]);
    assert!(object.contains(" refcount:1 encoding:embstr serializedlength:2 lru:"), "{object}");
    assert!(client.text(&["debug", "object", "n"]).contains("encoding:int"));
    assert_eq!(client.text(&["debug", "object", "x"]), "ERR no such key");
    assert!(client.text(&["debug", "htstats", "0"]).contains("number of entries: 2\n"));
    assert_eq!(client.text(&["debug", "htstats", "99"]), "ERR Out of range database");
    assert_eq!(client.text(&["debug", "error", "FOO bar"]), "FOO bar");
    assert_eq!(client.text(&["debug", "stringmatch-len", "a*", "abc"]), "1");
    assert_eq!(client.text(&["debug", "protocol", "push"]), "ERR RESP2 is not supported by this command");
    for (size, reply) in [
        ("5b", "OK"),
        ("0", "OK"),
        ("1kb", "OK"),
        ("-1", "ERR argument must be a memory value bigger than 1 and smaller than 4gb"),
        ("4gb", "ERR argument must be a memory value bigger than 1 and smaller than 4gb"),
    ] {
        assert_eq!(client.text(&["debug", "quicklist-packed-threshold", size]), reply);
    }
    assert!(client.text(&["debug", "listpack", "a"]).contains("not built"));
    assert!(client.text(&["debug", "reload"]).contains("not built"));
    assert!(client.text(&["debug", "nonsense"]).starts_with("ERR unknown subcommand or wrong number"));
    client.text(&["debug", "log", "a line of mine"]);
    assert!(server.wait_for_log("a line of mine").contains("DEBUG LOG: "));
}

#[test]
fn every_type_of_reply_can_be_had() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    client.send_raw(b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n");
    client.read();
    for (name, text) in [
        ("double", "Double(3.141)"),
        ("true", "Boolean(true)"),
        ("null", "(nil)"),
        ("string", "Hello World"),
        ("verbatim", "This is a verbatim\nstring"),
        ("array", "[0 1 2]"),
    ] {
        assert_eq!(client.text(&["debug", "protocol", name]), text);
    }
}

#[test]
fn keys_expire_by_themselves_unless_that_is_off() {
    let server = Server::start(&["--enable-debug-command", "yes", "--hz", "100"]);
    let mut client = server.client();
    client.text(&["debug", "set-active-expire", "0"]);
    client.text(&["set", "a", "1", "px", "1"]);
    client.text(&["set", "b", "1", "px", "1"]);
    client.wait_for(&["exists", "a"], "0");
    assert_eq!(client.text(&["dbsize"]), "1");
    client.text(&["debug", "set-active-expire", "1"]);
    client.wait_for(&["dbsize"], "0");
    // The thread that removes them counts them when it is done.
    assert!((0..100_000).any(|_| client.info("stats", "expired_keys") == "2"));
}
