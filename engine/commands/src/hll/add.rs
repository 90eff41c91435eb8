//! PFADD and PFMERGE.

use super::{create, fault, find, open, see};
use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hll::{self, Registers};

/// PFADD
pub fn pfadd(ctx: &mut Ctx<'_>) {
    let result = add(ctx).map(|changes| ctx.reply.integer(i64::from(changes > 0)));
    ctx.finish(result);
}

/// Gives how many changes there were, a new key included.
fn add(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let (key, elements, limit) = (ctx.key(1), ctx.args.iter().skip(2), ctx.rules.sizes.hll_sparse);
    let found = find(ctx, &key, Look::Write)?;
    let mut changes = u64::from(found.is_none());
    let place = found.unwrap_or_else(|| create(ctx, &key));
    let value = open(ctx, &key, place)?;
    for element in elements {
        match hll::add(value, element, limit) {
            Ok(is_change) => changes += u64::from(is_change),
            Err(error) => {
                if changes > 0 {
                    log_value(ctx, &key, place);
                }
                return Err(fault(error));
            }
        }
    }
    if changes > 0 {
        hll::invalidate(value);
        ctx.changed(&key);
        ctx.turn.dirty += changes - 1;
        ctx.notify(Classes::STRING, "pfadd", &key);
    }
    Ok(changes)
}

/// Elements that were added before the registers proved to be corrupt stay. The request failed, so it is what it left
/// behind that is logged.
#[cold]
fn log_value(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) {
    let value = see(ctx, key, place).to_vec();
    ctx.effect(&[b"SET", key.bytes, &value, b"KEEPTTL"]);
    ctx.changed(key);
}

/// PFMERGE
pub fn pfmerge(ctx: &mut Ctx<'_>) {
    let result = merge(ctx).map(|()| ctx.reply.ok());
    ctx.finish(result);
}

fn merge(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let mut registers = Registers::default();
    for index in 1..ctx.args.len() {
        merge_in(ctx, index, &mut registers)?;
    }
    let (key, limit) = (ctx.key(1), ctx.rules.sizes.hll_sparse);
    let place = ctx.find(&key, Look::Write).unwrap_or_else(|| create(ctx, &key));
    registers.store(open(ctx, &key, place)?, limit).map_err(fault)?;
    ctx.changed(&key);
    ctx.notify(Classes::STRING, "pfadd", &key);
    Ok(())
}

/// Merges what a key holds; no key counts as nothing.
pub(super) fn merge_in(ctx: &mut Ctx<'_>, index: usize, registers: &mut Registers) -> Result<(), Fault> {
    let key = ctx.key(index);
    match find(ctx, &key, Look::Read)? {
        Some(place) => registers.merge(see(ctx, &key, place)).map_err(fault),
        None => Ok(()),
    }
}
