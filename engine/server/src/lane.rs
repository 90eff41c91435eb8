//! Running commands on one I/O thread: batches of requests, prefetched, then one after the other.
//!
//! Takes requests of a connection, gives replies in `out`. The shortest way is for commands on one key while
//! nothing special is going on; everything else goes through `careful.rs`. Must not wait for anything but
//! partition locks.

use crate::blocked;
use crate::conn::{Conn, flag};
use crate::evict::is_paused;
use crate::pause;
use crate::server::{Server, gate};
use crate::settings::{Settings, read_settings};
use crate::stats::LaneStats;
use crate::sys::clock;
use crate::tracking::Gathered;
use ironkeep_commands::active_expiry;
use ironkeep_commands::chore::Chore;
use ironkeep_commands::ctx::{Ctx, Reach};
use ironkeep_commands::spec::{Found, Run, Shape, Spec};
use ironkeep_commands::{Args, Rules, Turn};
use ironkeep_keyspace::blocked::hold_for_waiters;
use ironkeep_keyspace::space::{Held, Keyspace, Wanted};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Keys of one command that are loaded ahead.
const AHEAD: usize = 64;

/// Bytes of one entry that are loaded ahead, at most.
const MOST_AHEAD: usize = 512;

/// The state in which one thread runs commands.
pub struct Lane {
    /// The server.
    pub server: Arc<Server>,
    /// What this thread counts.
    pub stats: Arc<LaneStats>,
    /// What commands leave behind.
    pub turn: Turn,
    /// Changed keys that those who hear of every change have not heard of yet.
    pub gathered: Gathered,
    /// What the server says to commands.
    pub rules: Rules,
    /// Numbers of the configuration.
    pub settings: Settings,
    /// The version of the configuration that the two above are from.
    version: u64,
    /// The time, milliseconds since the epoch.
    pub now: i64,
    /// The counter of the clock when the last command ended.
    pub tick: u64,
    /// The counter of the clock when the thread woke.
    woke: u64,
    /// Commands that had run then.
    ran: u64,
    /// Replies of the connection that is served.
    pub out: Vec<u8>,
    /// Bytes of an entry that are worth loading ahead: about what the last command sent and got.
    span: usize,
}

/// One request of a batch.
#[derive(Clone, Copy)]
pub struct Request {
    /// Offset of its first byte in the buffer.
    pub start: usize,
    /// Offset just past it.
    pub end: usize,
    /// Where its arguments begin in the batch's places, and how many there are.
    pub places: (usize, usize),
    /// Its command.
    pub found: Found,
    /// The hash of its only key, if it has just one.
    pub hash: Option<u64>,
}

impl Lane {
    /// A lane.
    pub fn new(server: Arc<Server>, stats: Arc<LaneStats>, seed: u64) -> Self {
        let (rules, settings) = read_settings(&server, clock::wall_ms());
        Self {
            server,
            stats,
            turn: Turn::new(seed),
            gathered: Gathered::default(),
            rules,
            settings,
            version: 0,
            now: clock::wall_ms(),
            tick: clock::ticks(),
            woke: clock::ticks(),
            ran: 0,
            out: Vec::with_capacity(64 * 1024),
            span: 64,
        }
    }

    /// Begins a wake-up: looks at the clock and the configuration.
    pub fn begin(&mut self) {
        self.now = clock::wall_ms();
        self.tick = clock::ticks();
        self.woke = self.tick;
        self.ran = self.stats.processed.get();
        self.refresh();
    }

    /// Looks at the configuration.
    pub fn refresh(&mut self) {
        let version = self.server.live.version();
        if version != self.version {
            (self.rules, self.settings) = read_settings(&self.server, self.now);
            self.version = version;
        }
        self.rules.access.seconds = (self.now / 1000) as u32;
        // A pause forbids it for the wake-up that sees the pause. Who imports says what expires, by deleting it.
        self.rules.remove_expired = !self.rules.importing;
    }

    /// The time by which it is decided whether a key has expired: one before all for a client that imports.
    pub fn expiry_now(&self, conn: &Conn) -> i64 {
        if self.rules.importing && conn.is(flag::IMPORT_SOURCE) { i64::MIN } else { self.now }
    }

    /// Loads what requests will need, all together, so that the waits for memory overlap. Each is a database and
    /// the hash of a key.
    pub fn prefetch(&self, ahead: &[(u32, u64)]) {
        let space = &self.server.space;
        if space.is_slotted() {
            // There the place follows from the name, not from the hash.
            return;
        }
        for &(db, hash) in ahead {
            let key = space.key_with(&[], hash);
            space.lock(key.partition).table(db, &key).prefetch(hash);
        }
        for &(db, hash) in ahead {
            let key = space.key_with(&[], hash);
            space.lock(key.partition).table(db, &key).prefetch_entry(hash, self.span);
        }
    }

    /// Loads what a command on several keys will need, once it holds them.
    fn prefetch_held(&self, db: u32, hashes: &[u64], held: &mut Held<'_>) {
        if hashes.len() < 2 || self.server.space.is_slotted() {
            return;
        }
        let space = &self.server.space;
        for hash in hashes {
            let key = space.key_with(&[], *hash);
            held.partition(key.partition).table(db, &key).prefetch(*hash);
        }
        for hash in hashes {
            let key = space.key_with(&[], *hash);
            held.partition(key.partition).table(db, &key).prefetch_entry(*hash, self.span);
        }
    }

    /// Runs one request.
    #[inline]
    pub fn run(&mut self, conn: &mut Conn, args: Args<'_>, found: Found, hash: Option<u64>) {
        if let Found::Spec(spec) = found
            && let Run::Data(function) = spec.run
            && let Shape::One(at) = spec.key_shape()
            && let Some(hash) = hash
            && conn.flags & flag::SLOW == 0
            && spec.accepts(args.len())
        {
            let mark = self.out.len();
            if self.call_one(conn, args, function, at as usize, hash) {
                self.account(conn, spec, args, mark);
                if !self.turn.changes.is_empty() {
                    self.tell(conn);
                }
                return;
            }
        }
        self.run_carefully(conn, args, found);
        self.end_command(conn, found);
    }

    /// Calls a command on one key; says whether it could.
    #[inline(always)]
    fn call_one(
        &mut self,
        conn: &Conn,
        args: Args<'_>,
        function: fn(&mut Ctx<'_>),
        at: usize,
        hash: u64,
    ) -> bool {
        let server = &*self.server;
        let key = server.space.key_with(args.at(at), hash);
        let mut partition = server.space.lock(key.partition);
        // CLIENT PAUSE closes its gate and then locks every partition once: what runs from here on has seen it.
        let gates = server.gates.load(Relaxed);
        if gates != 0 && (gates != gate::AWAITED || !partition.waiting.is_empty()) {
            return false;
        }
        self.turn.effects.wanted = server.feed.is_read();
        self.turn.effects.begin(conn.db);
        let mut ctx = Ctx {
            args,
            reply: conn.reply(&mut self.out),
            db: conn.db,
            now: self.now,
            rules: &self.rules,
            turn: &mut self.turn,
            no_touch: conn.is(flag::NO_TOUCH),
            import_source: conn.is(flag::IMPORT_SOURCE),
            space: &server.space,
            reach: Reach::One(key.partition, &mut partition),
            first_key: Some((at, hash)),
        };
        function(&mut ctx);
        if self.turn.effects.wanted {
            self.turn.effects.end_of_command(self.turn.dirty > 0, args.iter());
            server.feed.append(&self.turn.effects);
        }
        self.turn.effects.clear_if_used();
        true
    }

    /// Calls any data command, with the partitions of its keys held; says whether it could.
    pub fn call_data(
        &mut self,
        conn: &mut Conn,
        args: Args<'_>,
        spec: &'static Spec,
        function: fn(&mut Ctx<'_>),
    ) -> bool {
        let server = Arc::clone(&self.server);
        let mut wanted = Wanted::default();
        let mut hashes = [0; AHEAD];
        let mut count = 0;
        // Wrong arguments have no keys: the command itself will say what is wrong with them.
        spec.keys_to_hold(&args, |at| {
            let key = server.space.key(args.at(at));
            wanted.add(key.partition);
            if count < AHEAD {
                hashes[count] = key.hash;
                count += 1;
            }
        });
        let mut held = match spec.reaches_beyond(&args) {
            true => Held::all(&server.space),
            false => self.hold(&server.space, wanted),
        };
        // As in `call_one`: a pause that began before these locks were taken is seen here.
        if pause::must_wait(self, conn, spec) {
            return false;
        }
        self.prefetch_held(conn.db, &hashes[..count], &mut held);
        self.turn.effects.wanted = server.feed.is_read();
        self.call_held(conn, args, function, &mut held);
        self.remember(conn, spec, args, &mut held);
        server.feed.append(&self.turn.effects);
        self.turn.effects.clear_if_used();
        if !self.turn.ready.is_empty() {
            self.serve_waiters(&mut held);
        }
        if let Some(wait) = self.turn.wait.take() {
            let wait = (wait, std::mem::take(&mut self.turn.wait_args));
            blocked::park_for_keys(&server, conn, (spec, function), args, wait, &mut held);
            self.count_changes();
        }
        drop(held);
        if !self.turn.overdue.is_empty() {
            self.remove_overdue();
        }
        true
    }

    /// Locks partitions, and those that are needed to serve who waits there.
    #[inline]
    pub fn hold<'k>(&self, space: &'k Keyspace, wanted: Wanted) -> Held<'k> {
        let held = Held::lock(space, wanted);
        // Who waits for a key of these partitions has opened the gate before it let them go.
        if self.server.gates.load(Relaxed) & gate::AWAITED == 0 { held } else { hold_for_waiters(held) }
    }

    /// Removes expired keys that a command on no key in particular met.
    #[cold]
    fn remove_overdue(&mut self) {
        let server = Arc::clone(&self.server);
        let mut flush = |turn: &mut Turn| {
            server.feed.append(&turn.effects);
            turn.effects.clear_if_used();
        };
        self.turn.effects.wanted = server.feed.is_read();
        let mut chore = Chore {
            space: &server.space,
            rules: &self.rules,
            now: self.now,
            turn: &mut self.turn,
            flush: &mut flush,
            halted: &|| is_paused(&server),
        };
        active_expiry::remove_met(&mut chore);
    }

    /// Calls a data command with what is held already; its effects stay in the turn.
    pub fn call_held(
        &mut self,
        conn: &Conn,
        args: Args<'_>,
        function: fn(&mut Ctx<'_>),
        held: &mut Held<'_>,
    ) {
        let server = Arc::clone(&self.server);
        let before = self.turn.dirty;
        self.turn.may_wait = !conn.is(flag::IN_EXEC);
        self.turn.effects.begin(conn.db);
        let reach = if held.is_none() { Reach::Free } else { Reach::Held(held) };
        let mut ctx = Ctx {
            args,
            reply: conn.reply(&mut self.out),
            db: conn.db,
            now: self.now,
            rules: &self.rules,
            turn: &mut self.turn,
            no_touch: conn.is(flag::NO_TOUCH),
            import_source: conn.is(flag::IMPORT_SOURCE),
            space: &server.space,
            reach,
            first_key: None,
        };
        function(&mut ctx);
        self.turn.effects.end_of_command(self.turn.dirty > before, args.iter());
    }

    /// Counts a command that ran; `mark` is where its reply begins.
    #[inline(always)]
    pub fn account(&mut self, conn: &mut Conn, spec: &'static Spec, args: Args<'_>, mark: usize) {
        let tick = clock::ticks();
        let nanos = clock::nanos(tick.wrapping_sub(self.tick));
        self.tick = tick;
        let stats = self.stats.of(spec);
        stats.record(nanos, self.settings.track);
        self.stats.processed.add(1);
        conn.commands += 1;
        conn.last = spec.id() + 1;
        let (request, reply) = (args.size(), self.out.len().saturating_sub(mark));
        self.span = (request + reply).min(MOST_AHEAD);
        if self.out.get(mark) == Some(&b'-') {
            stats.failed.add(1);
            self.server.totals.error(&self.out[mark + 1..]);
        }
        if self.turn.dirty != 0 {
            self.stats.dirty.add(std::mem::take(&mut self.turn.dirty));
        }
        if nanos >= self.settings.slow
            || reply >= self.settings.large_reply
            || request >= self.settings.large_request
        {
            self.log_command(conn, spec, args, nanos, reply);
        }
        if !self.turn.garbage.is_empty() {
            self.throw_garbage();
        }
    }

    /// Counts the changes of what does not end as a command does: the next must not be taken for theirs.
    pub fn count_changes(&mut self) {
        self.stats.dirty.add(std::mem::take(&mut self.turn.dirty));
    }

    #[cold]
    fn throw_garbage(&mut self) {
        self.turn.garbage.drain(..).for_each(|garbage| self.server.bin.throw(garbage));
    }

    #[cold]
    fn log_command(&mut self, conn: &Conn, spec: &'static Spec, args: Args<'_>, nanos: u64, reply: usize) {
        crate::slow::note(self, conn, spec, args, nanos, reply);
    }

    /// Ends a wake-up: counts what was gathered.
    pub fn end(&mut self) {
        self.stats.take(&mut self.turn.counts);
        self.stats.wakes.add(1);
        let busy = clock::nanos(self.tick.wrapping_sub(self.woke));
        self.stats.busy.add(busy);
        self.stats.longest.raise(busy);
        self.stats.most.raise(self.stats.processed.get().saturating_sub(self.ran));
    }
}
