//! The server: all that its threads share.

use crate::bin::Bin;
use crate::blocked::Blocked;
use crate::clients::Clients;
use crate::control::Order;
use crate::feed::Feed;
use crate::figures::Figures;
use crate::lanes::{LaneHandle, Lanes};
use crate::mailbox::Message;
use crate::monitors::Monitors;
use crate::pause::Pause;
use crate::pubsub::Pubsub;
use crate::stats::Totals;
use crate::sys::clock;
use crate::tracking::Tracking;
use crate::weights::Walk;
use ironkeep_config::{Config, Live, param};
use ironkeep_keyspace::space::Keyspace;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

/// Reasons why no command may take the shortest way.
pub mod gate {
    /// Somebody watches with MONITOR.
    pub const MONITOR: u32 = 1 << 0;
    /// CLIENT PAUSE.
    pub const PAUSE: u32 = 1 << 1;
    /// `maxmemory` is set.
    pub const MEMORY: u32 = 1 << 2;
    /// The server is shutting down.
    pub const STOPPING: u32 = 1 << 3;
    /// Somebody waits for a key. This one concerns partitions alone that have such a key.
    pub const AWAITED: u32 = 1 << 4;
}

/// All that threads share.
pub struct Server {
    /// The data.
    pub space: Keyspace,
    /// The parameters.
    pub config: Config,
    /// Their numbers.
    pub live: Arc<Live>,
    /// The log.
    pub feed: Feed,
    /// Who is connected.
    pub clients: Clients,
    /// Who watches with MONITOR.
    pub monitors: Monitors,
    /// Who remembers keys.
    pub tracking: Tracking,
    /// Who listens to which channels.
    pub pubsub: Pubsub,
    /// CLIENT PAUSE.
    pub pause: Pause,
    /// Who waits in a command.
    pub blocked: Blocked,
    /// Closing the heaviest clients.
    pub walk: Walk,
    /// Counts.
    pub totals: Totals,
    /// What is noted about the server's own work.
    pub figures: Figures,
    /// The I/O threads.
    pub lanes: Lanes,
    /// See [`gate`].
    pub gates: AtomicU32,
    /// Milliseconds since the epoch at the start.
    pub started: i64,
    /// A random name for this run, 40 hex digits.
    pub run_id: String,
    /// Where large garbage goes.
    pub bin: Bin,
    /// What the control thread is asked to do.
    pub orders: OnceLock<UnboundedSender<Order>>,
    /// The runtime of the control thread, which listening sockets belong to.
    pub runtime: OnceLock<Handle>,
    /// The TCP sockets on which the server listens.
    pub listening: Mutex<Vec<Arc<TcpListener>>>,
}

impl Server {
    /// A server with an empty keyspace.
    pub fn new(config: Config, seed: [u8; 16], run_id: String, bin: Bin) -> Self {
        let databases = u32::try_from(config.get(param::DATABASES).int()).unwrap_or(16).max(1);
        let live = Arc::clone(config.live());
        let backlog = usize::try_from(live.size(param::REPL_BACKLOG_SIZE)).unwrap_or(1 << 20);
        Self {
            gates: AtomicU32::new(if live.size(param::MAXMEMORY) > 0 { gate::MEMORY } else { 0 }),
            space: Keyspace::new(databases, false, seed),
            live,
            feed: Feed::new(backlog),
            clients: Clients::default(),
            monitors: Monitors::default(),
            tracking: Tracking::default(),
            pubsub: Pubsub::default(),
            pause: Pause::default(),
            blocked: Blocked::default(),
            walk: Walk::default(),
            totals: Totals::default(),
            figures: Figures::default(),
            lanes: Lanes::default(),
            started: clock::wall_ms(),
            run_id,
            bin,
            orders: OnceLock::new(),
            runtime: OnceLock::new(),
            listening: Mutex::default(),
            config,
        }
    }

    /// The I/O threads, and those that have ended: what they counted still counts.
    pub fn lanes(&self) -> impl Iterator<Item = &LaneHandle> {
        self.lanes.all()
    }

    /// Opens or closes a gate.
    pub fn set_gate(&self, gate: u32, on: bool) {
        if on {
            self.gates.fetch_or(gate, Relaxed);
        } else {
            self.gates.fetch_and(!gate, Relaxed);
        }
    }

    /// Asks something of the control thread.
    pub fn order(&self, order: Order) {
        if let Some(orders) = self.orders.get() {
            // A control thread that is gone has nothing left to do.
            let _ = orders.send(order);
        }
    }

    /// Sends a message to every I/O thread.
    pub fn tell_all(&self, message: impl Fn() -> Message) {
        for lane in self.lanes() {
            // Who has ended need not be told.
            let _ = lane.mailbox.send(message());
        }
    }
}
