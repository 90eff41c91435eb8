//! Loading ahead what searches in a large value will read.
//!
//! Takes hashes of members, with scores where members get some. Must not change anything.

use crate::entry::Value;
use crate::object::ObjectRef;
use crate::space::{Key, Keyspace};

impl Keyspace {
    /// Starts to load what searches for members with these hashes in the value of a key will read, and where members
    /// with these scores go.
    pub fn load_members(&self, db: u32, key: &Key<'_>, hashes: &[u64], scores: &[f64]) {
        let mut partition = self.lock(key.partition);
        let table = partition.table(db, key);
        let Some(place) = table.find(key.hash, key.bytes) else { return };
        if let Value::Object(object) = table.at(place).value() {
            load(object, hashes, scores);
        }
    }
}

fn load(object: ObjectRef<'_>, hashes: &[u64], scores: &[f64]) {
    match object {
        ObjectRef::Set(set) => set.load_ahead(hashes),
        ObjectRef::Map(map) => map.load_ahead(hashes),
        ObjectRef::ZSet(zset) => zset.load_ahead(hashes, scores),
        ObjectRef::Text(_) | ObjectRef::List(_) | ObjectRef::Stream(_) => {}
    }
}
