//! BITCOUNT and BITPOS.

use crate::{Args, Ctx, Fault, Look};
use ironkeep_values::bits;
use ironkeep_wire::parse_i64;
use std::ops::Range;

/// The range that a client says, in bytes or in bits; negative indexes count from the end.
struct Said {
    start: i64,
    end: Option<i64>,
    in_bits: bool,
}

impl Said {
    const ALL: Self = Self { start: 0, end: None, in_bits: false };

    /// Reads `[start [end [BYTE | BIT]]]` from an argument on.
    fn parse(args: Args<'_>, from: usize) -> Result<Self, Fault> {
        let index = |at: usize| parse_i64(args.at(at)).ok_or(Fault::NotInteger);
        let given = args.len() - from;
        if given == 0 {
            return Ok(Self::ALL);
        }
        if given > 3 {
            return Err(Fault::Syntax);
        }
        let start = index(from)?;
        let in_bits = given == 3 && args.is(from + 2, "bit");
        if given == 3 && !in_bits && !args.is(from + 2, "byte") {
            return Err(Fault::Syntax);
        }
        let end = if given >= 2 { Some(index(from + 1)?) } else { None };
        Ok(Self { start, end, in_bits })
    }

    /// The bits that are meant in a string of so many bytes.
    fn bits(&self, len: usize) -> Range<u64> {
        let unit = if self.in_bits { 1 } else { 8 };
        let len = len as i64 * (8 / unit);
        let from_end = |index: i64| if index < 0 { (len + index).max(0) } else { index };
        let start = from_end(self.start);
        let end = self.end.map_or(len - 1, from_end).min(len - 1);
        if start > end { 0..0 } else { (start * unit) as u64..((end + 1) * unit) as u64 }
    }
}

/// BITCOUNT
pub fn bitcount(ctx: &mut Ctx<'_>) {
    match count(ctx) {
        Ok(count) => ctx.reply.integer(count as i64),
        Err(fault) => ctx.fail(fault),
    }
}

fn count(ctx: &mut Ctx<'_>) -> Result<u64, Fault> {
    let said = Said::parse(ctx.args, 2)?;
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Read) else { return Ok(0) };
    let text = ctx.text(&key, place)?;
    // Backwards is nothing, even where both ends are before the first byte and would be moved there.
    if said.end.is_some_and(|end| said.start < 0 && end < 0 && said.start > end) {
        return Ok(0);
    }
    Ok(text.with(|bytes| bits::count(bytes, said.bits(bytes.len()))))
}

/// BITPOS
pub fn bitpos(ctx: &mut Ctx<'_>) {
    match find(ctx) {
        Ok(at) => ctx.reply.integer(at),
        Err(fault) => ctx.fail(fault),
    }
}

fn find(ctx: &mut Ctx<'_>) -> Result<i64, Fault> {
    let set = match parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)? {
        0 => false,
        1 => true,
        _ => return Err(Fault::Other("ERR The bit argument must be 1 or 0.")),
    };
    let said = Said::parse(ctx.args, 3)?;
    let key = ctx.key(1);
    // No key is an endless string of zeros.
    let Some(place) = ctx.find(&key, Look::Read) else { return Ok(if set { -1 } else { 0 }) };
    Ok(ctx.text(&key, place)?.with(|bytes| {
        let within = said.bits(bytes.len());
        let past = within.end;
        match bits::find(bytes, set, within.clone()) {
            Some(at) => at as i64,
            // Zeros follow a string whose end was not said.
            None if !set && said.end.is_none() && !within.is_empty() => past as i64,
            None => -1,
        }
    }))
}
