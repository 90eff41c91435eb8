//! A server in this process, so that a test can read its log.

use crate::rig::link::Link;
use crate::rig::node::Dir;
use ironkeep_keyspace::space::Held;
use ironkeep_server::control::Order;
use ironkeep_server::server::Server;
use ironkeep_server::start::{self, Running};
use ironkeep_server::{log, sys::clock};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Milliseconds that a server may take to listen.
const PATIENCE: i64 = 30_000;
/// Bytes that are read from the log at once.
const CHUNK: usize = 64 * 1024;

/// A server that ends when this is dropped.
pub struct Inside {
    /// What its threads share.
    pub server: Arc<Server>,
    control: Option<JoinHandle<io::Result<()>>>,
    socket: PathBuf,
    _dir: Dir,
}

impl Inside {
    /// Starts a server on a unix socket.
    pub fn start(options: &[&str]) -> Self {
        let dir = Dir::new();
        let socket = dir.path().join("socket");
        let mut arguments = vec!["--port", "0", "--save", "", "--loglevel", "warning", "--unixsocket"];
        arguments.push(socket.to_str().unwrap());
        arguments.extend(options);
        let arguments: Vec<Vec<u8>> = arguments.iter().map(|word| word.as_bytes().to_vec()).collect();
        let loaded = start::load(&arguments).unwrap();
        // Only the first server of a process opens the log; the others write to the same.
        log::open(loaded.config.live(), Path::new("")).unwrap();
        let running = Running::start(loaded.config).unwrap();
        let server = Arc::clone(&running.server);
        let control = Some(std::thread::spawn(move || running.serve()));
        let deadline = clock::wall_ms() + PATIENCE;
        while UnixStream::connect(&socket).is_err() {
            assert!(clock::wall_ms() < deadline, "the server does not listen");
            std::thread::yield_now();
        }
        Self { server, control, socket, _dir: dir }
    }

    /// Connects to it.
    pub fn connect(&self) -> Link {
        Link::unix(&self.socket)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ = self.server.orders.get().map(|orders| orders.send(Order::Shutdown));
        let _ = self.control.take().map(JoinHandle::join);
    }
}

/// Somebody who reads the log.
pub struct Reader {
    server: Arc<Server>,
    at: u64,
    /// What has been read.
    pub bytes: Vec<u8>,
}

impl Reader {
    /// Begins to read.
    pub fn attach(server: &Arc<Server>) -> Self {
        let _held = Held::all(&server.space);
        Self { at: server.feed.attach(), server: Arc::clone(server), bytes: Vec::new() }
    }

    /// Reads what there is.
    pub fn read(&mut self) {
        loop {
            let count = self.server.feed.read(self.at, CHUNK, &mut self.bytes);
            let count = count.expect("the log has gone on without its reader");
            self.at += count as u64;
            if count == 0 {
                return;
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.server.feed.detach();
    }
}
