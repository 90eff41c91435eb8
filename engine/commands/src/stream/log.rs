//! What replicas get of what consumer groups do: the outcome, as Valkey tells it.

use crate::turn::Effects;
use ironkeep_values::stream::{Group, Id};
use ironkeep_wire::IntText;

/// Tells of one group.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// The key of the stream.
    pub key: &'a [u8],
    /// The name of the group.
    pub group: &'a [u8],
}

/// A delivery of an entry to a consumer.
pub(super) struct Delivery<'a> {
    /// The id, as text.
    pub id: &'a [u8],
    /// To whom.
    pub consumer: &'a [u8],
    /// When.
    pub time: i64,
    /// How many there were with this one.
    pub count: u64,
}

impl Told<'_> {
    /// An entry is pending for a consumer; `last` is how far the group has read.
    pub fn delivery(self, effects: &mut Effects, delivery: &Delivery<'_>, last: Id) {
        if !effects.wanted {
            return;
        }
        effects.push(&[
            b"XCLAIM",
            self.key,
            self.group,
            delivery.consumer,
            b"0",
            delivery.id,
            b"TIME",
            IntText::signed(delivery.time).as_bytes(),
            b"RETRYCOUNT",
            IntText::unsigned(delivery.count).as_bytes(),
            b"FORCE",
            b"JUSTID",
            b"LASTID",
            last.text(&mut [0; 41]),
        ]);
    }

    /// How far a group has read.
    pub fn position(self, effects: &mut Effects, group: &Group) {
        let read = group.entries_read().map_or(-1, u64::cast_signed);
        let (id, read) = (group.last_id(), IntText::signed(read));
        let id = id.text(&mut [0; 41]).to_vec();
        effects.push(&[b"XGROUP", b"SETID", self.key, self.group, &id, b"ENTRIESREAD", read.as_bytes()]);
    }

    /// A consumer is there.
    pub fn consumer(self, effects: &mut Effects, name: &[u8]) {
        effects.push(&[b"XGROUP", b"CREATECONSUMER", self.key, self.group, name]);
    }
}
