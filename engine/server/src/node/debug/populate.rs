//! DEBUG POPULATE: many keys at once.

use super::Call;
use ironkeep_commands::change::Cause;
use ironkeep_commands::text::stored_as_bytes;
use ironkeep_keyspace::entry::Entry;
use ironkeep_wire::parse_i64;

const OUT_OF_RANGE: &str = "ERR value is out of range, must be positive";
/// The longest value.
const LONGEST: usize = 512 << 20;

pub(super) fn populate(call: &mut Call<'_, '_>) {
    let number = |at: usize| match call.args.len() > at {
        true => parse_i64(call.args.at(at)).and_then(|number| usize::try_from(number).ok()),
        false => Some(0),
    };
    let (Some(count), Some(size)) = (number(2), number(4).filter(|size| *size <= LONGEST)) else {
        return call.fail(OUT_OF_RANGE);
    };
    let prefix = if call.args.len() > 3 { call.args.at(3) } else { b"key" };
    for nth in 0..count {
        let name = [prefix, format!(":{nth}").as_bytes()].concat();
        let mut value = format!("value:{nth}").into_bytes();
        if size > 0 {
            value.resize(size, 0);
        }
        add(call, &name, &value);
    }
    call.reply().ok();
}

/// Adds a key if it is not there.
fn add(call: &mut Call<'_, '_>, name: &[u8], value: &[u8]) {
    let (space, db) = (call.held.space(), call.conn.db);
    let access = call.lane.rules.access.fresh();
    let key = space.key(name);
    let turn = &mut call.lane.turn;
    call.held.visit(key.partition, |part| {
        let table = part.table(db, &key);
        if table.find(key.hash, name).is_none() {
            table.insert(space.hasher(), key.hash, Entry::new(name, stored_as_bytes(value), None, access));
            part.watchers.changed(db, name, true);
            turn.note_change(part, space.broadcasts(), name, Cause::Command);
        }
    });
}
