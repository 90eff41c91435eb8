//! GEORADIUS and GEORADIUSBYMEMBER, and their forms that only read.

use super::query::{Extra, Known, check_any, check_store, parse_options};
use super::search::{Options, Query, places, run};
use super::words::{Refusal, finish, place_of, point, radius};
use crate::Ctx;
use ironkeep_values::geo::Shape;

/// GEORADIUS
pub fn georadius(ctx: &mut Ctx<'_>) {
    let result = search(ctx, false, true);
    finish(ctx, result);
}

/// GEORADIUS_RO
pub fn georadius_ro(ctx: &mut Ctx<'_>) {
    let result = search(ctx, false, false);
    finish(ctx, result);
}

/// GEORADIUSBYMEMBER
pub fn georadiusbymember(ctx: &mut Ctx<'_>) {
    let result = search(ctx, true, true);
    finish(ctx, result);
}

/// GEORADIUSBYMEMBER_RO
pub fn georadiusbymember_ro(ctx: &mut Ctx<'_>) {
    let result = search(ctx, true, false);
    finish(ctx, result);
}

fn search(ctx: &mut Ctx<'_>, around_member: bool, may_store: bool) -> Result<(), Refusal> {
    let (args, hasher) = (ctx.args, ctx.space.hasher());
    let set = places(ctx, 1)?;
    let mut query = Query { center: None, shape: None, metres: 1.0, options: Options::NONE };
    let first = if around_member { 5 } else { 6 };
    // Around a member of a set that isn't there is nothing, and then nobody looks at the radius.
    if !around_member || set.is_some() {
        query.center = Some(match &set {
            Some(set) if around_member => place_of(set, args.at(2), hasher)?,
            _ => point(args, 2)?,
        });
        let (radius, metres) = radius(args, first - 2)?;
        (query.shape, query.metres) = (Some(Shape::Circle(radius)), metres);
    }
    let known = Known { stores: may_store, store_distances: false };
    parse_options(ctx.args, first, known, &mut query.options, |_, _| Ok(Extra::Unknown))?;
    check_store(
        query.options,
        "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
    )?;
    check_any(query.options)?;
    run(ctx, set.as_ref(), query, "georadiusstore");
    Ok(())
}
