//! What geo commands read from their arguments: points, lengths, units; and what is wrong with them.

use crate::generic::quoting;
use crate::{Args, Ctx, Fault};
use ironkeep_values::geo::{self, Point, Unit};
use ironkeep_values::hash::Hasher;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::parse_f64;

const NO_UNIT: Fault = Fault::Other("ERR unsupported unit provided. please use M, KM, FT, MI");

/// Why a command was not done: the line of the reply, which may quote what was given.
pub(super) struct Refusal(Vec<u8>);

impl Refusal {
    /// Replies with it.
    pub(super) fn reply(&self, ctx: &mut Ctx<'_>) {
        ctx.reply.error(&self.0);
    }

    /// An error that ends with what was given.
    pub(super) fn ending(text: &str, given: &[u8]) -> Self {
        Self(quoting(text, given, ""))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault.text().into_owned().into_bytes())
    }
}

/// Ends a command that may have been refused.
pub(super) fn finish(ctx: &mut Ctx<'_>, result: Result<(), Refusal>) {
    if let Err(refusal) = result {
        refusal.reply(ctx);
    }
}

/// The longitude at a place of the request and the latitude behind it.
pub(super) fn point(args: Args<'_>, at: usize) -> Result<Point, Refusal> {
    let longitude = parse_f64(args.at(at)).ok_or(Fault::NotFloat)?;
    let latitude = parse_f64(args.at(at + 1)).ok_or(Fault::NotFloat)?;
    let point = Point { longitude, latitude };
    if point.is_valid() {
        return Ok(point);
    }
    let text = format!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}");
    Err(Refusal(text.into_bytes()))
}

/// The metres of the unit at a place of the request.
pub(super) fn unit(args: Args<'_>, at: usize) -> Result<f64, Fault> {
    Unit::named(args.at(at)).map(Unit::metres).ok_or(NO_UNIT)
}

/// A radius and the metres of its unit.
pub(super) fn radius(args: Args<'_>, at: usize) -> Result<(f64, f64), Fault> {
    let radius = parse_f64(args.at(at)).ok_or(Fault::Other("ERR need numeric radius"))?;
    if radius < 0.0 {
        return Err(Fault::Other("ERR radius cannot be negative"));
    }
    Ok((radius, unit(args, at + 1)?))
}

/// A width, a height and the metres of their unit.
pub(super) fn rectangle(args: Args<'_>, at: usize) -> Result<(f64, f64, f64), Fault> {
    let width = parse_f64(args.at(at)).ok_or(Fault::Other("ERR need numeric width"))?;
    let height = parse_f64(args.at(at + 1)).ok_or(Fault::Other("ERR need numeric height"))?;
    if width < 0.0 || height < 0.0 {
        return Err(Fault::Other("ERR height or width cannot be negative"));
    }
    Ok((width, height, unit(args, at + 2)?))
}

/// Where a member of a set is.
pub(super) fn place_of(set: &ZSet, member: &[u8], hasher: &Hasher) -> Result<Point, Refusal> {
    let score = set.score(member, hasher);
    score.map(geo::decode).ok_or_else(|| Refusal(quoting("ERR member ", member, " does not exist")))
}
