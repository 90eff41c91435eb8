//! XINFO STREAM ... FULL: entries, groups, consumers and what is pending for them.

use super::info::position;
use super::{entries, ids};
use ironkeep_values::stream::{Consumer, Group, Id, Stream};
use ironkeep_wire::Reply;

/// Replies with the last two pairs, at most `count` elements to each list unless that is 0.
pub(super) fn entries_and_groups(reply: &mut Reply<'_>, stream: &Stream, count: u64) {
    reply.bulk(b"entries");
    entries::all(reply, stream.log().range(Id::MIN, Id::MAX), count);
    reply.bulk(b"groups");
    reply.array_len(stream.group_count());
    for (name, group) in stream.groups() {
        reply.map_len(7);
        reply.bulk(b"name");
        reply.bulk(name);
        position(reply, stream, group);
        pending(reply, group, entries::limit(count));
        reply.bulk(b"consumers");
        reply.array_len(group.consumer_count());
        for (name, consumer) in group.consumers() {
            reply.map_len(5);
            reply.bulk(b"name");
            reply.bulk(name);
            one_consumer(reply, group, consumer, entries::limit(count));
        }
    }
}

fn pending(reply: &mut Reply<'_>, group: &Group, most: usize) {
    reply.bulk(b"pel-count");
    reply.integer(group.pending_len() as i64);
    reply.bulk(b"pending");
    reply.array_len(group.pending_len().min(most));
    for (id, pending) in group.pending_from(Id::MIN).take(most) {
        reply.array_len(4);
        ids::reply(reply, *id);
        reply.bulk(pending.consumer());
        reply.integer(pending.time);
        reply.integer(pending.count.cast_signed());
    }
}

fn one_consumer(reply: &mut Reply<'_>, group: &Group, consumer: &Consumer, most: usize) {
    reply.bulk(b"seen-time");
    reply.integer(consumer.seen());
    reply.bulk(b"active-time");
    reply.integer(consumer.active().unwrap_or(-1));
    reply.bulk(b"pel-count");
    reply.integer(consumer.pending_len() as i64);
    reply.bulk(b"pending");
    let own = || consumer.pending_from(Id::MIN).take(most).filter_map(|id| Some((id, group.pending(id)?)));
    reply.array_len(own().count());
    for (id, pending) in own() {
        reply.array_len(3);
        ids::reply(reply, id);
        reply.integer(pending.time);
        reply.integer(pending.count.cast_signed());
    }
}
