//! Who watches with MONITOR, and how a line reaches them.
//!
//! A line goes to all of them under one lock, so that all see the lines in the same order. Their own threads send
//! it; a slow one is subject to its output buffer limit. Must not make lines: `node/monitor.rs` does.

use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::mailbox::Message;
use crate::server::{Server, gate};
use parking_lot::Mutex;
use std::sync::Arc;

/// The clients that watch.
#[derive(Default)]
pub struct Monitors {
    all: Mutex<Vec<Arc<ClientInfo>>>,
}

impl Monitors {
    /// Sends a line to all.
    pub fn send(&self, line: &Arc<[u8]>) {
        for info in self.all.lock().iter() {
            let bytes = Arc::clone(line);
            info.mailbox.send(Message::Push { id: info.id, token: info.token, bytes });
        }
    }
}

/// A client begins to watch.
pub fn join(server: &Server, conn: &mut Conn) {
    conn.set(flag::MONITOR, true);
    let mut all = server.monitors.all.lock();
    all.push(Arc::clone(&conn.info));
    server.set_gate(gate::MONITOR, true);
}

/// A client no longer watches, or ends; nothing happens if it did not.
pub fn leave(server: &Server, conn: &mut Conn) {
    if !conn.is(flag::MONITOR) {
        return;
    }
    conn.set(flag::MONITOR, false);
    let mut all = server.monitors.all.lock();
    all.retain(|info| info.id != conn.info.id);
    server.set_gate(gate::MONITOR, !all.is_empty());
}
