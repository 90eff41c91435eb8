//! BITOP.

use crate::event::Classes;
use crate::text::{INLINE_MOST, TakenText};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, NewValue};
use ironkeep_keyspace::object::Object;
use ironkeep_values::bits::{self, Combine};

/// BITOP
pub fn bitop(ctx: &mut Ctx<'_>) {
    match operate(ctx) {
        Ok(len) => ctx.reply.integer(len as i64),
        Err(fault) => ctx.fail(fault),
    }
}

/// How to combine; nothing stands for NOT.
fn parse(ctx: &Ctx<'_>) -> Result<Option<Combine>, Fault> {
    for (word, how) in [("and", Combine::And), ("or", Combine::Or), ("xor", Combine::Xor)] {
        if ctx.args.is(1, word) {
            return Ok(Some(how));
        }
    }
    if !ctx.args.is(1, "not") {
        return Err(Fault::Syntax);
    }
    if ctx.args.len() != 4 {
        return Err(Fault::Other("ERR BITOP NOT must be called with a single source key."));
    }
    Ok(None)
}

fn operate(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let how = parse(ctx)?;
    let sources = (3..ctx.args.len()).map(|index| source(ctx, index)).collect::<Result<Vec<_>, _>>()?;
    let operands: Vec<&[u8]> = sources.iter().map(TakenText::bytes).collect();
    let result = match how {
        Some(how) => how.of(&operands),
        None => bits::invert(operands.first().copied().unwrap_or_default()),
    };
    let len = result.len();
    store(ctx, result);
    Ok(len)
}

/// The string at a key; no key counts as an empty one.
fn source(ctx: &mut Ctx<'_>, index: usize) -> Result<TakenText, Fault> {
    let key = ctx.key(index);
    match ctx.find(&key, Look::Read) {
        Some(place) => TakenText::of(ctx.at(&key, place).into_value()),
        None => Ok(TakenText::Copy(Vec::new())),
    }
}

/// Puts the result in the place of whatever the destination held.
fn store(ctx: &mut Ctx<'_>, result: Vec<u8>) {
    let key = ctx.key(2);
    let place = ctx.find(&key, Look::Write);
    if result.is_empty() {
        if let Some(place) = place {
            let lazy = ctx.rules.lazy_overwrite;
            ctx.remove(&key, place, lazy);
            ctx.removed(&key);
            ctx.notify(Classes::GENERIC, "del", &key);
        }
        return;
    }
    let access = ctx.rules.access.fresh();
    let entry = if result.len() > INLINE_MOST {
        Entry::new(key.bytes, NewValue::Object(Object::from_text(result)), None, access)
    } else {
        let mut entry = Entry::new(key.bytes, NewValue::Bytes(&result), None, access);
        entry.mark_raw();
        entry
    };
    ctx.put_entry(&key, place, entry);
    ctx.changed(&key);
    ctx.notify(Classes::STRING, "set", &key);
}
