//! ZADD and ZINCRBY, and the heart of GEOADD.

use crate::event::Classes;
use crate::{Args, Ctx, Fault, Look};
use ironkeep_values::hash::Hasher;
use ironkeep_values::zset::{Limits, ZSet};
use ironkeep_wire::{parse_f64, parse_i64};

const NEW_AND_OLD: Fault = Fault::Other("ERR XX and NX options at the same time are not compatible");
const UP_AND_DOWN: Fault = Fault::Other("ERR GT, LT, and/or NX options at the same time are not compatible");
const ONE_INCREMENT: Fault = Fault::Other("ERR INCR option supports a single increment-element pair");
const NOT_A_NUMBER: Fault = Fault::Other("ERR resulting score is not a number (NaN)");
/// Scores that are kept without an allocation.
const FEW: usize = 16;

/// ZADD
pub fn zadd(ctx: &mut Ctx<'_>) {
    let result = run(ctx, Options::default());
    ctx.finish(result);
}

/// ZINCRBY
pub fn zincrby(ctx: &mut Ctx<'_>) {
    let result = run(ctx, Options { increment: true, ..Options::default() });
    ctx.finish(result);
}

/// What of the members may change, and what the reply tells.
#[derive(Clone, Copy, Default)]
pub(crate) struct Options {
    only_new: bool,
    only_old: bool,
    only_up: bool,
    only_down: bool,
    increment: bool,
    count_changes: bool,
}

impl Options {
    /// Takes the words from the third on that are options; gives the place of the first that is none.
    pub(crate) fn parse(&mut self, args: Args<'_>) -> usize {
        let mut at = 2;
        while at < args.len() {
            let option = match args.at(at).len() {
                2 => self.short(args, at),
                4 if args.is(at, "incr") => Some(&mut self.increment),
                _ => None,
            };
            let Some(option) = option else { break };
            *option = true;
            at += 1;
        }
        at
    }

    /// The same for GEOADD, which knows fewer words.
    pub(crate) fn parse_for_places(&mut self, args: Args<'_>) -> usize {
        let knows = |at: usize| ["nx", "xx", "ch"].iter().any(|word| args.is(at, word));
        let end = (2..args.len()).find(|at| !knows(*at)).unwrap_or(args.len());
        for at in 2..end {
            if let Some(option) = self.short(args, at) {
                *option = true;
            }
        }
        end
    }

    /// Whether only new and only old members may change.
    pub(crate) fn contradict(self) -> bool {
        self.only_new && self.only_old
    }

    fn short(&mut self, args: Args<'_>, at: usize) -> Option<&mut bool> {
        let known = [
            ("nx", &mut self.only_new),
            ("xx", &mut self.only_old),
            ("ch", &mut self.count_changes),
            ("gt", &mut self.only_up),
            ("lt", &mut self.only_down),
        ];
        known.into_iter().find(|(word, _)| args.is(at, word)).map(|(_, option)| option)
    }

    fn check(self, pairs: usize) -> Result<(), Fault> {
        if self.contradict() {
            return Err(NEW_AND_OLD);
        }
        if u8::from(self.only_new) + u8::from(self.only_up) + u8::from(self.only_down) > 1 {
            return Err(UP_AND_DOWN);
        }
        if self.increment && pairs > 1 { Err(ONE_INCREMENT) } else { Ok(()) }
    }

    /// The score that a member shall have.
    fn decide(self, old: Option<f64>, score: f64) -> Result<Option<f64>, Fault> {
        let Some(old) = old else { return Ok((!self.only_old).then_some(score)) };
        if self.only_new {
            return Ok(None);
        }
        let new = if self.increment { old + score } else { score };
        if new.is_nan() {
            return Err(NOT_A_NUMBER);
        }
        let refused = self.only_down && new >= old || self.only_up && new <= old;
        Ok((!refused).then_some(new))
    }
}

fn run(ctx: &mut Ctx<'_>, mut options: Options) -> Result<(), Fault> {
    let args = ctx.args;
    let first = options.parse(args);
    let words = args.len() - first;
    if words == 0 || !words.is_multiple_of(2) {
        return Err(Fault::Syntax);
    }
    options.check(words / 2)?;
    // All scores must be right before anything is changed.
    let (mut few, mut many) = ([0.0; FEW], Vec::new());
    let scores = match few.get_mut(..words / 2) {
        Some(few) => few,
        None => {
            many.resize(words / 2, 0.0);
            &mut many[..]
        }
    };
    for (nth, score) in scores.iter_mut().enumerate() {
        *score = parse_score(args.at(first + 2 * nth)).ok_or(Fault::NotFloat)?;
    }
    let pairs = scores.iter().enumerate().map(|(nth, score)| (*score, args.at(first + 2 * nth + 1)));
    add(ctx, options, pairs)
}

/// A score as a client writes it.
#[inline]
fn parse_score(text: &[u8]) -> Option<f64> {
    parse_i64(text).map(|number| number as f64).or_else(|| parse_f64(text))
}

/// What came of all members.
#[derive(Default)]
struct Tally {
    added: usize,
    updated: usize,
    /// The score of the last one that was not refused.
    last: Option<f64>,
}

impl Tally {
    fn add(
        &mut self,
        set: &mut ZSet,
        (score, member): (f64, &[u8]),
        options: Options,
        (limits, hasher): (Limits, &Hasher),
    ) -> Result<(), Fault> {
        let mut fault = Ok(());
        let (old, new) = set.update(member, limits, hasher, |old| {
            options.decide(old, score).unwrap_or_else(|why| {
                fault = Err(why);
                None
            })
        });
        match (old, new) {
            (None, Some(_)) => self.added += 1,
            (Some(old), Some(new)) if old != new => self.updated += 1,
            _ => {}
        }
        self.last = new.or(self.last);
        fault
    }
}

/// Adds members to the set at the first key, and replies.
pub(crate) fn add<'p>(
    ctx: &mut Ctx<'_>,
    options: Options,
    pairs: impl ExactSizeIterator<Item = (f64, &'p [u8])> + Clone,
) -> Result<(), Fault> {
    let (limits, hasher, key) = (ctx.rules.sizes.zset, ctx.space.hasher(), ctx.key(1));
    let mut tally = Tally::default();
    if !options.only_old || ctx.find_as::<ZSet>(&key, Look::Write)?.is_some() {
        let (_, open) = ctx.open_or_new(&key, ZSet::new)?;
        let longest = pairs.clone().map(|(_, member)| member.len()).max().unwrap_or(0);
        open.value.prepare(pairs.len(), longest, limits, hasher);
        for pair in pairs {
            tally.add(open.value, pair, options, (limits, hasher))?;
        }
    }
    if let Some(more) = (tally.added + tally.updated).checked_sub(1) {
        ctx.changed(&key);
        ctx.turn.dirty += more as u64;
        ctx.notify(Classes::ZSET, if options.increment { "zincr" } else { "zadd" }, &key);
    }
    match tally.last {
        _ if !options.increment => {
            let changes = if options.count_changes { tally.updated } else { 0 };
            ctx.reply.integer((tally.added + changes) as i64);
        }
        Some(score) => ctx.reply.double(score),
        None => ctx.reply.null(),
    }
    Ok(())
}
