//! GEOPOS, GEODIST, GEOHASH: what is known of single places.

use super::words::unit;
use crate::{Ctx, Fault};
use ironkeep_values::geo::{Point, decode, distance, text};
use ironkeep_values::zset::ZSet;
use ironkeep_wire::{Extended, Reply, write_fixed};

/// Digits behind the point of a distance.
const PLACES: u32 = 4;

/// GEOPOS
pub fn geopos(ctx: &mut Ctx<'_>) {
    let result = each(ctx, |reply, place| match place {
        Some(place) => coordinates(reply, place),
        None => reply.null_array(),
    });
    ctx.finish(result);
}

/// GEOHASH
pub fn geohash(ctx: &mut Ctx<'_>) {
    let result = each(ctx, |reply, place| match place {
        Some(place) => reply.bulk(&text(place)),
        None => reply.null(),
    });
    ctx.finish(result);
}

/// Shows something of each member that is named.
fn each(ctx: &mut Ctx<'_>, show: impl Fn(&mut Reply<'_>, Option<Point>)) -> Result<(), Fault> {
    let (key, hasher) = (ctx.key(1), ctx.space.hasher());
    let members = ctx.args.iter().skip(2);
    if let Some(seen) = ctx.read::<ZSet>(&key)? {
        seen.reply.array_len(members.len());
        members.for_each(|member| show(seen.reply, seen.value.score(member, hasher).map(decode)));
    } else {
        ctx.reply.array_len(members.len());
        members.for_each(|_| show(&mut ctx.reply, None));
    }
    Ok(())
}

/// A longitude and a latitude.
pub(super) fn coordinates(reply: &mut Reply<'_>, place: Point) {
    reply.array_len(2);
    for degrees in [place.longitude, place.latitude] {
        reply.extended(Extended::from_f64(degrees).unwrap_or(Extended::ZERO));
    }
}

/// A distance.
pub(super) fn length(reply: &mut Reply<'_>, length: f64) {
    let mut text = Vec::new();
    write_fixed(&mut text, length, PLACES);
    reply.bulk(&text);
}

/// GEODIST
pub fn geodist(ctx: &mut Ctx<'_>) {
    let result = measure(ctx);
    ctx.finish(result);
}

fn measure(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args, hasher) = (ctx.key(1), ctx.args, ctx.space.hasher());
    let metres = match args.len() {
        ..=4 => 1.0,
        5 => unit(args, 4)?,
        _ => return Err(Fault::Syntax),
    };
    let Some(seen) = ctx.read::<ZSet>(&key)? else {
        ctx.reply.null();
        return Ok(());
    };
    let place = |at| seen.value.score(args.at(at), hasher).map(decode);
    match place(2).zip(place(3)) {
        Some((from, to)) => length(seen.reply, distance(from, to) / metres),
        None => seen.reply.null(),
    }
    Ok(())
}
