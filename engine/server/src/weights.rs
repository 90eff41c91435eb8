//! Keeping the memory of clients under `maxmemory-clients`: the heaviest are closed first.
//!
//! Each thread weighs the connections that it has just served and shows their sum; when the sums of all threads are
//! too much, whoever sees it walks through all clients. While there is no limit nothing is
//! weighed. Must not look at connections of other threads: what they published is enough.

use crate::client_line::{Names, line};
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::server::Server;
use crate::sys::clock;
use crate::worker::{Close, Worker};
use crate::{notice, warning};
use ironkeep_config::{Live, param};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A limit below this would leave nobody able to talk to the server.
const LEAST: u64 = 128 * 1024;
/// Clients whose weights have the same number of bits are equally heavy; below and above these, too.
const BITS: (u32, u32) = (15, 33);
/// Requests that have arrived in part, and replies that wait, weigh nothing up to this.
const LIGHT: usize = 16 * 1024;
/// Milliseconds until the next walk when nobody could be closed.
const REST: i64 = 100;

/// What walks through the clients leave for the next.
#[derive(Default)]
pub struct Walk {
    /// When everybody left is shielded: no walk before this time.
    rest_until: Mutex<i64>,
    /// Bytes of clients that are closed, but that their threads have not freed yet.
    leaving: AtomicUsize,
}

impl Walk {
    /// Bytes that will be free in a moment: no key need be given up for them.
    pub fn leaving(&self) -> usize {
        self.leaving.load(Relaxed)
    }

    /// Says that the memory of a client that ended has been freed.
    pub fn left(&self, info: &ClientInfo) {
        self.leaving.fetch_sub(info.leaving.load(Relaxed), Relaxed);
    }
}

/// Bytes that clients may take together; none without a limit.
pub fn limit(live: &Live) -> Option<u64> {
    let bytes = match live.int(param::MAXMEMORY_CLIENTS) {
        0 => return None,
        most @ 1.. => most as u64,
        percent => match live.size(param::MAXMEMORY) {
            0 => return None,
            memory => (u128::from(memory) * u128::from(percent.unsigned_abs()) / 100) as u64,
        },
    };
    Some(bytes.max(LEAST))
}

/// Closes clients, the heaviest first, until the others take little enough. Says whether it closed any.
pub fn enforce(server: &Server) -> bool {
    let Some(limit) = limit(&server.live) else { return false };
    let mut rest_until = server.walk.rest_until.lock();
    let now = clock::wall_ms();
    let mut clients: Vec<(usize, Arc<ClientInfo>)> =
        server.clients.list().into_iter().map(|info| (info.memory(), info)).collect();
    let mut total: u64 = clients.iter().map(|(weight, _)| *weight as u64).sum();
    if total <= limit {
        *rest_until = 0;
        return false;
    }
    clients.retain(|(_, info)| info.flags.load(Relaxed) & flag::NO_EVICT == 0);
    clients.sort_by_key(|(weight, _)| std::cmp::Reverse(bits(*weight)));
    let mut closed = false;
    for (weight, info) in clients {
        if total <= limit {
            return closed;
        }
        closed = true;
        let names = match server.live.yes(param::HIDE_USER_DATA_FROM_LOG) {
            true => Names::Hidden,
            false => Names::Shown,
        };
        notice!("Evicting client: {}", line(&info, now, 0, names));
        // Before its thread can free it.
        info.leaving.store(weight, Relaxed);
        server.walk.leaving.fetch_add(weight, Relaxed);
        server.clients.kill(&info);
        server.totals.evicted_clients.fetch_add(1, Relaxed);
        total -= weight as u64;
    }
    if total > limit {
        warning!("Over client maxmemory after evicting all evictable clients");
        *rest_until = now + REST;
    }
    closed
}

fn bits(weight: usize) -> u32 {
    (usize::BITS - weight.leading_zeros()).clamp(BITS.0, BITS.1)
}

/// Closes clients if what the threads have weighed is too much. Says whether it closed any.
pub fn look(server: &Server, now: i64) -> bool {
    let Some(limit) = limit(&server.live) else { return false };
    let total: u64 = server.lanes.all().map(|lane| lane.weight.load(Relaxed) as u64).sum();
    total > limit && now >= *server.walk.rest_until.lock() && enforce(server)
}

impl Worker {
    /// Begins or ends to weigh, if there is a limit now or none any more.
    #[cold]
    pub(crate) fn follow_limit(&mut self) {
        self.weighs = self.lane.settings.weigh;
        for token in 0..self.conns.len() {
            if let Some(mut conn) = self.conns[token].take() {
                if self.weighs {
                    self.weigh(&mut conn);
                } else {
                    self.unweigh(&mut conn);
                }
                self.conns[token] = Some(conn);
            }
        }
        self.me.weight.store(self.weight, Relaxed);
    }

    /// Weighs a connection whose figures have just been published; says whether it is heavier than before.
    pub(crate) fn weigh(&mut self, conn: &mut Conn) -> bool {
        let (old, new) = (conn.weight, conn.info.memory());
        self.weight = self.weight - old + new;
        conn.weight = new;
        new > old
    }

    /// Forgets what a connection weighed.
    pub(crate) fn unweigh(&mut self, conn: &mut Conn) {
        self.weight -= std::mem::take(&mut conn.weight);
    }

    /// Weighs a connection while a large request arrives or large replies wait; fails if it is closed for that.
    pub(crate) fn weigh_growing(&mut self, conn: &mut Conn) -> Result<(), Close> {
        if conn.input.len() < LIGHT && conn.pending() < LIGHT {
            return Ok(());
        }
        conn.publish(self.lane.now);
        self.weigh(conn);
        self.show_weight();
        if conn.info.killed.load(Relaxed) { Err(Close::Gone) } else { Ok(()) }
    }

    /// Shows what the connections of this thread weigh, and closes some if all together weigh too much.
    pub(crate) fn show_weight(&mut self) {
        self.me.weight.store(self.weight, Relaxed);
        self.doomed |= look(&self.lane.server, self.lane.now);
    }

    /// Ends those of this thread that were closed for their weight, at once: what they take would otherwise still be
    /// there while others grow.
    #[cold]
    pub(crate) fn bury(&mut self) {
        self.doomed = false;
        for token in 0..self.conns.len() {
            let killed =
                |conn: &Option<Box<Conn>>| conn.as_ref().is_some_and(|c| c.info.killed.load(Relaxed));
            if killed(&self.conns[token])
                && let Some(conn) = self.conns[token].take()
            {
                self.put_back(token as u64, conn, Err(Close::Gone));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_clients_are_equal_and_so_are_very_heavy_ones() {
        assert_eq!((bits(0), bits(20_000), bits(32_768)), (15, 15, 16));
        assert_eq!((bits(1 << 20), bits(1 << 40)), (21, 33));
    }
}
