//! BITFIELD and BITFIELD_RO.

use super::bit::parse_offset;
use crate::event::Classes;
use crate::text::Text;
use crate::{Ctx, Fault, Look};
use ironkeep_values::bitfield::{Kind, Overflow};
use ironkeep_wire::parse_i64;

const NO_KIND: Fault = Fault::Other(
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);
const NO_OVERFLOW: Fault = Fault::Other("ERR Invalid OVERFLOW type specified");
const READ_ONLY: Fault = Fault::Other("ERR BITFIELD_RO only supports the GET subcommand");

/// What an operation does to its field.
#[derive(Clone, Copy)]
enum Change {
    None,
    Set(i64),
    Add(i64),
}

/// One operation on one field.
struct Operation {
    kind: Kind,
    at: u64,
    change: Change,
    overflow: Overflow,
}

/// BITFIELD
pub fn bitfield(ctx: &mut Ctx<'_>) {
    run(ctx, false);
}

/// BITFIELD_RO
pub fn bitfield_ro(ctx: &mut Ctx<'_>) {
    run(ctx, true);
}

fn run(ctx: &mut Ctx<'_>, read_only: bool) {
    match parse(ctx).and_then(|operations| operate(ctx, &operations, read_only)) {
        Ok(results) => reply(ctx, &results),
        Err(fault) => ctx.fail(fault),
    }
}

fn reply(ctx: &mut Ctx<'_>, results: &[Option<i64>]) {
    ctx.reply.array_len(results.len());
    for result in results {
        match result {
            Some(number) => ctx.reply.integer(*number),
            None => ctx.reply.null(),
        }
    }
}

fn parse(ctx: &Ctx<'_>) -> Result<Vec<Operation>, Fault> {
    let args = ctx.args;
    let mut operations = Vec::new();
    let mut overflow = Overflow::Wrap;
    let mut at = 2;
    while at < args.len() {
        let left = args.len() - at - 1;
        if args.is(at, "overflow") && left >= 1 {
            overflow = parse_overflow(args.at(at + 1))?;
            at += 2;
        } else if args.is(at, "get") && left >= 2 {
            operations.push(parse_operation(ctx, at, |_| Ok(Change::None), overflow)?);
            at += 3;
        } else if args.is(at, "set") && left >= 3 {
            operations.push(parse_operation(ctx, at, |by| parse_change(by, Change::Set), overflow)?);
            at += 4;
        } else if args.is(at, "incrby") && left >= 3 {
            operations.push(parse_operation(ctx, at, |by| parse_change(by, Change::Add), overflow)?);
            at += 4;
        } else {
            return Err(Fault::Syntax);
        }
    }
    Ok(operations)
}

fn parse_overflow(word: &[u8]) -> Result<Overflow, Fault> {
    let known: [(&[u8], Overflow); 3] =
        [(b"wrap", Overflow::Wrap), (b"sat", Overflow::Saturate), (b"fail", Overflow::Fail)];
    known
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name))
        .map(|(_, overflow)| *overflow)
        .ok_or(NO_OVERFLOW)
}

fn parse_change(text: &[u8], change: fn(i64) -> Change) -> Result<Change, Fault> {
    parse_i64(text).map(change).ok_or(Fault::NotInteger)
}

fn parse_operation(
    ctx: &Ctx<'_>,
    at: usize,
    change: impl FnOnce(&[u8]) -> Result<Change, Fault>,
    overflow: Overflow,
) -> Result<Operation, Fault> {
    let kind = parse_kind(ctx.args.at(at + 1))?;
    let offset = parse_offset(ctx.rules, ctx.args.at(at + 2), Some(kind.width()))?;
    Ok(Operation { kind, at: offset, change: change(ctx.args.at(at + 3))?, overflow })
}

fn parse_kind(text: &[u8]) -> Result<Kind, Fault> {
    let (signed, width) = match text {
        [b'i', width @ ..] => (true, width),
        [b'u', width @ ..] => (false, width),
        _ => return Err(NO_KIND),
    };
    parse_i64(width).and_then(|width| Kind::new(signed, width)).ok_or(NO_KIND)
}

/// Does all of it and gives the results.
fn operate(ctx: &mut Ctx<'_>, operations: &[Operation], read_only: bool) -> Result<Vec<Option<i64>>, Fault> {
    let writes = operations.iter().filter(|operation| !matches!(operation.change, Change::None));
    let Some(last) = writes.map(|write| write.at + u64::from(write.kind.width()) - 1).max() else {
        return read(ctx, operations);
    };
    if read_only {
        return Err(READ_ONLY);
    }
    write(ctx, operations, (last / 8) as usize + 1)
}

fn read(ctx: &mut Ctx<'_>, operations: &[Operation]) -> Result<Vec<Option<i64>>, Fault> {
    let key = ctx.key(1);
    let text = match ctx.find(&key, Look::Read) {
        Some(place) => ctx.text(&key, place)?,
        None => Text::Bytes(b""),
    };
    Ok(text.with(|bytes| operations.iter().map(|o| Some(o.kind.read(bytes, o.at))).collect()))
}

fn write(ctx: &mut Ctx<'_>, operations: &[Operation], len: usize) -> Result<Vec<Option<i64>>, Fault> {
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let old_len = match place {
        Some(place) => ctx.text(&key, place).map(Text::len)?,
        None => 0,
    };
    let grows = old_len < len;
    let mut changes = 0;
    let results = ctx.edit_text(&key, place, len, |bytes| {
        operations.iter().map(|operation| operation.run(bytes, grows, &mut changes)).collect()
    })?;
    if changes > 0 {
        ctx.changed(&key);
        ctx.notify(Classes::STRING, "setbit", &key);
        ctx.turn.dirty += changes - 1;
    } else if grows {
        // Nothing fitted: to those who watch the key this is no change, but it must become longer elsewhere too.
        ctx.turn.dirty += 1;
    }
    Ok(results)
}

impl Operation {
    /// Gives the old number for SET, the new one for INCRBY, nothing when it does not fit and must not be changed.
    fn run(&self, bytes: &mut [u8], grows: bool, changes: &mut u64) -> Option<i64> {
        let old = self.kind.read(bytes, self.at);
        let wanted = match self.change {
            Change::None => return Some(old),
            Change::Set(number) => self.kind.meant(number),
            Change::Add(by) => i128::from(old) + i128::from(by),
        };
        let new = self.kind.fit(wanted, self.overflow)?;
        self.kind.write(bytes, self.at, new);
        *changes += u64::from(grows || new != old);
        Some(if matches!(self.change, Change::Set(_)) { old } else { new })
    }
}
