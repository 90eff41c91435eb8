//! One connection: what its thread keeps of it between two wake-ups.
//!
//! An idle connection has no buffers. Must not read or write its socket: the worker does.

use crate::backlog::Backlog;
use crate::blocked::Parked;
use crate::clients::ClientInfo;
use crate::mailbox::Stream;
use crate::pubsub::Subscriptions;
use ironkeep_commands::OwnedArgs;
use ironkeep_commands::spec::Spec;
use ironkeep_keyspace::watch::Watch;
use ironkeep_wire::{Decoder, Reply};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// A buffer of requests is large from here on.
const LARGE: usize = 32 * 1024;

/// Flags of a connection.
pub mod flag {
    /// MULTI was sent.
    pub const MULTI: u32 = 1 << 0;
    /// A command could not be queued: EXEC will fail.
    pub const BAD_QUEUE: u32 = 1 << 1;
    /// Authentication is needed first.
    pub const LOCKED: u32 = 1 << 2;
    /// Close once the replies are sent.
    pub const CLOSING: u32 = 1 << 3;
    /// CLIENT REPLY OFF.
    pub const SILENT: u32 = 1 << 4;
    /// CLIENT REPLY SKIP: the next command gets no reply.
    pub const SKIP_NEXT: u32 = 1 << 5;
    /// This command gets no reply.
    pub const SKIP: u32 = 1 << 6;
    /// MONITOR.
    pub const MONITOR: u32 = 1 << 7;
    /// CLIENT NO-EVICT.
    pub const NO_EVICT: u32 = 1 << 8;
    /// CLIENT NO-TOUCH.
    pub const NO_TOUCH: u32 = 1 << 9;
    /// Waits until CLIENT PAUSE is over.
    pub const PAUSED: u32 = 1 << 10;
    /// CLIENT IMPORT-SOURCE.
    pub const IMPORT_SOURCE: u32 = 1 << 11;
    /// Watches keys.
    pub const WATCHING: u32 = 1 << 12;
    /// Came through a unix socket.
    pub const UNIX: u32 = 1 << 13;
    /// Runs the commands of a transaction.
    pub const IN_EXEC: u32 = 1 << 14;
    /// Has been authenticated once, before RESET.
    pub const KNOWN: u32 = 1 << 15;
    /// Others must see what has changed before the client gets its reply.
    pub const CHANGED: u32 = 1 << 16;
    /// Parked by a command, until an event or a time (`blocked/`).
    pub const BLOCKED: u32 = 1 << 17;
    /// Its thread goes on with it when others have had their turn: it is on that list, once.
    pub const AGAIN: u32 = 1 << 18;
    /// No request of it may run now.
    pub const WAITS: u32 = PAUSED | BLOCKED;
    /// The keys that it reads are remembered (CLIENT TRACKING).
    pub const REMEMBERS: u32 = 1 << 24;
    /// Listens to channels.
    pub const SUBSCRIBED: u32 = 1 << 25;
    /// Only in what is published: it is not read from until it has taken its replies.
    pub const CHOKED: u32 = 1 << 30;
    /// Only in what is published: replies wait for room in its socket.
    pub const WRITING: u32 = 1 << 31;
    /// Those with which a command cannot take the shortest way.
    pub const SLOW: u32 = MULTI
        | LOCKED
        | CLOSING
        | SILENT
        | SKIP_NEXT
        | SKIP
        | MONITOR
        | PAUSED
        | NO_TOUCH
        | REMEMBERS
        | SUBSCRIBED;
}

/// A key that is watched.
pub struct WatchedKey {
    /// Its database.
    pub db: u32,
    /// Its name.
    pub key: Box<[u8]>,
}

/// The commands queued by MULTI, and the keys watched.
#[derive(Default)]
pub struct Transaction {
    /// The commands, in order.
    pub queue: Vec<(&'static Spec, OwnedArgs)>,
    /// Bytes that they take.
    pub size: usize,
    /// The keys.
    pub watched: Vec<WatchedKey>,
    /// Is marked when one of them changes.
    pub watch: Arc<Watch>,
}

impl Transaction {
    /// Bytes that the watched keys take, roughly: each is in two lists.
    pub fn watch_size(&self) -> usize {
        self.watched.len() * 4 * size_of::<WatchedKey>()
    }

    /// Forgets the queued commands.
    pub fn forget_queue(&mut self) {
        self.queue = Vec::new();
        self.size = 0;
    }
}

/// A connection.
pub struct Conn {
    /// The socket.
    pub stream: Stream,
    /// What others may see of it.
    pub info: Arc<ClientInfo>,
    /// Flags.
    pub flags: u32,
    /// The database selected.
    pub db: u32,
    /// Whether it speaks RESP3.
    pub resp3: bool,
    /// How far the request that is arriving has been read.
    pub decoder: Decoder,
    /// Bytes of requests that have not run.
    pub input: Vec<u8>,
    /// How many bytes the request that is arriving surely still has.
    pub want: usize,
    /// Replies that have not been sent.
    pub output: Backlog,
    /// Since when the output is above the soft limit, milliseconds.
    pub soft_since: Option<i64>,
    /// Reading is put off until the output has drained.
    pub choked: bool,
    /// Queue and watched keys, once it has used MULTI or WATCH.
    pub transaction: Option<Box<Transaction>>,
    /// What it listens to, if to anything.
    pub subscriptions: Option<Box<Subscriptions>>,
    /// What it weighed last, see `weights.rs`.
    pub weight: usize,
    /// What it waits for, while `BLOCKED`.
    pub parked: Option<Arc<Parked>>,
    /// Commands run, bytes read and written; copied into `info` once a wake-up.
    pub commands: u64,
    /// See `commands`.
    pub bytes_in: u64,
    /// See `commands`.
    pub bytes_out: u64,
    /// The last command, as in `ClientInfo::command`.
    pub last: usize,
}

impl Conn {
    /// A new connection.
    pub fn new(stream: Stream, info: Arc<ClientInfo>, flags: u32) -> Self {
        Self {
            stream,
            info,
            flags,
            db: 0,
            resp3: false,
            decoder: Decoder::default(),
            input: Vec::new(),
            want: 0,
            output: Backlog::default(),
            soft_since: None,
            choked: false,
            transaction: None,
            subscriptions: None,
            weight: 0,
            parked: None,
            commands: 0,
            bytes_in: 0,
            bytes_out: 0,
            last: 0,
        }
    }

    /// The descriptor of the socket.
    pub fn fd(&self) -> RawFd {
        match &self.stream {
            Stream::Tcp(stream) => stream.as_raw_fd(),
            Stream::Unix(stream) => stream.as_raw_fd(),
        }
    }

    /// Whether a flag is set.
    #[inline(always)]
    pub fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Sets or clears a flag.
    pub fn set(&mut self, flag: u32, on: bool) {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
    }

    /// A reply of this client's protocol that goes to `out`.
    #[inline(always)]
    pub fn reply<'a>(&self, out: &'a mut Vec<u8>) -> Reply<'a> {
        Reply::new(out, self.resp3)
    }

    /// The transaction state, made when it is first needed.
    pub fn transaction(&mut self) -> &mut Transaction {
        let info = &self.info;
        self.transaction.get_or_insert_with(|| {
            let transaction = Box::<Transaction>::default();
            let _ = info.watch.set(Arc::clone(&transaction.watch));
            transaction
        })
    }

    /// Bytes of replies that wait.
    pub fn pending(&self) -> usize {
        self.output.len()
    }

    /// Bytes of requests that wait; of a large one only what has not been understood yet, as Valkey counts.
    fn unread(&self) -> usize {
        match self.input.len() {
            small @ ..LARGE => small,
            large => large.saturating_sub(self.decoder.position()),
        }
    }

    /// Shows others what this client is like now.
    pub fn publish(&self, now: i64) {
        let info = &self.info;
        info.active.store(now, Relaxed);
        info.db.store(self.db, Relaxed);
        let choked = if self.choked { flag::CHOKED } else { 0 };
        let writing = if self.pending() > 0 { flag::WRITING } else { 0 };
        info.flags.store(self.flags | choked | writing, Relaxed);
        info.resp.store(if self.resp3 { 3 } else { 2 }, Relaxed);
        info.input.store(self.unread(), Relaxed);
        info.input_room.store(self.input.capacity(), Relaxed);
        info.output.store(self.pending(), Relaxed);
        info.output_room.store(self.output.room(), Relaxed);
        info.command.store(self.last, Relaxed);
        info.total_in.store(self.bytes_in, Relaxed);
        info.total_out.store(self.bytes_out, Relaxed);
        info.total_commands.store(self.commands, Relaxed);
        let (queued, size, watched, watch_size) = match &self.transaction {
            Some(t) => (t.queue.len() as i64, t.size, t.watched.len(), t.watch_size()),
            None => (-1, 0, 0, 0),
        };
        info.queued.store(queued, Relaxed);
        info.queue_size.store(size, Relaxed);
        info.watched.store(watched, Relaxed);
        info.watch_size.store(watch_size, Relaxed);
    }
}
