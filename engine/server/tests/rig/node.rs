//! A server as a process of its own, ours or a real Valkey, in a directory of its own, until it is dropped.

use super::link::Link;
use ironkeep_wire::client::Value;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::JoinHandle;

/// A directory that is removed when it is dropped.
pub struct Dir(PathBuf);

impl Dir {
    /// A new directory.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ironkeep-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A server.
pub struct Node {
    process: Child,
    dir: Dir,
    /// The port of 127.0.0.1 that it listens on.
    pub port: u16,
    /// Reads what the server says until it ends; gives the last lines.
    log: Option<JoinHandle<VecDeque<String>>>,
}

impl Node {
    /// Starts ours.
    pub fn ours(options: &[&str]) -> Self {
        Self::start(Path::new(env!("CARGO_BIN_EXE_ironkeep-server")), options)
    }

    /// Starts a real Valkey. Without one the test is skipped, but not in CI.
    pub fn valkey(options: &[&str]) -> Option<Self> {
        let Some(peers) = std::env::var_os("IRONKEEP_PEERS") else {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs IRONKEEP_PEERS");
            eprintln!("skipped: IRONKEEP_PEERS is not set");
            return None;
        };
        Some(Self::start(&PathBuf::from(peers).join("bin/valkey-server"), options))
    }

    fn start(program: &Path, options: &[&str]) -> Self {
        let dir = Dir::new();
        // Another process may take the port before the server does, though hardly ever.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new(program)
            .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--unixsocket"])
            .arg(dir.path().join("socket"))
            .arg("--dir")
            .arg(dir.path())
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut first = Vec::new();
        let ready = lines.by_ref().any(|line| {
            first.push(line);
            first.last().is_some_and(|line| line.contains("Ready to accept connections"))
        });
        assert!(ready, "{} did not start: {first:#?}", program.display());
        let log = std::thread::spawn(move || {
            lines.fold(VecDeque::new(), |mut last, line| {
                last.push_back(line);
                last.truncate_front_to(50);
                last
            })
        });
        Self { process, dir, port, log: Some(log) }
    }

    /// Connects through the unix socket.
    pub fn connect(&self) -> Link {
        Link::unix(&self.dir.path().join("socket"))
    }

    /// Connects through TCP.
    pub fn connect_tcp(&self) -> Link {
        Link::tcp(self.port)
    }

    /// Bytes of memory that the process has.
    pub fn resident(&self) -> usize {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.process.id())).unwrap();
        pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }

    /// Fails unless the server still answers a new client.
    pub fn assert_alive(&self) {
        assert_eq!(self.connect_tcp().ask(&["PING"]), Value::Simple(b"PONG".to_vec()));
    }
}

trait TruncateFront {
    fn truncate_front_to(&mut self, len: usize);
}

impl TruncateFront for VecDeque<String> {
    fn truncate_front_to(&mut self, len: usize) {
        while self.len() > len {
            self.pop_front();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        if let Some(Ok(last)) = self.log.take().map(JoinHandle::join)
            && std::thread::panicking()
        {
            eprintln!("the last lines of the server: {last:#?}");
        }
    }
}
