//! Whether two replies are the same, as far as they can be.

use crate::rig::grammar::Command;
use crate::stream_times;
use ironkeep_wire::client::Value;

/// Milliseconds by which times to live may differ: the two servers do not get a command in the same moment.
const NEAR: i64 = 20_000;

/// A reply: what it says and its bytes.
pub type Reply = (Value, Vec<u8>);

/// Where we mean to answer differently: the beginning of the command, and why.
const DELIBERATE: &[(&[&str], &str)] = &[
    (&["HELLO"], "it tells who we are, and the number of the connection"),
    (&["OBJECT", "HELP"], "the explanations are in our own words"),
    (&["XGROUP", "HELP"], "the explanations are in our own words"),
    (&["XINFO", "HELP"], "the explanations are in our own words"),
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
            // A list that shrinks stays a quicklist in Valkey until what is left lies in one node.
            let shrunk = (&ours[..], &theirs[..]) == (b"listpack", b"quicklist");
            // A short string in Valkey stays apart from its key, or with it, when RENAME or COPY gives it a key of
            // another length; ours is always where its length and that of its key say. `steps.rs` looks at
            // strings that were just made.
            shrunk || [ours, theirs].iter().all(|encoding| [&b"embstr"[..], b"raw"].contains(&&encoding[..]))
        }
        // A set that is not sorted stands in no order.
        (b"SORT" | b"SORT_RO", Value::Array(ours), Value::Array(theirs)) => {
            let by = (1..command.len()).rfind(|at| is(command, *at, "BY"));
            by.is_some_and(|at| command.get(at + 1).is_some_and(|pattern| !pattern.contains(&b'*')))
                && ours.len() == theirs.len()
        }
        (b"KEYS", Value::Array(ours), Value::Array(theirs)) => sorted(ours) == sorted(theirs),
        // Members of sets have no order.
        (
            b"SDIFF" | b"SINTER" | b"SMEMBERS" | b"SPOP" | b"SUNION",
            Value::Array(ours),
            Value::Array(theirs),
        )
        | (b"SDIFF" | b"SINTER" | b"SMEMBERS" | b"SPOP" | b"SUNION", Value::Set(ours), Value::Set(theirs)) => {
            sorted(ours) == sorted(theirs)
        }
        (b"SSCAN", Value::Array(ours), Value::Array(theirs)) => same_walk(command, ours, theirs),
        // Which members is for chance to say; `steps.rs` looks at them more closely.
        (b"SRANDMEMBER", Value::Bulk(_), Value::Bulk(_)) => true,
        (b"SRANDMEMBER", Value::Array(ours), Value::Array(theirs)) => ours.len() == theirs.len(),
        // Which members is for chance to say; `sorted_sets.rs` looks at them, and at walks, more closely.
        (b"ZRANDMEMBER", Value::Bulk(_), Value::Bulk(_)) => true,
        (b"ZRANDMEMBER", Value::Array(ours), Value::Array(theirs)) => ours.len() == theirs.len(),
        (b"ZSCAN", Value::Array(ours), Value::Array(theirs)) => ours.len() == 2 && theirs.len() == 2,
        // Fields of hashes have no order.
        (b"HGETALL", Value::Map(ours), Value::Map(theirs)) => fields(ours) == fields(theirs),
        (b"HGETALL", Value::Array(ours), Value::Array(theirs)) => pairs(ours) == pairs(theirs),
        (b"HKEYS" | b"HVALS", Value::Array(ours), Value::Array(theirs)) => sorted(ours) == sorted(theirs),
        (b"HSCAN", Value::Array(ours), Value::Array(theirs)) => same_fields(command, ours, theirs),
        (b"HRANDFIELD", Value::Bulk(_), Value::Bulk(_)) => true,
        (b"HRANDFIELD", Value::Array(ours), Value::Array(theirs)) => ours.len() == theirs.len(),
        (b"HTTL" | b"HEXPIRETIME", Value::Array(ours), Value::Array(theirs)) => {
            all_near(ours, theirs, NEAR / 1000)
        }
        (b"HPTTL" | b"HPEXPIRETIME", Value::Array(ours), Value::Array(theirs)) => {
            all_near(ours, theirs, NEAR)
        }
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
        (b"XINFO" | b"XPENDING", ours, theirs) => stream_times::same(ours, theirs, NEAR),
        (b"MEMORY", Value::Integer(ours), Value::Integer(theirs)) => *ours > 0 && *theirs > 0,
        _ => false,
    }
}

/// Whether two steps of a walk over a set show the same, if they show all of it.
fn same_walk(command: &Command, ours: &[Value], theirs: &[Value]) -> bool {
    let whole = |reply: &[Value]| reply.first() == Some(&Value::Bulk(b"0".to_vec()));
    match (ours, theirs) {
        ([_, Value::Array(a)], [_, Value::Array(b)]) => {
            !is(command, 2, "0") || !whole(ours) || !whole(theirs) || sorted(a) == sorted(b)
        }
        _ => false,
    }
}

/// Whether two times are about the same. Those below zero have a meaning of their own.
pub fn near(ours: i64, theirs: i64, tolerance: i64) -> bool {
    ours == theirs || ours >= 0 && theirs >= 0 && ours.abs_diff(theirs) <= tolerance as u64
}

fn all_near(ours: &[Value], theirs: &[Value], tolerance: i64) -> bool {
    let is_near = |(ours, theirs): (&Value, &Value)| match (ours, theirs) {
        (Value::Integer(ours), Value::Integer(theirs)) => near(*ours, *theirs, tolerance),
        _ => false,
    };
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_near)
}

/// Whether two steps of a walk over a hash show the same, if they show all of it.
fn same_fields(command: &Command, ours: &[Value], theirs: &[Value]) -> bool {
    let whole = |reply: &[Value]| reply.first() == Some(&Value::Bulk(b"0".to_vec()));
    match (ours, theirs) {
        ([_, Value::Array(a)], [_, Value::Array(b)]) => {
            !is(command, 2, "0") || !whole(ours) || !whole(theirs) || sorted(a) == sorted(b)
        }
        _ => false,
    }
}

/// Fields with their values, in order.
fn pairs(values: &[Value]) -> Vec<Vec<&[u8]>> {
    let mut all: Vec<_> = values.chunks(2).map(|pair| pair.iter().map(bytes).collect()).collect();
    all.sort_unstable();
    all
}

fn fields(map: &[(Value, Value)]) -> Vec<(&[u8], &[u8])> {
    let mut all: Vec<_> = map.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
    all.sort_unstable();
    all
}

fn bytes(value: &Value) -> &[u8] {
    match value {
        Value::Bulk(bytes) => bytes,
        other => panic!("not a string: {other:?}"),
    }
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
