//! Clients that are closed because time has passed: idle ones (`timeout`), and those above the soft limit of their
//! output buffer for too long.
//!
//! The control thread rings once a second; each I/O thread looks at its own connections, so that nobody is closed
//! who has just sent something.

use crate::client_line::seconds_since;
use crate::complaints;
use crate::conn::{Conn, flag};
use crate::mailbox::Message;
use crate::server::Server;
use crate::verbose;
use ironkeep_config::{ClientClass, param};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Replies that wait of a client that has not authenticated are bounded by this.
const UNAUTHENTICATED: usize = 17 * 1024;
/// Bytes of requests that it may send.
const UNAUTHENTICATED_INPUT: u64 = 1024 * 1024;
/// Replies up to this size may pass at once, whatever the limits say.
pub const SMALL: usize = 16 * 1024;

/// Rings once a second for as long as the server runs, when there is a limit to look after.
pub async fn keep_time(server: Arc<Server>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        second.tick().await;
        if server.live.size(param::TIMEOUT) != 0 || has_soft_limit(&server) {
            server.tell_all(|| Message::Sweep);
        }
    }
}

fn has_soft_limit(server: &Server) -> bool {
    [ClientClass::Normal, ClientClass::PubSub].iter().any(|class| server.live.output_limit(*class).soft != 0)
}

/// Whether a connection must end although nothing happened on it. Says why in the log.
pub fn is_overdue(server: &Server, conn: &mut Conn, now: i64) -> bool {
    if is_idle(server, conn, now) {
        verbose!("Closing idle client");
        return true;
    }
    let waiting = conn.pending();
    if waiting > 0 && is_over_limit(server, conn, waiting, now) {
        server.totals.output_limit.fetch_add(1, Relaxed);
        complaints::output_limit(server, conn, now, true);
        return true;
    }
    false
}

fn is_idle(server: &Server, conn: &Conn, now: i64) -> bool {
    let timeout = i64::try_from(server.live.size(param::TIMEOUT)).unwrap_or(i64::MAX);
    let exempt = conn.flags & (flag::MONITOR | flag::WAITS) != 0;
    timeout != 0 && !exempt && seconds_since(conn.info.active.load(Relaxed), now) > timeout
}

/// Whether a client has more replies waiting than it may: `waiting` bytes. Remembers since when the soft limit is
/// exceeded.
pub fn is_over_limit(server: &Server, conn: &mut Conn, waiting: usize, now: i64) -> bool {
    if conn.flags & (flag::LOCKED | flag::KNOWN) == flag::LOCKED && waiting > UNAUTHENTICATED {
        return true;
    }
    let limit = server.live.output_limit(conn.info.class());
    let waiting = waiting as u64;
    if limit.soft == 0 || waiting < limit.soft {
        conn.soft_since = None;
    } else {
        let since = *conn.soft_since.get_or_insert(now);
        let seconds = i64::try_from(limit.soft_seconds).unwrap_or(i64::MAX);
        if seconds_since(since, now) > seconds {
            return true;
        }
    }
    limit.hard != 0 && waiting >= limit.hard
}

/// Whether more bytes of requests wait than a client may send. Queued commands of a transaction count.
pub fn sent_too_much(server: &Server, conn: &Conn) -> bool {
    let queued = conn.transaction.as_ref().map_or(0, |transaction| transaction.size);
    let waiting = (conn.input.len() + queued) as u64;
    let limit = server.live.size(param::CLIENT_QUERY_BUFFER_LIMIT);
    waiting > limit || (waiting > UNAUTHENTICATED_INPUT && conn.is(flag::LOCKED))
}
