//! SMEMBERS and SSCAN: all members, at once or in steps.

use super::reply_set;
use crate::generic::scan_options::{ScanOptions, Scanned, Shown, scan_cursor};
use crate::{Ctx, Fault, Look};
use ironkeep_values::set::Set;

/// SMEMBERS
pub fn smembers(ctx: &mut Ctx<'_>) {
    let result = show_all(ctx, 1);
    ctx.finish(result);
}

/// Replies with all members of the set whose key is at a position of the request.
pub(super) fn show_all(ctx: &mut Ctx<'_>, index: usize) -> Result<(), Fault> {
    let key = ctx.key(index);
    match ctx.read::<Set>(&key)? {
        Some(seen) => reply_set(seen.reply, seen.value),
        None => ctx.reply.set_len(0),
    }
    Ok(())
}

/// SSCAN
pub fn sscan(ctx: &mut Ctx<'_>) {
    let Some(cursor) = scan_cursor(ctx, 2) else { return };
    let result = walk(ctx, cursor);
    ctx.finish(result);
}

fn walk(ctx: &mut Ctx<'_>, cursor: u64) -> Result<(), Fault> {
    let (key, hasher, mut shown) = (ctx.key(1), ctx.space.hasher(), Shown::default());
    let Some(place) = ctx.find_as::<Set>(&key, Look::Read)? else {
        shown.reply(&mut ctx.reply, 0);
        return Ok(());
    };
    let Some(options) = ScanOptions::parse(ctx, 3, Scanned::Set) else { return Ok(()) };
    let seen = ctx.see::<Set>(&key, place)?;
    let next = seen.value.scan(cursor, options.most(), hasher, |item| {
        let mut digits = [0; 20];
        let member = item.text(&mut digits);
        if options.shows(member) {
            shown.push(member);
        }
    });
    shown.reply(seen.reply, next);
    Ok(())
}
