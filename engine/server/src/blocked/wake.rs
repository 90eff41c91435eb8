//! The end of a wait, on the thread that has the client.

use super::serve::{answer, forget_keys};
use super::{Answer, Parked};
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::worker::{Close, Worker};
use ironkeep_keyspace::space::Held;
use std::sync::Arc;

/// What a client is told that CLIENT UNBLOCK ... ERROR has woken.
const UNBLOCKED: &str = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

impl ClientInfo {
    /// Ends its wait for CLIENT UNBLOCK; says whether it was waiting.
    pub fn unblock(&self, with_error: bool) -> bool {
        let ended = self.waits_for().is_some_and(|parked| parked.waiter.end());
        if ended {
            answer(self, if with_error { Answer::Error } else { Answer::TimedOut });
        }
        ended
    }
}

impl Worker {
    /// Tells a parked client how its wait ended, and goes on with what it sent since.
    pub(crate) fn unblock(&mut self, conn: &mut Conn, answer: Answer) -> Result<(), Close> {
        let Some(parked) = self.release(conn) else { return Ok(()) };
        let (args, mark) = (parked.args.args(), self.lane.out.len());
        let is_error = matches!(answer, Answer::Error);
        match answer {
            Answer::Served(reply) => self.lane.out.extend_from_slice(&reply),
            Answer::TimedOut => parked.give_up(&mut conn.reply(&mut self.lane.out)),
            Answer::Error => conn.reply(&mut self.lane.out).error(UNBLOCKED),
        }
        if is_error {
            // As in Valkey it counts as refused, not as failed.
            let stats = self.lane.stats.of(parked.spec);
            stats.record(0, self.lane.settings.track);
            stats.rejected.add(1);
            self.lane.stats.processed.add(1);
            self.lane.server.totals.error(UNBLOCKED.as_bytes());
            conn.commands += 1;
        } else {
            self.lane.account(conn, parked.spec, args, mark);
        }
        conn.info.tracker.end_caching();
        conn.set(flag::CHANGED, true);
        if conn.flags & (flag::SILENT | flag::SKIP) != 0 {
            self.lane.out.truncate(mark);
            conn.set(flag::SKIP, false);
        }
        self.run_waiting(conn)
    }

    /// Ends the waits whose time is over.
    pub(crate) fn ring(&mut self) {
        let now = self.lane.now;
        let due: Vec<_> = std::iter::from_fn(|| self.alarms.due(now)).collect();
        for (time, token) in due {
            let Some(mut conn) = self.conns.get_mut(token as usize).and_then(Option::take) else { continue };
            let over = conn.parked.as_ref().is_some_and(|p| p.deadline == time && p.waiter.end());
            // If somebody else has ended the wait, the answer is on its way; the alarm is set again until then, and
            // so nothing here may wait for it to be gone.
            let result = if over { self.unblock(&mut conn, Answer::TimedOut) } else { Ok(()) };
            self.put_back(token, conn, result);
        }
    }

    /// Ends the wait of a client that is gone.
    pub(crate) fn forsake(&mut self, conn: &mut Conn) {
        if let Some(parked) = self.release(conn) {
            parked.waiter.end();
        }
    }

    /// Takes away all that stands anywhere about what a client waits for.
    fn release(&mut self, conn: &mut Conn) -> Option<Arc<Parked>> {
        let parked = conn.parked.take()?;
        let server = Arc::clone(&self.lane.server);
        conn.set(flag::BLOCKED, false);
        *conn.info.parked.lock() = None;
        self.alarms.clear(parked.deadline, conn.info.token);
        if parked.waiter.keys().next().is_some() {
            forget_keys(&mut Held::none(&server.space), &parked.waiter);
            server.blocked.leave(&server);
        }
        Some(parked)
    }
}
