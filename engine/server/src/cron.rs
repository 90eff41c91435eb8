//! What happens now and then: expiry of keys that nobody asks for, figures that need a rhythm.

use crate::server::Server;

/// Called ten times a second.
pub fn tick(server: &Server) {
    let used = crate::sys::memory::used() as u64;
    server.totals.peak_memory.fetch_max(used, std::sync::atomic::Ordering::Relaxed);
}
