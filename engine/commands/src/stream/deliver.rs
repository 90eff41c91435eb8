//! XREADGROUP on one stream: new entries for a consumer, or those that are pending for it.
//!
//! Logged as XCLAIM for each new entry and XGROUP SETID for how far the group has read then.

use super::entries;
use super::log::{Delivery, Told};
use super::options::Reader;
use super::read::{NEW, begin};
use crate::event::Classes;
use crate::turn::Effects;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_values::stream::{Group, Id, Log, Name, Stream};
use ironkeep_wire::Reply;

/// Replies with what a stream has for a consumer after an id; says whether it replied.
pub(super) fn deliver(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    after: Id,
    most: u64,
    reader: &Reader<'_>,
) -> Result<bool, Fault> {
    let now = ctx.now;
    let Some(place) = ctx.find_as::<Stream>(key, Look::Read)? else { return Ok(false) };
    let told = Told { key: key.bytes, group: reader.group };
    let open = ctx.open::<Stream>(key, place)?;
    let (reply, effects) = (open.reply, &mut open.turn.effects);
    let done = open.value.change_group(reader.group, |log, group| {
        let created = group.create_consumer(reader.consumer, now);
        if created && reader.no_ack {
            told.consumer(effects, reader.consumer);
        }
        group.see(reader.consumer, now);
        let history = after != NEW;
        if !history && log.top_id().is_none_or(|top| top <= group.last_id()) {
            return (created, false);
        }
        begin(reply, key);
        if history {
            repeat(reply, log, group, Repeat { after, most, reader, now });
        } else {
            Delivering { log, told, now, no_ack: reader.no_ack }.new_entries(
                reply,
                effects,
                group,
                reader.consumer,
                most,
            );
        }
        (created, true)
    });
    let (created, replied) = done.unwrap_or_default();
    ctx.turn.dirty += u64::from(created) + u64::from(replied);
    if created {
        ctx.notify(Classes::STREAM, "xgroup-createconsumer", key);
    }
    Ok(replied)
}

/// What is to be delivered once more.
struct Repeat<'a> {
    after: Id,
    most: u64,
    reader: &'a Reader<'a>,
    now: i64,
}

/// Replies with the entries that are pending for a consumer.
fn repeat(reply: &mut Reply<'_>, log: &Log, group: &mut Group, repeat: Repeat<'_>) {
    let from = repeat.after.next().unwrap_or(Id::MAX);
    let ids: Vec<Id> = group.consumer(repeat.reader.consumer).map_or_else(Vec::new, |(_, consumer)| {
        consumer.pending_from(from).take(entries::limit(repeat.most)).collect()
    });
    reply.array_len(ids.len());
    for id in ids {
        if entries::one_or_gone(reply, log, id) {
            group.redeliver(id, repeat.now);
        }
    }
}

/// New entries on their way to a consumer.
struct Delivering<'a> {
    log: &'a Log,
    told: Told<'a>,
    now: i64,
    no_ack: bool,
}

impl Delivering<'_> {
    fn new_entries(
        &self,
        reply: &mut Reply<'_>,
        effects: &mut Effects,
        group: &mut Group,
        consumer: &[u8],
        most: u64,
    ) {
        let Some(name) = group.consumer(consumer).map(|(name, _)| name.clone()) else {
            return reply.array_len(0);
        };
        let from = group.last_id().next().unwrap_or(Id::MAX);
        let (place, mut count, mut further) = (reply.defer(), 0, false);
        for entry in self.log.range(from, Id::MAX).take(entries::limit(most)) {
            further |= group.read(self.log, entry.id());
            entries::entry(reply, &entry);
            if !self.no_ack {
                self.assign(effects, group, &name, entry.id());
            }
            count += 1;
        }
        reply.finish_array(place, count);
        if count > 0 && !self.no_ack {
            group.activate(&name, self.now);
        }
        if further {
            self.told.position(effects, group);
        }
    }

    /// Makes an entry pending for the consumer.
    fn assign(&self, effects: &mut Effects, group: &mut Group, consumer: &Name, id: Id) {
        group.assign(id, consumer, self.now, 1);
        if effects.wanted {
            let mut room = [0; 41];
            let delivery = Delivery { id: id.text(&mut room), consumer, time: self.now, count: 1 };
            self.told.delivery(effects, &delivery, group.last_id());
        }
    }
}
