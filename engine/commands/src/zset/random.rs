//! ZRANDMEMBER.

use super::result::{header, member, name};
use crate::{Ctx, Fault};
use ironkeep_values::lots;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::parse_i64;

const NO_RANGE: Fault = Fault::Other(
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
);
const OUT_OF_RANGE: Fault = Fault::Other("ERR value is out of range");

/// ZRANDMEMBER
pub fn zrandmember(ctx: &mut Ctx<'_>) {
    let result = if ctx.args.len() > 2 { some(ctx) } else { one(ctx) };
    ctx.finish(result);
}

fn one(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let key = ctx.key(1);
    let Some(seen) = ctx.read::<ZSet>(&key)? else {
        ctx.reply.null();
        return Ok(());
    };
    match seen.value.at(lots::below(seen.value.len(), &mut || seen.turn.random())) {
        Some((item, _)) => name(seen.reply, item),
        None => seen.reply.null(),
    }
    Ok(())
}

/// How many, negative if one may be drawn several times, and whether with their scores.
fn parse(ctx: &Ctx<'_>) -> Result<(i64, bool), Fault> {
    let args = ctx.args;
    let count = parse_i64(args.at(2)).ok_or(Fault::NotInteger)?;
    if count == i64::MIN {
        return Err(NO_RANGE);
    }
    match args.len() {
        3 => Ok((count, false)),
        4 if args.is(3, "withscores") => {
            if count.unsigned_abs() > i64::MAX as u64 / 2 {
                Err(OUT_OF_RANGE)
            } else {
                Ok((count, true))
            }
        }
        _ => Err(Fault::Syntax),
    }
}

fn some(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (count, with_scores) = parse(ctx)?;
    let (key, longest) = (ctx.key(1), ctx.rules.longest_reply);
    let Some(seen) = ctx.read::<ZSet>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let (set, len, draws) = (seen.value, seen.value.len(), count.unsigned_abs());
    if count < 0 || draws == 1 {
        let start = seen.reply.position();
        header(seen.reply, usize::try_from(draws).unwrap_or(usize::MAX), with_scores);
        for _ in 0..draws {
            if let Some((item, score)) = set.at(lots::below(len, &mut || seen.turn.random())) {
                member(seen.reply, item, score, with_scores);
            }
            if longest.is_exceeded(seen.reply, start) {
                return longest.give_up(seen.reply, start, seen.turn);
            }
        }
        return Ok(());
    }
    let draws = usize::try_from(draws).unwrap_or(usize::MAX).min(len);
    header(seen.reply, draws, with_scores);
    if draws == len {
        set.iter().rev().for_each(|(item, score)| member(seen.reply, item, score, with_scores));
        return Ok(());
    }
    for rank in lots::distinct(draws, len, &mut || seen.turn.random()) {
        if let Some((item, score)) = set.at(rank) {
            member(seen.reply, item, score, with_scores);
        }
    }
    Ok(())
}
