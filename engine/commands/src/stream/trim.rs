//! XTRIM, and the options that XADD and XTRIM have in common.
//!
//! What was trimmed by whole nodes is logged as the exact trim that it came to.

use super::ids;
use crate::event::Classes;
use crate::{Args, Ctx, Fault, Look};
use ironkeep_values::stream::{Extent, Id, Limits, Log, Stream, Trim};
use ironkeep_wire::{IntText, parse_i64};

const TWICE: Fault =
    Fault::Other("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
const NEGATIVE_LENGTH: Fault = Fault::Other("ERR The MAXLEN argument must be >= 0.");
const NEGATIVE_LIMIT: Fault = Fault::Other("ERR The LIMIT argument must be >= 0.");
const LIMIT_ALONE: Fault =
    Fault::Other("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
const LIMIT_EXACT: Fault =
    Fault::Other("ERR syntax error, LIMIT cannot be used without the special ~ option");
const NO_STRATEGY: Fault = Fault::Other("ERR syntax error, XTRIM must be called with a trimming strategy");

/// The options of XADD, and those of XTRIM.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// What is to be trimmed off.
    pub trim: Option<Trim>,
    /// XADD only: do nothing without a stream.
    pub keep_absent: bool,
    /// XADD only: where the id is; behind the arguments if there is none.
    pub id_at: usize,
}

/// A strategy, before it is known how much work it may do.
#[derive(Clone, Copy)]
enum Strategy {
    Length(u64),
    From(Id),
}

impl Options {
    /// Reads the options of XADD up to the id, or those of XTRIM.
    pub fn parse(args: Args<'_>, adds: bool, limits: Limits) -> Result<Self, Fault> {
        let (mut strategy, mut by_nodes, mut limit, mut keep_absent) = (None, false, None, false);
        let mut at = 2;
        while at < args.len() {
            let more = args.len() - at - 1;
            let word = args.at(at);
            if adds && word == b"*" {
                break;
            } else if more > 0 && (args.is(at, "maxlen") || args.is(at, "minid")) {
                if strategy.is_some() {
                    return Err(TWICE);
                }
                let sign = args.at(at + 1);
                let signed = more > 1 && matches!(sign, b"~" | b"=");
                by_nodes = signed && sign == b"~";
                let value = args.at(at + 1 + usize::from(signed));
                strategy = Some(Strategy::parse(args.is(at, "maxlen"), value)?);
                at += 1 + usize::from(signed);
            } else if more > 0 && args.is(at, "limit") {
                let given = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
                limit = Some(u64::try_from(given).map_err(|_| NEGATIVE_LIMIT)?);
                at += 1;
            } else if adds && args.is(at, "nomkstream") {
                keep_absent = true;
            } else if adds {
                // It must be the id.
                Id::parse_new(word).ok_or(ids::INVALID)?;
                break;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        let trim = combine(strategy, by_nodes, limit, limits)?;
        if trim.is_none() && !adds {
            return Err(NO_STRATEGY);
        }
        Ok(Self { trim, keep_absent, id_at: at })
    }
}

impl Strategy {
    fn parse(by_length: bool, value: &[u8]) -> Result<Self, Fault> {
        if !by_length {
            return ids::strict(value).map(Self::From);
        }
        let length = parse_i64(value).ok_or(Fault::NotInteger)?;
        u64::try_from(length).map(Self::Length).map_err(|_| NEGATIVE_LENGTH)
    }
}

fn combine(
    strategy: Option<Strategy>,
    by_nodes: bool,
    limit: Option<u64>,
    limits: Limits,
) -> Result<Option<Trim>, Fault> {
    if limit.is_some_and(|limit| limit > 0) && strategy.is_none() {
        return Err(LIMIT_ALONE);
    }
    if limit.is_some() && !by_nodes && strategy.is_some() {
        return Err(LIMIT_EXACT);
    }
    let extent =
        if by_nodes { Extent::Nodes(limit.unwrap_or_else(|| default_limit(limits))) } else { Extent::Exact };
    Ok(strategy.map(|strategy| match strategy {
        Strategy::Length(length) => Trim::ToLength { length, extent },
        Strategy::From(id) => Trim::ToId { id, extent },
    }))
}

/// How many entries go at most when nobody said: about a hundred nodes.
fn default_limit(limits: Limits) -> u64 {
    match (limits.entries as u64).saturating_mul(100) {
        0 => 10_000,
        many => many.min(1_000_000),
    }
}

/// Words that trim a log exactly to what it is now, if the trim was by whole nodes; otherwise those of the trim itself.
pub(super) fn outcome(trim: Trim, log: &Log) -> [Vec<u8>; 3] {
    let number = |number: u64| IntText::unsigned(number).as_bytes().to_vec();
    let text = |id: Id| id.text(&mut [0; 41]).to_vec();
    let (name, value) = match trim {
        Trim::ToLength { extent: Extent::Nodes(_), .. } => (&b"MAXLEN"[..], number(log.len())),
        Trim::ToLength { length, .. } => (&b"MAXLEN"[..], number(length)),
        Trim::ToId { extent: Extent::Nodes(_), .. } => {
            (&b"MINID"[..], text(log.lowest_kept_id().unwrap_or(Id::MAX)))
        }
        Trim::ToId { id, .. } => (&b"MINID"[..], text(id)),
    };
    [name.to_vec(), b"=".to_vec(), value]
}

/// Whether whole nodes only are trimmed.
pub(super) fn is_by_nodes(trim: Trim) -> bool {
    let (Trim::ToLength { extent, .. } | Trim::ToId { extent, .. }) = trim;
    matches!(extent, Extent::Nodes(_))
}

/// XTRIM
pub fn xtrim(ctx: &mut Ctx<'_>) {
    let result = trim(ctx);
    ctx.finish(result);
}

fn trim(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let options = Options::parse(ctx.args, false, ctx.rules.sizes.stream)?;
    let Some(trim) = options.trim else { return Err(NO_STRATEGY) };
    let key = ctx.key(1);
    let Some(place) = ctx.find_as::<Stream>(&key, Look::Write)? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let open = ctx.open::<Stream>(&key, place)?;
    let removed = open.value.log_mut().trim(trim).entries;
    open.reply.integer(removed.cast_signed());
    if removed == 0 {
        return Ok(());
    }
    if is_by_nodes(trim) && open.turn.effects.wanted {
        let [name, sign, value] = outcome(trim, open.value.log());
        ctx.effect(&[b"XTRIM", key.bytes, &name, &sign, &value]);
    }
    ctx.notify(Classes::STREAM, "xtrim", &key);
    ctx.changed(&key);
    ctx.turn.dirty += removed - 1;
    Ok(())
}
