//! HSCAN: a walk over the fields of a hash in steps.

use super::World;
use crate::generic::scan_options::{ScanOptions, Scanned, Shown, scan_cursor};
use crate::{Ctx, Fault, Look};
use ironkeep_values::hash_map::Map;

/// HSCAN
pub fn hscan(ctx: &mut Ctx<'_>) {
    let result = step(ctx);
    ctx.finish(result);
}

fn step(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let Some(cursor) = scan_cursor(ctx, 2) else { return Ok(()) };
    let (key, world, mut shown) = (ctx.key(1), World::of(ctx), Shown::default());
    let Some(place) = ctx.find_as::<Map>(&key, Look::Read)? else {
        shown.reply(&mut ctx.reply, 0);
        return Ok(());
    };
    let Some(options) = ScanOptions::parse(ctx, 3, Scanned::Hash) else { return Ok(()) };
    let seen = ctx.see::<Map>(&key, place)?;
    let next = seen.value.scan(cursor, options.most(), world.now, world.hasher, |field| {
        let mut digits = [0; 20];
        let name = field.name.text(&mut digits);
        if options.shows(name) {
            shown.push(name);
            if !options.names_only {
                shown.push(field.value.text(&mut [0; 20]));
            }
        }
    });
    shown.reply(seen.reply, next);
    Ok(())
}
