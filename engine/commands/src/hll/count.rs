//! PFCOUNT.

use super::add::merge_in;
use super::{fault, find, open, see};
use crate::{Ctx, Fault, Look};
use ironkeep_values::hll::{self, Registers};

/// PFCOUNT
pub fn pfcount(ctx: &mut Ctx<'_>) {
    let result = if ctx.args.len() == 2 { count_one(ctx) } else { count_all(ctx) };
    let result = result.map(|count| ctx.reply.integer(count as i64));
    ctx.finish(result);
}

/// The count of one key, which is kept in its string until that changes. To keep it is a change that is logged.
fn count_one(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let key = ctx.key(1);
    let Some(place) = find(ctx, &key, Look::Read)? else { return Ok(0) };
    if let Some(count) = hll::cached_count(see(ctx, &key, place)) {
        return Ok(count);
    }
    let count = hll::count(see(ctx, &key, place)).map_err(fault)?;
    hll::cache_count(open(ctx, &key, place)?, count);
    ctx.changed(&key);
    Ok(count)
}

fn count_all(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let mut registers = Registers::default();
    for index in 1..ctx.args.len() {
        merge_in(ctx, index, &mut registers)?;
    }
    Ok(registers.count())
}
