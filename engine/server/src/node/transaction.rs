//! MULTI, EXEC, DISCARD, WATCH, UNWATCH.
//!
//! EXEC locks the partitions of all keys that its commands name and of all that are watched, looks whether a
//! watched one was changed, runs, logs what it did as one transaction, and lets go.

use super::{Call, dispatch, monitor};
use crate::conn::{Conn, Transaction, WatchedKey, flag};
use crate::lane::Lane;
use ironkeep_commands::spec::{Flags, Node, Run, Shape, Spec};
use ironkeep_commands::{Args, OwnedArgs};
use ironkeep_keyspace::space::{Held, Keyspace, Wanted};
use ironkeep_keyspace::tour::is_over;
use std::sync::Arc;

/// MULTI
pub fn multi(call: &mut Call<'_, '_>) {
    call.conn.set(flag::MULTI, true);
    call.conn.transaction();
    call.reply().ok();
}

/// DISCARD
pub fn discard(call: &mut Call<'_, '_>) {
    if !call.conn.is(flag::MULTI) {
        return call.fail("ERR DISCARD without MULTI");
    }
    abandon(call);
    call.reply().ok();
}

/// WATCH
pub fn watch(call: &mut Call<'_, '_>) {
    let space = &call.lane.server.space;
    let (db, now) = (call.conn.db, call.lane.expiry_now(call.conn));
    for name in call.args.iter().skip(1) {
        let key = space.key(name);
        let transaction = call.conn.transaction();
        if transaction.watched.iter().any(|w| w.db == db && *w.key == *name) {
            continue;
        }
        let mut part = space.lock(key.partition);
        let table = part.table(db, &key);
        let expiry = table.find(key.hash, name).and_then(|place| table.at(place).expiry());
        let expired = is_over(expiry, now);
        part.watchers.add(db, name, &transaction.watch, expired);
        transaction.watched.push(WatchedKey { db, key: name.into() });
    }
    call.conn.set(flag::WATCHING, true);
    call.reply().ok();
}

/// UNWATCH
pub fn unwatch(call: &mut Call<'_, '_>) {
    stop_watching(call.held, call.conn);
    call.reply().ok();
}

/// Forgets the queue and the watched keys.
pub fn abandon(call: &mut Call<'_, '_>) {
    stop_watching(call.held, call.conn);
    call.conn.set(flag::MULTI | flag::BAD_QUEUE, false);
    if let Some(transaction) = &mut call.conn.transaction {
        transaction.forget_queue();
    }
}

/// Gives up the transaction because its EXEC was refused.
pub fn abort(lane: &mut Lane, conn: &mut Conn, why: &str) {
    let server = Arc::clone(&lane.server);
    let mut held = Held::none(&server.space);
    let mut call = Call { lane, conn, args: Args::new(&[], &[]), held: &mut held };
    abandon(&mut call);
    let why = why.strip_prefix("ERR ").unwrap_or(why);
    call.fail(format!("EXECABORT Transaction discarded because of: {why}"));
}

/// Stops watching, with the partitions held that are, and locking the others one by one.
pub fn stop_watching(held: &mut Held<'_>, conn: &mut Conn) {
    let space = held.space();
    conn.set(flag::WATCHING, false);
    let Some(transaction) = &mut conn.transaction else { return };
    for WatchedKey { db, key } in transaction.watched.drain(..) {
        let place = space.key(&key);
        held.visit(place.partition, |part| part.watchers.remove(db, &key, &transaction.watch));
    }
    transaction.watch.mend();
}

/// EXEC
pub fn exec(call: &mut Call<'_, '_>) {
    if !call.conn.is(flag::MULTI) {
        return call.fail("ERR EXEC without MULTI");
    }
    if call.conn.is(flag::BAD_QUEUE) {
        abandon(call);
        return call.fail("EXECABORT Transaction discarded because of previous errors.");
    }
    let queue = std::mem::take(&mut call.conn.transaction().queue);
    let server = Arc::clone(&call.lane.server);
    let mut held = hold(call.lane, &server.space, &queue, call.conn.transaction());
    let now = call.lane.expiry_now(call.conn);
    if is_broken(&server.space, &mut held, call.conn.transaction(), now) {
        stop_watching(&mut held, call.conn);
        drop(held);
        abandon(call);
        return call.reply().null_array();
    }
    stop_watching(&mut held, call.conn);
    call.conn.set(flag::MULTI, false);
    call.conn.transaction().size = 0;
    call.lane.turn.effects.wanted = server.feed.is_read();
    call.reply().array_len(queue.len());
    call.conn.set(flag::IN_EXEC, true);
    for (spec, owned) in &queue {
        run_queued(call, &mut held, spec, owned.args());
    }
    call.conn.set(flag::IN_EXEC, false);
    server.feed.append(&call.lane.turn.effects);
    call.lane.turn.effects.clear_if_used();
    if !call.lane.turn.ready.is_empty() {
        call.lane.serve_waiters(&mut held);
    }
}

fn run_queued(call: &mut Call<'_, '_>, held: &mut Held<'_>, spec: &'static Spec, args: Args<'_>) {
    let mark = call.lane.out.len();
    match spec.run {
        Run::Data(function) => {
            call.lane.call_held(call.conn, args, function, held);
            call.lane.remember(call.conn, spec, args, held);
        }
        Run::Node(node) => dispatch(&mut Call { lane: call.lane, conn: call.conn, args, held }, node),
        Run::Container => {}
    }
    call.lane.account(call.conn, spec, args, mark);
    monitor::feed(call.lane, call.conn, spec, args);
}

/// Locks what the queue and the watched keys need.
fn hold<'k>(
    lane: &Lane,
    space: &'k Keyspace,
    queue: &[(&'static Spec, OwnedArgs)],
    transaction: &Transaction,
) -> Held<'k> {
    let mut wanted: Wanted = transaction.watched.iter().map(|w| space.key(&w.key).partition).collect();
    for (spec, owned) in queue {
        let args = owned.args();
        let has_keys = spec.keys_to_hold(&args, |at| wanted.add(space.key(args.at(at)).partition));
        if !has_keys && goes_through_all(spec) || spec.reaches_beyond(&args) {
            return Held::all(space);
        }
    }
    lane.hold(space, wanted)
}

/// Whether a command without keys touches the data: KEYS, FLUSHALL, DBSIZE and their like.
fn goes_through_all(spec: &Spec) -> bool {
    let touches = spec.flags.has(Flags::WRITE) || spec.flags.has(Flags::READONLY);
    // These look at keys though they are not about any.
    let looks =
        matches!(spec.run, Run::Node(Node::Info | Node::Debug | Node::MemoryStats | Node::MemoryDoctor));
    matches!(spec.key_shape(), Shape::None | Shape::Special) && touches || looks
}

/// Whether a watched key was changed, or has expired since.
fn is_broken(space: &Keyspace, held: &mut Held<'_>, transaction: &Transaction, now: i64) -> bool {
    transaction.watch.is_broken()
        || transaction.watched.iter().any(|WatchedKey { db, key }| {
            let place = space.key(key);
            let part = held.partition(place.partition);
            let table = part.table(*db, &place);
            let expiry = table.find(place.hash, key).and_then(|found| table.at(found).expiry());
            is_over(expiry, now) && part.watchers.watches_live(*db, key, &transaction.watch)
        })
}
