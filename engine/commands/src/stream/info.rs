//! XINFO: what there is to know of a stream.

use super::full;
use super::stop::{Done, bad_sub, finish, no_group_for_key};
use super::{entries, ids};
use crate::{Args, Ctx, Fault, help};
use ironkeep_values::stream::{Group, Id, Stream};
use ironkeep_wire::{Reply, parse_i64};

/// XINFO STREAM
pub fn xinfo_stream(ctx: &mut Ctx<'_>) {
    let result = about_stream(ctx);
    finish(ctx, result);
}

/// XINFO GROUPS
pub fn xinfo_groups(ctx: &mut Ctx<'_>) {
    let result = about_groups(ctx);
    finish(ctx, result);
}

/// XINFO CONSUMERS
pub fn xinfo_consumers(ctx: &mut Ctx<'_>) {
    let result = about_consumers(ctx);
    finish(ctx, result);
}

fn about_stream(ctx: &mut Ctx<'_>) -> Done {
    let (args, key) = (ctx.args, ctx.key(2));
    let seen = ctx.read::<Stream>(&key)?.ok_or(Fault::NoSuchKey)?;
    let (stream, reply) = (seen.value, seen.reply);
    match args.len() {
        3 => {
            reply.map_len(10);
            facts(reply, stream);
            outline(reply, stream);
        }
        4 | 6 if args.is(3, "full") && (args.len() == 4 || args.is(4, "count")) => {
            let count = full_count(args)?;
            reply.map_len(9);
            facts(reply, stream);
            full::entries_and_groups(reply, stream, count);
        }
        _ => return Err(bad_sub(args.at(1), "XINFO")),
    }
    Ok(())
}

/// The COUNT of XINFO STREAM ... FULL.
fn full_count(args: Args<'_>) -> Result<u64, Fault> {
    const USUAL: u64 = 10;
    if args.len() == 4 {
        return Ok(USUAL);
    }
    let count = parse_i64(args.at(5)).ok_or(Fault::NotInteger)?;
    Ok(u64::try_from(count).unwrap_or(USUAL))
}

fn facts(reply: &mut Reply<'_>, stream: &Stream) {
    let log = stream.log();
    let facts = log.facts();
    reply.bulk(b"length");
    reply.integer(log.len().cast_signed());
    reply.bulk(b"radix-tree-keys");
    reply.integer(log.node_count() as i64);
    reply.bulk(b"radix-tree-nodes");
    reply.integer(log.radix_node_count() as i64);
    reply.bulk(b"last-generated-id");
    ids::reply(reply, facts.last_id);
    reply.bulk(b"max-deleted-entry-id");
    ids::reply(reply, facts.max_deleted_id);
    reply.bulk(b"entries-added");
    reply.integer(facts.entries_added.cast_signed());
    reply.bulk(b"recorded-first-entry-id");
    ids::reply(reply, facts.first_id);
}

fn outline(reply: &mut Reply<'_>, stream: &Stream) {
    let log = stream.log();
    reply.bulk(b"groups");
    reply.integer(stream.group_count() as i64);
    let ends = [
        (&b"first-entry"[..], log.range(Id::MIN, Id::MAX).next()),
        (b"last-entry", log.range_back(Id::MIN, Id::MAX).next()),
    ];
    for (name, end) in ends {
        reply.bulk(name);
        match end {
            Some(entry) => entries::entry(reply, &entry),
            None => reply.null(),
        }
    }
}

fn about_groups(ctx: &mut Ctx<'_>) -> Done {
    let key = ctx.key(2);
    let seen = ctx.read::<Stream>(&key)?.ok_or(Fault::NoSuchKey)?;
    let (stream, reply) = (seen.value, seen.reply);
    reply.array_len(stream.group_count());
    for (name, group) in stream.groups() {
        reply.map_len(6);
        reply.bulk(b"name");
        reply.bulk(name);
        reply.bulk(b"consumers");
        reply.integer(group.consumer_count() as i64);
        reply.bulk(b"pending");
        reply.integer(group.pending_len() as i64);
        position(reply, stream, group);
    }
    Ok(())
}

/// How far a group has read.
pub(super) fn position(reply: &mut Reply<'_>, stream: &Stream, group: &Group) {
    reply.bulk(b"last-delivered-id");
    ids::reply(reply, group.last_id());
    reply.bulk(b"entries-read");
    integer_or_null(reply, group.entries_read().map(u64::cast_signed));
    reply.bulk(b"lag");
    integer_or_null(reply, group.lag(stream.log()));
}

fn integer_or_null(reply: &mut Reply<'_>, number: Option<i64>) {
    match number {
        Some(number) => reply.integer(number),
        None => reply.null(),
    }
}

fn about_consumers(ctx: &mut Ctx<'_>) -> Done {
    let (args, now, key) = (ctx.args, ctx.now, ctx.key(2));
    let seen = ctx.read::<Stream>(&key)?.ok_or(Fault::NoSuchKey)?;
    let name = args.at(3);
    let group = seen.value.group(name).ok_or_else(|| no_group_for_key(key.bytes, name))?;
    let reply = seen.reply;
    reply.array_len(group.consumer_count());
    for (name, consumer) in group.consumers() {
        reply.map_len(4);
        reply.bulk(b"name");
        reply.bulk(name);
        reply.bulk(b"pending");
        reply.integer(consumer.pending_len() as i64);
        reply.bulk(b"idle");
        reply.integer(now.saturating_sub(consumer.seen()).max(0));
        reply.bulk(b"inactive");
        reply.integer(consumer.active().map_or(-1, |active| now.saturating_sub(active)));
    }
    Ok(())
}

/// XINFO HELP
pub fn xinfo_help(ctx: &mut Ctx<'_>) {
    help::reply(
        &mut ctx.reply,
        "XINFO",
        &[
            "CONSUMERS <key> <groupname>",
            "    Tell about the consumers of <groupname>.",
            "GROUPS <key>",
            "    Tell about the consumer groups of a stream.",
            "STREAM <key> [FULL [COUNT <count>]",
            "    Tell about a stream.",
        ],
    );
}
