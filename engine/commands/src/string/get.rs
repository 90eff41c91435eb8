//! Commands that read one string: GET, STRLEN, GETRANGE, SUBSTR; and GETEX, GETDEL and DELIFEQ, which then change
//! its expiry or remove it.

use super::options::{Command, Options};
use crate::event::Classes;
use crate::expiry::{self, Expiry};
use crate::text::Text;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::{IntText, parse_i64};
use std::ops::Range;

/// GET
#[inline]
pub fn get(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    match ctx.find(&key, Look::Read) {
        Some(place) => {
            let result = ctx.reply_text(&key, place);
            ctx.finish(result);
        }
        None => ctx.reply.null(),
    }
}

/// STRLEN
pub fn strlen(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let len = match ctx.find(&key, Look::Read) {
        Some(place) => ctx.text(&key, place).map(Text::len),
        None => Ok(0),
    };
    match len {
        Ok(len) => ctx.reply.integer(len as i64),
        Err(fault) => ctx.fail(fault),
    }
}

/// GETRANGE
pub fn getrange(ctx: &mut Ctx<'_>) {
    let result = reply_range(ctx);
    ctx.finish(result);
}

/// SUBSTR
pub fn substr(ctx: &mut Ctx<'_>) {
    getrange(ctx);
}

fn reply_range(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let start = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)?;
    let end = parse_i64(ctx.args.at(3)).ok_or(Fault::NotInteger)?;
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Read) else {
        ctx.reply.bulk(b"");
        return Ok(());
    };
    let (table, reply) = ctx.table_and_reply(&key);
    Text::of(table.at(place).into_value())?.with(|bytes| reply.bulk(&bytes[range(bytes.len(), start, end)]));
    Ok(())
}

/// The range that a first and a last index mean; negative ones count from the end.
fn range(len: usize, start: i64, end: i64) -> Range<usize> {
    if start < 0 && end < 0 && start > end {
        return 0..0;
    }
    let len = len as i64;
    let from_end = |index: i64| if index < 0 { (len + index).max(0) } else { index };
    let (start, end) = (from_end(start), from_end(end).min(len - 1));
    if start > end { 0..0 } else { start as usize..end as usize + 1 }
}

/// GETEX
pub fn getex(ctx: &mut Ctx<'_>) {
    let options = Options::parse(ctx.args, 2, Command::GetEx);
    let result = options.and_then(|options| get_and_expire(ctx, options.expiry));
    ctx.finish(result);
}

fn get_and_expire(ctx: &mut Ctx<'_>, said: Expiry) -> Result<(), Fault> {
    let deadline = said.deadline(ctx, "getex")?;
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Read) else {
        ctx.reply.null();
        return Ok(());
    };
    ctx.reply_text(&key, place)?;
    match deadline {
        Some(at) if expiry::is_past(ctx, at) => expiry::remove_overdue(ctx, &key, place),
        Some(at) => {
            ctx.set_expiry(&key, place, Some(at));
            ctx.changed(&key);
            ctx.notify(Classes::GENERIC, "expire", &key);
            ctx.effect(&[b"PEXPIREAT", key.bytes, IntText::signed(at).as_bytes()]);
        }
        None if said == Expiry::Persist && ctx.at(&key, place).expiry().is_some() => {
            ctx.set_expiry(&key, place, None);
            ctx.changed(&key);
            ctx.notify(Classes::GENERIC, "persist", &key);
            ctx.effect(&[b"PERSIST", key.bytes]);
        }
        None => {}
    }
    Ok(())
}

/// GETDEL
pub fn getdel(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Read) else { return ctx.reply.null() };
    match ctx.reply_text(&key, place) {
        Ok(()) => delete(ctx, &key, place),
        Err(fault) => ctx.fail(fault),
    }
}

/// DELIFEQ
pub fn delifeq(ctx: &mut Ctx<'_>) {
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Write) else { return ctx.reply.integer(0) };
    let wanted = ctx.args.at(2);
    match ctx.text(&key, place).map(|text| text.with(|bytes| bytes == wanted)) {
        Ok(equal) => {
            if equal {
                delete(ctx, &key, place);
            }
            ctx.reply.integer(i64::from(equal));
        }
        Err(fault) => ctx.fail(fault),
    }
}

fn delete(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) {
    ctx.remove(key, place, false);
    ctx.removed(key);
    ctx.notify(Classes::GENERIC, "del", key);
    ctx.effect(&[b"DEL", key.bytes]);
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_never_leave_the_string() {
        const ODD: [i64; 11] = [i64::MIN, i64::MIN + 1, -5, -4, -1, 0, 1, 3, 4, i64::MAX - 1, i64::MAX];
        for start in ODD {
            for end in ODD {
                for len in [0, 1, 4] {
                    let range = range(len, start, end);
                    assert!(range.start <= range.end && range.end <= len, "{len} {start} {end}");
                }
            }
        }
        assert_eq!((range(4, -3, -2), range(4, 1, 100), range(4, 3, 2)), (1..3, 1..4, 0..0));
    }
}
