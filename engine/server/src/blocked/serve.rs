//! Serving those who wait for keys, at the end of a turn that changed such keys.
//!
//! Runs their requests here, on the thread of whoever made the change, and before it lets the partitions go: nobody
//! comes between the change and the first who waits. The replies go to their own threads. Everything that is
//! needed is held: see `hold_for_waiters`.

use super::{Answer, Parked};
use crate::clients::ClientInfo;
use crate::lane::Lane;
use crate::mailbox::Message;
use crate::server::{Server, gate};
use crate::sys::clock;
use ironkeep_commands::ctx::{Ctx, Reach};
use ironkeep_keyspace::blocked::Waiter;
use ironkeep_keyspace::space::{Held, PARTITIONS};
use ironkeep_wire::Reply;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

impl Lane {
    /// Serves those who wait for the keys that this turn changed, the first first. What they change may make other
    /// keys ready. The effects of the turn must be in the log.
    #[cold]
    pub fn serve_waiters(&mut self, held: &mut Held<'_>) {
        let server = Arc::clone(&self.server);
        if server.gates.load(Relaxed) & gate::PAUSE != 0 {
            server.blocked.held_back.store(true, Relaxed);
            return self.turn.ready.clear();
        }
        // A transaction may have taken its time, and what expired meanwhile is no reason to wake anybody.
        self.now = clock::wall_ms();
        // Each round but the last in a row serves somebody, and who is served waits no more.
        while let Some((db, name)) = self.turn.ready.pop_front() {
            let key = server.space.key(&name);
            for waiter in held.partition(key.partition).waiting.of(db, &name) {
                let table = held.partition(key.partition).table(db, &key);
                let place = table.find(key.hash, &name);
                let entry = place.map(|place| table.at(place));
                if waiter.fits(entry.as_deref()) {
                    self.serve_one(&server, &waiter, held);
                }
            }
        }
    }

    fn serve_one(&mut self, server: &Server, waiter: &Arc<Waiter>, held: &mut Held<'_>) {
        let Some(info) = server.clients.get(waiter.client()) else { return };
        let Some(parked) = info.parked.lock().clone().filter(|p| Arc::ptr_eq(&p.waiter, waiter)) else {
            return;
        };
        let Some(mut waits) = waiter.attempt() else { return };
        let reply = self.try_again(&parked, held);
        self.tell_before_serving(&info);
        self.remember_parked(&info, parked.spec, parked.args.args(), held);
        // Who waits on may have left something, too: XREADGROUP adds a consumer.
        server.feed.append(&self.turn.effects);
        self.turn.effects.clear_if_used();
        let Some(reply) = reply else { return };
        *waits = false;
        drop(waits);
        forget_keys(held, waiter);
        answer(&info, Answer::Served(reply));
    }

    /// Runs a parked request; gives its reply, unless it has to wait on.
    fn try_again(&mut self, parked: &Parked, held: &mut Held<'_>) -> Option<Vec<u8>> {
        let function = parked.function?;
        let (mut out, before, db) = (Vec::new(), self.turn.dirty, parked.waiter.db());
        self.turn.effects.begin(db);
        self.turn.may_wait = true;
        let space = held.space();
        let mut ctx = Ctx {
            args: parked.args.args(),
            reply: Reply::new(&mut out, parked.resp3),
            db,
            now: self.now,
            rules: &self.rules,
            turn: &mut self.turn,
            no_touch: parked.no_touch,
            import_source: parked.import_source,
            space,
            reach: Reach::Held(held),
            first_key: None,
        };
        ctx.turn.acting_for = parked.waiter.client();
        function(&mut ctx);
        self.turn.acting_for = 0;
        self.turn.effects.end_of_command(self.turn.dirty > before, parked.args.args().iter());
        // It waits on with the arguments that it has.
        self.turn.wait_args.clear();
        self.turn.wait.take().is_none().then_some(out)
    }

    /// Serves those whom a pause kept from being served, now that it is over.
    pub fn serve_held_back(&mut self) {
        let server = Arc::clone(&self.server);
        if !server.blocked.held_back.swap(false, Relaxed) {
            return;
        }
        let mut held = Held::all(&server.space);
        for p in 0..PARTITIONS as u16 {
            let keys = held.partition(p).waiting.keys();
            self.turn.ready.extend(keys.map(|(db, key)| (db, Box::from(key))));
        }
        self.turn.effects.wanted = server.feed.is_read();
        self.serve_waiters(&mut held);
        self.count_changes();
    }
}

/// Tells a client that its wait is over.
pub(super) fn answer(info: &ClientInfo, answer: Answer) {
    info.mailbox.send(Message::Unblock { id: info.id, token: info.token, answer });
}

/// Takes a waiter off all lists, with the partitions held that are, and locking the others one by one.
pub(super) fn forget_keys(held: &mut Held<'_>, waiter: &Waiter) {
    let space = held.space();
    for key in waiter.keys() {
        held.visit(space.key(key).partition, |part| part.waiting.remove(key, waiter));
    }
}
