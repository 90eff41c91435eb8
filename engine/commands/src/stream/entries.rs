//! Replies with entries.

use super::ids;
use ironkeep_values::packed::Item;
use ironkeep_values::stream::{Entry, Log};
use ironkeep_wire::Reply;

/// One entry: its id and its names and values.
pub(super) fn entry(reply: &mut Reply<'_>, entry: &Entry<'_>) {
    reply.array_len(2);
    ids::reply(reply, entry.id());
    reply.array_len(entry.len() * 2);
    for (name, value) in entry.pairs() {
        item(reply, name);
        item(reply, value);
    }
}

fn item(reply: &mut Reply<'_>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// An array of entries, at most `most` unless that is 0.
pub(super) fn all<'a>(reply: &mut Reply<'_>, entries: impl Iterator<Item = Entry<'a>>, most: u64) {
    let (place, mut count) = (reply.defer(), 0);
    for found in entries.take(limit(most)) {
        entry(reply, &found);
        count += 1;
    }
    reply.finish_array(place, count);
}

/// The entry with an id, or what stands for one that is gone. Says whether it is there.
pub(super) fn one_or_gone(reply: &mut Reply<'_>, log: &Log, id: ironkeep_values::stream::Id) -> bool {
    let found = log.get(id);
    match &found {
        Some(found) => entry(reply, found),
        None => {
            reply.array_len(2);
            ids::reply(reply, id);
            reply.null_array();
        }
    }
    found.is_some()
}

/// A COUNT as a number to take: 0 means all.
pub(super) fn limit(most: u64) -> usize {
    if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(usize::MAX) }
}
