//! ZRANGE, ZRANGESTORE and the older commands that are one case of ZRANGE each.

use super::ends::{By, Ends};
use super::result::{bytes, header, member, store};
use crate::{Args, Ctx, Fault, Look};
use ironkeep_values::zset::{Iter, ZSet};
use ironkeep_wire::parse_i64;
use std::ops::Range;

const NO_LIMIT: Fault =
    Fault::Other("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
const NO_SCORES: Fault = Fault::Other("ERR syntax error, WITHSCORES not supported in combination with BYLEX");

/// What the name of a command says already.
#[derive(Clone, Copy, Default)]
struct Fixed {
    by: Option<By>,
    reverse: Option<bool>,
}

impl Fixed {
    const fn new(by: By, reverse: bool) -> Self {
        Self { by: Some(by), reverse: Some(reverse) }
    }
}

/// ZRANGE
pub fn zrange(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::default());
}

/// ZREVRANGE
pub fn zrevrange(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::new(By::Rank, true));
}

/// ZRANGEBYSCORE
pub fn zrangebyscore(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::new(By::Score, false));
}

/// ZREVRANGEBYSCORE
pub fn zrevrangebyscore(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::new(By::Score, true));
}

/// ZRANGEBYLEX
pub fn zrangebylex(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::new(By::Lex, false));
}

/// ZREVRANGEBYLEX
pub fn zrevrangebylex(ctx: &mut Ctx<'_>) {
    show(ctx, Fixed::new(By::Lex, true));
}

/// ZRANGESTORE
pub fn zrangestore(ctx: &mut Ctx<'_>) {
    let result = copy(ctx);
    ctx.finish(result);
}

/// The words behind a range.
struct Options {
    by: By,
    reverse: bool,
    with_scores: bool,
    offset: i64,
    limit: i64,
}

impl Options {
    fn parse(args: Args<'_>, first: usize, may_show_scores: bool, fixed: Fixed) -> Result<Self, Fault> {
        let Fixed { mut by, mut reverse } = fixed;
        let (mut with_scores, mut offset, mut limit) = (false, 0, -1);
        let mut at = first;
        while at < args.len() {
            if may_show_scores && args.is(at, "withscores") {
                with_scores = true;
            } else if args.is(at, "limit") && at + 2 < args.len() {
                offset = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
                limit = parse_i64(args.at(at + 2)).ok_or(Fault::NotInteger)?;
                at += 2;
            } else if reverse.is_none() && args.is(at, "rev") {
                reverse = Some(true);
            } else if by.is_none() && args.is(at, "bylex") {
                by = Some(By::Lex);
            } else if by.is_none() && args.is(at, "byscore") {
                by = Some(By::Score);
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        let (by, reverse) = (by.unwrap_or(By::Rank), reverse.unwrap_or(false));
        if limit != -1 && by == By::Rank {
            return Err(NO_LIMIT);
        }
        if with_scores && by == By::Lex {
            return Err(NO_SCORES);
        }
        Ok(Self { by, reverse, with_scores, offset, limit })
    }
}

/// Which members, and how they are shown.
struct Query<'a> {
    ends: Ends<'a>,
    options: Options,
}

impl<'a> Query<'a> {
    /// Reads a range whose first end is at `first`.
    fn parse(args: Args<'a>, first: usize, may_show_scores: bool, fixed: Fixed) -> Result<Self, Fault> {
        let options = Options::parse(args, first + 2, may_show_scores, fixed)?;
        let (min, max) = match options.reverse && options.by != By::Rank {
            true => (first + 1, first),
            false => (first, first + 1),
        };
        Ok(Self { ends: Ends::parse(options.by, args.at(min), args.at(max))?, options })
    }

    /// The ranks of the members that are asked for.
    fn ranks(&self, set: &ZSet) -> Range<usize> {
        let Options { reverse, offset, limit, .. } = self.options;
        let ranks = self.ends.ranks(set, reverse);
        if matches!(self.ends, Ends::Ranks(..)) || (offset, limit) == (0, -1) {
            return ranks;
        }
        let skipped = match usize::try_from(offset) {
            Ok(offset) => Some(offset),
            // Below zero Valkey counts from the end of the range, but only in big sets.
            Err(_) if set.as_packed().is_none() => ranks.len().checked_add_signed(offset as isize),
            Err(_) => None,
        };
        let skipped = skipped.unwrap_or(usize::MAX).min(ranks.len());
        let shown = usize::try_from(limit).unwrap_or(usize::MAX).min(ranks.len() - skipped);
        if reverse {
            let end = ranks.end - skipped;
            end - shown..end
        } else {
            let start = ranks.start + skipped;
            start..start + shown
        }
    }
}

fn show(ctx: &mut Ctx<'_>, fixed: Fixed) {
    let result = Query::parse(ctx.args, 2, true, fixed).and_then(|query| reply(ctx, &query));
    ctx.finish(result);
}

fn reply(ctx: &mut Ctx<'_>, query: &Query<'_>) -> Result<(), Fault> {
    let key = ctx.key(1);
    let Some(seen) = ctx.read::<ZSet>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let members: Iter<'_> = seen.value.range(query.ranks(seen.value));
    let with_scores = query.options.with_scores;
    header(seen.reply, members.len(), with_scores);
    if query.options.reverse {
        members.rev().for_each(|(item, score)| member(seen.reply, item, score, with_scores));
    } else {
        members.for_each(|(item, score)| member(seen.reply, item, score, with_scores));
    }
    Ok(())
}

fn copy(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let query = Query::parse(ctx.args, 3, false, Fixed::default())?;
    let (source, limits, hasher) = (ctx.key(2), ctx.rules.sizes.zset, ctx.space.hasher());
    let set = match ctx.find_as::<ZSet>(&source, Look::Read)? {
        Some(place) => {
            let seen = ctx.see::<ZSet>(&source, place)?;
            let members = seen.value.range(query.ranks(seen.value));
            ZSet::build(members.map(|(item, score)| (bytes(item), score)), limits, hasher)
        }
        None => None,
    };
    store(ctx, 1, set, "zrangestore");
    Ok(())
}
