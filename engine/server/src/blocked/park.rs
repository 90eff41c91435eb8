//! Putting a request aside.

use super::Parked;
use crate::conn::{Conn, flag};
use crate::server::Server;
use ironkeep_commands::spec::{Spec, TABLE};
use ironkeep_commands::turn::Wait;
use ironkeep_commands::{Args, Ctx, OwnedArgs};
use ironkeep_keyspace::blocked::Waiter;
use ironkeep_keyspace::space::{Held, Wanted};
use std::sync::Arc;

/// Parks a client whose command waits for something outside of the keyspace, until `deadline` (zero: for ever).
pub fn park(conn: &mut Conn, args: Args<'_>, deadline: i64) {
    // The long way notes the command before it calls it.
    let Some(spec) = conn.last.checked_sub(1).and_then(|id| TABLE.get(id)) else { return };
    let waiter = Waiter::without_keys(conn.info.id);
    put_aside(conn, spec, None, OwnedArgs::collect(args.iter()), Arc::new(waiter), deadline);
}

/// An argument that another word has taken the place of, before the request was put aside.
type Replaced = (usize, Box<[u8]>);

/// Parks a client whose command waits for keys. Their partitions are still held since the command found nothing.
pub fn park_for_keys(
    server: &Server,
    conn: &mut Conn,
    (spec, function): (&'static Spec, fn(&mut Ctx<'_>)),
    args: Args<'_>,
    (wait, replaced): (Wait, Vec<Replaced>),
    held: &mut Held<'_>,
) {
    let space = held.space();
    let mut needs = Wanted::default();
    spec.keys_to_hold(&args, |at| needs.add(space.key(args.at(at)).partition));
    let keys = wait.keys.iter().map(|at| Box::from(args.at(*at))).collect();
    let number = server.blocked.number();
    let waiter = Arc::new(Waiter::new(number, conn.info.id, conn.db, keys, wait.fits, needs));
    for key in waiter.keys() {
        held.partition(space.key(key).partition).waiting.add(key, &waiter);
    }
    server.blocked.enter(server);
    let changed = |at: usize| replaced.iter().find(|(place, _)| *place == at).map(|(_, word)| &**word);
    let words = args.iter().enumerate().map(|(at, word)| changed(at).unwrap_or(word));
    put_aside(conn, spec, Some(function), OwnedArgs::collect(words), waiter, wait.deadline);
}

fn put_aside(
    conn: &mut Conn,
    spec: &'static Spec,
    function: Option<fn(&mut Ctx<'_>)>,
    args: OwnedArgs,
    waiter: Arc<Waiter>,
    deadline: i64,
) {
    let parked = Arc::new(Parked {
        waiter,
        deadline,
        spec,
        function,
        args,
        resp3: conn.resp3,
        no_touch: conn.is(flag::NO_TOUCH),
        import_source: conn.is(flag::IMPORT_SOURCE),
    });
    *conn.info.parked.lock() = Some(Arc::clone(&parked));
    conn.parked = Some(parked);
    conn.set(flag::BLOCKED, true);
}
