//! Keeping to `maxmemory`: gives keys up until little enough memory is used.
//!
//! Called before a command runs, and by the control thread for what was left undone. One thread evicts at a time,
//! for no longer than `maxmemory-eviction-tenacity` allows. Nothing may be held by the caller.

use crate::conn::Conn;
use crate::control::Order;
use crate::lane::Lane;
use crate::server::{Server, gate};
use crate::sys::{clock, memory};
use ironkeep_commands::chore::Chore;
use ironkeep_commands::eviction::{Eviction, Policy, evict_one};
use ironkeep_commands::{Rules, Turn};
use ironkeep_config::param;
use std::sync::atomic::Ordering::Relaxed;

/// Keys evicted between two looks at the clock.
const BATCH: usize = 16;

/// How it stands with memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Room {
    /// Little enough is used.
    Enough,
    /// Too much is used, and keys are being given up.
    Soon,
    /// Too much is used, and nothing may be given up.
    None,
}

impl Lane {
    /// Whether memory is short and stays so. The client is told at once which of its keys had to go.
    pub fn is_short_of_memory(&mut self, conn: &Conn) -> bool {
        let server = std::sync::Arc::clone(&self.server);
        let room = make_room(&server, &mut self.turn, &self.rules, self.now);
        if !self.turn.changes.is_empty() {
            self.tell(conn);
        }
        room == Room::None
    }
}

/// Evicts keys if too much memory is used.
pub fn make_room(server: &Server, turn: &mut Turn, rules: &Rules, now: i64) -> Room {
    if excess(server) == 0 || is_paused(server) {
        note(server, false, now);
        return Room::Enough;
    }
    let start = clock::ticks();
    let room = match how(server) {
        Some(how) => evict(server, turn, rules, now, how, start),
        None => Room::None,
    };
    note(server, room != Room::Enough, now);
    let nanos = clock::nanos(clock::ticks().wrapping_sub(start));
    server.figures.note_spike(&server.live, "eviction-cycle", nanos, now / 1000);
    if room == Room::Soon && !server.figures.evicting.asked.swap(true, Relaxed) {
        server.order(Order::Evict);
    }
    room
}

/// Bytes used beyond `maxmemory`.
fn excess(server: &Server) -> usize {
    match server.live.size(param::MAXMEMORY) {
        0 => 0,
        most => memory::used()
            .saturating_sub(server.tracking.in_flight())
            .saturating_sub(server.walk.leaving())
            .saturating_sub(server.bin.freeing.bytes.load(Relaxed))
            .saturating_sub(usize::try_from(most).unwrap_or(usize::MAX)),
    }
}

/// How keys are given up; none if they are not: by the policy, or because a client imports and decides that.
fn how(server: &Server) -> Option<Eviction> {
    if server.live.yes(param::IMPORT_MODE) {
        return None;
    }
    Some(Eviction {
        policy: Policy::named(server.config.get(param::MAXMEMORY_POLICY).choice())?,
        samples: server.live.size(param::MAXMEMORY_SAMPLES) as usize,
        lazy: server.live.yes(param::LAZYFREE_LAZY_EVICTION),
    })
}

fn evict(server: &Server, turn: &mut Turn, rules: &Rules, now: i64, how: Eviction, start: u64) -> Room {
    let mut pool = server.figures.evicting.pool.lock();
    let limit = time_limit(server.live.size(param::MAXMEMORY_EVICTION_TENACITY));
    // Another thread may have done the work in the meantime.
    let mut wanted = excess(server);
    while wanted > 0 {
        let mut freed = 0;
        for nth in 1.. {
            let evicted = in_chore(server, turn, rules, now, |chore| evict_one(chore, how, &mut pool));
            match evicted {
                None if is_paused(server) => return Room::Enough,
                None => return Room::None,
                Some(bytes) => freed += bytes.max(1),
            }
            if freed >= wanted || nth % BATCH == 0 && excess(server) == 0 {
                break;
            }
            if nth % BATCH == 0 && clock::nanos(clock::ticks().wrapping_sub(start)) > limit {
                return Room::Soon;
            }
        }
        throw_garbage(server, turn);
        wanted = excess(server);
    }
    Room::Enough
}

/// Whether clients are paused, and so nothing may change by itself. While a partition is held the answer holds.
pub fn is_paused(server: &Server) -> bool {
    server.gates.load(Relaxed) & gate::PAUSE != 0
}

/// Does work on keys whose effects go to the log while their partition is held.
pub fn in_chore<R>(
    server: &Server,
    turn: &mut Turn,
    rules: &Rules,
    now: i64,
    work: impl FnOnce(&mut Chore<'_>) -> R,
) -> R {
    // Whether anybody reads the log is known for certain only while the partition is held.
    turn.effects.wanted = true;
    let mut flush = |turn: &mut Turn| {
        if server.feed.is_read() {
            server.feed.append(&turn.effects);
        }
        turn.effects.clear();
    };
    let halted = || is_paused(server);
    work(&mut Chore { space: &server.space, rules, now, turn, flush: &mut flush, halted: &halted })
}

/// Hands over what is to be freed elsewhere.
pub fn throw_garbage(server: &Server, turn: &mut Turn) {
    turn.garbage.drain(..).for_each(|garbage| server.bin.throw(garbage));
}

/// Nanoseconds that one call may take, for a tenacity from 0 to 100: up to half a millisecond for 10, then longer
/// by 15 percent each, without a limit for 100.
fn time_limit(tenacity: u64) -> u64 {
    match tenacity {
        0..=10 => 50_000 * tenacity,
        11..100 => (500_000.0 * 1.15f64.powi(tenacity as i32 - 10)) as u64,
        _ => u64::MAX,
    }
}

/// Keeps account of the time during which too much memory is used.
fn note(server: &Server, over: bool, now: i64) {
    let evicting = &server.figures.evicting;
    match (over, evicting.since.load(Relaxed)) {
        (true, 0) => evicting.since.store(now * 1000, Relaxed),
        (false, since) if since != 0 => {
            evicting.total.fetch_add((now * 1000 - since).max(0), Relaxed);
            evicting.since.store(0, Relaxed);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenacity_sets_the_time() {
        assert_eq!((time_limit(0), time_limit(10), time_limit(100)), (0, 500_000, u64::MAX));
        assert!((100..200).contains(&(time_limit(99) / 1_000_000_000)));
    }
}
