//! ZSCAN.

use crate::generic::scan_options::{ScanOptions, Scanned, Shown, scan_cursor};
use crate::{Ctx, Fault, Look};
use ironkeep_values::zset::ZSet;
use ironkeep_wire::{format_f64, format_f64_17};

/// ZSCAN
pub fn zscan(ctx: &mut Ctx<'_>) {
    let result = scan(ctx);
    ctx.finish(result);
}

fn scan(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let Some(cursor) = scan_cursor(ctx, 2) else { return Ok(()) };
    let (key, hasher) = (ctx.key(1), ctx.space.hasher());
    let Some(place) = ctx.find_as::<ZSet>(&key, Look::Read)? else {
        Shown::default().reply(&mut ctx.reply, 0);
        return Ok(());
    };
    let Some(options) = ScanOptions::parse(ctx, 3, Scanned::ZSet) else { return Ok(()) };
    let mut shown = Shown::default();
    let seen = ctx.see::<ZSet>(&key, place)?;
    let is_small = seen.value.as_packed().is_some();
    let next = seen.value.scan(cursor, options.most(), hasher, |member, score| {
        if !options.shows(member) {
            return;
        }
        shown.push(member);
        // Valkey shows the text that a small set keeps, and prints that of a big one in its own way.
        match (options.names_only, is_small) {
            (true, _) => {}
            (false, true) => shown.push(format_f64(score).as_bytes()),
            (false, false) => shown.push(&format_f64_17(score)),
        }
    });
    shown.reply(seen.reply, next);
    Ok(())
}
