//! Client-side caching: who is told that keys have changed which it may remember.
//!
//! Which keys a client has read stands in the partitions (`keyspace/tracked.rs`); commands leave behind what they have
//! changed (`commands/change.rs`). Here the two come together: `remember` notes reads, `tell` says what has become of
//! them, `prefixes` is for clients that want to hear of every change, `notice` is what reaches a client. Nothing is
//! told while a partition is held.
//!
//! No client keeps a value that is out of date for good: a read is noted under the lock of its partition, so a change
//! comes before it and is seen, or after it and takes the note; and what is told comes to the client's thread, which
//! sends it behind the reply to that read.

mod notice;
mod prefixes;
mod remember;
mod tell;
mod tracker;

pub use notice::{Flight, Message, Notice, What};
pub use prefixes::{Gathered, Prefixes};
pub use remember::keep_to_limit;
pub use tell::{Here, post, tell_all};
pub use tracker::{Tracker, mode};

use crate::conn::{Conn, flag};
use crate::server::Server;
use ironkeep_keyspace::tracked::Noted;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// What all clients share.
#[derive(Default)]
pub struct Tracking {
    /// Clients that are told of changes.
    clients: AtomicUsize,
    /// Keys that are remembered.
    keys: AtomicUsize,
    /// Clients that remember them, added up over the keys.
    items: AtomicUsize,
    /// How often in a row too many keys were left.
    late: AtomicU32,
    /// Bytes of messages that have not been written to their sockets.
    in_flight: Arc<AtomicUsize>,
    /// Prefixes, with the clients that want to hear of all keys with them.
    prefixes: Mutex<Prefixes>,
}

impl Tracking {
    /// Clients that are told of changes.
    pub fn clients(&self) -> usize {
        self.clients.load(Relaxed)
    }

    /// Keys that are remembered.
    pub fn keys(&self) -> usize {
        self.keys.load(Relaxed)
    }

    /// Clients that remember them, added up over the keys.
    pub fn items(&self) -> usize {
        self.items.load(Relaxed)
    }

    /// Bytes of messages that have not been written to their sockets.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    /// Prefixes that somebody wants to hear of.
    pub fn prefixes(&self) -> usize {
        self.prefixes.lock().len()
    }

    /// Counts what a read has added. Called while the partition is held, so that no removal is counted before.
    fn count(&self, noted: Noted) {
        self.keys.fetch_add(usize::from(noted == Noted::Key), Relaxed);
        self.items.fetch_add(usize::from(noted != Noted::Nothing), Relaxed);
    }

    /// Counts what was taken out.
    pub fn count_off(&self, keys: usize, items: usize) {
        self.keys.fetch_sub(keys, Relaxed);
        self.items.fetch_sub(items, Relaxed);
    }
}

/// A client is told of changes from now on, or in another way than before: in the mode of `bits`, by way of the client
/// `redirect` unless that is zero, and of all keys with these prefixes in addition to those before.
pub fn join(server: &Server, conn: &mut Conn, bits: u32, redirect: u64, prefixes: &BTreeSet<Arc<[u8]>>) {
    let info = &conn.info;
    if !info.tracker.is(mode::ON) {
        server.tracking.clients.fetch_add(1, Relaxed);
    }
    if bits & mode::BCAST != 0 {
        let mut all = server.tracking.prefixes.lock();
        info.tracker.prefixes.lock().extend(prefixes.iter().map(|prefix| all.add(prefix, info)));
        server.space.set_broadcasts(true);
    }
    info.tracker.begin(bits, redirect);
    conn.set(flag::REMEMBERS, bits & mode::BCAST == 0);
}

/// A client is no longer told of changes; nothing happens if it was not. What the partitions know of it goes as the
/// keys change.
pub fn leave(server: &Server, conn: &mut Conn) {
    let tracker = &conn.info.tracker;
    if !tracker.is(mode::ON) {
        return;
    }
    if tracker.is(mode::BCAST) {
        let mut all = server.tracking.prefixes.lock();
        std::mem::take(&mut *tracker.prefixes.lock())
            .iter()
            .for_each(|prefix| all.remove(prefix, conn.info.id));
        server.space.set_broadcasts(!all.is_empty());
    }
    tracker.end();
    server.tracking.clients.fetch_sub(1, Relaxed);
    conn.set(flag::REMEMBERS, false);
}
