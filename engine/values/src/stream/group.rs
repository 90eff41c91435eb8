//! A consumer group: how far it has read, who reads, and what was delivered but not acknowledged.
//!
//! Takes ids and times, keeps for each pending entry its consumer, and for each consumer its pending entries, in step.
//! Must not know entries: whether one still exists is the caller's to ask the log.

use super::index::{self, Heap, Index};
use super::{Id, Log};
use std::sync::Arc;

/// The name of a group or of a consumer.
pub type Name = Arc<[u8]>;

impl Heap for Id {}

/// A consumer group.
#[derive(Clone, Default)]
pub struct Group {
    last_id: Id,
    entries_read: Option<u64>,
    pending: Index<Id, Pending>,
    consumers: Index<Name, Consumer>,
}

/// An entry that was delivered and not acknowledged.
#[derive(Clone, Debug)]
pub struct Pending {
    /// When it was delivered last, in milliseconds.
    pub time: i64,
    /// How often it was delivered.
    pub count: u64,
    consumer: Name,
}

/// Somebody who reads for a group.
#[derive(Clone)]
pub struct Consumer {
    seen: i64,
    active: Option<i64>,
    pending: Index<Id, ()>,
}

impl Heap for Pending {}

impl Heap for Consumer {
    fn heap(&self) -> usize {
        self.pending.size() - size_of::<Index<Id, ()>>()
    }
}

impl Heap for Group {
    fn heap(&self) -> usize {
        self.pending.size() + self.consumers.size() - 2 * size_of::<Index<Id, ()>>()
    }
}

impl Pending {
    /// To whom it was delivered.
    pub fn consumer(&self) -> &Name {
        &self.consumer
    }
}

impl Consumer {
    /// When it last tried anything, in milliseconds.
    pub fn seen(&self) -> i64 {
        self.seen
    }

    /// When it last got anything, in milliseconds.
    pub fn active(&self) -> Option<i64> {
        self.active
    }

    /// How many entries it has not acknowledged.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// The ids of those entries, from this one on.
    pub fn pending_from(&self, id: Id) -> impl Iterator<Item = Id> {
        self.pending.iter_from(&id).map(|(id, ())| *id)
    }
}

impl Group {
    pub(super) fn new(last_id: Id, entries_read: Option<u64>) -> Self {
        Self { last_id, entries_read, ..Self::default() }
    }

    /// The last id that was delivered to anybody.
    pub fn last_id(&self) -> Id {
        self.last_id
    }

    /// How many entries were ever added up to the last id, if that is known.
    pub fn entries_read(&self) -> Option<u64> {
        self.entries_read
    }

    /// Sets how far the group has read.
    pub fn set_last_id(&mut self, id: Id, entries_read: Option<u64>) {
        (self.last_id, self.entries_read) = (id, entries_read);
    }

    /// Raises the last id and leaves everything else; says whether it was lower.
    pub fn raise_last_id(&mut self, id: Id) -> bool {
        let raised = id > self.last_id;
        self.last_id = self.last_id.max(id);
        raised
    }

    /// Notes that an entry of the log is being read; says whether the group has got further.
    pub fn read(&mut self, log: &Log, id: Id) -> bool {
        if id <= self.last_id {
            return false;
        }
        let counts = self.last_id >= log.facts().first_id && !log.has_gap_from(self.last_id);
        match self.entries_read {
            Some(read) if counts => self.entries_read = Some(read.wrapping_add(1)),
            _ if log.facts().entries_added > 0 => self.entries_read = log.added_up_to(id),
            _ => {}
        }
        self.last_id = id;
        true
    }

    /// How many entries of the log were not delivered yet, if that can be told.
    pub fn lag(&self, log: &Log) -> Option<i64> {
        let added = log.facts().entries_added;
        let read = match self.entries_read {
            _ if added == 0 => Some(0),
            Some(read) if !log.has_gap_from(self.last_id) => Some(read),
            _ => log.added_up_to(self.last_id),
        };
        read.map(|read| added.wrapping_sub(read).cast_signed())
    }

    /// The consumers by name.
    pub fn consumers(&self) -> index::Iter<'_, Name, Consumer> {
        self.consumers.iter()
    }

    /// How many consumers there are.
    pub fn consumer_count(&self) -> usize {
        self.consumers.len()
    }

    /// A consumer, and its name to be given to other functions here.
    pub fn consumer(&self, name: &[u8]) -> Option<(&Name, &Consumer)> {
        self.consumers.get(name)
    }

    /// Adds a consumer that nobody has seen active; says whether there was none of this name.
    pub fn create_consumer(&mut self, name: &[u8], seen: i64) -> bool {
        self.load_consumer(name, seen, None)
    }

    /// Adds a consumer of a file; says whether there was none of this name.
    pub fn load_consumer(&mut self, name: &[u8], seen: i64, active: Option<i64>) -> bool {
        let new = self.consumers.get(name).is_none();
        if new {
            self.consumers.insert(name.into(), Consumer { seen, active, pending: Index::default() });
        }
        new
    }

    /// Notes that a consumer tries something.
    pub fn see(&mut self, name: &[u8], now: i64) {
        self.consumers.change(name, |consumer| consumer.seen = now);
    }

    /// Notes that a consumer got something.
    pub fn activate(&mut self, name: &[u8], now: i64) {
        self.consumers.change(name, |consumer| consumer.active = Some(now));
    }

    /// Takes a consumer away with all that is pending for it; says how much that was.
    pub fn remove_consumer(&mut self, name: &[u8]) -> Option<usize> {
        let gone = self.consumers.remove(name)?;
        for (id, ()) in gone.pending.iter() {
            self.pending.remove(id);
        }
        Some(gone.pending.len())
    }

    /// How many entries are pending.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// The pending entry with this id.
    pub fn pending(&self, id: Id) -> Option<&Pending> {
        self.pending.get(&id).map(|(_, pending)| pending)
    }

    /// The pending entries from this id on.
    pub fn pending_from(&self, id: Id) -> index::Iter<'_, Id, Pending> {
        self.pending.iter_from(&id)
    }

    /// The lowest and the highest id of a pending entry.
    pub fn pending_ends(&self) -> Option<(Id, Id)> {
        Some((*self.pending.first()?.0, *self.pending.last()?.0))
    }

    /// Makes an entry pending for a consumer of the group, whosever it was: delivered at this time, so many times. Says
    /// whether there is such a consumer.
    pub fn assign(&mut self, id: Id, consumer: &Name, time: i64, count: u64) -> bool {
        let mine = self.consumers.change(&**consumer, |consumer| consumer.pending.insert(id, ()));
        if mine.is_none() {
            return false;
        }
        let before = self.pending.insert(id, Pending { time, count, consumer: consumer.clone() });
        if let Some(before) = before.filter(|before| before.consumer != *consumer) {
            self.consumers.change(&*before.consumer, |consumer| consumer.pending.remove(&id));
        }
        true
    }

    /// Notes that a pending entry was delivered once more to whom it belongs.
    pub fn redeliver(&mut self, id: Id, now: i64) {
        self.pending.change(&id, |pending| {
            (pending.time, pending.count) = (now, pending.count.wrapping_add(1));
        });
    }

    /// Ends the wait for an acknowledgement; says whether there was one.
    pub fn acknowledge(&mut self, id: Id) -> bool {
        let Some(pending) = self.pending.remove(&id) else { return false };
        self.consumers.change(&*pending.consumer, |consumer| consumer.pending.remove(&id));
        true
    }
}
