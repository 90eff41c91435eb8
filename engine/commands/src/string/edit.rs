//! APPEND and SETRANGE.

use crate::event::Classes;
use crate::text::{Text, joined_len, stored};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_wire::parse_i64;

/// APPEND
pub fn append(ctx: &mut Ctx<'_>) {
    let result = append_to(ctx);
    reply_len(ctx, result);
}

fn reply_len(ctx: &mut Ctx<'_>, len: Result<usize, Fault>) {
    match len {
        Ok(len) => ctx.reply.integer(len as i64),
        Err(fault) => ctx.fail(fault),
    }
}

fn append_to(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let key = ctx.key(1);
    let tail = ctx.args.at(2);
    let Some(place) = ctx.find(&key, Look::Write) else {
        ctx.put(&key, None, stored(tail), None);
        ctx.changed(&key);
        ctx.notify(Classes::STRING, "append", &key);
        return Ok(tail.len());
    };
    let old = ctx.text(&key, place)?.len();
    let len = joined_len(ctx.rules, old, tail.len())?;
    write_at(ctx, &key, Some(place), old, tail)?;
    ctx.notify(Classes::STRING, "append", &key);
    Ok(len)
}

/// Writes inside of a string, which becomes long enough.
fn write_at(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Option<Place>,
    at: usize,
    new: &[u8],
) -> Result<usize, Fault> {
    let len = ctx.edit_text(key, place, at + new.len(), |bytes| {
        bytes[at..at + new.len()].copy_from_slice(new);
        bytes.len()
    })?;
    ctx.changed(key);
    Ok(len)
}

/// SETRANGE
pub fn setrange(ctx: &mut Ctx<'_>) {
    let result = set_range(ctx);
    reply_len(ctx, result);
}

fn set_range(ctx: &mut Ctx<'_>) -> Result<usize, Fault> {
    let offset = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)?;
    let offset = usize::try_from(offset).map_err(|_| Fault::Offset)?;
    let new = ctx.args.at(3);
    let key = ctx.key(1);
    let place = ctx.find(&key, Look::Write);
    let old = match place {
        Some(place) => ctx.text(&key, place).map(Text::len)?,
        None => 0,
    };
    if new.is_empty() {
        return Ok(old);
    }
    joined_len(ctx.rules, offset, new.len())?;
    let len = write_at(ctx, &key, place, offset, new)?;
    ctx.notify(Classes::STRING, "setrange", &key);
    Ok(len)
}
