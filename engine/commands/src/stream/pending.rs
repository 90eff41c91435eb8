//! XPENDING: what was delivered and not acknowledged.

use super::claim::existing_group;
use super::ids;
use super::stop::{Done, finish};
use crate::{Args, Ctx, Fault};
use ironkeep_values::stream::{Group, Id, Pending, Stream};
use ironkeep_wire::{Reply, parse_i64};

/// XPENDING
pub fn xpending(ctx: &mut Ctx<'_>) {
    let result = pending(ctx);
    finish(ctx, result);
}

/// Which pending entries are asked for.
struct Filter<'a> {
    min_idle: i64,
    low: Id,
    high: Id,
    count: u64,
    consumer: Option<&'a [u8]>,
}

impl<'a> Filter<'a> {
    fn parse(args: Args<'a>) -> Result<Self, Fault> {
        let (mut min_idle, mut at) = (0, 3);
        if args.is(3, "idle") {
            min_idle = parse_i64(args.at(4)).ok_or(Fault::NotInteger)?;
            if args.len() < 8 {
                return Err(Fault::Syntax);
            }
            at = 5;
        }
        let count = parse_i64(args.at(at + 2)).ok_or(Fault::NotInteger)?;
        let (low, high) = (ids::low(args.at(at))?, ids::high(args.at(at + 1))?);
        let consumer = (at + 3 < args.len()).then(|| args.at(at + 3));
        Ok(Self { min_idle, low, high, count: u64::try_from(count).unwrap_or(0), consumer })
    }
}

fn pending(ctx: &mut Ctx<'_>) -> Done {
    let (args, now) = (ctx.args, ctx.now);
    let filter = match args.len() {
        3 => None,
        6..=9 => Some(Filter::parse(args)?),
        _ => return Err(Fault::Syntax.into()),
    };
    let (key, place) = existing_group(ctx)?;
    let seen = ctx.see::<Stream>(&key, place)?;
    match (seen.value.group(args.at(2)), filter) {
        (Some(group), Some(filter)) => list(seen.reply, group, &filter, now),
        (Some(group), None) => summary(seen.reply, group),
        (None, _) => {}
    }
    Ok(())
}

fn summary(reply: &mut Reply<'_>, group: &Group) {
    reply.array_len(4);
    reply.integer(group.pending_len() as i64);
    let Some((first, last)) = group.pending_ends() else {
        reply.null();
        reply.null();
        return reply.null_array();
    };
    ids::reply(reply, first);
    ids::reply(reply, last);
    let busy = || group.consumers().filter(|(_, consumer)| consumer.pending_len() > 0);
    reply.array_len(busy().count());
    for (name, consumer) in busy() {
        reply.array_len(2);
        reply.bulk(name);
        reply.bulk_int(consumer.pending_len() as i64);
    }
}

fn list(reply: &mut Reply<'_>, group: &Group, filter: &Filter<'_>, now: i64) {
    let Some(name) = filter.consumer else {
        let all = group.pending_from(filter.low).map(|(id, pending)| (*id, pending));
        return entries(reply, all, filter, now);
    };
    match group.consumer(name) {
        Some((_, consumer)) => {
            let own = consumer.pending_from(filter.low);
            entries(reply, own.filter_map(|id| Some((id, group.pending(id)?))), filter, now);
        }
        None => reply.array_len(0),
    }
}

fn entries<'g>(
    reply: &mut Reply<'_>,
    entries: impl Iterator<Item = (Id, &'g Pending)>,
    filter: &Filter<'_>,
    now: i64,
) {
    let most = usize::try_from(filter.count).unwrap_or(usize::MAX);
    let idle = |pending: &Pending| now.saturating_sub(pending.time);
    let entries = entries
        .take_while(|(id, _)| *id <= filter.high)
        .filter(|(_, pending)| filter.min_idle == 0 || idle(pending) >= filter.min_idle)
        .take(most);
    let (place, mut count) = (reply.defer(), 0);
    for (id, pending) in entries {
        reply.array_len(4);
        ids::reply(reply, id);
        reply.bulk(pending.consumer());
        reply.integer(idle(pending).max(0));
        reply.integer(pending.count.cast_signed());
        count += 1;
    }
    reply.finish_array(place, count);
}
