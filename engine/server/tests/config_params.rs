//! CONFIG: reading and setting parameters, and what they have for effects.

mod common;

use common::{Client, Server};
use std::net::TcpListener;

fn get(client: &mut Client, name: &str) -> String {
    let all = client.text(&["config", "get", name]);
    all.trim_matches(['[', ']']).strip_prefix(&format!("{name} ")).unwrap_or_default().to_owned()
}

#[test]
fn several_parameters_are_set_or_none() {
    let server = Server::start(&[]);
    let mut client = server.client();
    assert_eq!(client.text(&["config", "set", "maxmemory", "10mb", "maxmemory-policy", "allkeys-lfu"]), "OK");
    assert_eq!(
        client.text(&["config", "get", "maxmemory", "maxmemory-p*"]),
        "[maxmemory 10485760 maxmemory-policy allkeys-lfu]"
    );
    let error = client.text(&["config", "set", "maxmemory", "5", "maxclients", "100000000"]);
    assert!(
        error.starts_with(
            "ERR CONFIG SET failed (possibly related to argument 'maxclients') - The operating system is not able \
             to handle the specified number of clients, try with "
        ),
        "{error}"
    );
    assert_eq!(get(&mut client, "maxmemory"), "10485760");
    for (words, error) in [
        (
            &["config", "set", "nonsense", "1"][..],
            "ERR Unknown option or number of arguments for CONFIG SET - 'nonsense'",
        ),
        (&["config", "set", "hz", "1", "timeout"], "ERR syntax error"),
        (&["config", "rewrite"], "ERR The server is running without a config file"),
    ] {
        assert_eq!(client.text(words), error);
    }
    let error = client.text(&["config", "set", "appendonly", "yes"]);
    assert!(error.contains("not built into this version of Ironkeep"), "{error}");
}

#[test]
fn the_port_moves_and_moves_back() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_eq!(
        client.text(&["config", "set", "port", &port]),
        "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server \
         logs."
    );
    // The old port is served again.
    assert_eq!(server.client().text(&["ping"]), "PONG");
    assert_eq!(get(&mut client, "port"), server.port.to_string());
    drop(taken);
    assert_eq!(client.text(&["config", "set", "port", &port]), "OK");
    let moved = Server::client_at(port.parse().unwrap()).text(&["ping"]);
    assert_eq!(moved, "PONG");
    assert!(std::net::TcpStream::connect(("127.0.0.1", server.port)).is_err());
    // From one address to all of them, and back, on the same port.
    assert_eq!(client.text(&["config", "set", "bind", "*"]), "OK");
    assert_eq!(client.text(&["config", "set", "bind", "127.0.0.1"]), "OK");
    assert_eq!(Server::client_at(port.parse().unwrap()).text(&["ping"]), "PONG");
    let error = client.text(&["config", "set", "bind", "192.0.2.1"]);
    assert!(error.ends_with("- Failed to bind to specified addresses."), "{error}");
    assert_eq!(Server::client_at(port.parse().unwrap()).text(&["ping"]), "PONG");
}

#[test]
fn protected_parameters_need_permission() {
    let server = Server::start(&["--enable-protected-configs", "local"]);
    let mut client = server.client();
    let sub = server.dir.join("sub");
    std::fs::create_dir(&sub).unwrap();
    assert_eq!(client.text(&["config", "set", "dir", "sub"]), "OK");
    assert_eq!(get(&mut client, "dir"), sub.to_string_lossy());
    assert_eq!(
        client.text(&["config", "set", "dir", "missing"]),
        "ERR CONFIG SET failed (possibly related to argument 'dir') - No such file or directory"
    );
    assert_eq!(get(&mut client, "dir"), sub.to_string_lossy());
    let server = Server::start(&[]);
    let error = server.client().text(&["config", "set", "dir", "/"]);
    assert!(error.ends_with("can't set protected config"), "{error}");
}

#[test]
fn the_file_is_rewritten() {
    let dir = std::env::temp_dir().join(format!("ironkeep-rewrite-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("test.conf");
    std::fs::write(&file, "# mine\nmaxmemory 1gb\n").unwrap();
    let server = Server::start_with_file(&file);
    let mut client = server.client();
    client.text(&["config", "set", "maxmemory", "2gb", "timeout", "100"]);
    assert_eq!(client.text(&["config", "rewrite"]), "OK");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# mine\nmaxmemory 2gb\n") && text.contains("\ntimeout 100\n"), "{text}");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_password_holds_from_then_on() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.text(&["config", "set", "requirepass", "secret"]);
    assert_eq!(client.text(&["ping"]), "PONG");
    let mut other = server.client();
    assert_eq!(other.text(&["ping"]), "NOAUTH Authentication required.");
    assert_eq!(other.text(&["auth", "secret"]), "OK");
    assert_eq!(other.text(&["ping"]), "PONG");
}
