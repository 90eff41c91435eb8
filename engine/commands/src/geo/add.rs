//! GEOADD: ZADD with scores worked out of longitudes and latitudes.

use super::words::{Refusal, finish, point};
use crate::zset::add::{Options, add};
use crate::{Ctx, Fault};
use ironkeep_values::geo::encode;
use ironkeep_wire::IntText;

/// GEOADD
pub fn geoadd(ctx: &mut Ctx<'_>) {
    let result = run(ctx);
    finish(ctx, result);
}

fn run(ctx: &mut Ctx<'_>) -> Result<(), Refusal> {
    let args = ctx.args;
    let mut options = Options::default();
    let first = options.parse_for_places(args);
    let words = args.len() - first;
    if !words.is_multiple_of(3) || options.contradict() || words == 0 {
        return Err(Fault::Syntax.into());
    }
    let places = first..args.len();
    let scores =
        places.clone().step_by(3).map(|at| point(args, at).map(encode)).collect::<Result<Vec<_>, _>>()?;
    let pairs = scores.iter().zip(places.step_by(3)).map(|(score, at)| (*score as f64, args.at(at + 2)));
    let before = ctx.turn.dirty;
    add(ctx, options, pairs)?;
    if ctx.turn.effects.wanted && ctx.turn.dirty > before {
        log(ctx, first, &scores);
    }
    Ok(())
}

/// Logs the same as a ZADD, as Valkey does.
fn log(ctx: &mut Ctx<'_>, first: usize, scores: &[u64]) {
    let args = ctx.args;
    let texts: Vec<IntText> = scores.iter().map(|score| IntText::unsigned(*score)).collect();
    let mut words: Vec<&[u8]> = vec![b"ZADD"];
    words.extend(args.iter().take(first).skip(1));
    for (nth, text) in texts.iter().enumerate() {
        words.extend([text.as_bytes(), args.at(first + 3 * nth + 2)]);
    }
    ctx.effect(&words);
}
