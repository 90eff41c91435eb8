//! What happens now and then: expiry of keys and fields that nobody asks for, eviction that was left undone, figures that
//! need a rhythm.
//!
//! Runs on the control thread, `hz` times a second. Gives keys up in small batches; must not wait for anything
//! but partition locks.

use crate::evict::{Room, in_chore, make_room, throw_garbage};
use crate::figures::Sums;
use crate::node::info::keyspace::count;
use crate::server::{Server, gate};
use crate::settings::read_settings;
use crate::stats::LaneStats;
use crate::sys::{clock, memory};
use crate::tracking::{self, Gathered};
use crate::weights;
use ironkeep_commands::active_expiry::{Progress, time_share};
use ironkeep_commands::{Turn, active_expiry, field_expiry};
use ironkeep_config::param;
use ironkeep_keyspace::space::Held;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Milliseconds between two samples of the rates.
const SAMPLE_EVERY: i64 = 100;

/// What the control thread keeps between two ticks.
pub struct Cron {
    turn: Turn,
    keys: active_expiry::Round,
    fields: field_expiry::Round,
    /// Whether fields come before keys, and get the time that there is: each every other time.
    fields_first: bool,
    /// Changed keys for those who hear of every change.
    gathered: Gathered,
    sampled: i64,
}

impl Cron {
    /// For a server that starts.
    pub fn new() -> Self {
        Self {
            turn: Turn::new(clock::ticks()),
            keys: active_expiry::Round::default(),
            fields: field_expiry::Round::default(),
            fields_first: false,
            gathered: Gathered::default(),
            sampled: 0,
        }
    }

    /// The time between two ticks.
    pub fn period(server: &Server) -> Duration {
        Duration::from_micros(1_000_000 / server.live.size(param::HZ).clamp(1, 500))
    }

    /// Called `hz` times a second.
    pub fn tick(&mut self, server: &Server) {
        if server.figures.cron_paused.load(Relaxed) {
            return;
        }
        let (now, start) = (clock::wall_ms(), clock::ticks());
        server.totals.peak_memory.fetch_max(memory::used() as u64, Relaxed);
        // While clients are paused, nothing may change by itself.
        if server.figures.active_expire.load(Relaxed) && server.pause.look(now).is_none() {
            self.expire(server, now);
        }
        tracking::keep_to_limit(server, &mut self.turn, None);
        self.evict(server);
        self.tell(server);
        weights::look(server, now);
        if now - self.sampled >= SAMPLE_EVERY {
            self.sampled = now;
            server.figures.samples.lock().add(clock::uptime_nanos() / 1000, sums(server));
        }
        let background = &server.figures.background;
        background.wakes.add(1);
        background.busy.add(clock::nanos(clock::ticks().wrapping_sub(start)));
    }

    /// Tells clients what has changed.
    fn tell(&mut self, server: &Server) {
        if !self.turn.changes.is_empty() {
            tracking::tell_all(server, &mut self.turn, &mut self.gathered);
        }
    }

    /// Evicts keys if memory is short, between two ticks.
    pub fn evict_more(&mut self, server: &Server) {
        self.evict(server);
        self.tell(server);
    }

    /// Evicts keys if memory is short.
    fn evict(&mut self, server: &Server) {
        if server.gates.load(Relaxed) & gate::MEMORY == 0 {
            return;
        }
        let now = clock::wall_ms();
        let (rules, _) = read_settings(server, now);
        server.figures.evicting.asked.store(false, Relaxed);
        // When it is not done in one go, this asks for another.
        let room = make_room(server, &mut self.turn, &rules, now);
        if room != Room::None {
            throw_garbage(server, &mut self.turn);
        }
        server.figures.background.take(&mut self.turn.counts);
    }

    fn expire(&mut self, server: &Server, now: i64) {
        let effort = server.live.size(param::ACTIVE_EXPIRE_EFFORT) as u8;
        let limit = Self::period(server).as_nanos() as u64 * time_share(effort) as u64 / 100;
        let (rules, _) = read_settings(server, now);
        let start = clock::ticks();
        let spent = || clock::nanos(clock::ticks().wrapping_sub(start));
        let keep_going = || spent() < limit;
        self.fields_first = !self.fields_first;
        let (keys, fields, fields_first) = (&mut self.keys, &mut self.fields, self.fields_first);
        let (keys, fields) = in_chore(server, &mut self.turn, &rules, now, |chore| {
            if fields_first {
                let done = field_expiry::step(chore, fields, effort, &keep_going);
                return (active_expiry::step(chore, keys, effort, &keep_going), done);
            }
            let done = active_expiry::step(chore, keys, effort, &keep_going);
            (done, field_expiry::step(chore, fields, effort, &keep_going))
        });
        throw_garbage(server, &mut self.turn);
        let expiry = &server.figures.expiry;
        expiry.micros.fetch_add(spent() / 1000, Relaxed);
        expiry.capped.fetch_add(u64::from(!keys.finished) + u64::from(!fields.finished), Relaxed);
        note_stale(&expiry.stale, keys, || expiring(server));
        note_stale(&expiry.stale_fields, fields, || with_fields(server));
        server.figures.note_spike(&server.live, "expire-cycle", spent(), now / 1000);
        server.figures.background.take(&mut self.turn.counts);
    }
}

/// Adds what a round left behind to a mean over time.
fn note_stale(mean: &AtomicU64, done: Progress, rest: impl FnOnce() -> usize) {
    let left = if done.finished { 0 } else { share(done.removed, rest()) };
    mean.store((mean.load(Relaxed) * 95 + left * 5) / 100, Relaxed);
}

/// A part of a whole in millionths.
fn share(part: usize, rest: usize) -> u64 {
    (part as u64 * 1_000_000).checked_div((part + rest) as u64).unwrap_or(0)
}

/// Keys with an expiry.
fn expiring(server: &Server) -> usize {
    let mut held = Held::none(&server.space);
    count(&mut held, 0).iter().map(|db| db.expiring).sum()
}

/// Keys with fields that expire.
fn with_fields(server: &Server) -> usize {
    let mut held = Held::none(&server.space);
    count(&mut held, 0).iter().map(|db| db.with_fields).sum()
}

/// The sums over all threads, this one included.
pub fn sums(server: &Server) -> Sums {
    let sum = |of: fn(&LaneStats) -> u64| {
        let lanes: u64 = server.lanes().map(|lane| of(&lane.stats)).sum();
        lanes + of(&server.figures.background)
    };
    Sums {
        commands: sum(|stats| stats.processed.get()),
        input: sum(|stats| stats.input.get()),
        output: sum(|stats| stats.output.get()),
        wakes: sum(|stats| stats.wakes.get()),
        busy: sum(|stats| stats.busy.get() / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_config::{Config, Host};
    use ironkeep_keyspace::entry::{Entry, NewValue};
    use ironkeep_keyspace::object::Typed;
    use ironkeep_values::hash_map;

    #[test]
    fn shares_are_of_the_whole() {
        assert_eq!((share(0, 0), share(1, 3), share(5, 0)), (0, 250_000, 1_000_000));
    }

    fn server_with(names: &[&[u8]], expiry: Option<i64>) -> Server {
        let config = Config::new(&Host { io_threads: 1, dir: b"/".to_vec() });
        let server = Server::new(config, [1; 16], "0".repeat(40), crate::bin::Bin::open().unwrap().0);
        for name in names {
            let key = server.space.key(name);
            let entry = Entry::new(name, NewValue::Int(1), expiry, 0);
            let mut part = server.space.lock(key.partition);
            part.table(0, &key).insert(server.space.hasher(), key.hash, entry);
        }
        server
    }

    fn log_of(server: &Server) -> String {
        let mut log = Vec::new();
        server.feed.read(0, usize::MAX, &mut log).unwrap();
        String::from_utf8(log).unwrap()
    }

    #[test]
    fn keys_that_expire_stand_in_the_log_once_somebody_reads_it() {
        let names: Vec<Vec<u8>> = (0..100).map(|i| format!("k{i}").into_bytes()).collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let server = server_with(&names, Some(1));
        server.feed.attach();
        server.figures.active_expire.store(false, Relaxed);
        let mut cron = Cron::new();
        cron.tick(&server);
        assert_eq!(log_of(&server), "");
        server.figures.active_expire.store(true, Relaxed);
        cron.tick(&server);
        assert_eq!(log_of(&server).matches("UNLINK").count(), 100);
        assert_eq!(server.figures.background.expired.get(), 100);
        assert_eq!(expiring(&server), 0);
    }

    #[test]
    fn fields_that_expire_stand_in_the_log_before_their_key() {
        let server = server_with(&[], None);
        let hasher = server.space.hasher();
        let field = hash_map::Entry { key: b"field", value: b"1", expiry: Some(1) };
        let limits = hash_map::Limits { entries: 1, value: 1 };
        let map = hash_map::Map::of([field], &limits, hasher);
        let (key, value) = (server.space.key(b"hash"), NewValue::Object(map.into_object()));
        let entry = Entry::new(b"hash", value, None, 0);
        server.space.lock(key.partition).table(0, &key).insert(hasher, key.hash, entry);
        server.feed.attach();
        assert_eq!(with_fields(&server), 1);
        Cron::new().tick(&server);
        let log = log_of(&server);
        let (fields, whole) = (log.find("HDEL").unwrap(), log.find("UNLINK").unwrap());
        assert!(fields < whole, "{log}");
        assert_eq!((with_fields(&server), server.figures.background.expired_fields.get()), (0, 1));
    }

    #[test]
    fn keys_that_are_evicted_stand_in_the_log() {
        let server = server_with(&[b"a", b"b"], None);
        server.feed.attach();
        // The allocator of a test does not count: what it cannot see is not too much.
        assert_eq!(memory::used(), 0);
        let mut chore_turn = Turn::new(1);
        let (rules, _) = read_settings(&server, 1);
        let policy = ironkeep_commands::eviction::Policy::named("allkeys-random").unwrap();
        let how = ironkeep_commands::eviction::Eviction { policy, samples: 5, lazy: false };
        let mut pool = ironkeep_commands::eviction::Pool::default();
        for left in [true, true, false] {
            let freed = in_chore(&server, &mut chore_turn, &rules, 1, |chore| {
                ironkeep_commands::eviction::evict_one(chore, how, &mut pool)
            });
            assert_eq!(freed.is_some(), left);
        }
        assert_eq!(log_of(&server).matches("DEL").count(), 2);
    }
}
