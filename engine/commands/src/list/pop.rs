//! LPOP, RPOP, LMPOP.

use super::{End, count, reply_item, taken};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::list::List;
use ironkeep_wire::IntText;
use std::ops::Range;

/// LPOP
pub fn lpop(ctx: &mut Ctx<'_>) {
    let result = pop(ctx, End::Left, "lpop");
    ctx.finish(result);
}

/// RPOP
pub fn rpop(ctx: &mut Ctx<'_>) {
    let result = pop(ctx, End::Right, "rpop");
    ctx.finish(result);
}

/// LMPOP
pub fn lmpop(ctx: &mut Ctx<'_>) {
    let result = pop_from_first(ctx);
    ctx.finish(result);
}

fn pop(ctx: &mut Ctx<'_>, end: End, command: &'static str) -> Result<(), Fault> {
    let most = match ctx.args.len() {
        2 => None,
        3 => Some(count(ctx.args.at(2), 0, "ERR value is out of range, must be positive")?),
        _ => return Err(Fault::Arity(command)),
    };
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Write) else {
        match most {
            Some(_) => ctx.reply.null_array(),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    match most {
        None => pop_one(ctx, &key, place, end),
        Some(most) => pop_many(ctx, &key, place, end, most).map(|_| ()),
    }
}

/// Pops an element of a list that has some into the reply.
pub(super) fn pop_one(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place, end: End) -> Result<(), Fault> {
    let open = ctx.open::<List>(key, place)?;
    end.pop(open.value, |item| reply_item(item, open.reply));
    taken(ctx, key, place, 1, end.popped())
}

/// Pops elements of a list that has some, all in an array of the reply; says how many.
pub(super) fn pop_many(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Place,
    end: End,
    most: usize,
) -> Result<usize, Fault> {
    let open = ctx.open::<List>(key, place)?;
    let count = most.min(open.value.len());
    if count == 0 {
        open.reply.array_len(0);
        return Ok(0);
    }
    end.reply_first(open.value, count, open.reply);
    let removed = end.cut(open.value, count);
    ctx.discard_elements(removed);
    taken(ctx, key, place, count, end.popped())?;
    Ok(count)
}

/// What LMPOP and BLMPOP are told.
#[derive(Clone)]
pub(super) struct Request {
    /// The places of the keys among the arguments.
    pub keys: Range<usize>,
    pub end: End,
    pub most: usize,
}

impl Request {
    /// Reads the number of keys at `at` and all that follows.
    pub fn parse(ctx: &Ctx<'_>, at: usize) -> Result<Self, Fault> {
        let args = ctx.args;
        let keys = count(args.at(at), 1, "ERR numkeys should be greater than 0")?;
        let end_at = at.saturating_add(keys).saturating_add(1);
        if end_at >= args.len() {
            return Err(Fault::Syntax);
        }
        let end = End::parse(args.at(end_at))?;
        let (mut most, mut at_option) = (None, end_at + 1);
        while at_option < args.len() {
            if most.is_some() || !args.is(at_option, "count") || at_option + 1 == args.len() {
                return Err(Fault::Syntax);
            }
            most = Some(count(args.at(at_option + 1), 1, "ERR count should be greater than 0")?);
            at_option += 2;
        }
        Ok(Self { keys: at + 1..end_at, end, most: most.unwrap_or(1) })
    }

    /// Pops from the first of the keys that there is, with its name in the reply; says whether there was one.
    pub fn pop(&self, ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
        let Some((key, place)) = first_list(ctx, self.keys.clone())? else { return Ok(false) };
        ctx.reply.array_len(2);
        ctx.reply.bulk(key.bytes);
        let count = pop_many(ctx, &key, place, self.end, self.most)?;
        let count = IntText::signed(count as i64);
        ctx.effect(&[self.end.pop_command(), key.bytes, count.as_bytes()]);
        Ok(true)
    }
}

fn pop_from_first(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    if !Request::parse(ctx, 1)?.pop(ctx)? {
        ctx.reply.null_array();
    }
    Ok(())
}

/// The first of some keys that there is; it must be a list.
pub(super) fn first_list<'a>(
    ctx: &mut Ctx<'a>,
    keys: Range<usize>,
) -> Result<Option<(Key<'a>, Place)>, Fault> {
    for at in keys {
        let key = ctx.key(at);
        if let Some(place) = ctx.find_as::<List>(&key, Look::Write)? {
            return Ok(Some((key, place)));
        }
    }
    Ok(None)
}
