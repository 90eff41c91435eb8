//! XAUTOCLAIM: what has been pending for long goes over to another consumer.

use super::claim::{Claimant, answer, existing_group, note};
use super::ids;
use super::log::Told;
use super::stop::{Done, finish};
use crate::{Args, Ctx, Fault};
use ironkeep_values::stream::{Id, Stream};
use ironkeep_wire::parse_i64;

const BAD_IDLE: Fault = Fault::Other("ERR Invalid min-idle-time argument for XAUTOCLAIM");
const BAD_COUNT: Fault = Fault::Other("ERR COUNT must be > 0");
/// Pending entries looked at for each one that is asked for.
const ATTEMPTS: u64 = 10;
const MOST: i64 = i64::MAX / 16;

/// XAUTOCLAIM
pub fn xautoclaim(ctx: &mut Ctx<'_>) {
    let result = auto_claim(ctx);
    finish(ctx, result);
}

struct Search {
    min_idle: i64,
    start: Id,
    count: u64,
    just_id: bool,
}

impl Search {
    fn parse(args: Args<'_>) -> Result<Self, Fault> {
        let min_idle = parse_i64(args.at(4)).ok_or(BAD_IDLE)?.max(0);
        let mut search = Self { min_idle, start: ids::low(args.at(5))?, count: 100, just_id: false };
        let mut at = 6;
        while at < args.len() {
            if args.is(at, "count") && at + 1 < args.len() {
                let count = parse_i64(args.at(at + 1)).filter(|count| (1..=MOST).contains(count));
                search.count = count.ok_or(BAD_COUNT)?.cast_unsigned();
                at += 1;
            } else if args.is(at, "justid") {
                search.just_id = true;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        Ok(search)
    }
}

fn auto_claim(ctx: &mut Ctx<'_>) -> Done {
    let (args, now) = (ctx.args, ctx.now);
    let search = Search::parse(args)?;
    let (key, place) = existing_group(ctx)?;
    let told = Told { key: key.bytes, group: args.at(2) };
    let open = ctx.open::<Stream>(&key, place)?;
    let (reply, effects) = (open.reply, &mut open.turn.effects);
    effects.replace_request();
    let done = open.value.change_group(told.group, |log, group| {
        let mut claimant = Claimant::new(group, args.at(3), now);
        let (mut next, mut left, mut attempts) = (Some(search.start), search.count, search.count * ATTEMPTS);
        let (mut claimed, mut deleted) = (Vec::new(), Vec::new());
        let mut room = [0; 41];
        while attempts > 0 && left > 0 {
            attempts -= 1;
            let Some((id, pending)) = first_from(&claimant, next) else { break };
            next = id.next();
            let outcome = if log.get(id).is_none() {
                deleted.push(id);
                claimant.forget(id, &pending)
            } else if claimant.is_fresh(&pending, search.min_idle) {
                continue;
            } else {
                claimed.push(id);
                claimant.take(id, now, pending.count.wrapping_add(u64::from(!search.just_id)))
            };
            outcome.log(told, effects, id.text(&mut room), claimant.group.last_id());
            claimant.changes += 1;
            left -= 1;
        }
        reply.array_len(3);
        ids::reply(reply, first_from(&claimant, next).map_or(Id::MIN, |(id, _)| id));
        reply.array_len(claimed.len());
        claimed.into_iter().for_each(|id| answer(reply, log, id, search.just_id));
        reply.array_len(deleted.len());
        deleted.into_iter().for_each(|id| ids::reply(reply, id));
        (claimant.created, claimant.changes)
    });
    note(ctx, &key, done.unwrap_or_default());
    Ok(())
}

/// The first pending entry from an id on.
fn first_from(claimant: &Claimant<'_>, from: Option<Id>) -> Option<(Id, ironkeep_values::stream::Pending)> {
    let (id, pending) = claimant.group.pending_from(from?).next()?;
    Some((*id, pending.clone()))
}
