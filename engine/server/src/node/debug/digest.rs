//! DEBUG DIGEST and DIGEST-VALUE: the same hashes as a server of Valkey gives for the same data.
//!
//! Keys in any order give the same hash: each has a hash of its own, and these are joined by exclusive or. So are
//! members and fields, which have no order either; of sorted sets the scores are what counts.

use super::Call;
use super::sha1::sha1;
use ironkeep_commands::text::Text;
use ironkeep_keyspace::entry::{EntryRef, Value};
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_keyspace::space::{Held, PARTITIONS};
use ironkeep_keyspace::table::Table;
use ironkeep_values::hash_map::Map;
use ironkeep_values::list::{List, Way};
use ironkeep_values::packed::Item;
use ironkeep_values::set::Set;
use ironkeep_values::stream::{Id, Stream};
use ironkeep_values::zset::ZSet;
use ironkeep_wire::shortest_f64;

/// A hash that takes in one thing after the other.
#[derive(Default)]
struct Digest([u8; 20]);

impl Digest {
    /// Takes something in; in which order makes no difference.
    fn join(&mut self, bytes: &[u8]) {
        self.join_hash(sha1(bytes));
    }

    fn join_hash(&mut self, hash: [u8; 20]) {
        self.0.iter_mut().zip(hash).for_each(|(byte, other)| *byte ^= other);
    }

    /// Takes something in; the order makes a difference.
    fn follow(&mut self, bytes: &[u8]) {
        self.join(bytes);
        self.0 = sha1(&self.0);
    }

    fn follow_item(&mut self, item: Item<'_>) {
        self.follow(item.text(&mut [0; 20]));
    }

    /// Takes in two things that belong together, in any order with others of the kind.
    fn join_pair(&mut self, first: Item<'_>, second: &[u8]) {
        let mut pair = Self::default();
        pair.follow_item(first);
        pair.follow(second);
        self.join(&pair.0);
    }

    /// Takes in a value: its type, its contents, whether it expires. Fields that have expired by `now` don't count.
    fn follow_value(&mut self, value: Value<'_>, expires: bool, now: i64) {
        self.follow(&type_number(&value).to_be_bytes());
        match value {
            Value::Object(ObjectRef::List(list)) => self.follow_list(list),
            Value::Object(ObjectRef::Set(set)) => self.join_members(set),
            Value::Object(ObjectRef::ZSet(zset)) => self.join_scores(zset),
            Value::Object(ObjectRef::Map(map)) => self.join_fields(map, now),
            Value::Object(ObjectRef::Stream(stream)) => self.follow_stream(stream),
            text => {
                if let Ok(text) = Text::of(text) {
                    text.with(|bytes| self.follow(bytes));
                }
            }
        }
        if expires {
            self.join(b"!!expire!!");
        }
    }

    fn follow_entry(&mut self, entry: EntryRef<'_>, now: i64) {
        let expires = entry.expiry().is_some();
        self.follow_value(entry.into_value(), expires, now);
    }

    fn follow_list(&mut self, list: &List) {
        list.walk_all(Way::Forward).for_each(|item| self.follow_item(item));
    }

    fn join_members(&mut self, set: &Set) {
        set.iter().for_each(|member| self.join(member.text(&mut [0; 20])));
    }

    fn join_scores(&mut self, zset: &ZSet) {
        for (member, score) in zset.iter() {
            self.join_pair(member, shortest_f64(score).as_bytes());
        }
    }

    fn join_fields(&mut self, map: &Map, now: i64) {
        for field in map.live(now) {
            self.join_pair(field.name, field.value.text(&mut [0; 20]));
        }
    }

    fn follow_stream(&mut self, stream: &Stream) {
        for entry in stream.log().range(Id::MIN, Id::MAX) {
            let Id { ms, seq } = entry.id();
            self.follow(format!("{ms}.{seq}").as_bytes());
            for (name, value) in entry.pairs() {
                self.follow_item(name);
                self.follow_item(value);
            }
        }
    }

    fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The number that stands for a type.
fn type_number(value: &Value<'_>) -> u32 {
    match value {
        Value::Object(ObjectRef::List(_)) => 1,
        Value::Object(ObjectRef::Set(_)) => 2,
        Value::Object(ObjectRef::ZSet(_)) => 3,
        Value::Object(ObjectRef::Map(_)) => 4,
        Value::Object(ObjectRef::Stream(_)) => 6,
        _ => 0,
    }
}

/// DEBUG DIGEST
pub(super) fn all(call: &mut Call<'_, '_>) {
    let server = std::sync::Arc::clone(&call.lane.server);
    let now = call.lane.expiry_now(call.conn);
    let digest = match call.held.is_none() {
        true => digest_of(&mut Held::all(&server.space), now),
        false => digest_of(call.held, now),
    };
    call.reply().simple(digest.hex());
}

fn digest_of(held: &mut Held<'_>, now: i64) -> Digest {
    let mut digest = Digest::default();
    for db in 0..held.space().databases() {
        add_database(&mut digest, held, db, now);
    }
    digest
}

fn add_database(digest: &mut Digest, held: &mut Held<'_>, db: u32, now: i64) {
    let partitions = || 0..PARTITIONS as u16;
    if partitions().all(|p| held.partition(p).tables(db).iter().all(Table::is_empty)) {
        return;
    }
    digest.follow(&db.to_be_bytes());
    for p in partitions() {
        for entry in held.partition(p).tables(db).iter().flat_map(Table::entries) {
            let mut of_key = Digest::default();
            of_key.follow(entry.key());
            of_key.follow_entry(entry, now);
            digest.join(&of_key.0);
        }
    }
}

/// DEBUG DIGEST-VALUE
pub(super) fn values(call: &mut Call<'_, '_>) {
    let (db, now) = (call.conn.db, call.lane.expiry_now(call.conn));
    let mut digests = Vec::new();
    for name in call.args.iter().skip(2) {
        let key = call.held.space().key(name);
        let mut digest = Digest::default();
        call.held.visit(key.partition, |part| {
            let table = part.table(db, &key);
            if let Some(place) = table.find(key.hash, name) {
                digest.follow_entry(table.at(place), now);
            }
        });
        digests.push(digest.hex());
    }
    let mut reply = call.reply();
    reply.array_len(digests.len());
    digests.iter().for_each(|digest| reply.simple(digest));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // here a failure is a failed test
mod tests {
    use super::*;
    use ironkeep_keyspace::object::Typed;
    use ironkeep_values::hash::Hasher;
    use ironkeep_values::hash_map::{self, Keep};
    use ironkeep_values::packed::Packed;
    use ironkeep_values::stream::Limits;
    use ironkeep_values::{set, zset};

    const SCORES: [&str; 18] = [
        "0",
        "1",
        "-2.5",
        "0.1",
        "1e7",
        "1e8",
        "123456789",
        "1e15",
        "4611686018427387904",
        "1e21",
        "1.5e-5",
        "1e-7",
        "1.234567e-10",
        "3.0000000000000004",
        "1.7976931348623157e308",
        "5e-324",
        "inf",
        "-inf",
    ];

    fn hex(value: impl Typed, expires: bool) -> String {
        let mut digest = Digest::default();
        digest.follow_value(Value::Object(value.into_object().look()), expires, 0);
        digest.hex()
    }

    fn hasher() -> Hasher {
        Hasher::new([1; 16])
    }

    #[test]
    fn lists_and_sets_have_the_hashes_of_valkey() {
        let mut list = List::new();
        let elements: [&[u8]; 5] = [b"a", b"1", b"-77", b"x\xff", b"007"];
        elements.into_iter().for_each(|element| list.push_back(element));
        assert_eq!(hex(list, false), "6e056667438a57f9e0f8250ebe63402689c0a0d7");
        let limits = set::Limits { intset_entries: 9, listpack_entries: 9, listpack_value: 9 };
        let of = |members: [&str; 3]| Set::of(members.map(str::as_bytes), &limits, &hasher());
        assert_eq!(hex(of(["5", "-5", "70000"]), false), "9e9d6d6820b4e364652af04b54fc9ca0f096c44e");
        assert_eq!(hex(of(["a", "b", "17"]), true), "3c0a151f32c1fab083c940b8dc89e9c35ade7619");
    }

    #[test]
    fn sorted_sets_have_the_hashes_of_valkey() {
        let mut pairs: Vec<_> =
            SCORES.iter().map(|score| (format!("m{score}"), score.parse::<f64>().unwrap())).collect();
        let zset = |pairs: &[(String, f64)], entries| {
            ZSet::build(pairs.iter().cloned(), zset::Limits { entries, bytes: 64 }, &hasher()).unwrap()
        };
        assert_eq!(hex(zset(&pairs, 128), false), "49b1eefdd3c6eccd4e170ee4568e040047ad7d60");
        pairs.push(("seven".to_owned(), 7.0));
        assert_eq!(hex(zset(&pairs, 0), false), "20f3a193f1bd753f0b4efd9b3f9dad75b6ef069f");
    }

    #[test]
    fn hashes_have_the_hashes_of_valkey() {
        let packed: Packed = ["name", "value", "number", "12"].iter().map(|text| text.as_bytes()).collect();
        let map = Map::from_packed(packed).unwrap();
        assert_eq!(hex(map, false), "e764669d1a420279c5a14af3749d2abada11247f");
        let (mut map, limits) = (Map::new(), hash_map::Limits { entries: 9, value: 9 });
        map.set(b"a", b"1", Keep::Put(Some(9)), 0, &limits, &hasher());
        map.set(b"gone", b"2", Keep::Put(Some(-1)), 0, &limits, &hasher());
        assert_eq!(
            (hex(map.clone(), false), map.len()),
            ("626a7b57a269f8f179a44902458ecb2f5920d35d".to_owned(), 2)
        );
    }

    #[test]
    fn streams_have_the_hashes_of_valkey() {
        let mut stream = Stream::new();
        let mut add = |ms, seq, pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            stream.log_mut().append(Id::new(ms, seq), pairs, Limits { bytes: 4096, entries: 100 }).unwrap();
        };
        add(1, 1, &[("name", "value"), ("12", "-5")]);
        add(2, 0, &[("name", "other"), ("12", "x")]);
        add(3, 7, &[("other", "1")]);
        assert!(stream.log_mut().delete(Id::new(2, 0)));
        assert_eq!(hex(stream, false), "3a2b870d9c2e16f393eb427198ca5b35423c40ea");
    }
}
