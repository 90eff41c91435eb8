//! SPOP and SRANDMEMBER: members by chance.
//!
//! What chance chose goes into the log by name.

use super::{reply_item, reply_set};
use crate::event::Classes;
use crate::rules::LongestReply;
use crate::typed::{Open, Seen};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hash::Hasher;
use ironkeep_values::packed::Item;
use ironkeep_values::set::{Limits, Set};
use ironkeep_wire::parse_i64;

const NOT_POSITIVE: Fault = Fault::Other("ERR value is out of range, must be positive");
const OUT_OF_RANGE: Fault = Fault::Other(
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
);

/// Members of one SREM in the log, at most.
const LOGGED_AT_ONCE: usize = 1024;
/// When so many times the members that stay are no more than those that go, the ones that stay are drawn.
const FEW_STAY: usize = 5;

/// SPOP
pub fn spop(ctx: &mut Ctx<'_>) {
    let result = match ctx.args.len() {
        2 => pop_one(ctx),
        3 => pop_many(ctx),
        _ => Err(Fault::Syntax),
    };
    ctx.finish(result);
}

fn pop_one(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, hasher) = (ctx.key(1), ctx.space.hasher());
    let Some(place) = ctx.find(&key, Look::Write) else {
        ctx.reply.null();
        return Ok(());
    };
    let Open { value, turn, reply } = ctx.open::<Set>(&key, place)?;
    let member = value.pop(hasher, &mut || turn.random()).unwrap_or_default();
    reply.bulk(&member);
    ctx.notify(Classes::SET, "spop", &key);
    ctx.effect(&[b"SREM", key.bytes, &member]);
    if ctx.remove_if_spent::<Set>(&key, place) {
        ctx.removed(&key);
    } else {
        ctx.changed(&key);
    }
    Ok(())
}

fn pop_many(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let count =
        parse_i64(ctx.args.at(2)).and_then(|count| usize::try_from(count).ok()).ok_or(NOT_POSITIVE)?;
    let key = ctx.key(1);
    let Some(place) = ctx.find_as::<Set>(&key, Look::Write)? else {
        ctx.reply.set_len(0);
        return Ok(());
    };
    if count == 0 {
        ctx.reply.set_len(0);
        return Ok(());
    }
    if count >= ctx.see::<Set>(&key, place)?.value.len() {
        return pop_all(ctx, &key, place);
    }
    let (limits, hasher) = (&ctx.rules.sizes.set, ctx.space.hasher());
    let Open { value, turn, reply } = ctx.open::<Set>(&key, place)?;
    let members = draw(value, count, limits, hasher, &mut || turn.random());
    reply.set_len(members.len());
    members.iter().for_each(|member| reply.bulk(member));
    ctx.notify(Classes::SET, "spop", &key);
    log_removal(ctx, &key, &members);
    ctx.changed(&key);
    ctx.turn.dirty += members.len() as u64 - 1;
    Ok(())
}

/// The whole set goes.
fn pop_all(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) -> Result<(), Fault> {
    let Seen { value, reply, .. } = ctx.see::<Set>(key, place)?;
    let len = value.len() as u64;
    reply_set(reply, value);
    ctx.notify(Classes::SET, "spop", key);
    let lazy = ctx.rules.lazy_overwrite;
    ctx.remove(key, place, lazy);
    ctx.notify(Classes::GENERIC, "del", key);
    ctx.effect(&[if lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
    ctx.removed(key);
    ctx.turn.dirty += len - 1;
    Ok(())
}

/// Takes so many members out, fewer than there are.
fn draw(
    set: &mut Set,
    count: usize,
    limits: &Limits,
    hasher: &Hasher,
    random: &mut dyn FnMut() -> u64,
) -> Vec<Vec<u8>> {
    let stay = set.len() - count;
    if stay.saturating_mul(FEW_STAY) > count {
        let members: Vec<Vec<u8>> = set.sample(count, random).iter().map(Item::to_vec).collect();
        members.iter().for_each(|member| {
            set.remove(member, hasher);
        });
        return members;
    }
    let mut kept = set.small_like();
    for item in set.sample(stay, random) {
        kept.add_item(&item, limits, hasher);
    }
    let gone = set.iter().filter(|item| !kept.has(item, hasher)).map(|item| item.to_vec()).collect();
    *set = kept;
    gone
}

fn log_removal(ctx: &mut Ctx<'_>, key: &Key<'_>, members: &[Vec<u8>]) {
    if !ctx.turn.effects.wanted {
        return;
    }
    for some in members.chunks(LOGGED_AT_ONCE) {
        let mut words: Vec<&[u8]> = vec![b"SREM", key.bytes];
        words.extend(some.iter().map(Vec::as_slice));
        ctx.effect(&words);
    }
}

/// SRANDMEMBER
pub fn srandmember(ctx: &mut Ctx<'_>) {
    let result = match ctx.args.len() {
        2 => show_one(ctx),
        3 => show_many(ctx),
        _ => Err(Fault::Syntax),
    };
    ctx.finish(result);
}

fn show_one(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let key = ctx.key(1);
    let Some(Seen { value, reply, turn }) = ctx.read::<Set>(&key)? else {
        ctx.reply.null();
        return Ok(());
    };
    match value.random(&mut || turn.random()) {
        Some(item) => reply_item(reply, item),
        None => reply.null(),
    }
    Ok(())
}

fn show_many(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let count = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)?;
    if count == i64::MIN {
        return Err(OUT_OF_RANGE);
    }
    let (key, longest) = (ctx.key(1), ctx.rules.longest_reply);
    let Some(seen) = ctx.read::<Set>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let number = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count < 0 {
        return show_any(seen, number, longest);
    }
    let Seen { value, reply, turn } = seen;
    reply.array_len(number.min(value.len()));
    if number >= value.len() {
        value.iter().for_each(|item| reply_item(reply, item));
    } else {
        value.sample(number, &mut || turn.random()).into_iter().for_each(|item| reply_item(reply, item));
    }
    Ok(())
}

/// So many lots, each among all members.
fn show_any(seen: Seen<'_, '_, Set>, count: usize, longest: LongestReply) -> Result<(), Fault> {
    let Seen { value, reply, turn } = seen;
    let start = reply.position();
    reply.array_len(count);
    for _ in 0..count {
        if let Some(item) = value.random(&mut || turn.random()) {
            reply_item(reply, item);
        }
        if longest.is_exceeded(reply, start) {
            return longest.give_up(reply, start, turn);
        }
    }
    Ok(())
}
