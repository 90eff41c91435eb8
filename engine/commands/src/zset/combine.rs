//! ZUNION, ZINTER, ZDIFF, their storing forms, and ZINTERCARD.

use super::result::{bytes, header, member, store};
use super::sources::Source;
use crate::{Args, Ctx, Fault};
use ironkeep_values::hash::Hasher;
use ironkeep_values::packed::Item;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::{parse_f64, parse_i64};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

const NO_WEIGHT: Fault = Fault::Other("ERR weight value is not a float");
const NO_LIMIT: Fault = Fault::Other("ERR LIMIT can't be negative");

/// How sets are combined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Union,
    Inter,
    Diff,
    /// As `Inter`, but only counts.
    Count,
}

/// ZUNION
pub fn zunion(ctx: &mut Ctx<'_>) {
    let result = show(ctx, How::Union);
    ctx.finish(result);
}

/// ZINTER
pub fn zinter(ctx: &mut Ctx<'_>) {
    let result = show(ctx, How::Inter);
    ctx.finish(result);
}

/// ZDIFF
pub fn zdiff(ctx: &mut Ctx<'_>) {
    let result = show(ctx, How::Diff);
    ctx.finish(result);
}

/// ZINTERCARD
pub fn zintercard(ctx: &mut Ctx<'_>) {
    let result = Request::parse(ctx, How::Count, false).map(|request| {
        let hasher = ctx.space.hasher();
        let most = if request.limit == 0 { usize::MAX } else { request.limit };
        ctx.reply.integer(request.common(hasher).take(most).count() as i64);
    });
    ctx.finish(result);
}

/// ZUNIONSTORE
pub fn zunionstore(ctx: &mut Ctx<'_>) {
    let result = keep(ctx, How::Union, "zunionstore");
    ctx.finish(result);
}

/// ZINTERSTORE
pub fn zinterstore(ctx: &mut Ctx<'_>) {
    let result = keep(ctx, How::Inter, "zinterstore");
    ctx.finish(result);
}

/// ZDIFFSTORE
pub fn zdiffstore(ctx: &mut Ctx<'_>) {
    let result = keep(ctx, How::Diff, "zdiffstore");
    ctx.finish(result);
}

fn show(ctx: &mut Ctx<'_>, how: How) -> Result<(), Fault> {
    let request = Request::parse(ctx, how, false)?;
    let mut result = request.combine(how, ctx.space.hasher());
    // No score is NaN, and zero has no sign in this order.
    result.sort_unstable_by(|a, b| {
        a.1.partial_cmp(&b.1).unwrap_or(Ordering::Equal).then_with(|| a.0.cmp(&b.0))
    });
    header(&mut ctx.reply, result.len(), request.with_scores);
    for (name, score) in &result {
        member(&mut ctx.reply, Item::Bytes(name), *score, request.with_scores);
    }
    Ok(())
}

fn keep(ctx: &mut Ctx<'_>, how: How, event: &'static str) -> Result<(), Fault> {
    let request = Request::parse(ctx, how, true)?;
    let (limits, hasher) = (ctx.rules.sizes.zset, ctx.space.hasher());
    let set = ZSet::build(request.combine(how, hasher), limits, hasher);
    store(ctx, 1, set, event);
    Ok(())
}

/// How scores of one member become one.
#[derive(Clone, Copy)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn parse(args: Args<'_>, at: usize) -> Result<Self, Fault> {
        let known = [("sum", Self::Sum), ("min", Self::Min), ("max", Self::Max)];
        known.into_iter().find(|(word, _)| args.is(at, word)).map(|(_, how)| how).ok_or(Fault::Syntax)
    }

    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            // The sum of infinities of both signs counts as zero.
            Self::Sum => or_zero(a + b),
            Self::Min => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Self::Max => {
                if b > a {
                    b
                } else {
                    a
                }
            }
        }
    }
}

fn or_zero(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// What is combined.
struct Request {
    sources: Vec<(Source, f64)>,
    aggregate: Aggregate,
    with_scores: bool,
    /// Zero: none.
    limit: usize,
}

impl Request {
    /// Reads it. Sets are looked up before options are looked at, as in Valkey.
    fn parse(ctx: &mut Ctx<'_>, how: How, stores: bool) -> Result<Self, Fault> {
        let (args, number_at) = (ctx.args, if stores { 2 } else { 1 });
        let number = parse_i64(args.at(number_at)).ok_or(Fault::NotInteger)?;
        if number < 1 {
            return Err(no_keys(how, stores));
        }
        let first = number_at + 1;
        let count = usize::try_from(number).ok().filter(|count| *count <= args.len() - first);
        let options = first + count.ok_or(Fault::Syntax)?;
        let mut request =
            Self { sources: Vec::new(), aggregate: Aggregate::Sum, with_scores: false, limit: 0 };
        for index in first..options {
            request.sources.push((Source::read(ctx, index)?, 1.0));
        }
        request.parse_options(args, options, how, stores)?;
        if how != How::Diff {
            // From the smallest: the fewest members are looked up elsewhere.
            request.sources.sort_by_key(|(source, _)| source.len());
        }
        Ok(request)
    }

    fn parse_options(&mut self, args: Args<'_>, mut at: usize, how: How, stores: bool) -> Result<(), Fault> {
        let has_scores = matches!(how, How::Union | How::Inter);
        while at < args.len() {
            let left = args.len() - at - 1;
            if has_scores && left >= self.sources.len() && args.is(at, "weights") {
                for (_, weight) in &mut self.sources {
                    at += 1;
                    *weight = parse_f64(args.at(at)).ok_or(NO_WEIGHT)?;
                }
            } else if has_scores && left >= 1 && args.is(at, "aggregate") {
                at += 1;
                self.aggregate = Aggregate::parse(args, at)?;
            } else if !stores && how != How::Count && args.is(at, "withscores") {
                self.with_scores = true;
            } else if how == How::Count && left >= 1 && args.is(at, "limit") {
                at += 1;
                let limit = parse_i64(args.at(at)).ok_or(NO_LIMIT)?;
                self.limit = usize::try_from(limit).map_err(|_| NO_LIMIT)?;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        Ok(())
    }

    /// The members of the result, in any order.
    fn combine<'a>(&'a self, how: How, hasher: &'a Hasher) -> Vec<(Cow<'a, [u8]>, f64)> {
        match how {
            How::Union => self.union(),
            How::Inter | How::Count => self.common(hasher).collect(),
            How::Diff => self.difference(hasher),
        }
    }

    fn union(&self) -> Vec<(Cow<'_, [u8]>, f64)> {
        let largest = self.sources.last().map_or(0, |(source, _)| source.len());
        let mut all: HashMap<Cow<'_, [u8]>, f64> = HashMap::with_capacity(largest);
        for (source, weight) in &self.sources {
            for (item, score) in source.members() {
                let score = or_zero(score * weight);
                all.entry(bytes(item))
                    .and_modify(|sum| *sum = self.aggregate.of(*sum, score))
                    .or_insert(score);
            }
        }
        all.into_iter().collect()
    }

    fn common<'a>(&'a self, hasher: &'a Hasher) -> impl Iterator<Item = (Cow<'a, [u8]>, f64)> + 'a {
        let smallest = self.sources.first();
        smallest.into_iter().flat_map(move |(source, weight)| {
            source.members().filter_map(move |(item, score)| {
                let name = bytes(item);
                let mut all = or_zero(score * weight);
                for (other, weight) in &self.sources[1..] {
                    all = self.aggregate.of(all, other.score(&name, hasher)? * weight);
                }
                Some((name, all))
            })
        })
    }

    fn difference(&self, hasher: &Hasher) -> Vec<(Cow<'_, [u8]>, f64)> {
        let Some(((first, _), others)) = self.sources.split_first() else { return Vec::new() };
        let members = first.members().map(|(item, score)| (bytes(item), score));
        members
            .filter(|(name, _)| others.iter().all(|(other, _)| other.score(name, hasher).is_none()))
            .collect()
    }
}

fn no_keys(how: How, stores: bool) -> Fault {
    Fault::Other(match (how, stores) {
        (How::Union, false) => "ERR at least 1 input key is needed for 'zunion' command",
        (How::Union, true) => "ERR at least 1 input key is needed for 'zunionstore' command",
        (How::Inter, false) => "ERR at least 1 input key is needed for 'zinter' command",
        (How::Inter, true) => "ERR at least 1 input key is needed for 'zinterstore' command",
        (How::Diff, false) => "ERR at least 1 input key is needed for 'zdiff' command",
        (How::Diff, true) => "ERR at least 1 input key is needed for 'zdiffstore' command",
        (How::Count, _) => "ERR at least 1 input key is needed for 'zintercard' command",
    })
}
