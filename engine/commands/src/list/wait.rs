//! BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: as the commands without the B, but they wait for an element.
//!
//! What is logged is the command that did not wait.

use super::End;
use super::moving::{ends, move_one};
use super::pop::{Request, first_list, pop_one};
use crate::timeout::deadline;
use crate::turn::Wait;
use crate::typed::holds;
use crate::{Ctx, Fault};
use ironkeep_values::list::List;
use std::ops::Range;

/// BLPOP
pub fn blpop(ctx: &mut Ctx<'_>) {
    let result = pop(ctx, End::Left);
    ctx.finish(result);
}

/// BRPOP
pub fn brpop(ctx: &mut Ctx<'_>) {
    let result = pop(ctx, End::Right);
    ctx.finish(result);
}

/// BLMPOP
pub fn blmpop(ctx: &mut Ctx<'_>) {
    let result = pop_from_first(ctx);
    ctx.finish(result);
}

/// BLMOVE
pub fn blmove(ctx: &mut Ctx<'_>) {
    let result = ends(ctx).and_then(|(from, to)| {
        if shift(ctx, from, to, 5)? {
            ctx.effect(&[b"LMOVE", ctx.args.at(1), ctx.args.at(2), from.word(), to.word()]);
        }
        Ok(())
    });
    ctx.finish(result);
}

/// BRPOPLPUSH
pub fn brpoplpush(ctx: &mut Ctx<'_>) {
    let result = shift(ctx, End::Right, End::Left, 3).map(|moved| {
        if moved {
            ctx.effect(&[b"RPOPLPUSH", ctx.args.at(1), ctx.args.at(2)]);
        }
    });
    ctx.finish(result);
}

fn pop(ctx: &mut Ctx<'_>, end: End) -> Result<(), Fault> {
    let timeout_at = ctx.args.len() - 1;
    let deadline = deadline(ctx.args.at(timeout_at), ctx.now)?;
    let Some((key, place)) = first_list(ctx, 1..timeout_at)? else {
        if !wait(ctx, 1..timeout_at, deadline) {
            ctx.reply.null_array();
        }
        return Ok(());
    };
    ctx.reply.array_len(2);
    ctx.reply.bulk(key.bytes);
    pop_one(ctx, &key, place, end)?;
    ctx.effect(&[end.pop_command(), key.bytes]);
    Ok(())
}

fn pop_from_first(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let request = Request::parse(ctx, 2)?;
    let deadline = deadline(ctx.args.at(1), ctx.now)?;
    if !request.pop(ctx)? && !wait(ctx, request.keys, deadline) {
        ctx.reply.null_array();
    }
    Ok(())
}

/// Moves an element or waits for one; says whether it moved one.
fn shift(ctx: &mut Ctx<'_>, from: End, to: End, timeout_at: usize) -> Result<bool, Fault> {
    let deadline = deadline(ctx.args.at(timeout_at), ctx.now)?;
    let moved = move_one(ctx, from, to)?;
    if !moved && !wait(ctx, 1..2, deadline) {
        ctx.reply.null();
    }
    Ok(moved)
}

/// Waits until one of these keys is a list; says whether it may.
fn wait(ctx: &mut Ctx<'_>, keys: Range<usize>, deadline: i64) -> bool {
    ctx.wait_for(Wait { keys: keys.collect(), fits: holds::<List>, deadline })
}
