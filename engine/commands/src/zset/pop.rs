//! ZPOPMIN, ZPOPMAX, ZMPOP, and BZPOPMIN, BZPOPMAX, BZMPOP, which wait.

use super::result::{name, taken};
use crate::timeout::deadline;
use crate::turn::Wait;
use crate::typed::holds;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::packed::Item;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::{IntText, Reply, parse_i64};
use std::ops::Range;

const NO_KEYS: Fault = Fault::Other("ERR numkeys should be greater than 0");
const NO_COUNT: Fault = Fault::Other("ERR count should be greater than 0");
const NEGATIVE: Fault = Fault::Other("ERR value is out of range, must be positive");

/// The end from which members are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Lowest,
    Highest,
}

impl End {
    fn event(self) -> &'static str {
        match self {
            Self::Lowest => "zpopmin",
            Self::Highest => "zpopmax",
        }
    }

    /// The command that does the same without waiting, for the log.
    fn command(self) -> &'static [u8] {
        match self {
            Self::Lowest => b"ZPOPMIN",
            Self::Highest => b"ZPOPMAX",
        }
    }
}

/// How the members are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One after the other.
    Flat,
    /// As pairs.
    Pairs,
    /// Behind the key.
    KeyFlat,
    /// The key, then pairs.
    KeyPairs,
}

impl Form {
    fn begin(self, reply: &mut Reply<'_>, key: &[u8], len: usize) {
        match self {
            Self::Flat => reply.array_len(len * 2),
            Self::Pairs => reply.array_len(len),
            Self::KeyFlat => {
                reply.array_len(len * 2 + 1);
                reply.bulk(key);
            }
            Self::KeyPairs => {
                reply.array_len(2);
                reply.bulk(key);
                reply.array_len(len);
            }
        }
    }

    fn member(self, reply: &mut Reply<'_>, item: Item<'_>, score: f64) {
        if matches!(self, Self::Pairs | Self::KeyPairs) {
            reply.array_len(2);
        }
        name(reply, item);
        reply.double(score);
    }
}

/// Takes up to `count` members, at least one, out of the set at a place, and replies. Gives how many there were.
fn pop(
    ctx: &mut Ctx<'_>,
    (key, place): (&Key<'_>, Place),
    (end, count): (End, usize),
    form: Form,
) -> Result<usize, Fault> {
    let hasher = ctx.space.hasher();
    let open = ctx.open::<ZSet>(key, place)?;
    let len = open.value.len();
    let count = count.min(len);
    form.begin(open.reply, key.bytes, count);
    match end {
        End::Lowest => open.value.remove_range(0..count, hasher, |member, score| {
            form.member(open.reply, Item::Bytes(member), score);
        }),
        End::Highest if count == 1 => open.value.remove_range(len - 1..len, hasher, |member, score| {
            form.member(open.reply, Item::Bytes(member), score);
        }),
        End::Highest => {
            let members = open.value.range(len - count..len).rev();
            members.for_each(|(item, score)| form.member(open.reply, item, score));
            open.value.remove_range(len - count..len, hasher, |_, _| ());
        }
    }
    taken(ctx, key, place, count, end.event());
    Ok(count)
}

/// ZPOPMIN
pub fn zpopmin(ctx: &mut Ctx<'_>) {
    let result = pop_one_key(ctx, End::Lowest);
    ctx.finish(result);
}

/// ZPOPMAX
pub fn zpopmax(ctx: &mut Ctx<'_>) {
    let result = pop_one_key(ctx, End::Highest);
    ctx.finish(result);
}

fn pop_one_key(ctx: &mut Ctx<'_>, end: End) -> Result<(), Fault> {
    let (count, form) = match ctx.args.len() {
        ..=2 => (1, Form::Flat),
        3 => {
            let count = parse_i64(ctx.args.at(2)).ok_or(NEGATIVE)?;
            let form = if ctx.reply.is_resp3() { Form::Pairs } else { Form::Flat };
            (usize::try_from(count).map_err(|_| NEGATIVE)?, form)
        }
        _ => return Err(Fault::Syntax),
    };
    let key = ctx.key(1);
    match ctx.find_as::<ZSet>(&key, Look::Write)? {
        Some(place) if count > 0 => {
            pop(ctx, (&key, place), (end, count), form)?;
        }
        _ => ctx.reply.array_len(0),
    }
    Ok(())
}

/// The first of these keys that is there, which must be a sorted set.
fn first_set<'a>(ctx: &mut Ctx<'a>, keys: Range<usize>) -> Result<Option<(Key<'a>, Place)>, Fault> {
    for index in keys {
        let key = ctx.key(index);
        if let Some(place) = ctx.find_as::<ZSet>(&key, Look::Write)? {
            return Ok(Some((key, place)));
        }
    }
    Ok(None)
}

/// What ZMPOP and BZMPOP are told.
struct Request {
    keys: Range<usize>,
    end: End,
    count: usize,
}

impl Request {
    /// Reads it; the number of keys is at `at`.
    fn parse(ctx: &Ctx<'_>, at: usize) -> Result<Self, Fault> {
        let args = ctx.args;
        let number = parse_i64(args.at(at)).filter(|number| *number >= 1).ok_or(NO_KEYS)?;
        let end_at = usize::try_from(number).unwrap_or(usize::MAX).saturating_add(at + 1);
        let end = match () {
            () if args.is(end_at, "min") => End::Lowest,
            () if args.is(end_at, "max") => End::Highest,
            () => return Err(Fault::Syntax),
        };
        let count = match args.len() - end_at {
            1 => 1,
            _ if !args.is(end_at + 1, "count") || args.len() == end_at + 2 => return Err(Fault::Syntax),
            _ => parse_i64(args.at(end_at + 2)).filter(|count| *count >= 1).ok_or(NO_COUNT)?,
        };
        if args.len() > end_at + 3 {
            return Err(Fault::Syntax);
        }
        Ok(Self { keys: at + 1..end_at, end, count: usize::try_from(count).unwrap_or(usize::MAX) })
    }

    /// Takes the members and logs how many there were.
    fn pop(&self, ctx: &mut Ctx<'_>, (key, place): (&Key<'_>, Place)) -> Result<(), Fault> {
        let count = pop(ctx, (key, place), (self.end, self.count), Form::KeyPairs)?;
        let count = IntText::unsigned(count as u64);
        ctx.effect(&[self.end.command(), key.bytes, count.as_bytes()]);
        Ok(())
    }
}

/// ZMPOP
pub fn zmpop(ctx: &mut Ctx<'_>) {
    let result = pop_some_key(ctx);
    ctx.finish(result);
}

fn pop_some_key(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let request = Request::parse(ctx, 1)?;
    match first_set(ctx, request.keys.clone())? {
        Some((key, place)) => request.pop(ctx, (&key, place))?,
        None => ctx.reply.null_array(),
    }
    Ok(())
}

/// BZMPOP
pub fn bzmpop(ctx: &mut Ctx<'_>) {
    let result = wait_for_some(ctx);
    ctx.finish(result);
}

fn wait_for_some(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let request = Request::parse(ctx, 2)?;
    let deadline = deadline(ctx.args.at(1), ctx.now)?;
    match first_set(ctx, request.keys.clone())? {
        Some((key, place)) => request.pop(ctx, (&key, place))?,
        None => wait(ctx, request.keys, deadline),
    }
    Ok(())
}

/// BZPOPMIN
pub fn bzpopmin(ctx: &mut Ctx<'_>) {
    let result = wait_for_one(ctx, End::Lowest);
    ctx.finish(result);
}

/// BZPOPMAX
pub fn bzpopmax(ctx: &mut Ctx<'_>) {
    let result = wait_for_one(ctx, End::Highest);
    ctx.finish(result);
}

fn wait_for_one(ctx: &mut Ctx<'_>, end: End) -> Result<(), Fault> {
    let last = ctx.args.len() - 1;
    let deadline = deadline(ctx.args.at(last), ctx.now)?;
    match first_set(ctx, 1..last)? {
        Some((key, place)) => {
            pop(ctx, (&key, place), (end, 1), Form::KeyFlat)?;
            ctx.effect(&[end.command(), key.bytes]);
        }
        None => wait(ctx, 1..last, deadline),
    }
    Ok(())
}

/// Waits for a sorted set at one of these keys; where that is not allowed the time is over at once.
fn wait(ctx: &mut Ctx<'_>, keys: Range<usize>, deadline: i64) {
    if !ctx.wait_for(Wait { keys: keys.collect(), fits: holds::<ZSet>, deadline }) {
        ctx.reply.null_array();
    }
}
