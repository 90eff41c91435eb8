//! What clients are to be told of a command beside its reply: changes of keys that they remember (client-side caching),
//! keyspace events, messages. The command leaves it behind for the server, in order.
//!
//! Noted while the partition is held, told when it is not. Must not know who is told, or how.

use crate::Turn;
use crate::event::Event;
use ironkeep_keyspace::space::Partition;
use ironkeep_keyspace::tracked::Readers;
use std::sync::Arc;

/// Why a key has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The command that runs has changed it.
    Command,
    /// A command that this other client had parked has changed it.
    Parked(u64),
    /// Its time was over.
    Time,
}

/// What has changed.
#[derive(Debug)]
pub enum Change {
    /// A key.
    Key {
        /// Its name.
        name: Arc<[u8]>,
        /// Those who had read it, and now are no longer kept with it.
        readers: Option<Readers>,
        /// Why.
        cause: Cause,
    },
    /// Something happened to a key, and somebody wants to hear of it.
    Event(Event),
    /// A message was published.
    Message {
        /// Where.
        channel: Box<[u8]>,
        /// What.
        text: Box<[u8]>,
        /// Whether the channel is one of a shard.
        shard: bool,
    },
    /// Any key: databases were emptied or exchanged, and nothing is kept with any key.
    All,
}

impl Turn {
    /// Notes that a key of a partition has changed, if anybody is to be told: those who have read it, and everybody
    /// else if the change is `broadcast`.
    pub fn note_change(&mut self, part: &mut Partition, broadcast: bool, name: &[u8], cause: Cause) {
        let (name, readers) = match part.tracked.take(name) {
            Some(key) => (key.name, Some(key.readers)),
            None if broadcast => (name.into(), None),
            None => return,
        };
        let cause = match cause {
            Cause::Command if self.acting_for != 0 => Cause::Parked(self.acting_for),
            other => other,
        };
        self.changes.push(Change::Key { name, readers, cause });
    }
}
