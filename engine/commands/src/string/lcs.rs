//! LCS.

use crate::text::TakenText;
use crate::{Ctx, Fault, Look};
use ironkeep_values::lcs::{self, Common, Run};
use ironkeep_wire::parse_i64;

const NO_STRING: Fault = Fault::Other("ERR The specified keys must contain string values");
const BOTH: Fault = Fault::Other("ERR If you want both the length and indexes, please just use IDX.");
const TOO_LONG: Fault = Fault::Other("ERR String too long for LCS");
const TOO_LARGE: Fault =
    Fault::Other("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
const NO_MEMORY: Fault = Fault::Other("ERR Insufficient memory, failed allocating transient memory for LCS");

/// LCS
pub fn lcs(ctx: &mut Ctx<'_>) {
    let result = compare(ctx);
    ctx.finish(result);
}

#[derive(Default)]
struct Options {
    len: bool,
    runs: bool,
    run_len: bool,
    shortest_run: i64,
}

impl Options {
    fn parse(ctx: &Ctx<'_>) -> Result<Self, Fault> {
        let args = ctx.args;
        let mut options = Self::default();
        let mut at = 3;
        while at < args.len() {
            if args.is(at, "idx") {
                options.runs = true;
            } else if args.is(at, "len") {
                options.len = true;
            } else if args.is(at, "withmatchlen") {
                options.run_len = true;
            } else if args.is(at, "minmatchlen") && at + 1 < args.len() {
                at += 1;
                options.shortest_run = parse_i64(args.at(at)).ok_or(Fault::NotInteger)?;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        if options.len && options.runs { Err(BOTH) } else { Ok(options) }
    }
}

fn compare(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    // Both are looked up, and count as reads, before anything is refused.
    let (a, b) = (take(ctx, 1), take(ctx, 2));
    let (a, b) = (a?, b?);
    let (a, b) = (a.bytes(), b.bytes());
    let options = Options::parse(ctx)?;
    if a.len().max(b.len()) >= u32::MAX as usize - 1 {
        return Err(TOO_LONG);
    }
    if lcs::table_size(a.len(), b.len()) > ctx.rules.max_string {
        return Err(TOO_LARGE);
    }
    if options.len {
        ctx.reply.integer(lcs::length(a, b) as i64);
        return Ok(());
    }
    let common = lcs::common(a, b).map_err(|_| NO_MEMORY)?;
    if options.runs {
        reply_runs(ctx, &common, &options);
    } else {
        ctx.reply.bulk(&common.bytes);
    }
    Ok(())
}

/// The string at a key; no key counts as an empty one.
fn take(ctx: &mut Ctx<'_>, index: usize) -> Result<TakenText, Fault> {
    let key = ctx.key(index);
    match ctx.find(&key, Look::Read) {
        Some(place) => TakenText::of(ctx.at(&key, place).into_value()).map_err(|_| NO_STRING),
        None => Ok(TakenText::Copy(Vec::new())),
    }
}

fn reply_runs(ctx: &mut Ctx<'_>, common: &Common, options: &Options) {
    let reply = &mut ctx.reply;
    let is_long = |run: &&Run| run.len as i64 >= options.shortest_run;
    reply.map_len(2);
    reply.bulk(b"matches");
    reply.array_len(common.runs.iter().filter(is_long).count());
    for run in common.runs.iter().filter(is_long) {
        reply.array_len(2 + usize::from(options.run_len));
        for start in [run.a, run.b] {
            reply.array_len(2);
            reply.integer(start as i64);
            reply.integer((start + run.len - 1) as i64);
        }
        if options.run_len {
            reply.integer(run.len as i64);
        }
    }
    reply.bulk(b"len");
    reply.integer(common.bytes.len() as i64);
}
