//! EXISTS, TOUCH, TYPE, MEMORY USAGE: what leaves values alone.

use super::kind;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, Value};
use ironkeep_wire::parse_i64;

/// EXISTS
pub fn exists(ctx: &mut Ctx<'_>) {
    let keys = 1..ctx.args.len();
    let found = keys.filter(|&index| {
        let key = ctx.key(index);
        ctx.find(&key, Look::Peek).is_some()
    });
    let found = found.count();
    ctx.reply.integer(found as i64);
}

/// TOUCH
pub fn touch(ctx: &mut Ctx<'_>) {
    let mut touched = 0;
    for index in 1..ctx.args.len() {
        let key = ctx.key(index);
        if let Some(place) = ctx.find(&key, Look::Peek) {
            // Also for clients whose reads leave no trace.
            ctx.touch(&key, place);
            touched += 1;
        }
    }
    ctx.reply.integer(touched);
}

/// TYPE
pub fn type_(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let name = match ctx.find(&key, Look::Peek) {
        Some(place) => kind::name(ctx.at(&key, place).into_value()),
        None => "none",
    };
    ctx.reply.simple(name);
}

/// MEMORY USAGE
pub fn memory_usage(ctx: &mut Ctx<'_>) {
    let result = check_samples(ctx).map(|()| {
        let key = ctx.key(2);
        // Neither an access nor a look at the expiry, as in Valkey.
        match ctx.table(&key).find(key.hash, key.bytes) {
            Some(place) => {
                let size = size_of_entry(&ctx.at(&key, place));
                ctx.reply.integer(size as i64);
            }
            None => ctx.reply.null(),
        }
    });
    ctx.finish(result);
}

/// SAMPLES says how many members to look at. Sizes are kept here, not estimated, so the number only has to be one.
fn check_samples(ctx: &Ctx<'_>) -> Result<(), Fault> {
    let mut at = 3;
    while at < ctx.args.len() {
        if !ctx.args.is(at, "samples") || at + 1 == ctx.args.len() {
            return Err(Fault::Syntax);
        }
        if parse_i64(ctx.args.at(at + 1)).ok_or(Fault::NotInteger)? < 0 {
            return Err(Fault::Syntax);
        }
        at += 2;
    }
    Ok(())
}

/// Bytes that a key takes with its value. Its slot in the table is not among them, as in Valkey.
pub(crate) fn size_of_entry(entry: &Entry) -> usize {
    let outside = match entry.value() {
        Value::Object(object) => object.size(),
        Value::Bytes(_) | Value::Int(_) => 0,
    };
    entry.size() + outside
}
