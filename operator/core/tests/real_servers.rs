//! Asks real servers whether they take what is rendered for them, and what they make of it.
//!
//! Needs the servers that `tools/peers` unpacks. Without them (`IRONKEEP_PEERS` unset) the tests are skipped, but not in CI.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::{desired, spec};
use ironkeep_api::{EngineType, Mode, ValkeyCluster};
use ironkeep_core::observed::Facts;
use ironkeep_core::parse::{cluster_view, info};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Program, engine, version.
const SERVERS: [(&str, EngineType, &str); 5] = [
    ("valkey-server", EngineType::Valkey, "9.1"),
    ("valkey-server-8.1", EngineType::Valkey, "8.1"),
    ("valkey-server-8.0", EngineType::Valkey, "8.0"),
    ("redis-server-7", EngineType::Redis, "7.0"),
    ("redis-server-8", EngineType::Redis, "8.0"),
];

fn peers() -> Option<PathBuf> {
    let peers = std::env::var_os("IRONKEEP_PEERS").map(PathBuf::from);
    assert!(
        peers.is_some() || std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "CI needs IRONKEEP_PEERS"
    );
    if peers.is_none() {
        eprintln!("skipped: IRONKEEP_PEERS is not set");
    }
    peers
}

/// A directory that is removed when it is dropped.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ironkeep-core-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A server with the configuration of a cluster's pods, run as local mode runs it: other paths, a port of its own.
struct Server {
    process: Child,
    port: u16,
    /// Kept open, or the server's next line would end it.
    _log: BufReader<ChildStdout>,
}

impl Server {
    fn start(program: &Path, cluster: &ValkeyCluster, dir: &Dir) -> Self {
        let desired = desired(cluster);
        let find = |kind: &str| desired.objects.iter().find(|o| o.reference.kind == kind).unwrap();
        let config = dir.0.join("server.conf");
        std::fs::write(&config, find("ConfigMap").value["data"]["server.conf"].as_str().unwrap()).unwrap();
        let container = &find("StatefulSet").value["spec"]["template"]["spec"]["containers"][0];
        let arguments = container["args"].as_array().unwrap().iter().map(|argument| {
            let argument =
                argument.as_str().unwrap().replace("/etc/ironkeep/server.conf", config.to_str().unwrap());
            argument.replace("/data", dir.0.to_str().unwrap()).replace("$(POD_IP)", "127.0.0.1")
        });
        let [port, bus] = ports();
        let mut process = Command::new(program)
            .args(arguments)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--cluster-port", &bus.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ready to accept connections") {
            assert_ne!(log.read_line(&mut said).unwrap(), 0, "{}: {said}", program.display());
        }
        assert!(!said.contains("# Warning: "), "{said}");
        Self { process, port, _log: log }
    }

    /// The reply to an inline command, as text.
    fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    fn config(&self, name: &str) -> Option<String> {
        let reply = self.ask(&format!("CONFIG GET {name}"));
        let lines: Vec<_> = reply.lines().collect();
        // *2, length, name, length, value
        (lines.first() == Some(&"*2")).then(|| lines[4].to_owned())
    }

    fn facts(&self) -> Facts {
        info(&self.ask("INFO"))
    }

    /// As a node that loses its power.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Two ports that nobody has: for clients and for the bus, whose usual one, 10000 above, may not exist.
fn ports() -> [u16; 2] {
    let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    free.map(|listener| listener.local_addr().unwrap().port())
}

/// The spec with another engine.
fn with(name: &str, engine: EngineType, version: &str) -> ValkeyCluster {
    let mut cluster = spec(name);
    cluster.spec.engine.kind = engine;
    cluster.spec.engine.version = Some(version.to_owned());
    cluster.spec.engine.image = None;
    cluster
}

/// All servers with all specs that stock engines can have.
fn everywhere(test: impl Fn(&Path, &ValkeyCluster)) {
    let Some(peers) = peers() else { return };
    for (program, engine, version) in SERVERS {
        for name in ["cluster", "cluster-memory", "replication", "standalone"] {
            test(&peers.join("bin").join(program), &with(name, engine, version));
        }
    }
}

#[test]
fn every_server_starts_and_shows_the_live_configuration_as_foretold() {
    everywhere(|program, cluster| {
        let dir = Dir::new();
        let server = Server::start(program, cluster, &dir);
        for (name, value) in desired(cluster).live_config {
            assert_eq!(server.config(&name).as_ref(), Some(&value), "{}: {name}", program.display());
        }
        assert_eq!(server.config("appendonly").as_deref(), Some("yes"));
        assert_eq!(server.config("protected-mode").as_deref(), Some("no"));
        let cluster_enabled = server.config("cluster-enabled").unwrap() == "yes";
        assert_eq!(cluster_enabled, cluster.spec.mode == Mode::Cluster);
        assert!(server.facts().version.starts_with(cluster.spec.engine.version()));
        if cluster_enabled {
            let view = cluster_view(&server.ask("CLUSTER NODES"), &server.ask("CLUSTER INFO"));
            assert_eq!(view.myself().unwrap().ip.unwrap().to_string(), "127.0.0.1", "the announced address");
        }
    });
}

#[test]
fn every_live_parameter_can_be_set_on_a_running_server() {
    everywhere(|program, cluster| {
        let dir = Dir::new();
        let server = Server::start(program, cluster, &dir);
        for (name, value) in desired(cluster).live_config {
            let reply = server.ask(&format!("CONFIG SET {name} {value}"));
            assert!(reply.starts_with("+OK"), "{}: {name}: {reply}", program.display());
        }
    });
}

#[test]
fn in_replication_mode_a_pod_comes_up_with_its_data_and_refuses_writes() {
    let Some(peers) = peers() else { return };
    for (program, engine, version) in SERVERS {
        let (program, cluster, dir) =
            (peers.join("bin").join(program), with("replication", engine, version), Dir::new());
        let server = Server::start(&program, &cluster, &dir);
        assert!(server.ask("SET a 1").starts_with("-READONLY"), "{}", program.display());
        assert!(server.ask("REPLICAOF NO ONE").starts_with("+OK"));
        // A primary that has to have replicas in sync refuses too; it isn't what is asked here.
        assert!(server.ask("CONFIG SET min-replicas-to-write 0 appendfsync always").starts_with("+OK"));
        assert!(server.ask("SET a 1").starts_with("+OK"));
        assert!(server.facts().replication.primary);
        server.kill();

        let server = Server::start(&program, &cluster, &dir);
        assert!(server.ask("GET a").starts_with("$1\r\n1"), "{}", program.display());
        assert!(server.ask("SET a 2").starts_with("-READONLY"), "{}", program.display());
        let facts = server.facts();
        assert_eq!((facts.keys, facts.replication.primary), (1, false));
        let upstream = facts.replication.upstream.unwrap();
        assert_eq!((upstream.host.as_str(), upstream.port, upstream.up), ("127.0.0.1", 1, false));
    }
}

#[test]
fn a_paused_server_says_so_from_valkey_9_on() {
    let Some(peers) = peers() else { return };
    let (program, engine, version) = SERVERS[0];
    let dir = Dir::new();
    let server = Server::start(&peers.join("bin").join(program), &with("standalone", engine, version), &dir);
    assert!(!server.facts().paused);
    assert!(server.ask("CLIENT PAUSE 100000 WRITE").starts_with("+OK"));
    assert!(server.facts().paused);
    assert!(server.ask("CLIENT UNPAUSE").starts_with("+OK"));
    assert!(!server.facts().paused);
}
