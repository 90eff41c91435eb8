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
            duel.ask(&[b"OBJECT", b"ENCODING", key]);
            duel.ask(&[b"PEXPIRETIME", key]);
        }
        if duel.differences() > before {
            return;
        }
    }
}
