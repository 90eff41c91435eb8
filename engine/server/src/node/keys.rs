//! DBSIZE, FLUSHDB, FLUSHALL, SWAPDB: commands on whole databases.

use super::Call;
use ironkeep_commands::turn::Garbage;
use ironkeep_keyspace::space::{Held, PARTITIONS, Partition};
use ironkeep_keyspace::table::Table;
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
    // SYNC and ASYNC differ in who frees the memory; here that is always the background thread.
    let args: Vec<&[u8]> = call.args.iter().collect();
    exclusively(call, |call, held| {
        let mut tables = Vec::new();
        for p in 0..PARTITIONS as u16 {
            let part = held.partition(p);
            for db in dbs.clone() {
                break_watches(part, db);
                tables.extend(part.tables(db).iter_mut().map(std::mem::take).filter(|t| !t.is_empty()));
            }
        }
        call.lane.turn.dirty += tables.iter().map(|table| table.len() as u64).sum::<u64>().max(1);
        call.lane.turn.garbage.push(Garbage::Tables(tables));
        call.lane.turn.effects.begin(call.conn.db);
        call.lane.turn.effects.push(&args);
    });
    call.reply().ok();
}

/// Marks those who watch a key of this database that is there.
fn break_watches(part: &mut Partition, db: u32) {
    for key in part.watchers.keys_of(db) {
        part.watchers.changed(db, &key, false);
    }
}

/// SWAPDB
pub fn swapdb(call: &mut Call<'_, '_>) {
    let databases = i64::from(call.lane.server.space.databases());
    let (Some(a), Some(b)) = (parse_i64(call.args.at(1)), parse_i64(call.args.at(2))) else {
        let which = if parse_i64(call.args.at(1)).is_none() { "first" } else { "second" };
        return call.fail(format!("ERR invalid {which} DB index"));
    };
    if !(0..databases).contains(&a) || !(0..databases).contains(&b) {
        return call.fail("ERR DB index is out of range");
    }
    let (a, b) = (a as u32, b as u32);
    let args: Vec<&[u8]> = call.args.iter().collect();
    exclusively(call, |call, held| {
        for p in 0..PARTITIONS as u16 {
            let part = held.partition(p);
            if a != b {
                part.swap(a, b);
                break_watches(part, a);
                break_watches(part, b);
            }
        }
        call.lane.turn.dirty += 1;
        call.lane.turn.effects.begin(call.conn.db);
        call.lane.turn.effects.push(&args);
    });
    call.reply().ok();
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
    }
}
