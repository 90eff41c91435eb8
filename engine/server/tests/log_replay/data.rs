//! All data of a server, by its own commands.

use crate::DATABASES;
use crate::rig::link::Link;
use crate::rig::shown;
use ironkeep_server::sys::clock;
use ironkeep_wire::client::Value;
use std::collections::BTreeMap;

/// Milliseconds within which all that expires soon must be gone.
const PATIENCE: i64 = 30_000;
/// What expires later than this from now expires long after the test.
const FAR: i64 = 100_000;

/// Database and key; value and expiry.
pub type Data = BTreeMap<(i64, Vec<u8>), (Value, i64)>;

/// The data once everything that expires soon has expired and is gone.
pub fn settled(link: &mut Link) -> Data {
    let deadline = clock::wall_ms() + PATIENCE;
    loop {
        let data = all(link);
        let soon = clock::wall_ms() + FAR;
        let expires = |(value, expiry): &(Value, i64)| *value == Value::Null || (0..soon).contains(expiry);
        // Keys that have expired are not shown, but counted until they are removed.
        if !data.values().any(expires) && count(link) == data.len() as i64 {
            return data;
        }
        assert!(clock::wall_ms() < deadline, "keys do not expire");
    }
}

fn count(link: &mut Link) -> i64 {
    let mut sum = 0;
    for db in 0..DATABASES {
        link.ask(&["SELECT", &db.to_string()]);
        let Value::Integer(size) = link.ask(&["DBSIZE"]) else { panic!("DBSIZE failed") };
        sum += size;
    }
    sum
}

/// The data. Keys that expire meanwhile have no value.
pub fn all(link: &mut Link) -> Data {
    let mut data = Data::new();
    for db in 0..DATABASES {
        link.ask(&["SELECT", &db.to_string()]);
        let Value::Array(keys) = link.ask(&["KEYS", "*"]) else { panic!("KEYS failed") };
        for key in keys {
            let Value::Bulk(key) = key else { panic!("not a key: {key:?}") };
            let value = link.ask(&[b"GET", &key[..]]);
            let Value::Integer(expiry) = link.ask(&[b"PEXPIRETIME", &key[..]]) else { panic!("no expiry") };
            data.insert((db, key), (value, expiry));
        }
    }
    data
}

/// Fails with the first difference.
pub fn assert_same(ours: &Data, theirs: &Data) {
    for ((db, key), value) in ours {
        let other = theirs.get(&(*db, key.clone()));
        assert_eq!(Some(value), other, "{} in {db} after the replay", shown(key));
    }
    let more = theirs.keys().find(|name| !ours.contains_key(*name));
    assert!(more.is_none(), "only in the replay: {more:?}");
}
