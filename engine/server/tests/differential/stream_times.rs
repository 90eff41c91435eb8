//! Replies on streams in which something was a moment ago: equal, but for these times.

use crate::compare::near;
use ironkeep_wire::client::Value;

/// Fields of XINFO that are times.
const TIMES: &[&[u8]] = &[b"idle", b"inactive", b"seen-time", b"active-time"];

/// Whether two replies are the same but for times that differ by so many milliseconds at most.
pub fn same(ours: &Value, theirs: &Value, tolerance: i64) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len()
                && (0..ours.len()).all(|at| match (&ours[at], &theirs[at]) {
                    (Value::Integer(a), Value::Integer(b)) if is_time(ours, at) => near(*a, *b, tolerance),
                    (a, b) => same(a, b, tolerance),
                })
        }
        (Value::Map(ours), Value::Map(theirs)) => {
            let pair = |(ours, theirs): (&(Value, Value), &(Value, Value))| {
                ours.0 == theirs.0
                    && match (&ours.1, &theirs.1) {
                        (Value::Integer(a), Value::Integer(b)) if is_name(&ours.0) => near(*a, *b, tolerance),
                        (a, b) => same(a, b, tolerance),
                    }
            };
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(pair)
        }
        (ours, theirs) => ours == theirs,
    }
}

fn is_name(value: &Value) -> bool {
    matches!(value, Value::Bulk(name) if TIMES.contains(&&name[..]))
}

/// Whether an element is a time: behind the name of one, or in a pending entry (id, consumer, time, count; or without
/// the consumer).
fn is_time(array: &[Value], at: usize) -> bool {
    let pending = match array {
        [Value::Bulk(_), Value::Bulk(_), Value::Integer(_), Value::Integer(_)] => at == 2,
        [Value::Bulk(_), Value::Integer(_), Value::Integer(_)] => at == 1,
        _ => false,
    };
    pending || at > 0 && is_name(&array[at - 1])
}
