//! XACK.

use super::ids;
use crate::{Ctx, Fault, Look};
use ironkeep_values::stream::{Id, Stream};

/// XACK
pub fn xack(ctx: &mut Ctx<'_>) {
    let result = acknowledge(ctx);
    ctx.finish(result);
}

fn acknowledge(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let args = ctx.args;
    let (key, group) = (ctx.key(1), args.at(2));
    let place = ctx.find_as::<Stream>(&key, Look::Read)?;
    let place = match place {
        Some(place) if ctx.see::<Stream>(&key, place)?.value.group(group).is_some() => place,
        _ => {
            ctx.reply.integer(0);
            return Ok(());
        }
    };
    args.iter().skip(3).try_for_each(|text| ids::strict(text).map(drop))?;
    let given = args.iter().skip(3).filter_map(|text| Id::parse(text, 0));
    let stream = ctx.open::<Stream>(&key, place)?.value;
    let acknowledged =
        stream.change_group(group, |_, group| given.filter(|id| group.acknowledge(*id)).count() as u64);
    let acknowledged = acknowledged.unwrap_or(0);
    ctx.turn.dirty += acknowledged;
    ctx.reply.integer(acknowledged.cast_signed());
    Ok(())
}
