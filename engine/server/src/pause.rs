//! CLIENT PAUSE: commands of clients wait, all or those that may change the data, until a time or CLIENT UNPAUSE.
//!
//! A command that must wait stays in the input of its connection, marked with `flag::PAUSED`; when the pause ends
//! every I/O thread gets `Message::Resume`. While it lasts nothing expires and nothing is evicted, so that the log
//! stands still. Must not run commands.

use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::mailbox::Message;
use crate::server::{Server, gate};
use crate::sys::clock;
use ironkeep_commands::spec::{Flags, Node, Run, Spec};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::Notify;

/// Which commands wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those that may change the data or be replicated.
    Write,
    /// All.
    All,
}

#[derive(Clone, Copy)]
struct State {
    scope: Scope,
    /// Milliseconds since the epoch.
    end: i64,
}

/// The pause, if there is one.
#[derive(Default)]
pub struct Pause {
    state: Mutex<Option<State>>,
    changed: Notify,
}

impl Pause {
    /// What waits, and for how many more milliseconds.
    pub fn look(&self, now: i64) -> Option<(Scope, i64)> {
        self.state.lock().filter(|state| state.end > now).map(|state| (state.scope, state.end - now))
    }

    /// Which commands wait.
    pub fn scope(&self) -> Option<Scope> {
        self.state.lock().map(|state| state.scope)
    }

    /// Begins a pause, or prolongs and widens the one that is on: a later one never takes anything back.
    pub fn begin(&self, server: &Server, scope: Scope, end: i64, now: i64) {
        {
            let mut state = self.state.lock();
            let old = state.filter(|old| old.end > now);
            let wider = old.is_some_and(|old| old.scope == Scope::All);
            let merged = State {
                scope: if wider { Scope::All } else { scope },
                end: old.map_or(end, |old| old.end.max(end)),
            };
            *state = (merged.end > now).then_some(merged);
            server.set_gate(gate::PAUSE, state.is_some());
        }
        self.changed.notify_one();
    }

    /// Ends the pause and lets everybody go on.
    pub fn end(&self, server: &Server) {
        let was_on = {
            let mut state = self.state.lock();
            server.set_gate(gate::PAUSE, false);
            state.take().is_some()
        };
        if was_on {
            self.changed.notify_one();
            server.tell_all(|| Message::Resume);
        }
    }

    fn end_if_over(&self, server: &Server, now: i64) {
        let is_over = self.state.lock().is_some_and(|state| state.end <= now);
        if is_over {
            self.end(server);
        }
    }
}

/// Ends pauses when their time has come. Runs on the control thread for as long as the server does.
pub async fn keep_time(server: Arc<Server>) {
    loop {
        let changed = server.pause.changed.notified();
        match server.pause.look(clock::wall_ms()) {
            Some((_, left)) => {
                let timer = tokio::time::sleep(Duration::from_millis(left.unsigned_abs()));
                tokio::select! { () = timer => {}, () = changed => {} }
            }
            // Over already, unless there is none.
            None if server.pause.scope().is_some() => {}
            None => changed.await,
        }
        server.pause.end_if_over(&server, clock::wall_ms());
    }
}

/// Whether a command must wait now. Those who watch with MONITOR need not.
pub fn must_wait(lane: &mut Lane, conn: &Conn, spec: &Spec) -> bool {
    if lane.server.gates.load(Relaxed) & gate::PAUSE == 0 {
        return false;
    }
    lane.rules.remove_expired = false;
    if conn.is(flag::MONITOR) {
        return false;
    }
    match lane.server.pause.scope() {
        Some(Scope::All) => true,
        Some(Scope::Write) => may_replicate(spec) || ends_in_writes(conn, spec),
        None => false,
    }
}

fn may_replicate(spec: &Spec) -> bool {
    spec.flags.has(Flags::WRITE) || spec.flags.has(Flags::MAY_REPLICATE)
}

/// Whether this is the EXEC of a transaction that writes.
fn ends_in_writes(conn: &Conn, spec: &Spec) -> bool {
    let queue = conn.transaction.as_ref().map(|transaction| &transaction.queue);
    matches!(spec.run, Run::Node(Node::Exec))
        && queue.is_some_and(|queue| queue.iter().any(|(queued, _)| may_replicate(queued)))
}
