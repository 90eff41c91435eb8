//! Looks at what one reply cannot tell: whole walks with SCAN, keys by chance, keys that expire, all data.

use crate::compare::sorted;
use crate::duel::{DATABASES, Duel};
use crate::rig::grammar::Command;
use crate::rig::shown;
use ironkeep_wire::client::Value;
use std::collections::BTreeSet;

/// More calls than any walk over so few keys needs.
const CALLS: usize = 1000;
/// More questions than are answered before a key of a few milliseconds has expired.
const QUESTIONS: usize = 1_000_000;

/// SCAN from the beginning to the end, on each server with its own cursors.
pub fn walk(duel: &mut Duel) {
    let mut options: Vec<&[u8]> = Vec::new();
    let count = duel.random.between(1, 30).to_string();
    if duel.random.chance(50) {
        options.extend([&b"MATCH"[..], *duel.random.pick(&[&b"k*"[..], b"*1*", b"k[2-5]", b"*"])]);
    }
    if duel.random.chance(50) {
        options.extend([&b"COUNT"[..], count.as_bytes()]);
    }
    if duel.random.chance(30) {
        options.extend([&b"TYPE"[..], *duel.random.pick(&[&b"string"[..], b"list"])]);
    }
    let (mut found, mut cursors) = ((BTreeSet::new(), BTreeSet::new()), (b"0".to_vec(), b"0".to_vec()));
    for ours in [true, false] {
        for call in 0.. {
            assert!(call < CALLS, "SCAN does not end");
            let cursor = if ours { &cursors.0 } else { &cursors.1 };
            let words: Vec<&[u8]> =
                [&b"SCAN"[..], cursor].into_iter().chain(options.iter().copied()).collect();
            let (first, second) = duel.ask(&words);
            let Value::Array(parts) = (if ours { first.0 } else { second.0 }) else { panic!("SCAN failed") };
            let [Value::Bulk(next), Value::Array(keys)] = &parts[..] else { panic!("SCAN gave {parts:?}") };
            let seen = if ours { &mut found.0 } else { &mut found.1 };
            seen.extend(sorted(keys).into_iter().map(<[u8]>::to_vec));
            *(if ours { &mut cursors.0 } else { &mut cursors.1 }) = next.clone();
            if next == b"0" {
                break;
            }
        }
    }
    if found.0 != found.1 {
        let command: Command = [&b"SCAN"[..]].into_iter().chain(options).map(<[u8]>::to_vec).collect();
        duel.difference(
            0,
            &command,
            format!("a walk with {command:?}:\n  ours   {:?}\n  valkey {:?}", found.0, found.1),
        );
    }
}

/// A key that our RANDOMKEY gives must exist in the other server.
pub fn random_key(duel: &mut Duel) {
    let (ours, _) = duel.ask(&[b"RANDOMKEY"]);
    if let Value::Bulk(key) = ours.0 {
        let (_, theirs) = duel.ask(&[b"EXISTS", &key]);
        if theirs.0 != Value::Integer(1) {
            let command = vec![b"RANDOMKEY".to_vec(), key.clone()];
            duel.difference(0, &command, format!("RANDOMKEY gave {}, which is not there", shown(&key)));
        }
    }
}

/// A key with an expiry of a moment must be gone a moment later, and be watched until then.
pub fn short_life(duel: &mut Duel) {
    let life = duel.random.between(1, 3).to_string();
    let key = format!("k{}", duel.random.below(16)).into_bytes();
    duel.ask(&[b"SET", &key, b"short"]);
    duel.ask(&[b"PEXPIRE", &key, life.as_bytes()]);
    for question in 0.. {
        assert!(question < QUESTIONS, "{} does not expire", shown(&key));
        // Whether the key is there is for the moment to say until it is gone in both.
        let both = duel.peek(&[b"PTTL", &key]);
        if both == (Value::Integer(-2), Value::Integer(-2)) {
            break;
        }
    }
    duel.ask(&[b"GET", &key]);
    duel.ask(&[b"DBSIZE"]);
}

/// MSETEX keeps keys that have expired already until somebody asks for them.
pub fn set_too_late(duel: &mut Duel) {
    let keys = [format!("k{}", duel.random.below(16)).into_bytes(), b"late".to_vec()];
    let expiry: [&[u8]; 2] = [*duel.random.pick(&[&b"EXAT"[..], b"PXAT"]), b"1"];
    duel.ask(&[b"MSETEX", b"2", &keys[0], b"one", &keys[1], b"two", expiry[0], expiry[1]]);
    duel.ask(&[b"DBSIZE"]);
    duel.ask(&[b"MGET", &keys[0], &keys[1]]);
    duel.ask(&[b"DBSIZE"]);
}

/// The encoding of a string that was just made.
pub fn encoding(duel: &mut Duel) {
    let value = vec![b'x'; duel.random.below(80)];
    let key = vec![b'k'; duel.random.below(50)];
    duel.ask(&[b"DEL", &key]);
    duel.ask(&[b"SET", &key, &value]);
    let (ours, theirs) = duel.ask(&[b"OBJECT", b"ENCODING", &key]);
    if ours != theirs {
        let command = vec![b"SET".to_vec(), key, value];
        duel.difference(0, &command, format!("encoding of a new string: {ours:?} {theirs:?}"));
    } else {
        duel.ask(&[b"DEL", &key]);
    }
}

/// Members by chance: as many as asked for, different ones if they must be, and what was taken is gone.
pub fn members_by_chance(duel: &mut Duel) {
    let (size, wide) = (duel.random.between(1, 700), duel.random.chance(50));
    let member = |n: i64| if wide && n % 3 == 0 { format!("m{n}") } else { n.to_string() }.into_bytes();
    let all: BTreeSet<Vec<u8>> = (0..size).map(member).collect();
    let key = b"lots".as_slice();
    duel.ask(&[b"DEL", key]);
    let words: Vec<&[u8]> = [&b"SADD"[..], key].into_iter().chain(all.iter().map(Vec::as_slice)).collect();
    duel.ask(&words);
    let count = duel.random.between(0, size).to_string();
    for command in [&[&b"SRANDMEMBER"[..], key, count.as_bytes()], &[&b"SPOP"[..], key, count.as_bytes()]] {
        let both = duel.peek(command);
        for reply in [both.0, both.1] {
            let (Value::Array(members) | Value::Set(members)) = reply else { panic!("{reply:?}") };
            let distinct: BTreeSet<Vec<u8>> = sorted(&members).into_iter().map(<[u8]>::to_vec).collect();
            assert!(distinct.is_subset(&all) && distinct.len() == members.len(), "not members of the set");
            assert_eq!(distinct.len().to_string(), count);
        }
    }
    duel.ask(&[b"SCARD", key]);
    duel.ask(&[b"OBJECT", b"ENCODING", key]);
    let (ours, _) = duel.peek(&[b"SPOP", key]);
    assert!(matches!(ours, Value::Bulk(member) if all.contains(&member)) || count == size.to_string());
    duel.ask(&[b"SCARD", key]);
    duel.ask(&[b"DEL", key]);
}

/// Sets around the sizes at which their forms change, put together.
pub fn large_sets(duel: &mut Duel) {
    let keys = [&b"large1"[..], b"large2", b"large3"];
    for key in keys {
        let size = *duel.random.pick(&[1, 100, 127, 128, 129, 300, 511, 512, 513, 1500]);
        let (first, letters) = (duel.random.between(0, 600), duel.random.below(3));
        let member = |n: i64| {
            if n % 100 < [0, 1, 100][letters] { format!("m{n}") } else { n.to_string() }.into_bytes()
        };
        let members: Vec<Vec<u8>> = (first..first + size).map(member).collect();
        let words: Vec<&[u8]> =
            [&b"SADD"[..], key].into_iter().chain(members.iter().map(Vec::as_slice)).collect();
        duel.ask(&words);
        duel.ask(&[b"OBJECT", b"ENCODING", key]);
    }
    for name in ["SINTER", "SUNION", "SDIFF"] {
        let [a, b, c] = keys;
        duel.ask(&[name.as_bytes(), a, b, c]);
        let store = format!("{name}STORE");
        for sources in [&[a, b][..], &[c, b, a], &[b, a, b, c], &[a]] {
            let words: Vec<&[u8]> =
                [store.as_bytes(), b"result"].into_iter().chain(sources.iter().copied()).collect();
            duel.ask(&words);
            duel.ask(&[b"OBJECT", b"ENCODING", b"result"]);
            duel.ask(&[b"SMEMBERS", b"result"]);
        }
    }
    duel.ask(&[b"DEL", keys[0], keys[1], keys[2], b"result"]);
}

/// Fields with an expiry of a moment, and what commands make of them when they have expired but are still there.
pub fn short_fields(duel: &mut Duel) {
    let (key, life) = (b"short".as_slice(), duel.random.between(1, 3).to_string());
    duel.ask(&[b"HSET", key, b"stays", b"1"]);
    duel.ask(&[b"HSETEX", key, b"FIELDS", b"2", b"gone", b"2", b"other", b"3"]);
    duel.ask(&[b"HPEXPIRE", key, life.as_bytes(), b"FIELDS", b"2", b"gone", b"other"]);
    for question in 0.. {
        assert!(question < QUESTIONS, "fields do not expire");
        let both = duel.peek(&[b"HPTTL", key, b"FIELDS", b"1", b"gone"]);
        let gone = Value::Array(vec![Value::Integer(-2)]);
        if both == (gone.clone(), gone) {
            break;
        }
    }
    let commands: [&[&[u8]]; 14] = [
        &[b"HGETALL", key],
        &[b"HSET", key, b"gone", b"4"],
        &[b"HSETNX", key, b"gone", b"4"],
        &[b"HINCRBY", key, b"gone", b"4"],
        &[b"HINCRBYFLOAT", key, b"gone", b"4"],
        &[b"HDEL", key, b"gone"],
        &[b"HSETEX", key, b"FNX", b"EX", b"1000000", b"FIELDS", b"1", b"gone", b"5"],
        &[b"HSETEX", key, b"FXX", b"EX", b"1000000", b"FIELDS", b"1", b"gone", b"5"],
        &[b"HSETEX", key, b"KEEPTTL", b"FIELDS", b"1", b"gone", b"5"],
        &[b"HSETEX", key, b"EX", b"0", b"FIELDS", b"1", b"gone", b"5"],
        &[b"HGETEX", key, b"PERSIST", b"FIELDS", b"1", b"gone"],
        &[b"HGETDEL", key, b"FIELDS", b"1", b"gone"],
        &[b"HEXPIRE", key, b"0", b"FIELDS", b"1", b"gone"],
        &[b"HRANDFIELD", key, b"5"],
    ];
    for _ in 0..3 {
        let chosen: &[&[u8]] = commands[duel.random.below(commands.len())];
        duel.ask(chosen);
        duel.ask(&[b"HLEN", key]);
        duel.ask(&[b"HMGET", key, b"stays", b"gone", b"other"]);
        duel.ask(&[b"HTTL", key, b"FIELDS", b"3", b"stays", b"gone", b"other"]);
    }
    duel.ask(&[b"DEL", key]);
}

/// A hash around the size at which its form changes.
pub fn large_hash(duel: &mut Duel) {
    let (key, size) = (b"large".as_slice(), *duel.random.pick(&[100, 511, 512, 513, 3000]));
    let words: Vec<Vec<u8>> = (0..size).map(|n| format!("f{n}").into_bytes()).collect();
    for part in words.chunks(duel.random.between(1, 700) as usize) {
        let pairs = part.iter().flat_map(|word| [word.as_slice(), b"value"]);
        let command: Vec<&[u8]> = [b"HSET".as_slice(), key].into_iter().chain(pairs).collect();
        duel.ask(&command);
    }
    duel.ask(&[b"OBJECT", b"ENCODING", key]);
    duel.ask(&[b"HGETALL", key]);
    let count = duel.random.between(0, 4000).to_string();
    duel.ask(&[b"HRANDFIELD", key, count.as_bytes(), b"WITHVALUES"]);
    let both = duel.peek(&[b"HRANDFIELD", key, count.as_bytes()]);
    for reply in [both.0, both.1] {
        let Value::Array(names) = reply else { panic!("{reply:?}") };
        let distinct: BTreeSet<_> = sorted(&names).into_iter().map(<[u8]>::to_vec).collect();
        assert!(distinct.len() == names.len() && distinct.iter().all(|name| words.contains(name)));
    }
    let gone: Vec<&[u8]> = words.iter().step_by(2).map(Vec::as_slice).collect();
    duel.ask(&[&[b"HDEL".as_slice(), key], gone.as_slice()].concat());
    duel.ask(&[b"HLEN", key]);
    duel.ask(&[b"HKEYS", key]);
    duel.ask(&[b"DEL", key]);
}

/// Compares keys, values, encodings and expiries in all databases, and the digest of all.
pub fn compare_data(duel: &mut Duel) {
    duel.ask(&[b"DEBUG", b"DIGEST"]);
    for db in 0..DATABASES {
        duel.ask(&[b"SELECT", db.to_string().as_bytes()]);
        let before = duel.differences();
        let (ours, _) = duel.ask(&[b"KEYS", b"*"]);
        let Value::Array(keys) = &ours.0 else { panic!("KEYS failed") };
        for key in sorted(keys) {
            duel.ask(&[b"GET", key]);
            duel.ask(&[b"SMEMBERS", key]);
            duel.ask(&[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"]);
            duel.ask(&[b"HGETALL", key]);
            duel.ask(&[b"OBJECT", b"ENCODING", key]);
            duel.ask(&[b"PEXPIRETIME", key]);
            duel.ask(&[b"XINFO", b"STREAM", key, b"FULL", b"COUNT", b"0"]);
        }
        if duel.differences() > before {
            return;
        }
    }
}
