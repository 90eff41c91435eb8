//! Keyspace events: what happened to which key, as commands leave it behind for those who asked to be told.
//!
//! Noted while the partition is held, published when it is not. Must not know who is told, or how.

use crate::Ctx;
use crate::change::Change;
use ironkeep_keyspace::space::Key;

/// Kinds of events, and the forms in which they are told: the flags of `notify-keyspace-events`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Classes(u32);

impl Classes {
    /// Told as what happened to a key: `__keyspace@DB__:KEY`.
    pub const KEYSPACE: Self = Self(1 << 0);
    /// Told as the keys that something happened to: `__keyevent@DB__:EVENT`.
    pub const KEYEVENT: Self = Self(1 << 1);
    /// Of keys of any type (g).
    pub const GENERIC: Self = Self(1 << 2);
    /// Of strings ($).
    pub const STRING: Self = Self(1 << 3);
    /// Of lists (l).
    pub const LIST: Self = Self(1 << 4);
    /// Of sets (s).
    pub const SET: Self = Self(1 << 5);
    /// Of hashes (h).
    pub const HASH: Self = Self(1 << 6);
    /// Of sorted sets (z).
    pub const ZSET: Self = Self(1 << 7);
    /// Keys that have expired (x).
    pub const EXPIRED: Self = Self(1 << 8);
    /// Keys that were evicted (e).
    pub const EVICTED: Self = Self(1 << 9);
    /// Of streams (t).
    pub const STREAM: Self = Self(1 << 10);
    /// Keys that were asked for and not there (m).
    pub const MISS: Self = Self(1 << 11);
    /// Of modules (d).
    pub const MODULE: Self = Self(1 << 13);
    /// Keys that are new (n).
    pub const NEW: Self = Self(1 << 14);

    /// From the number that the configuration has for a set of flags.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether one of these is among them.
    #[inline(always)]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Something that happened to a key.
#[derive(Debug)]
pub struct Event {
    /// What.
    pub name: &'static str,
    /// The database.
    pub db: u32,
    /// The key.
    pub key: Box<[u8]>,
}

impl Ctx<'_> {
    /// Notes an event, if events of its class are asked for and anybody listens.
    #[inline(always)]
    pub fn notify(&mut self, class: Classes, name: &'static str, key: &Key<'_>) {
        if self.rules.notify.has(class) {
            self.note_event(name, key);
        }
    }

    #[cold]
    fn note_event(&mut self, name: &'static str, key: &Key<'_>) {
        // What nobody would hear must not take memory: keys would go for it.
        if !self.space.is_listened() {
            return;
        }
        self.turn.changes.push(Change::Event(Event { name, db: self.db, key: key.bytes.into() }));
    }
}
