//! The types of values by their names, for TYPE and SCAN.

use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::{ObjectRef, Typed};
use ironkeep_values::hash_map::Map;
use ironkeep_values::list::List;
use ironkeep_values::set::Set;
use ironkeep_values::stream::Stream;
use ironkeep_values::zset::ZSet;

const NAMES: [&str; 6] = ["string", List::NAME, Set::NAME, ZSet::NAME, Map::NAME, Stream::NAME];

/// The type of a value.
pub(super) fn name(value: Value<'_>) -> &'static str {
    match value {
        Value::Bytes(_) | Value::Int(_) | Value::Object(ObjectRef::Text(_)) => "string",
        Value::Object(ObjectRef::List(_)) => List::NAME,
        Value::Object(ObjectRef::Set(_)) => Set::NAME,
        Value::Object(ObjectRef::ZSet(_)) => ZSet::NAME,
        Value::Object(ObjectRef::Map(_)) => Map::NAME,
        Value::Object(ObjectRef::Stream(_)) => Stream::NAME,
    }
}

/// The type that goes by this name, in any case.
pub(super) fn named(name: &[u8]) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name))
}
