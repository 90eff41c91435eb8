//! What the commands of one thread leave behind: effects for the log, garbage, counts.
//!
//! One [`Turn`] belongs to each thread and is used again for every command. The server empties it: effects into
//! the log while the partitions are still held, garbage after they are not.

use crate::change::Change;
use crate::garbage::Garbage;
use ironkeep_keyspace::blocked::{Fits, Waiting};
use ironkeep_wire::write_u64;
use std::collections::VecDeque;

/// What a command changed, in the form that replicas and the append-only file get.
#[derive(Debug, Default)]
pub struct Effects {
    /// Whether anybody reads the log. When nobody does, nothing is written.
    pub wanted: bool,
    bytes: Vec<u8>,
    count: usize,
    replaced: bool,
    /// Where in `bytes` the effects on another database begin.
    runs: Vec<(u32, usize)>,
}

impl Effects {
    /// Adds one command.
    pub fn push(&mut self, words: &[&[u8]]) {
        if self.wanted {
            self.push_all(words.len(), words.iter().copied());
        }
    }

    fn push_all<'a>(&mut self, len: usize, words: impl Iterator<Item = &'a [u8]>) {
        self.count += 1;
        self.bytes.push(b'*');
        write_u64(&mut self.bytes, len as u64);
        self.bytes.extend_from_slice(b"\r\n");
        for word in words {
            self.bytes.push(b'$');
            write_u64(&mut self.bytes, word.len() as u64);
            self.bytes.extend_from_slice(b"\r\n");
            self.bytes.extend_from_slice(word);
            self.bytes.extend_from_slice(b"\r\n");
        }
    }

    /// Says that what was pushed stands for the command: it is not logged as it came.
    pub fn replace_request(&mut self) {
        self.replaced = true;
    }

    /// Ends a command that changed something: logs the request as it came, unless other effects replace it.
    pub fn end_of_command<'a>(&mut self, dirty: bool, args: impl ExactSizeIterator<Item = &'a [u8]>) {
        if self.wanted && dirty && !self.replaced {
            self.push_all(args.len(), args);
        }
        self.replaced = false;
    }

    /// Says which database the next effects are on.
    pub fn begin(&mut self, db: u32) {
        match self.runs.last_mut() {
            Some((last, _)) if *last == db => {}
            Some((last, start)) if *start == self.bytes.len() => *last = db,
            _ => self.runs.push((db, self.bytes.len())),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many commands there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The bytes, in order, with the database that each run of them is on.
    pub fn by_db(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let runs = self.runs.iter().enumerate().map(|(nth, &(db, start))| {
            let end = self.runs.get(nth + 1).map_or(self.bytes.len(), |next| next.1);
            (db, &self.bytes[start..end])
        });
        runs.filter(|(_, bytes)| !bytes.is_empty())
    }

    /// Forgets them, if there was anything to forget.
    #[inline(always)]
    pub fn clear_if_used(&mut self) {
        if self.count != 0 || self.replaced {
            self.clear();
        }
    }

    /// Forgets them, once they are in the log.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(1 << 16);
        self.count = 0;
        self.runs.clear();
        self.replaced = false;
    }
}

/// What a command waits for that found nothing to reply with.
#[derive(Debug, Clone)]
pub struct Wait {
    /// Its keys: their places among the arguments.
    pub keys: Vec<usize>,
    /// How such a key must be, to be worth another try.
    pub fits: Fits,
    /// When it gives up, milliseconds since the epoch; zero: never.
    pub deadline: i64,
}

/// Counts of what happened, for INFO.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    /// Reads that found their key.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Keys removed because they had expired.
    pub expired: u64,
    /// Fields removed because they had expired.
    pub expired_fields: u64,
    /// Keys removed because memory was short.
    pub evicted: u64,
}

/// The state that commands of one thread share.
#[derive(Debug, Default)]
pub struct Turn {
    /// Changes made by the command that runs.
    pub dirty: u64,
    /// Its effects.
    pub effects: Effects,
    /// What it leaves to be freed.
    pub garbage: Vec<Garbage>,
    /// Whether a reply was cut off: the client must not get it, and is closed.
    pub cut: bool,
    /// Counts since the server last took them.
    pub counts: Counts,
    /// Expired keys, with their databases, met by a command that holds no partition and so cannot remove them in
    /// the order of the log. The server gives them to `active_expiry::remove_met` when the command has ended.
    pub overdue: Vec<(u32, Box<[u8]>)>,
    /// Changes that clients are to be told of, in order. The server does that when the command has ended.
    pub changes: Vec<Change>,
    /// The client whose parked command runs; 0 while none does.
    pub acting_for: u64,
    /// Whether a command may wait for what it does not find: not in a transaction or a script. The server says so
    /// before each command.
    pub may_wait: bool,
    /// What the command that has just run waits for: it gave no reply.
    pub wait: Option<Wait>,
    /// Arguments with which it is to run again in place of its own, by their places: an id where it was given `$`.
    pub wait_args: Vec<(usize, Box<[u8]>)>,
    /// Keys, with their databases, that have changed while somebody waits for them. The server serves those at the
    /// end of the turn, while the partitions are still held.
    pub ready: VecDeque<(u32, Box<[u8]>)>,
    random: u64,
}

impl Turn {
    /// A turn whose random numbers begin at `seed`.
    pub fn new(seed: u64) -> Self {
        Self { random: seed, ..Self::default() }
    }

    /// Notes that a key has changed, if somebody waits for it.
    pub fn note_ready(&mut self, waiting: &Waiting, db: u32, key: &[u8]) {
        let known = self.ready.iter().any(|(of, name)| *of == db && **name == *key);
        if !known && waiting.is_awaited(db, key) {
            self.ready.push_back((db, key.into()));
        }
    }

    /// A random number (splitmix64): good for sampling, not for secrets.
    #[inline]
    pub fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}
