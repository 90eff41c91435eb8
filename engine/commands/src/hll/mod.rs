//! The commands on HyperLogLogs, which are strings.
//!
//! | file | commands |
//! |---|---|
//! | `add` | PFADD, PFMERGE |
//! | `count` | PFCOUNT |
//! | `debug` | PFDEBUG, PFSELFTEST |
//!
//! What is here finds such strings and opens them. One that is changed lies outside of its entry from then on, for it
//! grows.

mod add;
mod count;
mod debug;

pub use add::{pfadd, pfmerge};
pub use count::pfcount;
pub use debug::{pfdebug, pfselftest};

use crate::text::Text;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::object::{Object, ObjectMut};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::error::Error;
use ironkeep_values::hll;

const NOT_ONE: Fault = Fault::Other("WRONGTYPE Key is not a valid HyperLogLog string value.");
const CORRUPT: Fault = Fault::Other("INVALIDOBJ Corrupted HLL object detected");

/// Finds a key that must hold a HyperLogLog. Its sparse registers may be wrong nevertheless.
fn find(ctx: &mut Ctx<'_>, key: &Key<'_>, look: Look) -> Result<Option<Place>, Fault> {
    let Some(place) = ctx.find(key, look) else { return Ok(None) };
    match ctx.text(key, place)? {
        Text::Bytes(bytes) if hll::encoding(bytes).is_ok() => Ok(Some(place)),
        _ => Err(NOT_ONE),
    }
}

/// The string at a place, to look at.
fn see<'c>(ctx: &'c mut Ctx<'_>, key: &Key<'_>, place: Place) -> &'c [u8] {
    match ctx.text(key, place) {
        Ok(Text::Bytes(bytes)) => bytes,
        _ => &[],
    }
}

/// The string at a place, to change.
fn open<'c>(ctx: &'c mut Ctx<'_>, key: &Key<'_>, place: Place) -> Result<&'c mut Vec<u8>, Fault> {
    let table = ctx.table(key);
    let entry = table.at(place);
    if let Value::Bytes(bytes) = entry.value() {
        let value = NewValue::Object(Object::from_text(bytes.to_vec()));
        let moved = Entry::new(entry.key(), value, entry.expiry(), entry.access());
        table.replace(place, moved);
    }
    table.object_mut(place).and_then(ObjectMut::text).ok_or(NOT_ONE)
}

/// A new key with a HyperLogLog that has counted nothing.
fn create(ctx: &mut Ctx<'_>, key: &Key<'_>) -> Place {
    let value = NewValue::Object(Object::from_text(hll::empty()));
    let entry = Entry::new(key.bytes, value, None, ctx.rules.access.fresh());
    ctx.put_entry(key, None, entry)
}

/// What is wrong with a string, as clients are told.
fn fault(error: Error) -> Fault {
    if error == Error::NotHyperLogLog { NOT_ONE } else { CORRUPT }
}
