//! Whether two replies are the same, as far as they can be.

use crate::rig::grammar::Command;
use ironkeep_wire::client::Value;

/// Milliseconds by which times to live may differ: the two servers do not get a command in the same moment.
const NEAR: i64 = 20_000;

/// A reply: what it says and its bytes.
pub type Reply = (Value, Vec<u8>);

/// Where we mean to answer differently: the beginning of the command, and why.
const DELIBERATE: &[(&[&str], &str)] = &[
    (&["HELLO"], "it tells who we are, and the number of the connection"),
    (&["OBJECT", "HELP"], "the explanations are in our own words"),
    (
        &["OBJECT", "REFCOUNT"],
        "in Valkey the queue of MULTI may hold the value too; ours are never shared so",
    ),
];

/// Whether two replies to a command are the same. `queue` is what EXEC ran.
pub fn same(command: &Command, queue: &[Command], ours: &Reply, theirs: &Reply) -> bool {
    if ours.1 == theirs.1 {
        return true;
    }
    match (&ours.0, &theirs.0) {
        (Value::Array(a), Value::Array(b)) if is(command, 0, "EXEC") => {
            a.len() == b.len() && queue.len() == a.len() && differing(queue, &ours.0, &theirs.0).is_none()
        }
        (ours, theirs) => equivalent(command, ours, theirs),
    }
}

/// Which command of a transaction was answered differently.
pub fn differing(queue: &[Command], ours: &Value, theirs: &Value) -> Option<usize> {
    let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs) else { return None };
    let mut replies = queue.iter().zip(ours.iter().zip(theirs));
    replies.position(|(command, (ours, theirs))| ours != theirs && !equivalent(command, ours, theirs))
}

fn is(command: &Command, at: usize, word: &str) -> bool {
    command.get(at).is_some_and(|given| given.eq_ignore_ascii_case(word.as_bytes()))
}

fn equivalent(command: &Command, ours: &Value, theirs: &Value) -> bool {
    if DELIBERATE.iter().any(|(words, _)| words.iter().enumerate().all(|(at, word)| is(command, at, word))) {
        // What is wrong with a command is said in the same words nevertheless.
        return std::mem::discriminant(ours) == std::mem::discriminant(theirs)
            && !matches!(ours, Value::Error(_));
    }
    match (command[0].to_ascii_uppercase().as_slice(), ours, theirs) {
        (b"OBJECT", Value::Bulk(ours), Value::Bulk(theirs)) => {
            // A short string in Valkey stays apart from its key, or with it, when RENAME or COPY gives it a key of
            // another length; ours is always where its length and that of its key say. `steps.rs` looks at
            // strings that were just made.
            [ours, theirs].iter().all(|encoding| [&b"embstr"[..], b"raw"].contains(&&encoding[..]))
        }
        (b"KEYS", Value::Array(ours), Value::Array(theirs)) => sorted(ours) == sorted(theirs),
        // Which key, and which cursor, is for the server to say; `steps.rs` looks at them more closely.
        (b"RANDOMKEY", Value::Bulk(_), Value::Bulk(_)) => true,
        (b"SCAN", Value::Array(ours), Value::Array(theirs)) => ours.len() == 2 && theirs.len() == 2,
        (b"TTL" | b"EXPIRETIME", Value::Integer(ours), Value::Integer(theirs)) => {
            near(*ours, *theirs, NEAR / 1000)
        }
        (b"PTTL" | b"PEXPIRETIME", Value::Integer(ours), Value::Integer(theirs)) => {
            near(*ours, *theirs, NEAR)
        }
        (b"OBJECT", Value::Integer(_), Value::Integer(_)) => is(command, 1, "IDLETIME"),
        (b"MEMORY", Value::Integer(ours), Value::Integer(theirs)) => *ours > 0 && *theirs > 0,
        _ => false,
    }
}

/// Whether two times are about the same. Those below zero have a meaning of their own.
pub fn near(ours: i64, theirs: i64, tolerance: i64) -> bool {
    ours == theirs || ours >= 0 && theirs >= 0 && ours.abs_diff(theirs) <= tolerance as u64
}

/// The strings of a list, in order.
pub fn sorted(values: &[Value]) -> Vec<&[u8]> {
    let mut all: Vec<&[u8]> = values
        .iter()
        .map(|value| match value {
            Value::Bulk(bytes) => bytes.as_slice(),
            other => panic!("not a string: {other:?}"),
        })
        .collect();
    all.sort_unstable();
    all
}
