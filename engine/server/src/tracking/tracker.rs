//! How one client wants to be told of changes, as every thread may see it.
//!
//! The client's own thread sets it; threads that tell of changes look at it, note that nobody gets what is told, and
//! count what is on its way. Takes effect at once, before the client gets its reply.

use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How a client wants to be told.
pub mod mode {
    /// At all.
    pub const ON: u32 = 1 << 0;
    /// Of every change of keys with its prefixes, whoever has read them.
    pub const BCAST: u32 = 1 << 1;
    /// Only of keys read by commands that it chose beforehand.
    pub const OPTIN: u32 = 1 << 2;
    /// Not of keys read by commands that it excluded beforehand.
    pub const OPTOUT: u32 = 1 << 3;
    /// Not of its own changes.
    pub const NOLOOP: u32 = 1 << 4;
    /// The client that is told in its place is gone.
    pub const BROKEN: u32 = 1 << 5;
    /// CLIENT CACHING was sent: the next command is chosen, or excluded.
    pub const CACHING: u32 = 1 << 6;
    /// More was told than it took: it is about to be closed, and told nothing more.
    pub const LOST: u32 = 1 << 7;
}

/// See the top of this file.
#[derive(Default)]
pub struct Tracker {
    mode: AtomicU32,
    redirect: AtomicU64,
    /// Bytes on their way to the thread of this client.
    waiting: AtomicUsize,
    /// The prefixes, which the table of all of them shares.
    pub prefixes: Mutex<BTreeSet<Arc<[u8]>>>,
}

impl Tracker {
    /// Whether any of these is set.
    pub fn is(&self, bits: u32) -> bool {
        self.mode.load(Relaxed) & bits != 0
    }

    /// Sets some; says whether none of them was set.
    pub fn set(&self, bits: u32) -> bool {
        self.mode.fetch_or(bits, Relaxed) & bits == 0
    }

    /// The next command is no longer chosen, or excluded.
    pub fn end_caching(&self) {
        self.mode.fetch_and(!mode::CACHING, Relaxed);
    }

    /// The client that is told in its place; 0 if it is told itself, none if it is not told at all.
    pub fn redirect(&self) -> Option<u64> {
        self.is(mode::ON).then(|| self.redirect.load(Relaxed))
    }

    /// Whether keys that a command reads now are to be remembered.
    pub fn remembers(&self) -> bool {
        let chosen = self.is(mode::CACHING);
        !(self.is(mode::OPTIN) && !chosen || self.is(mode::OPTOUT) && chosen)
    }

    pub(super) fn begin(&self, bits: u32, redirect: u64) {
        self.redirect.store(redirect, Relaxed);
        let kept = self.mode.load(Relaxed) & (mode::CACHING | mode::LOST);
        self.mode.store(mode::ON | bits | kept, Relaxed);
    }

    pub(super) fn end(&self) {
        self.mode.fetch_and(mode::LOST, Relaxed);
    }

    /// So many bytes are on their way; gives how many there are now.
    pub(super) fn sent(&self, size: usize) -> usize {
        self.waiting.fetch_add(size, Relaxed) + size
    }

    /// So many bytes have arrived.
    pub fn arrived(&self, size: usize) {
        self.waiting.fetch_sub(size, Relaxed);
    }

    /// Bytes that it takes, besides the names that it shares.
    pub fn size(&self) -> usize {
        self.prefixes.lock().len() * size_of::<Arc<[u8]>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_follows_from_the_mode() {
        for (bits, plain, chosen) in
            [(0, true, true), (mode::OPTIN, false, true), (mode::OPTOUT, true, false)]
        {
            let tracker = Tracker::default();
            tracker.begin(bits, 0);
            assert_eq!(tracker.remembers(), plain);
            tracker.set(mode::CACHING);
            assert_eq!(tracker.remembers(), chosen);
            tracker.end_caching();
            assert_eq!(tracker.remembers(), plain);
        }
    }

    #[test]
    fn a_new_beginning_mends_the_way() {
        let tracker = Tracker::default();
        assert_eq!(tracker.redirect(), None);
        tracker.begin(0, 7);
        assert!(tracker.set(mode::BROKEN) && !tracker.set(mode::BROKEN));
        assert_eq!(tracker.redirect(), Some(7));
        tracker.begin(mode::NOLOOP, 0);
        assert!(!tracker.is(mode::BROKEN) && tracker.is(mode::NOLOOP));
        assert_eq!(tracker.redirect(), Some(0));
        tracker.end();
        assert!(!tracker.is(u32::MAX));
    }
}
