//! The context that a command on keys runs in: its arguments, the partitions that are held for it, its reply.
//!
//! All reading and changing of keys goes through here, so that expiry, access clocks, watched keys, effects and
//! counts are seen to in one place. A command parses its arguments, operates by means of `find`, `put`, `remove`
//! and `changed`, and replies. Must not lock, wait or know connections.

use crate::args::Args;
use crate::change::Cause;
use crate::event::Classes;
use crate::fault::Fault;
use crate::rules::Rules;
use crate::text::Text;
use crate::turn::{Turn, Wait};
use ironkeep_keyspace::entry::{Entry, EntryRef, NewValue};
use ironkeep_keyspace::space::{Hold, Key, Keyspace, Partition};
use ironkeep_keyspace::table::{Place, Table};
use ironkeep_keyspace::tour::is_over;
use ironkeep_wire::Reply;

/// How a lookup counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// Reads: counts as hit or miss, and as an access.
    Read,
    /// Writes: counts as an access.
    Write,
    /// Only asks (TTL, EXISTS): counts as hit or miss, but not as an access.
    Peek,
    /// Asks how a value is kept (OBJECT): as `Peek`, and a miss is no event.
    Inspect,
}

/// The partitions that a command may touch.
pub enum Reach<'a> {
    /// The one of its only key.
    One(u16, &'a mut Partition),
    /// Those that are held.
    Held(&'a mut dyn Hold),
    /// Any, one after the other, each locked for as long as it is looked at.
    Free,
}

impl Reach<'_> {
    #[inline(always)]
    pub(crate) fn partition(&mut self, partition: u16) -> &mut Partition {
        match self {
            Self::One(held, part) => {
                debug_assert_eq!(*held, partition, "a key that the table of commands does not name");
                part
            }
            Self::Held(held) => held.partition(partition),
            Self::Free => panic!("a key is used but no partition is held"),
        }
    }
}

/// The context of one command.
pub struct Ctx<'a> {
    /// The request.
    pub args: Args<'a>,
    /// Where the reply goes.
    pub reply: Reply<'a>,
    /// The database selected.
    pub db: u32,
    /// The time, in milliseconds since the epoch. The same for all of a transaction.
    pub now: i64,
    /// What the server says.
    pub rules: &'a Rules,
    /// What the command leaves behind.
    pub turn: &'a mut Turn,
    /// The client asked that its reads leave no trace (CLIENT NO-TOUCH).
    pub no_touch: bool,
    /// The client said that it imports (CLIENT IMPORT-SOURCE).
    pub import_source: bool,
    /// The keyspace, for hashing and for commands that go through all of it.
    pub space: &'a Keyspace,
    /// The partitions.
    pub reach: Reach<'a>,
    /// The hash of the first key, when the server has worked it out already.
    pub first_key: Option<(usize, u64)>,
}

impl<'a> Ctx<'a> {
    /// The key at a position of the request.
    #[inline(always)]
    pub fn key(&self, index: usize) -> Key<'a> {
        let bytes = self.args.at(index);
        match self.first_key {
            Some((at, hash)) if at == index => self.space.key_with(bytes, hash),
            _ => self.space.key(bytes),
        }
    }

    #[inline(always)]
    fn partition(&mut self, partition: u16) -> &mut Partition {
        self.reach.partition(partition)
    }

    /// Looks into a partition: a held one, or locked just for this.
    pub fn visit<R>(&mut self, partition: u16, look: impl FnOnce(&mut Partition) -> R) -> R {
        match &mut self.reach {
            Reach::Free => look(&mut self.space.lock(partition)),
            _ => look(self.partition(partition)),
        }
    }

    /// The same, together with the reply, for what goes from the one into the other.
    pub fn visit_with_reply<R>(
        &mut self,
        partition: u16,
        look: impl FnOnce(&mut Partition, &mut Reply<'a>) -> R,
    ) -> R {
        match &mut self.reach {
            Reach::Free => look(&mut self.space.lock(partition), &mut self.reply),
            reach => look(reach.partition(partition), &mut self.reply),
        }
    }

    /// The table of a key in the selected database.
    #[inline(always)]
    pub fn table(&mut self, key: &Key<'_>) -> &mut Table {
        let db = self.db;
        self.partition(key.partition).table(db, key)
    }

    /// The table of a key together with the reply, for what goes from the one into the other.
    #[inline(always)]
    pub fn table_and_reply(&mut self, key: &Key<'_>) -> (&mut Table, &mut Reply<'a>) {
        (self.reach.partition(key.partition).table(self.db, key), &mut self.reply)
    }

    /// The string at a place.
    #[inline(always)]
    pub fn text(&mut self, key: &Key<'_>, place: Place) -> Result<Text<'_>, Fault> {
        Text::of(self.table(key).at(place).into_value())
    }

    /// Replies with the string at a place.
    #[inline(always)]
    pub fn reply_text(&mut self, key: &Key<'_>, place: Place) -> Result<(), Fault> {
        let (table, reply) = self.table_and_reply(key);
        match Text::of(table.at(place).into_value())? {
            Text::Bytes(bytes) => reply.bulk(bytes),
            Text::Int(number) => reply.bulk_int(number),
        }
        Ok(())
    }

    /// Finds a key that has not expired. Removes it if it has.
    #[inline]
    pub fn find(&mut self, key: &Key<'_>, look: Look) -> Option<Place> {
        let table = self.reach.partition(key.partition).table(self.db, key);
        let Some(place) = table.find(key.hash, key.bytes) else {
            self.miss(look, key);
            return None;
        };
        if is_over(table.at(place).expiry(), self.now) && !(self.import_source && self.rules.importing) {
            self.expire(key, place, look);
            self.miss(look, key);
            return None;
        }
        if matches!(look, Look::Read | Look::Write) && !self.no_touch {
            let rule = self.rules.access;
            // LFU needs a random number per access; LRU does not pay for one.
            let draw = if rule.lfu { self.turn.random() } else { 0 };
            table.change(place, |entry| entry.set_access(rule.touched(entry.access(), || draw)));
        }
        self.count(look, true);
        Some(place)
    }

    /// The time by which it is decided whether a key has expired: one before all for a client that
    /// imports.
    pub fn expiry_now(&self) -> i64 {
        if self.import_source && self.rules.importing { i64::MIN } else { self.now }
    }

    #[inline(always)]
    fn miss(&mut self, look: Look, key: &Key<'_>) {
        self.count(look, false);
        if matches!(look, Look::Read | Look::Peek) {
            self.notify(Classes::MISS, "keymiss", key);
        }
    }

    #[inline(always)]
    fn count(&mut self, look: Look, hit: bool) {
        if look != Look::Write {
            self.turn.counts.hits += u64::from(hit);
            self.turn.counts.misses += u64::from(!hit);
        }
    }

    /// Counts an access to an entry.
    pub fn touch(&mut self, key: &Key<'_>, place: Place) {
        let rule = self.rules.access;
        let draw = if rule.lfu { self.turn.random() } else { 0 };
        self.table(key).change(place, |entry| entry.set_access(rule.touched(entry.access(), || draw)));
    }

    #[cold]
    fn expire(&mut self, key: &Key<'_>, place: Place, look: Look) {
        // A write cannot leave the old entry: it would add a second one beside it.
        if !self.rules.remove_expired && look != Look::Write {
            return;
        }
        let entry = self.table(key).remove(place);
        let lazy = self.rules.lazy_expire;
        self.discard(entry, lazy);
        self.turn.counts.expired += 1;
        self.turn.effects.push(&[if lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
        self.changed_by_time(key, false);
        self.notify(Classes::EXPIRED, "expired", key);
    }

    /// The entry at a place.
    #[inline(always)]
    pub fn at(&mut self, key: &Key<'_>, place: Place) -> EntryRef<'_> {
        self.table(key).at(place)
    }

    /// Sets a key: over the entry at `place` if there is one, else anew. In place when the room is the same.
    #[inline]
    pub fn put(&mut self, key: &Key<'_>, place: Option<Place>, value: NewValue<'_>, expiry: Option<i64>) {
        let access = self.rules.access.fresh();
        let Some(place) = place else {
            self.add(key, Entry::new(key.bytes, value, expiry, access));
            return;
        };
        let table = self.table(key);
        let keeps_expiry = table.at(place).expiry() == expiry;
        if keeps_expiry && table.change(place, |entry| entry.overwrite(&value)) {
            return;
        }
        // An LFU counter outlives the value, as in Valkey.
        let access = if self.rules.access.lfu { self.table(key).at(place).access() } else { access };
        let old = self.table(key).replace(place, Entry::new(key.bytes, value, expiry, access));
        let lazy = self.rules.lazy_overwrite;
        self.discard(old, lazy);
    }

    /// Adds a key that is not there.
    #[inline]
    fn add(&mut self, key: &Key<'_>, entry: Entry) -> Place {
        let hasher = self.space.hasher();
        let place = self.table(key).insert(hasher, key.hash, entry);
        self.notify(Classes::NEW, "new", key);
        place
    }

    /// Puts an entry that is made already: over the one at `place` if there is one, else anew. Gives its place.
    pub fn put_entry(&mut self, key: &Key<'_>, place: Option<Place>, entry: Entry) -> Place {
        let Some(place) = place else { return self.add(key, entry) };
        let old = self.table(key).replace(place, entry);
        let lazy = self.rules.lazy_overwrite;
        self.discard(old, lazy);
        place
    }

    /// Removes the entry at a place and gives it to the caller.
    pub fn take(&mut self, key: &Key<'_>, place: Place) -> Entry {
        self.table(key).remove(place)
    }

    /// Removes the entry at a place.
    pub fn remove(&mut self, key: &Key<'_>, place: Place, lazy: bool) {
        let entry = self.table(key).remove(place);
        self.discard(entry, lazy);
    }

    /// Sets or takes away the expiry of the entry at a place.
    pub fn set_expiry(&mut self, key: &Key<'_>, place: Place, expiry: Option<i64>) {
        self.table(key).set_expiry(place, expiry);
    }

    /// Says that a key was changed: call it after the change, once for each.
    #[inline(always)]
    pub fn changed(&mut self, key: &Key<'_>) {
        self.turn.dirty += 1;
        if self.is_observed(key) {
            self.tell_observers(key, true, Cause::Command);
        }
    }

    /// Says that time has changed a key, or taken it away: not a command, and so it is not counted.
    pub(crate) fn changed_by_time(&mut self, key: &Key<'_>, exists: bool) {
        if self.is_observed(key) {
            self.tell_observers(key, exists, Cause::Time);
        }
    }

    /// Says that a key was removed.
    #[inline(always)]
    pub fn removed(&mut self, key: &Key<'_>) {
        self.turn.dirty += 1;
        if self.is_observed(key) {
            self.tell_observers(key, false, Cause::Command);
        }
    }

    /// Whether anybody may want to know that a key has changed.
    #[inline(always)]
    fn is_observed(&mut self, key: &Key<'_>) -> bool {
        let part = self.reach.partition(key.partition);
        !part.watchers.is_empty()
            || !part.tracked.is_empty()
            || !part.waiting.is_empty()
            || self.space.broadcasts()
    }

    /// Marks those who watch a key, and notes the change for those who remember it.
    #[cold]
    fn tell_observers(&mut self, key: &Key<'_>, exists: bool, cause: Cause) {
        let part = self.reach.partition(key.partition);
        part.watchers.changed(self.db, key.bytes, exists);
        self.turn.note_ready(&part.waiting, self.db, key.bytes);
        self.turn.note_change(part, self.space.broadcasts(), key.bytes, cause);
    }

    /// Has the request run again when one of these keys has changed and fits, or give up when its time is over. A
    /// command that must not wait here is told so, and replies.
    pub fn wait_for(&mut self, wait: Wait) -> bool {
        if self.turn.may_wait {
            self.turn.wait = Some(wait);
        }
        self.turn.may_wait
    }

    /// Logs this command in place of the request. May be called more than once.
    pub fn effect(&mut self, words: &[&[u8]]) {
        self.turn.effects.replace_request();
        self.turn.effects.push(words);
    }

    /// Ends a command that may have failed.
    #[inline(always)]
    pub fn finish(&mut self, result: Result<(), Fault>) {
        if let Err(fault) = result {
            self.fail(fault);
        }
    }

    /// Replies with an error. The text begins with its code.
    #[cold]
    pub fn fail(&mut self, error: Fault) {
        self.reply.error(error.text().as_bytes());
    }
}
