//! Tells clients what has changed: those who have read a key, those who want to hear of its prefix, or everybody.
//!
//! Called when no partition is held. A client whose command is being served gets what concerns it at once, behind its
//! reply; all others by their own threads. What is on its way to a client is bounded by its output buffer limit.

use super::{Flight, Gathered, Notice, Prefixes, Tracker, What, mode};
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::mailbox::Message;
use crate::pubsub;
use crate::server::Server;
use ironkeep_commands::Turn;
use ironkeep_commands::change::{Cause, Change};
use ironkeep_keyspace::tracked::Readers;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Changed keys that are gathered before the clients with prefixes are told, at most.
const MOST_GATHERED: usize = 16 * 1024;

/// The client that is being served, and its replies. As in Valkey, it hears first what it is told in place of others,
/// then what it has to forget itself.
pub struct Here<'a> {
    conn: &'a Conn,
    out: &'a mut Vec<u8>,
    own: Vec<What>,
    pushed: Vec<Notice>,
}

impl<'a> Here<'a> {
    /// A client, and where its replies go.
    pub fn new(conn: &'a Conn, out: &'a mut Vec<u8>) -> Self {
        Self { conn, out, own: Vec::new(), pushed: Vec::new() }
    }

    /// Its number.
    pub(super) fn id(&self) -> u64 {
        self.conn.info.id
    }

    /// Tells what the client, or another one in its place, has to forget; writes what it is told itself.
    pub(super) fn finish(mut self, server: &Server) {
        let (own, pushed) = (std::mem::take(&mut self.own), std::mem::take(&mut self.pushed));
        let (conn, mut here) = (self.conn, Some(self));
        own.into_iter().for_each(|what| forget(server, &conn.info, &what, &mut here));
        let Some(here) = here else { return };
        let listens = conn.is(flag::SUBSCRIBED);
        pushed.iter().chain(&here.pushed).for_each(|notice| notice.write(conn.resp3, listens, here.out));
    }
}

impl Lane {
    /// Tells what has changed, while a client is served.
    #[cold]
    pub fn tell(&mut self, conn: &Conn) {
        let here = Here::new(conn, &mut self.out);
        settle(&self.server, &mut self.turn.changes, &mut self.gathered, Some(here));
    }

    /// Tells a client that waits what it has to forget because of others, of all that nobody was told of yet: it is about
    /// to be served, and what it reads then is newer. Partitions are still held.
    pub fn tell_before_serving(&mut self, info: &Arc<ClientInfo>) {
        for change in &mut self.turn.changes {
            let Change::Key { name, readers, cause } = change else { continue };
            if *cause != Cause::Parked(info.id)
                && readers.as_mut().is_some_and(|readers| readers.remove(info.id))
            {
                self.server.tracking.count_off(0, 1);
                if hears_of_reads(&info.tracker) {
                    forget(&self.server, info, &What::keys([&**name].into_iter()), &mut None);
                }
            }
        }
    }

    /// Ends a wake-up: tells those who want to hear of every change.
    #[inline]
    pub fn tell_gathered(&mut self) {
        if !self.turn.changes.is_empty() || !self.gathered.is_empty() {
            tell_all(&self.server, &mut self.turn, &mut self.gathered);
        }
    }
}

/// Tells everybody what has changed while no client was served.
#[cold]
pub fn tell_all(server: &Server, turn: &mut Turn, gathered: &mut Gathered) {
    settle(server, &mut turn.changes, gathered, None);
    broadcast(server, gathered);
}

/// Tells those who remember what has changed; gathers the rest.
fn settle(server: &Server, changes: &mut Vec<Change>, gathered: &mut Gathered, mut here: Option<Here<'_>>) {
    let me = here.as_ref().map_or(0, Here::id);
    for change in changes.drain(..) {
        match change {
            Change::All => everybody(server, &mut here),
            Change::Event(event) => pubsub::deliver_event(server, &event, &mut here),
            Change::Message { channel, text, shard } => {
                pubsub::deliver(server, &channel, &text, shard, &mut here);
            }
            Change::Key { name, readers, cause } => {
                let actor = if let Cause::Parked(id) = cause { id } else { me };
                if let Some(readers) = readers {
                    server.tracking.count_off(1, readers.ids().len());
                    self::readers(server, &readers, &What::keys([&*name].into_iter()), actor, &mut here);
                }
                if server.space.broadcasts() {
                    gathered.add(name, if cause == Cause::Time { 0 } else { actor });
                }
            }
        }
    }
    if let Some(here) = here {
        here.finish(server);
    }
    if gathered.len() >= MOST_GATHERED {
        broadcast(server, gathered);
    }
}

/// Tells the clients that have read a key; `actor` is the client whose command runs.
pub(super) fn readers(
    server: &Server,
    readers: &Readers,
    what: &What,
    actor: u64,
    here: &mut Option<Here<'_>>,
) {
    let hears = |tracker: &Tracker, id| hears_of_reads(tracker) && !(id == actor && tracker.is(mode::NOLOOP));
    for id in readers.ids() {
        match here {
            Some(here) if here.id() == *id => {
                if hears(&here.conn.info.tracker, *id) {
                    here.own.push(what.clone());
                }
            }
            _ => {
                if let Some(info) = server.clients.get(*id).filter(|info| hears(&info.tracker, *id)) {
                    forget(server, &info, what, here);
                }
            }
        }
    }
}

/// Whether a client is told of keys that it has read: it may have been in another mode when it did.
pub(super) fn hears_of_reads(tracker: &Tracker) -> bool {
    tracker.is(mode::ON) && !tracker.is(mode::BCAST)
}

/// Tells all clients to forget everything.
fn everybody(server: &Server, here: &mut Option<Here<'_>>) {
    for info in server.clients.list().iter().filter(|info| info.tracker.is(mode::ON)) {
        match here {
            Some(here) if here.id() == info.id => {
                here.own.push(What::All { resp3: here.conn.resp3 });
            }
            _ => forget(server, info, &What::All { resp3: info.resp.load(Relaxed) == 3 }, here),
        }
    }
}

/// Tells those who want to hear of every change what was gathered.
fn broadcast(server: &Server, gathered: &mut Gathered) {
    if !gathered.is_empty() {
        tell_prefixes(server, &server.tracking.prefixes.lock(), gathered);
        *gathered = Gathered::default();
    }
}

fn tell_prefixes(server: &Server, prefixes: &Prefixes, gathered: &Gathered) {
    for (prefix, clients) in prefixes.iter() {
        let keys = gathered.under(prefix);
        if keys.is_empty() {
            continue;
        }
        let all = What::keys(keys.iter().map(|(name, _)| *name));
        for info in clients {
            if !info.tracker.is(mode::NOLOOP) || keys.iter().all(|(_, by)| *by != info.id) {
                forget(server, info, &all, &mut None);
                continue;
            }
            let others: Vec<&[u8]> =
                keys.iter().filter(|(_, by)| *by != info.id).map(|(name, _)| *name).collect();
            if !others.is_empty() {
                forget(server, info, &What::keys(others.into_iter()), &mut None);
            }
        }
    }
}

/// Has a client, or the one that it redirects to, be told what to forget.
fn forget(server: &Server, info: &Arc<ClientInfo>, what: &What, here: &mut Option<Here<'_>>) {
    let what = what.clone();
    match info.tracker.redirect() {
        None => {}
        Some(0) => post(server, info, Notice::Forget { what, redirected: false }, here),
        Some(redirect) => match server.clients.get(redirect).filter(|target| !is_ending(target, here)) {
            Some(target) => post(server, &target, Notice::Forget { what, redirected: true }, here),
            None => {
                info.tracker.set(mode::BROKEN);
                post(server, info, Notice::Broken { redirect }, here);
            }
        },
    }
}

/// Whether a client is about to be closed.
fn is_ending(info: &ClientInfo, here: &Option<Here<'_>>) -> bool {
    let flags = match here {
        Some(here) if here.id() == info.id => here.conn.flags,
        _ => info.flags.load(Relaxed),
    };
    flags & flag::CLOSING != 0 || info.killed.load(Relaxed)
}

/// Sends a message to a client: into its replies if it is the one that is served, else to its thread.
pub fn post(server: &Server, info: &ClientInfo, notice: Notice, here: &mut Option<Here<'_>>) {
    if let Some(here) = here
        && here.id() == info.id
    {
        return here.pushed.push(notice);
    }
    let (id, token, tracker) = (info.id, info.token, &info.tracker);
    if tracker.is(mode::LOST) {
        return;
    }
    let limit = server.live.output_limit(info.class()).hard;
    let waiting = tracker.sent(notice.size()) + info.output.load(Relaxed);
    if limit == 0 || (waiting as u64) < limit {
        let flight = Flight::new(&server.tracking.in_flight, notice.size());
        info.mailbox.send(Message::Tell { id, token, notice, flight });
    } else if tracker.set(mode::LOST) {
        info.mailbox.send(Message::Overflow { id, token });
    }
}
