//! DBSIZE, FLUSHDB, FLUSHALL, SWAPDB: commands on whole databases.

use super::Call;
use ironkeep_commands::Turn;
use ironkeep_commands::change::Change;
use ironkeep_commands::garbage::Garbage;
use ironkeep_config::param;
use ironkeep_keyspace::space::{Held, Keyspace, PARTITIONS, Partition};
use ironkeep_keyspace::table::Table;
use ironkeep_keyspace::tour::is_over;
use ironkeep_keyspace::watch::Presence;
use ironkeep_wire::parse_i64;

/// DBSIZE
pub fn dbsize(call: &mut Call<'_, '_>) {
    let db = call.conn.db;
    let mut total = 0;
    for p in 0..PARTITIONS as u16 {
        total += call.held.visit(p, |part| part.tables(db).iter().map(Table::len).sum::<usize>());
    }
    call.reply().integer(total as i64);
}

/// FLUSHALL
pub fn flushall(call: &mut Call<'_, '_>) {
    let all = 0..call.lane.server.space.databases();
    flush(call, all);
}

/// FLUSHDB
pub fn flushdb(call: &mut Call<'_, '_>) {
    let db = call.conn.db;
    flush(call, db..db + 1);
}

fn flush(call: &mut Call<'_, '_>, dbs: std::ops::Range<u32>) {
    if call.args.len() > 2 || call.args.len() == 2 && !call.args.is(1, "async") && !call.args.is(1, "sync") {
        return call.fail("ERR syntax error");
    }
    let lazy = call.lane.server.live.yes(param::LAZYFREE_LAZY_USER_FLUSH);
    let at_once = call.args.is(1, "sync") || call.args.len() == 1 && !lazy;
    let args: Vec<&[u8]> = call.args.iter().collect();
    exclusively(call, |call, held| {
        let mut tables = Vec::new();
        let (space, now) = (held.space(), call.lane.expiry_now(call.conn));
        for p in 0..PARTITIONS as u16 {
            let part = held.partition(p);
            for db in dbs.clone() {
                for key in part.watchers.keys_of(db) {
                    let was_there = presence(part, space, db, &key, now) != Presence::Absent;
                    part.watchers.replaced(db, &key, was_there, Presence::Absent);
                }
                note_ready(&mut call.lane.turn, part, db);
                tables.extend(part.tables(db).iter_mut().map(std::mem::take).filter(|t| !t.is_empty()));
            }
        }
        forget_all(call, held);
        call.lane.turn.dirty += tables.iter().map(|table| table.len() as u64).sum::<u64>().max(1);
        call.lane.turn.garbage.push(Garbage::Tables(tables));
        call.lane.turn.effects.begin(call.conn.db);
        call.lane.turn.effects.push(&args);
    });
    if at_once {
        // Whoever asks for this wants the memory back when the reply comes; nobody is kept from the data meanwhile.
        call.lane.turn.garbage.clear();
    }
    call.reply().ok();
}

/// Whether a key is in a database.
fn presence(part: &mut Partition, space: &Keyspace, db: u32, name: &[u8], now: i64) -> Presence {
    let key = space.key(name);
    let table = part.table(db, &key);
    match table.find(key.hash, name).map(|place| table.at(place).expiry()) {
        None => Presence::Absent,
        Some(expiry) if is_over(expiry, now) => Presence::Expired,
        Some(_) => Presence::Live,
    }
}

/// Marks those who watch a key of `db` that is not what it was now that `db` and `other` have been swapped.
fn break_watches(part: &mut Partition, space: &Keyspace, db: u32, other: u32, now: i64) {
    for key in part.watchers.keys_of(db) {
        let was_there = presence(part, space, other, &key, now) != Presence::Absent;
        let is_now = presence(part, space, db, &key, now);
        part.watchers.replaced(db, &key, was_there, is_now);
    }
}

/// Lets those try again who wait for a key of a database that is not what it was.
fn note_ready(turn: &mut Turn, part: &Partition, db: u32) {
    let keys = part.waiting.keys().filter(|(of, _)| *of == db);
    turn.ready.extend(keys.map(|(db, key)| (db, Box::from(key))));
}

/// SWAPDB
pub fn swapdb(call: &mut Call<'_, '_>) {
    let databases = 0..call.lane.server.space.databases() as i32;
    let index = |at| parse_i64(call.args.at(at)).and_then(|number| i32::try_from(number).ok());
    let (Some(a), Some(b)) = (index(1), index(2)) else {
        let which = if index(1).is_none() { "first" } else { "second" };
        return call.fail(format!("ERR invalid {which} DB index"));
    };
    if !databases.contains(&a) || !databases.contains(&b) {
        return call.fail("ERR DB index is out of range");
    }
    let (a, b) = (a as u32, b as u32);
    let args: Vec<&[u8]> = call.args.iter().collect();
    exclusively(call, |call, held| {
        let (space, now) = (held.space(), call.lane.expiry_now(call.conn));
        for p in 0..PARTITIONS as u16 {
            let part = held.partition(p);
            if a != b {
                part.swap(a, b);
                break_watches(part, space, a, b, now);
                break_watches(part, space, b, a, now);
                note_ready(&mut call.lane.turn, part, a);
                note_ready(&mut call.lane.turn, part, b);
            }
        }
        if a != b {
            // Valkey keeps quiet here, and its clients keep values of the other database.
            forget_all(call, held);
        }
        call.lane.turn.dirty += 1;
        call.lane.turn.effects.begin(call.conn.db);
        call.lane.turn.effects.push(&args);
    });
    call.reply().ok();
}

/// Any key may be another now: clients have to forget all that they remember.
fn forget_all(call: &mut Call<'_, '_>, held: &mut Held<'_>) {
    for p in 0..PARTITIONS as u16 {
        let (keys, items) = held.partition(p).tracked.clear();
        call.lane.server.tracking.count_off(keys, items);
    }
    call.lane.turn.changes.push(Change::All);
}

/// Runs with every partition held, and logs the effects before they are let go.
fn exclusively(call: &mut Call<'_, '_>, work: impl FnOnce(&mut Call<'_, '_>, &mut Held<'_>)) {
    let server = std::sync::Arc::clone(&call.lane.server);
    if call.held.is_all() {
        // EXEC holds everything already, and logs the effects at its end.
        let mut held = std::mem::replace(call.held, Held::none(call.held.space()));
        work(call, &mut held);
        *call.held = held;
    } else {
        let mut held = Held::all(&server.space);
        call.lane.turn.effects.wanted = server.feed.is_read();
        work(call, &mut held);
        server.feed.append(&call.lane.turn.effects);
        call.lane.turn.effects.clear_if_used();
        if !call.lane.turn.ready.is_empty() {
            call.lane.serve_waiters(&mut held);
        }
    }
}
