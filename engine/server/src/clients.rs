//! All clients, as every thread may see them: who is connected and what they do (CLIENT LIST, CLIENT KILL).
//!
//! The thread that owns a connection writes its [`ClientInfo`] with plain stores; others read it, and ask for
//! something by a message to that thread. Must not read or write sockets.

use crate::blocked::Parked;
use crate::conn::{Conn, flag};
use crate::mailbox::{Home, Message};
use crate::tracking::Tracker;
use ironkeep_config::ClientClass;
use ironkeep_keyspace::watch::Watch;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// What a client told about itself.
#[derive(Default, Clone, Debug)]
pub struct Names {
    /// CLIENT SETNAME.
    pub name: Vec<u8>,
    /// CLIENT SETINFO LIB-NAME.
    pub lib_name: Vec<u8>,
    /// CLIENT SETINFO LIB-VER.
    pub lib_ver: Vec<u8>,
    /// CLIENT CAPA.
    pub redirect: bool,
}

/// One client.
pub struct ClientInfo {
    /// Its number, never used again.
    pub id: u64,
    /// The descriptor of its socket.
    pub fd: i32,
    /// Its address, or the socket's path.
    pub addr: String,
    /// The address that it connected to.
    pub laddr: String,
    /// Whether it came through a unix socket.
    pub unix: bool,
    /// When it connected, milliseconds since the epoch.
    pub created: i64,
    /// The thread that owns it.
    pub mailbox: Home,
    /// Where that thread keeps it, whichever that is.
    pub token: u64,
    /// What it told about itself.
    pub names: Mutex<Names>,
    /// The user that it authenticated as; none before.
    pub user: Mutex<Option<&'static str>>,
    /// When it last sent a command.
    pub active: AtomicI64,
    /// The database selected.
    pub db: AtomicU32,
    /// Flags, see `conn.rs`.
    pub flags: AtomicU32,
    /// Commands queued by MULTI; -1 outside.
    pub queued: AtomicI64,
    /// Keys watched.
    pub watched: AtomicUsize,
    /// Is marked when one of them changes; none before the first MULTI or WATCH.
    pub watch: OnceLock<Arc<Watch>>,
    /// What it waits for, while a command has parked it.
    pub parked: Mutex<Option<Arc<Parked>>>,
    /// How it is told of changes of keys that it may remember.
    pub tracker: Tracker,
    /// How many channels, patterns and shard channels it listens to.
    pub subscriptions: [AtomicUsize; 3],
    /// Bytes that these take.
    pub subscriptions_size: AtomicUsize,
    /// RESP version.
    pub resp: AtomicU32,
    /// Bytes of requests that wait.
    pub input: AtomicUsize,
    /// Room of its input buffer.
    pub input_room: AtomicUsize,
    /// Bytes of replies that wait.
    pub output: AtomicUsize,
    /// Room of its buffer of replies that wait.
    pub output_room: AtomicUsize,
    /// Bytes of queued commands.
    pub queue_size: AtomicUsize,
    /// Bytes of the watched keys.
    pub watch_size: AtomicUsize,
    /// Number of the last command in the table, plus one.
    pub command: AtomicUsize,
    /// Bytes read.
    pub total_in: AtomicU64,
    /// Bytes written.
    pub total_out: AtomicU64,
    /// Commands run.
    pub total_commands: AtomicU64,
    /// Whether it is to be closed.
    pub killed: AtomicBool,
    /// Bytes that its end will free, once it has been closed for its weight (`weights.rs`).
    pub leaving: AtomicUsize,
}

impl ClientInfo {
    /// What it waits for, if it has not got it yet.
    pub fn waits_for(&self) -> Option<Arc<Parked>> {
        self.parked.lock().clone().filter(|parked| parked.waiter.is_waiting())
    }

    /// Bytes of memory that it takes, but for the request that it runs.
    pub fn memory(&self) -> usize {
        let buffers = self.input_room.load(Relaxed) + self.output_room.load(Relaxed);
        let transaction = self.queue_size.load(Relaxed) + self.watch_size.load(Relaxed);
        let parked = self.parked.lock().as_ref().map_or(0, |parked| parked.size());
        let told = self.tracker.size() + self.subscriptions_size.load(Relaxed);
        size_of::<Conn>() + size_of::<Self>() + buffers + transaction + parked + told
    }

    /// Which limits of its output buffer are for it.
    pub fn class(&self) -> ClientClass {
        let listens = self.subscriptions.iter().any(|count| count.load(Relaxed) > 0);
        if listens { ClientClass::PubSub } else { ClientClass::Normal }
    }

    /// Whether it waits: for an event, or for the end of a pause.
    pub fn is_waiting(&self) -> bool {
        self.flags.load(Relaxed) & flag::PAUSED != 0 || self.waits_for().is_some()
    }
}

/// Places for connections. A connection keeps its place when it moves to another thread.
#[derive(Default)]
struct Tokens {
    free: Vec<u32>,
    next: u32,
}

/// The clients that are connected.
pub struct Clients {
    next: AtomicU64,
    all: Mutex<HashMap<u64, Arc<ClientInfo>>>,
    tokens: Mutex<Tokens>,
}

impl Default for Clients {
    fn default() -> Self {
        Self { next: AtomicU64::new(1), all: Mutex::default(), tokens: Mutex::default() }
    }
}

impl Clients {
    /// A number for a new client.
    pub fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Relaxed)
    }
    /// A place for a new client.
    pub fn take_token(&self) -> u32 {
        let mut tokens = self.tokens.lock();
        tokens.free.pop().unwrap_or_else(|| {
            tokens.next += 1;
            tokens.next - 1
        })
    }
    /// The place of a client that is gone.
    pub fn give_token(&self, token: u32) {
        self.tokens.lock().free.push(token);
    }
    /// Adds a client.
    pub fn add(&self, info: Arc<ClientInfo>) {
        self.all.lock().insert(info.id, info);
    }
    /// Removes a client.
    pub fn remove(&self, id: u64) {
        self.all.lock().remove(&id);
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.lock().len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// One of them.
    pub fn get(&self, id: u64) -> Option<Arc<ClientInfo>> {
        self.all.lock().get(&id).cloned()
    }
    /// All of them, the oldest first.
    pub fn list(&self) -> Vec<Arc<ClientInfo>> {
        let mut list: Vec<_> = self.all.lock().values().cloned().collect();
        list.sort_unstable_by_key(|info| info.id);
        list
    }
    /// Has the owner of a client close it. Nobody sees it any more from now on.
    pub fn kill(&self, info: &ClientInfo) {
        info.killed.store(true, Relaxed);
        // What it waited for is for others now.
        if let Some(parked) = info.waits_for() {
            parked.waiter.end();
        }
        self.remove(info.id);
        info.mailbox.send(Message::Close { id: info.id, token: info.token });
    }
}
