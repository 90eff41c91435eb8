//! Clients that wait in a command, for an event or a time, without keeping their thread from anything.
//!
//! `park` puts a request aside; `serve` runs it again, on the thread of whoever changed a key that it waits for;
//! `wake` gives the answer to the client, on its own thread, and lets it go on; `alarms` tells when time is over.
//! Of all that may end a wait (an event, time, CLIENT UNBLOCK, the end of the client) the first wins: see `Waiter`.

mod alarms;
mod park;
mod serve;
#[cfg(test)]
mod tests;
mod wake;

pub use alarms::Alarms;
pub use park::{park, park_for_keys};

use crate::server::{Server, gate};
use ironkeep_commands::spec::{Node, Run, Spec};
use ironkeep_commands::{Ctx, OwnedArgs};
use ironkeep_keyspace::blocked::Waiter;
use ironkeep_wire::Reply;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A request that waits, with all that is needed to run it anywhere.
pub struct Parked {
    /// How the keyspace sees it.
    pub waiter: Arc<Waiter>,
    /// When it gives up, milliseconds since the epoch; zero: never.
    pub deadline: i64,
    spec: &'static Spec,
    /// What to run when a key that it waits for has changed.
    function: Option<fn(&mut Ctx<'_>)>,
    args: OwnedArgs,
    resp3: bool,
    no_touch: bool,
    import_source: bool,
}

/// What ends a wait.
pub enum Answer {
    /// It was served: this is the reply.
    Served(Vec<u8>),
    /// Its time is over.
    TimedOut,
    /// CLIENT UNBLOCK ... ERROR.
    Error,
}

/// What the server knows of those who wait.
#[derive(Default)]
pub struct Blocked {
    next: AtomicU64,
    /// How many wait for keys.
    for_keys: Mutex<usize>,
    /// Whether keys became ready while a pause kept those who wait for them from being served.
    held_back: AtomicBool,
}

impl Blocked {
    /// One more waits for keys. Call it while they are held.
    fn enter(&self, server: &Server) {
        let mut count = self.for_keys.lock();
        *count += 1;
        server.set_gate(gate::AWAITED, true);
    }

    /// One less does.
    fn leave(&self, server: &Server) {
        let mut count = self.for_keys.lock();
        *count -= 1;
        server.set_gate(gate::AWAITED, *count > 0);
    }

    /// The number of the next that waits for keys: later ones are higher.
    fn number(&self) -> u64 {
        self.next.fetch_add(1, Relaxed)
    }
}

impl Parked {
    /// Bytes of memory that its request takes.
    pub fn size(&self) -> usize {
        self.args.size()
    }

    /// Replies what a client is told whose time is over.
    fn give_up(&self, reply: &mut Reply<'_>) {
        match self.spec.run {
            // Without replicas, and with no append-only file, nothing was ever written anywhere else.
            Run::Node(Node::Wait) => reply.integer(0),
            Run::Node(Node::WaitAof) => crate::node::wait::reply_aof(reply),
            _ => reply.null_array(),
        }
    }
}
