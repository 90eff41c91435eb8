//! Notes which keys a client has read, and keeps to `tracking-table-max-keys`.

use super::tell::{self, hears_of_reads};
use super::{Here, What, mode};
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::server::Server;
use ironkeep_commands::spec::{Flags, Found, Spec};
use ironkeep_commands::{Args, Turn};
use ironkeep_config::param;
use ironkeep_keyspace::space::{Held, PARTITIONS};
use std::sync::atomic::Ordering::Relaxed;

/// Keys that are given up at once when there are too many; twice as many if that was not enough, and so on.
const EFFORT: u32 = 100;

impl Lane {
    /// Notes the keys that a command has read, while their partitions are still held.
    #[inline]
    pub fn remember(&self, conn: &Conn, spec: &Spec, args: Args<'_>, held: &mut Held<'_>) {
        if conn.is(flag::REMEMBERS) && spec.flags.has(Flags::READONLY) && conn.info.tracker.remembers() {
            note_reads(&self.server, conn.info.id, spec, args, held);
        }
    }

    /// The same for a command that has run again, after it was put aside.
    pub fn remember_parked(&self, info: &ClientInfo, spec: &Spec, args: Args<'_>, held: &mut Held<'_>) {
        let tracker = &info.tracker;
        if spec.flags.has(Flags::READONLY) && hears_of_reads(tracker) && tracker.remembers() {
            note_reads(&self.server, info.id, spec, args, held);
        }
    }

    /// What is left to do when a command has taken the long way: tell what it has changed; CLIENT CACHING has had its
    /// effect, unless this was a command on the client itself, is one of many, or goes on.
    #[cold]
    pub fn end_command(&mut self, conn: &mut Conn, found: Found) {
        if !self.turn.changes.is_empty() {
            self.tell(conn);
        }
        let own = matches!(found, Found::Spec(spec) if spec.full_name.starts_with("client|"));
        let tracker = &conn.info.tracker;
        if !own && conn.flags & (flag::MULTI | flag::PAUSED | flag::BLOCKED) == 0 && tracker.is(mode::CACHING)
        {
            tracker.end_caching();
        }
    }

    /// Forgets keys of which too many are remembered. Nothing may be held.
    pub fn keep_to_limit(&mut self, conn: &Conn) {
        let here = Here::new(conn, &mut self.out);
        keep_to_limit(&self.server, &mut self.turn, Some(here));
    }
}

#[cold]
fn note_reads(server: &Server, id: u64, spec: &Spec, args: Args<'_>, held: &mut Held<'_>) {
    // Wrong arguments have no keys, and nothing was read.
    let _ = spec.keys_of(&args, |at, _| {
        let key = server.space.key(args.at(at));
        let noted = held.partition(key.partition).tracked.add(key.bytes, id);
        server.tracking.count(noted);
    });
}

/// Forgets keys of which too many are remembered, and tells those who remember them: some at each call, more if that
/// did not help the last time. Nothing may be held.
pub fn keep_to_limit(server: &Server, turn: &mut Turn, mut here: Option<Here<'_>>) {
    let tracking = &server.tracking;
    if tracking.clients() == 0 {
        return;
    }
    let most = usize::try_from(server.live.size(param::TRACKING_TABLE_MAX_KEYS)).unwrap_or(usize::MAX);
    if most == 0 || tracking.keys() <= most {
        return tracking.late.store(0, Relaxed);
    }
    let effort = EFFORT.saturating_mul(tracking.late.load(Relaxed).saturating_add(1));
    let enough =
        (0..effort).any(|_| !forget_one(server, turn.random(), &mut here) || tracking.keys() <= most);
    tracking.late.store(if enough { 0 } else { effort / EFFORT }, Relaxed);
    if let Some(here) = here {
        here.finish(server);
    }
}

/// Forgets a key chosen by chance; says whether there was one.
fn forget_one(server: &Server, start: u64, here: &mut Option<Here<'_>>) -> bool {
    for nth in 0..PARTITIONS as u64 {
        let partition = (start.wrapping_add(nth) % PARTITIONS as u64) as u16;
        let taken = server.space.lock(partition).tracked.take_any(start >> 8);
        if let Some(key) = taken {
            server.tracking.count_off(1, key.readers.ids().len());
            let what = What::keys([&*key.name].into_iter());
            let actor = here.as_ref().map_or(0, Here::id);
            tell::readers(server, &key.readers, &what, actor, here);
            return true;
        }
    }
    false
}
