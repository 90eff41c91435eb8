//! What is too much work to be freed by the command that removes it: the server has it freed where nobody waits.
//!
//! Takes values that are in no table any more. Must not free them, nor know who does.

use crate::ctx::Ctx;
use ironkeep_keyspace::entry::{Entry, Value};
use ironkeep_keyspace::object::{Object, ObjectRef};
use ironkeep_keyspace::table::Table;
use ironkeep_values::list::Removed;

/// Bytes from which on anything is too much.
const LARGE: usize = 64 * 1024;
/// Pieces of which a value has more that is, about as Valkey counts them: so INFO tells of the same values as there.
const MANY: usize = 64;

/// Something to be freed where nobody waits for it.
#[derive(Debug)]
pub enum Garbage {
    /// One value.
    Object(Object),
    /// A part of a list.
    Elements(Removed),
    /// Whole tables.
    Tables(Vec<Table>),
}

impl Ctx<'_> {
    /// Frees an entry that is in no table any more: where nobody waits if `lazy` and it is much work.
    pub fn discard(&mut self, entry: Entry, lazy: bool) {
        if let Value::Object(object) = entry.value()
            && lazy
            && (object.size() >= LARGE || pieces(object) > MANY)
        {
            self.turn.garbage.push(Garbage::Object(object.share()));
        }
    }

    /// Frees what was cut off a list: where nobody waits if it is large.
    pub fn discard_elements(&mut self, removed: impl IntoIterator<Item = Removed>) {
        let large = removed.into_iter().filter(|removed| removed.size() >= LARGE);
        self.turn.garbage.extend(large.map(Garbage::Elements));
    }
}

/// The members of a hash table or a skip list, the nodes of a stream and what its groups keep; all else is one piece.
fn pieces(object: ObjectRef<'_>) -> usize {
    match object {
        ObjectRef::Set(set) if set.encoding() == "hashtable" => set.len(),
        ObjectRef::Map(map) if map.encoding() == "hashtable" => map.len(),
        ObjectRef::ZSet(zset) if zset.encoding() == "skiplist" => zset.len(),
        ObjectRef::Stream(stream) => {
            // As in Valkey one group stands for all: counting must not take long.
            let waiting = stream.groups().next().map_or(0, |(_, group)| group.pending_len());
            stream.log().node_count() + stream.group_count() * (1 + waiting)
        }
        _ => 1,
    }
}
