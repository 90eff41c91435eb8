//! Values that are no strings, as commands look at them and change them.
//!
//! `read` for commands that only look, `open` and `open_or_new` for those that change, `put_value` for whole results,
//! `remove_if_spent` after something was taken away. What lies open beside a value (the reply, random numbers) can be
//! used while it is open. Must not know what a command does with a value.

use crate::event::Classes;
use crate::turn::Turn;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::object::Typed;
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::Reply;

/// A value to look at, with what a look may need.
pub struct Seen<'c, 'a, V> {
    /// The value.
    pub value: &'c V,
    /// Where the reply goes.
    pub reply: &'c mut Reply<'a>,
    /// Random numbers, events, effects.
    pub turn: &'c mut Turn,
}

/// A value to change, with what a change may need.
pub struct Open<'c, 'a, V> {
    /// The value.
    pub value: &'c mut V,
    /// Where the reply goes.
    pub reply: &'c mut Reply<'a>,
    /// Random numbers, events, effects.
    pub turn: &'c mut Turn,
}

/// Whether an entry holds a value of a type: what a command that waits for one asks of a key.
pub fn holds<V: Typed>(entry: Option<&Entry>) -> bool {
    matches!(entry.map(Entry::value), Some(Value::Object(object)) if V::of(object).is_some())
}

impl<'a> Ctx<'a> {
    /// Finds a key whose value must be of a type.
    pub fn find_as<V: Typed>(&mut self, key: &Key<'_>, look: Look) -> Result<Option<Place>, Fault> {
        let Some(place) = self.find(key, look) else { return Ok(None) };
        match self.at(key, place).into_value() {
            Value::Object(object) if V::of(object).is_some() => Ok(Some(place)),
            _ => Err(Fault::WrongType),
        }
    }

    /// The value of a key, for a command that only looks; none if there is no such key.
    pub fn read<V: Typed>(&mut self, key: &Key<'_>) -> Result<Option<Seen<'_, 'a, V>>, Fault> {
        match self.find(key, Look::Read) {
            Some(place) => self.see(key, place).map(Some),
            None => Ok(None),
        }
    }

    /// The value at a place, to look at.
    pub fn see<V: Typed>(&mut self, key: &Key<'_>, place: Place) -> Result<Seen<'_, 'a, V>, Fault> {
        let (reply, turn) = (&mut self.reply, &mut *self.turn);
        match self.reach.partition(key.partition).table(self.db, key).at(place).into_value() {
            Value::Object(object) => {
                V::of(object).map(|value| Seen { value, reply, turn }).ok_or(Fault::WrongType)
            }
            _ => Err(Fault::WrongType),
        }
    }

    /// The value at a place, to change.
    pub fn open<V: Typed>(&mut self, key: &Key<'_>, place: Place) -> Result<Open<'_, 'a, V>, Fault> {
        let (reply, turn) = (&mut self.reply, &mut *self.turn);
        let object = self.reach.partition(key.partition).table(self.db, key).object_mut(place);
        let value = object.and_then(V::of_mut).ok_or(Fault::WrongType)?;
        Ok(Open { value, reply, turn })
    }

    /// The value of a key, to change; made by `make` if there is no such key.
    pub fn open_or_new<V: Typed>(
        &mut self,
        key: &Key<'_>,
        make: impl FnOnce() -> V,
    ) -> Result<(Place, Open<'_, 'a, V>), Fault> {
        let place = match self.find(key, Look::Write) {
            Some(place) => place,
            None => self.put_value(key, None, make()),
        };
        Ok((place, self.open(key, place)?))
    }

    /// Sets a key to a value without expiry: over what is at `place`, else anew. Gives the place.
    pub fn put_value<V: Typed>(&mut self, key: &Key<'_>, place: Option<Place>, value: V) -> Place {
        let entry =
            Entry::new(key.bytes, NewValue::Object(value.into_object()), None, self.rules.access.fresh());
        self.put_entry(key, place, entry)
    }

    /// Removes a key that has nothing left in it; says whether it did. Tells of the removal, not of the change
    /// before.
    pub fn remove_if_spent<V: Typed>(&mut self, key: &Key<'_>, place: Place) -> bool {
        let spent = self.see::<V>(key, place).is_ok_and(|seen| seen.value.is_spent());
        if spent {
            self.remove(key, place, false);
            self.notify(Classes::GENERIC, "del", key);
        }
        spent
    }
}
