//! DEBUG OBJECT, SDSLEN, HTSTATS, HTSTATS-KEY, STRUCTSIZE: how things are kept.

use super::Call;
use ironkeep_commands::text::{Text, encoding_name};
use ironkeep_keyspace::entry::{Entry, EntryRef, Value};
use ironkeep_keyspace::object::{Object, ObjectRef};
use ironkeep_keyspace::space::{PARTITIONS, Partition};
use ironkeep_keyspace::table::Table;
use ironkeep_wire::parse_i64;

const NO_KEY: &str = "ERR no such key";

/// Looks at the entry of a key; none when there is no such key.
fn look<R>(call: &mut Call<'_, '_>, see: impl FnOnce(EntryRef<'_>) -> R) -> Option<R> {
    let (key, db) = (call.held.space().key(call.args.at(2)), call.conn.db);
    call.held.visit(key.partition, |part| {
        let table = part.table(db, &key);
        let place = table.find(key.hash, key.bytes)?;
        Some(see(table.at(place)))
    })
}

/// DEBUG OBJECT
pub(super) fn object(call: &mut Call<'_, '_>) {
    let (rule, fast) = (call.lane.rules.access, call.args.is(3, "fast"));
    let text = look(call, |entry| {
        let address = entry.key().as_ptr() as usize;
        let mut text = format!("Value at:{address:#x} refcount:1 encoding:{}", encoding_name(&entry));
        if !fast && let Some(length) = saved_length(entry.value()) {
            text.push_str(&format!(" serializedlength:{length}"));
        }
        let access = entry.access();
        text.push_str(&if rule.lfu {
            format!(" lfu_freq:{} lfu_access_time_minutes:{}", rule.frequency(access), access >> 8)
        } else {
            format!(" lru:{access} lru_seconds_idle:{}", rule.idle_seconds(access))
        });
        text
    });
    match text {
        Some(text) => call.reply().simple(text),
        None => call.fail(NO_KEY),
    }
}

/// Bytes that a string takes in a snapshot file, uncompressed. That of other types is not known.
fn saved_length(value: Value<'_>) -> Option<usize> {
    let length = match Text::of(value).ok()? {
        Text::Int(-128..=127) => 2,
        Text::Int(-32_768..=32_767) => 3,
        Text::Int(-2_147_483_648..=2_147_483_647) => 5,
        text => match text.len() {
            length @ ..64 => 1 + length,
            length @ 64..16_384 if !matches!(text, Text::Int(_)) => 2 + length,
            length => 5 + length,
        },
    };
    Some(length)
}

/// DEBUG SDSLEN
pub(super) fn string_length(call: &mut Call<'_, '_>) {
    let text = look(call, |entry| {
        let spare = match entry.value() {
            Value::Object(object) => object.size() - object.text().map_or(0, <[u8]>::len),
            _ => 0,
        };
        let text = Text::of(entry.value()).ok().filter(|text| !matches!(text, Text::Int(_)))?;
        Some(format!(
            "key_sds_len:{} key_sds_avail:0 obj_alloc:{} val_sds_len:{} val_sds_avail:{spare} val_alloc:{}",
            entry.key().len(),
            entry.size(),
            text.len(),
            // A value inside of the entry has no memory of its own.
            if matches!(entry.value(), Value::Object(_)) { text.len() + spare } else { 0 }
        ))
    });
    match text {
        Some(Some(text)) => call.reply().simple(text),
        Some(None) => call.fail("ERR Not an sds encoded string."),
        None => call.fail(NO_KEY),
    }
}

/// DEBUG HTSTATS
pub(super) fn tables(call: &mut Call<'_, '_>) {
    let Some(db) = parse_i64(call.args.at(2)) else {
        return call.fail("ERR value is not an integer or out of range");
    };
    if !(0..i64::from(call.held.space().databases())).contains(&db) {
        return call.fail("ERR Out of range database");
    }
    let mut sum = Sum::default();
    for p in 0..PARTITIONS as u16 {
        call.held.visit(p, |part| sum.add(part, db as u32));
    }
    let text = format!(
        "[Dictionary HT]\n{1}[Expires HT]\nHash table 0 stats (main hash table):\n table size: {0}\n \
         number of entries: {0}\n",
        sum.expiring,
        sum.text(),
    );
    call.reply().verbatim(*b"txt", text.as_bytes());
}

#[derive(Default)]
struct Sum {
    tables: usize,
    slots: usize,
    keys: usize,
    expiring: usize,
    bytes: usize,
}

impl Sum {
    fn add(&mut self, part: &mut Partition, db: u32) {
        for table in part.tables(db).iter().filter(|table| !table.is_empty()) {
            self.tables += 1;
            self.slots += table.capacity();
            self.keys += table.len();
            self.expiring += table.expiring();
            self.bytes += table.overhead();
        }
    }

    fn text(&self) -> String {
        let Self { tables, slots, keys, bytes, .. } = self;
        format!(
            "Hash table 0 stats (main hash table):\n table size: {slots}\n number of entries: {keys}\n \
             number of tables: {tables}\n memory of tables: {bytes}\n"
        )
    }
}

/// DEBUG HTSTATS-KEY
pub(super) fn table_of_key(call: &mut Call<'_, '_>) {
    let text = look(call, |entry| {
        let Value::Object(object) = entry.value() else { return None };
        let entries = match object {
            ObjectRef::Set(set) => set.len(),
            ObjectRef::ZSet(zset) => zset.len(),
            ObjectRef::Map(map) => map.len(),
            _ => return None,
        };
        let has_table = matches!(encoding_name(&entry), "hashtable" | "skiplist");
        has_table.then(|| {
            let size = object.size();
            format!("Hash table 0 stats (main hash table):\n number of entries: {entries}\n memory of the value: {size}\n")
        })
    });
    match text {
        Some(Some(text)) => call.reply().verbatim(*b"txt", text.as_bytes()),
        Some(None) => {
            call.fail("ERR The value stored at the specified key is not represented using an hash table")
        }
        None => call.fail(NO_KEY),
    }
}

/// DEBUG STRUCTSIZE
pub(super) fn struct_sizes(call: &mut Call<'_, '_>) {
    let text = format!(
        "bits:{} entry:{} object:{} table:{} partition:{} connection:{}",
        usize::BITS,
        size_of::<Entry>(),
        size_of::<Object>(),
        size_of::<Table>(),
        size_of::<Partition>(),
        size_of::<crate::conn::Conn>()
    );
    call.reply().bulk(text.as_bytes());
}
