//! The I/O threads as others see them: those that serve, and what those counted that have ended.
//!
//! A thread that is started again takes over the place of one that ended. Must not start or end threads: `crew`
//! does.

use crate::mailbox::Mailbox;
use crate::stats::LaneStats;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// The most threads.
pub const MOST: usize = 256;

/// One I/O thread, as others see it.
pub struct LaneHandle {
    /// Where messages to it go.
    pub mailbox: Arc<Mailbox>,
    /// What it counts.
    pub stats: Arc<LaneStats>,
    /// Connections that it has.
    pub load: AtomicU32,
    /// Bytes of memory that they take, while there is a limit (`weights.rs`).
    pub weight: AtomicUsize,
}

/// The I/O threads.
pub struct Lanes {
    places: Box<[OnceLock<Arc<LaneHandle>>]>,
    serving: AtomicUsize,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { places: (0..MOST).map(|_| OnceLock::new()).collect(), serving: AtomicUsize::new(0) }
    }
}

impl Lanes {
    /// All that serve or once did.
    pub fn all(&self) -> impl Iterator<Item = &LaneHandle> {
        self.places.iter().map_while(|place| place.get().map(|lane| &**lane))
    }

    /// Those that serve.
    pub fn serving(&self) -> impl Iterator<Item = &LaneHandle> {
        self.all().take(self.serving.load(Relaxed))
    }

    /// The one that serves and has the fewest connections.
    pub fn least(&self) -> Option<&LaneHandle> {
        self.serving().min_by_key(|lane| lane.load.load(Relaxed))
    }

    /// How many serve.
    pub fn count(&self) -> usize {
        self.serving.load(Relaxed)
    }

    /// Says how many serve: the first so many.
    pub fn set_count(&self, count: usize) {
        self.serving.store(count, Relaxed);
    }

    /// The place of a thread that is to be started.
    pub fn prepare(&self, index: usize) -> io::Result<Arc<LaneHandle>> {
        let place = &self.places[index];
        if let Some(lane) = place.get() {
            lane.mailbox.open();
            return Ok(Arc::clone(lane));
        }
        let (mailbox, stats) = (Arc::new(Mailbox::new()?), Arc::new(LaneStats::default()));
        let lane = Arc::new(LaneHandle { mailbox, stats, load: 0.into(), weight: 0.into() });
        Ok(Arc::clone(place.get_or_init(|| lane)))
    }
}
