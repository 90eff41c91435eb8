//! XDEL and XSETID.

use super::ids;
use crate::event::Classes;
use crate::{Args, Ctx, Fault, Look};
use ironkeep_values::stream::{Id, Stream};
use ironkeep_wire::parse_i64;

const NEGATIVE_ADDED: Fault = Fault::Other("ERR entries_added must be positive");
const BELOW_GIVEN: Fault =
    Fault::Other("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
const BELOW_DELETED: Fault =
    Fault::Other("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
const BELOW_TOP: Fault =
    Fault::Other("ERR The ID specified in XSETID is smaller than the target stream top item");
const TOO_FEW: Fault =
    Fault::Other("ERR The entries_added specified in XSETID is smaller than the target stream length");

/// XDEL
pub fn xdel(ctx: &mut Ctx<'_>) {
    let result = delete(ctx);
    ctx.finish(result);
}

fn delete(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let args = ctx.args;
    let key = ctx.key(1);
    let Some(place) = ctx.find_as::<Stream>(&key, Look::Write)? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    args.iter().skip(2).try_for_each(|text| ids::strict(text).map(drop))?;
    let log = ctx.open::<Stream>(&key, place)?.value.log_mut();
    let given = args.iter().skip(2).filter_map(|text| Id::parse(text, 0));
    let deleted = given.filter(|id| log.delete(*id)).count() as u64;
    if deleted > 0 {
        ctx.changed(&key);
        ctx.turn.dirty += deleted - 1;
        ctx.notify(Classes::STREAM, "xdel", &key);
    }
    ctx.reply.integer(deleted.cast_signed());
    Ok(())
}

/// XSETID
pub fn xsetid(ctx: &mut Ctx<'_>) {
    let result = set_id(ctx);
    ctx.finish(result);
}

/// What XSETID sets.
struct Facts {
    last: Id,
    added: Option<u64>,
    deleted: Id,
}

impl Facts {
    fn parse(args: Args<'_>) -> Result<Self, Fault> {
        let mut facts = Self { last: ids::strict(args.at(2))?, added: None, deleted: Id::MIN };
        let mut at = 3;
        while at < args.len() {
            let has_value = at + 1 < args.len();
            if has_value && args.is(at, "entriesadded") {
                let added = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
                facts.added = Some(u64::try_from(added).map_err(|_| NEGATIVE_ADDED)?);
            } else if has_value && args.is(at, "maxdeletedid") {
                facts.deleted = ids::strict(args.at(at + 1))?;
                if facts.last < facts.deleted {
                    return Err(BELOW_GIVEN);
                }
            } else {
                return Err(Fault::Syntax);
            }
            at += 2;
        }
        Ok(facts)
    }
}

fn set_id(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let facts = Facts::parse(ctx.args)?;
    let key = ctx.key(1);
    let place = ctx.find_as::<Stream>(&key, Look::Write)?.ok_or(Fault::NoSuchKey)?;
    let log = ctx.open::<Stream>(&key, place)?.value.log_mut();
    if facts.last < log.facts().max_deleted_id {
        return Err(BELOW_DELETED);
    }
    if log.top_id().is_some_and(|top| facts.last < top) {
        return Err(BELOW_TOP);
    }
    if facts.added.is_some_and(|added| added < log.len()) {
        return Err(TOO_FEW);
    }
    log.set_last_id(facts.last);
    if let Some(added) = facts.added {
        log.set_entries_added(added);
    }
    if facts.deleted != Id::MIN {
        log.set_max_deleted_id(facts.deleted);
    }
    // Valkey sees no change of the key in it: those who watch it are not told.
    ctx.turn.dirty += 1;
    ctx.notify(Classes::STREAM, "xsetid", &key);
    ctx.reply.ok();
    Ok(())
}
