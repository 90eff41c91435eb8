//! Work on keys that the server does of its own accord: active expiry, eviction.
//!
//! Gives such work the same context as commands have, so that keys go in the same way whoever removes them.
//! Locks one partition at a time. Must not read a clock.

use crate::{Args, Ctx, Reach, Rules, Turn};
use ironkeep_keyspace::space::{Key, Keyspace, Partition};
use ironkeep_wire::Reply;
use std::ops::DerefMut;

/// What such work needs.
pub struct Chore<'a> {
    /// The keys.
    pub space: &'a Keyspace,
    /// What the server says.
    pub rules: &'a Rules,
    /// The time, in milliseconds since the epoch.
    pub now: i64,
    /// What the work leaves behind.
    pub turn: &'a mut Turn,
    /// Called while the partition is still held: puts the effects into the log.
    pub flush: &'a mut dyn FnMut(&mut Turn),
    /// Whether nothing may change by itself any more (CLIENT PAUSE). Asked while a partition is held.
    pub halted: &'a dyn Fn() -> bool,
}

impl<'a> Chore<'a> {
    /// Locks a partition to change something in it; none when nothing may change by itself any more.
    pub(crate) fn lock(&self, partition: u16) -> Option<impl DerefMut<Target = Partition> + use<'a>> {
        let part = self.space.lock(partition);
        (!(self.halted)()).then_some(part)
    }

    /// Works on one key of a partition that is held.
    pub(crate) fn on_key<R>(
        &mut self,
        part: &mut Partition,
        db: u32,
        name: &[u8],
        work: impl FnOnce(&mut Ctx<'_>, &Key<'_>) -> R,
    ) -> R {
        let key = self.space.key(name);
        self.turn.effects.begin(db);
        let mut nobody = Vec::new();
        let mut ctx = Ctx {
            args: Args::new(&[], &[]),
            reply: Reply::new(&mut nobody, false),
            db,
            now: self.now,
            rules: self.rules,
            turn: self.turn,
            no_touch: true,
            import_source: false,
            space: self.space,
            reach: Reach::One(key.partition, part),
            first_key: None,
        };
        work(&mut ctx, &key)
    }

    /// Hands over the effects, while the partition is held.
    pub(crate) fn flush(&mut self) {
        (self.flush)(self.turn);
    }
}
