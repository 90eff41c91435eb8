//! All data of a server, by its own commands.

use crate::DATABASES;
use crate::rig::link::Link;
use crate::rig::shown;
use crate::streams;
use ironkeep_server::sys::clock;
use ironkeep_wire::client::Value;
use std::collections::BTreeMap;

/// Milliseconds within which all that expires soon must be gone.
const PATIENCE: i64 = 30_000;
/// What expires later than this from now expires long after the test.
const FAR: i64 = 100_000;

/// Database and key; value and expiry.
pub type Data = BTreeMap<(i64, Vec<u8>), (Value, i64)>;

/// A hash: how many fields it says it has, and those that are seen, each with its value and expiry.
fn hash(link: &mut Link, key: &[u8]) -> Value {
    let Value::Array(all) = link.ask(&[b"HGETALL", key]) else { panic!("{} is no hash", shown(key)) };
    let names: Vec<&[u8]> = all
        .iter()
        .step_by(2)
        .map(|name| match name {
            Value::Bulk(name) => name.as_slice(),
            other => panic!("no field: {other:?}"),
        })
        .collect();
    let count = names.len().to_string();
    let head: [&[u8]; 4] = [b"HPEXPIRETIME", key, b"FIELDS", count.as_bytes()];
    let times = match link.ask(&[&head[..], &names].concat()) {
        Value::Array(times) => times,
        // No field at all, and so no times.
        _ => Vec::new(),
    };
    let mut fields: Vec<Value> = all
        .chunks(2)
        .zip(times)
        .map(|(pair, time)| Value::Array(vec![pair[0].clone(), pair[1].clone(), time]))
        .collect();
    fields.sort_by_key(|field| format!("{field:?}"));
    Value::Array(vec![link.ask(&[b"HLEN", key]), Value::Array(fields)])
}

/// Whether a hash has fields that have expired, or soon will.
fn is_moving(value: &Value, soon: i64) -> bool {
    let Value::Array(parts) = value else { return false };
    let [Value::Integer(len), Value::Array(fields)] = &parts[..] else { return false };
    let expires = |field: &Value| match field {
        Value::Array(parts) => matches!(parts[2], Value::Integer(at) if (0..soon).contains(&at)),
        _ => false,
    };
    *len != fields.len() as i64 || fields.iter().any(expires)
}

/// The data once everything that expires soon has expired and is gone.
pub fn settled(link: &mut Link) -> Data {
    let deadline = clock::wall_ms() + PATIENCE;
    loop {
        let data = all(link);
        let soon = clock::wall_ms() + FAR;
        let expires = |(value, expiry): &(Value, i64)| {
            *value == Value::Null || (0..soon).contains(expiry) || is_moving(value, soon)
        };
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
            let value = value(link, &key);
            let Value::Integer(expiry) = link.ask(&[b"PEXPIRETIME", &key[..]]) else { panic!("no expiry") };
            data.insert((db, key), (value, expiry));
        }
    }
    data
}

/// The members of a set in order; nothing if it has expired meanwhile.
fn members(reply: Value) -> Value {
    let (Value::Array(mut members) | Value::Set(mut members)) = reply else { panic!("no set: {reply:?}") };
    members.sort_by(|a, b| match (a, b) {
        (Value::Bulk(a), Value::Bulk(b)) => a.cmp(b),
        other => panic!("no members: {other:?}"),
    });
    if members.is_empty() { Value::Null } else { Value::Array(members) }
}

/// The value of a key, whatever its type; null if there is no such key.
fn value(link: &mut Link, key: &[u8]) -> Value {
    let Value::Simple(kind) = link.ask(&[b"TYPE", key]) else { panic!("TYPE failed") };
    match &kind[..] {
        b"hash" => hash(link, key),
        b"set" => members(link.ask(&[b"SMEMBERS", key])),
        b"list" => link.ask(&[b"LRANGE", key, b"0", b"-1"]),
        b"zset" => link.ask(&[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"]),
        b"stream" => streams::contents(link, key),
        _ => link.ask(&[b"GET", key]),
    }
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
