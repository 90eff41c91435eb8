//! What one connection listens to.
//!
//! Kept with the connection, and in step with the table that all threads share: only the connection's own thread changes
//! either. A connection that never listened has none.

use super::{KINDS, Kind};
use crate::conn::{Conn, flag};
use crate::server::Server;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::Relaxed;

/// The names that a connection listens to, by kind.
#[derive(Default)]
pub struct Subscriptions {
    names: [BTreeSet<Box<[u8]>>; 3],
    size: usize,
}

impl Subscriptions {
    /// The number that replies show: shard channels are counted apart from the others.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Shard => self.names[2].len(),
            Kind::Channel | Kind::Pattern => self.names[0].len() + self.names[1].len(),
        }
    }

    /// The names of a kind, in order.
    pub fn names(&self, kind: Kind) -> Vec<Box<[u8]>> {
        self.names[kind as usize].iter().cloned().collect()
    }

    fn is_empty(&self) -> bool {
        self.names.iter().all(BTreeSet::is_empty)
    }
}

/// Bytes of memory that listening to a name takes, here and in the shared table, besides those of the name.
const OVERHEAD: usize = 128;

impl Conn {
    /// Begins to listen. Twice is once.
    pub fn subscribe(&mut self, server: &Server, kind: Kind, name: &[u8]) {
        let own = self.subscriptions.get_or_insert_default();
        if own.names[kind as usize].insert(name.into()) {
            own.size += 2 * name.len() + OVERHEAD;
            server.pubsub.add(kind, name, &self.info);
            server.space.listen(true);
        }
        self.show_subscriptions();
    }

    /// Stops listening; nothing happens if it did not listen.
    pub fn unsubscribe(&mut self, server: &Server, kind: Kind, name: &[u8]) {
        let Some(own) = &mut self.subscriptions else { return };
        if own.names[kind as usize].remove(name) {
            own.size -= 2 * name.len() + OVERHEAD;
            server.pubsub.remove(kind, name, self.info.id);
            server.space.listen(false);
        }
        self.show_subscriptions();
    }

    /// The number of a kind that replies show.
    pub fn subscribed(&self, kind: Kind) -> usize {
        self.subscriptions.as_ref().map_or(0, |own| own.count(kind))
    }

    fn show_subscriptions(&mut self) {
        let Some(own) = &self.subscriptions else { return };
        for (shown, names) in self.info.subscriptions.iter().zip(&own.names) {
            shown.store(names.len(), Relaxed);
        }
        self.info.subscriptions_size.store(own.size, Relaxed);
        let listens = !own.is_empty();
        if !listens {
            self.subscriptions = None;
        }
        self.set(flag::SUBSCRIBED, listens);
        self.set(flag::CHANGED, true);
    }
}

/// A client stops listening to everything, or ends; nothing happens if it did not listen.
pub fn leave(server: &Server, conn: &mut Conn) {
    for kind in KINDS {
        for name in conn.subscriptions.as_ref().map_or_else(Vec::new, |own| own.names(kind)) {
            conn.unsubscribe(server, kind, &name);
        }
    }
}
