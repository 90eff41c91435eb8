//! GETBIT and SETBIT.

use crate::event::Classes;
use crate::text::Text;
use crate::{Ctx, Fault, Look, Rules};
use ironkeep_wire::parse_i64;

/// Reads the offset of a bit. After `#` it counts fields of so many bits, where that is allowed.
pub(super) fn parse_offset(rules: &Rules, text: &[u8], field: Option<u32>) -> Result<u64, Fault> {
    let offset = match (text, field) {
        ([b'#', number @ ..], Some(width)) => {
            parse_i64(number).and_then(|number| number.checked_mul(i64::from(width)))
        }
        _ => parse_i64(text),
    };
    let offset = offset.and_then(|offset| u64::try_from(offset).ok()).ok_or(Fault::BitOffset)?;
    if offset / 8 < rules.max_string as u64 { Ok(offset) } else { Err(Fault::BitOffset) }
}

/// The bit of a byte, counted from its highest.
fn mask(offset: u64) -> u8 {
    0x80 >> (offset % 8)
}

/// GETBIT
pub fn getbit(ctx: &mut Ctx<'_>) {
    match get(ctx) {
        Ok(bit) => ctx.reply.integer(i64::from(bit)),
        Err(fault) => ctx.fail(fault),
    }
}

fn get(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let offset = parse_offset(ctx.rules, ctx.args.at(2), None)?;
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Read) else { return Ok(false) };
    let byte = ctx.text(&key, place)?.with(|bytes| bytes.get((offset / 8) as usize).copied());
    Ok(byte.unwrap_or(0) & mask(offset) != 0)
}

/// SETBIT
pub fn setbit(ctx: &mut Ctx<'_>) {
    match set(ctx) {
        Ok(before) => ctx.reply.integer(i64::from(before)),
        Err(fault) => ctx.fail(fault),
    }
}

fn set(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let offset = parse_offset(ctx.rules, ctx.args.at(2), None)?;
    let on = match parse_i64(ctx.args.at(3)) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(Fault::BitValue),
    };
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let old_len = match place {
        Some(place) => ctx.text(&key, place).map(Text::len)?,
        None => 0,
    };
    let at = (offset / 8) as usize;
    let before = ctx.edit_text(&key, place, at + 1, |bytes| {
        let before = bytes[at] & mask(offset) != 0;
        bytes[at] = if on { bytes[at] | mask(offset) } else { bytes[at] & !mask(offset) };
        before
    })?;
    if before != on || old_len <= at {
        ctx.changed(&key);
        ctx.notify(Classes::STRING, "setbit", &key);
    }
    Ok(before)
}
