//! Changes inside of strings: APPEND, SETRANGE, SETBIT, BITFIELD.
//!
//! Short strings stay inside their entry and are rebuilt when they grow; longer ones move out of it once, with
//! room for more, and grow there. A string changed so is what Valkey calls raw, even if it is a number.

use crate::text::{GROWING_MOST, Text};
use crate::{Ctx, Fault};
use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::object::{Object, ObjectMut, grow};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;

static ZEROS: [u8; GROWING_MOST] = [0; GROWING_MOST];

impl Ctx<'_> {
    /// Calls `edit` with the bytes of a string, after filling it up with zeros to be at least `len` long. Without
    /// a place it makes a new key.
    pub fn edit_text<R>(
        &mut self,
        key: &Key<'_>,
        place: Option<Place>,
        len: usize,
        edit: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, Fault> {
        let Some(place) = place else {
            let mut entry = zeros(key.bytes, len, self.rules.access.fresh());
            let result = edit(bytes_of(&mut entry));
            self.put_entry(key, None, entry);
            return Ok(result);
        };
        let table = self.table(key);
        if !table.change(place, |entry| make_room(entry, len)) {
            let grown = grown(&table.at(place), len)?;
            table.replace(place, grown);
        }
        Ok(table.change(place, |entry| edit(bytes_of(entry))))
    }
}

/// A new string of zeros.
fn zeros(key: &[u8], len: usize, access: u32) -> Entry {
    if len > GROWING_MOST {
        return Entry::new(key, NewValue::Object(Object::from_text(vec![0; len])), None, access);
    }
    let mut entry = Entry::new(key, NewValue::Bytes(&ZEROS[..len]), None, access);
    entry.mark_raw();
    entry
}

/// Makes the string so long without moving its entry; says whether that was possible.
fn make_room(entry: &mut Entry, len: usize) -> bool {
    match entry.value() {
        Value::Bytes(bytes) if bytes.len() >= len => {
            entry.mark_raw();
            true
        }
        Value::Object(_) => match entry.object_mut().and_then(ObjectMut::text) {
            Some(text) => {
                grow(text, len);
                true
            }
            None => false,
        },
        _ => false,
    }
}

/// The same string in another entry, filled up with zeros.
fn grown(entry: &Entry, len: usize) -> Result<Entry, Fault> {
    let text = Text::of(entry.value())?;
    let total = len.max(text.len());
    Ok(text.with(|bytes| {
        if total > GROWING_MOST {
            let mut text = Vec::new();
            grow(&mut text, total);
            text[..bytes.len()].copy_from_slice(bytes);
            let value = NewValue::Object(Object::from_text(text));
            return Entry::new(entry.key(), value, entry.expiry(), entry.access());
        }
        let value = NewValue::Joined(bytes, &ZEROS[bytes.len()..total]);
        let mut new = Entry::new(entry.key(), value, entry.expiry(), entry.access());
        new.mark_raw();
        new
    }))
}

/// The bytes of a string that is not kept as an integer.
fn bytes_of(entry: &mut Entry) -> &mut [u8] {
    if entry.object_mut().is_some() {
        return entry.object_mut().and_then(ObjectMut::text).map(Vec::as_mut_slice).unwrap_or_default();
    }
    entry.bytes_mut().unwrap_or_default()
}
