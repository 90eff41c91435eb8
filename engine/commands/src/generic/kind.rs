//! The types of values by their names, for TYPE and SCAN.

use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::Object;

const NAMES: [&str; 6] = ["string", "list", "set", "zset", "hash", "stream"];

/// The type of a value.
pub(super) fn name(value: Value<'_>) -> &'static str {
    match value {
        Value::Bytes(_) | Value::Int(_) | Value::Object(Object::Text(_)) => "string",
    }
}

/// The type that goes by this name, in any case.
pub(super) fn named(name: &[u8]) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name))
}
