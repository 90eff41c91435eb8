//! XREAD and XREADGROUP: new entries of several streams, or waiting for some.
//!
//! First everything is checked, in order; then each stream that has something is read. A wait for what comes after `$`
//! is one for what comes after the id that `$` was when it began.

use super::deliver::deliver;
use super::options::{Options, Reader};
use super::stop::{Done, Stop, c_text, finish, line};
use super::{entries, ids};
use crate::turn::Wait;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, Value};
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_keyspace::space::Key;
use ironkeep_values::stream::{Id, Stream};

const DOLLAR_IN_GROUP: Fault = Fault::Other(
    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by \
     specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
);
const PLUS_IN_GROUP: Fault = Fault::Other(
    "ERR The + ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by \
     specifying a proper ID, or use the > ID to get new messages. The + ID would just return an empty result set.",
);
const NEW_ALONE: Fault = Fault::Other(
    "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
);
const NO_LAST: Fault = Fault::Other("ERR the stream last element ID is 0-0");

/// Stands for `>`: what nobody in the group has got.
pub(super) const NEW: Id = Id::MAX;

/// XREAD
pub fn xread(ctx: &mut Ctx<'_>) {
    let result = read(ctx, false);
    finish(ctx, result);
}

/// XREADGROUP
pub fn xreadgroup(ctx: &mut Ctx<'_>) {
    // What it does is logged step by step.
    ctx.turn.effects.replace_request();
    let result = read(ctx, true);
    finish(ctx, result);
}

/// A stream to be read: its key, and the id after which to read.
type Source<'a> = (Key<'a>, Id);

fn read(ctx: &mut Ctx<'_>, by_group: bool) -> Done {
    let options = Options::parse(ctx.args, by_group, ctx.now)?;
    let sources = (0..options.count).map(|nth| source(ctx, &options, nth)).collect::<Result<Vec<_>, _>>()?;
    let (begin, mut count) = (ctx.reply.defer(), 0);
    for (key, after) in &sources {
        let read = match &options.reader {
            Some(reader) => deliver(ctx, key, *after, options.most, reader)?,
            None => look(ctx, key, *after, options.most)?,
        };
        count += usize::from(read);
    }
    if count > 0 {
        if ctx.reply.is_resp3() {
            ctx.reply.finish_map(begin, count);
        } else {
            ctx.reply.finish_array(begin, count);
        }
    } else if !options.deadline.is_some_and(|deadline| wait(ctx, &options, &sources, deadline)) {
        ctx.reply.null_array();
    }
    Ok(())
}

/// Finds out where to begin with the stream at a place of the list.
fn source<'a>(ctx: &mut Ctx<'a>, options: &Options<'_>, nth: usize) -> Result<Source<'a>, Stop> {
    let (key, text) = (ctx.key(options.first + nth), ctx.args.at(options.first + options.count + nth));
    let place = ctx.find_as::<Stream>(&key, Look::Read)?;
    let stream = match place {
        Some(place) => Some(ctx.see::<Stream>(&key, place)?.value),
        None => None,
    };
    let in_group = match &options.reader {
        Some(reader) if stream.is_none_or(|stream| stream.group(reader.group).is_none()) => {
            return Err(no_reader(key.bytes, reader));
        }
        reader => reader.is_some(),
    };
    let log = stream.map(Stream::log);
    let after = match text {
        b"$" if in_group => return Err(DOLLAR_IN_GROUP.into()),
        b"$" => log.map_or(Id::MIN, |log| log.facts().last_id),
        b"+" if in_group => return Err(PLUS_IN_GROUP.into()),
        b"+" => match log.filter(|log| !log.is_empty()) {
            Some(log) => log.facts().last_id.prev().ok_or(NO_LAST)?,
            None => Id::MIN,
        },
        b">" if in_group => NEW,
        b">" => return Err(NEW_ALONE.into()),
        text => ids::strict(text)?,
    };
    Ok((key, after))
}

#[cold]
fn no_reader(key: &[u8], reader: &Reader<'_>) -> Stop {
    let (key, group) = (c_text(key), c_text(reader.group));
    line(&[
        b"NOGROUP No such key '",
        key,
        b"' or consumer group '",
        group,
        b"' in XREADGROUP with GROUP option",
    ])
}

/// Replies with what a stream has after an id; says whether there is anything.
fn look(ctx: &mut Ctx<'_>, key: &Key<'_>, after: Id, most: u64) -> Result<bool, Fault> {
    let Some(seen) = ctx.read::<Stream>(key)? else { return Ok(false) };
    let log = seen.value.log();
    let Some(first) = after.next().filter(|_| log.top_id().is_some_and(|top| top > after)) else {
        return Ok(false);
    };
    begin(seen.reply, key);
    entries::all(seen.reply, log.range(first, Id::MAX), most);
    Ok(true)
}

/// Begins the part of the reply that belongs to a stream; its entries follow.
pub(super) fn begin(reply: &mut ironkeep_wire::Reply<'_>, key: &Key<'_>) {
    if !reply.is_resp3() {
        reply.array_len(2);
    }
    reply.bulk(key.bytes);
}

/// Waits for the streams, if that is allowed.
fn wait(ctx: &mut Ctx<'_>, options: &Options<'_>, sources: &[Source<'_>], deadline: i64) -> bool {
    let keys = (options.first..options.first + options.count).collect();
    // Who reads for a group learns that the stream has gone; others wait on for another.
    let fits = if options.reader.is_some() { |_: Option<&Entry>| true } else { is_stream };
    let waits = ctx.wait_for(Wait { keys, fits, deadline });
    if waits {
        let ids_at = options.first + options.count;
        let latest = sources.iter().enumerate().filter(|(nth, _)| ctx.args.at(ids_at + nth) == b"$");
        let latest = latest.map(|(nth, (_, id))| (ids_at + nth, id.text(&mut [0; 41]).into()));
        ctx.turn.wait_args = latest.collect();
    }
    waits
}

fn is_stream(entry: Option<&Entry>) -> bool {
    entry.is_some_and(|entry| matches!(entry.value(), Value::Object(ObjectRef::Stream(_))))
}
