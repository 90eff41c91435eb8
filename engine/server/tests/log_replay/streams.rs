//! All that a stream is, but for what the log does not tell.

use crate::rig::link::Link;
use ironkeep_wire::client::Value;

/// What XINFO STREAM FULL tells, without when consumers were seen, and without those that have nothing pending: who
/// reads and gets nothing leaves nothing in the log.
pub fn contents(link: &mut Link, key: &[u8]) -> Value {
    without_times(link.ask(&[&b"XINFO"[..], b"STREAM", key, b"FULL", b"COUNT", b"0"]))
}

fn without_times(value: Value) -> Value {
    let Value::Array(items) = value else { return value };
    let is = |value: &Value, name: &str| matches!(value, Value::Bulk(bytes) if bytes == name.as_bytes());
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        let hidden = kept.last().is_some_and(|name| is(name, "seen-time") || is(name, "active-time"));
        kept.push(if hidden { Value::Null } else { without_times(item) });
    }
    kept.retain(|item| !is_idle_consumer(item));
    Value::Array(kept)
}

/// A consumer: name, seen, active, and a count of pending entries of zero.
fn is_idle_consumer(value: &Value) -> bool {
    let Value::Array(fields) = value else { return false };
    fields.len() == 10 && fields[7] == Value::Integer(0)
}
