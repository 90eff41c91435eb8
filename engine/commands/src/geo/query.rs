//! GEOSEARCH and GEOSEARCHSTORE, and the options that all searches share.

use super::search::{Options, Order, Query, places, run};
use super::words::{Refusal, finish, place_of, point, radius, rectangle};
use crate::{Args, Ctx, Fault};
use ironkeep_values::geo::{Point, Shape};
use ironkeep_values::hash::Hasher;
use ironkeep_values::zset::ZSet;
use ironkeep_wire::parse_i64;

const NO_VERTICES: Fault = Fault::Other("ERR invalid number of vertices");
const FEW_VERTICES: Fault = Fault::Other("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices");
const NO_COUNT: Fault = Fault::Other("ERR COUNT must be > 0");
const ANY_ALONE: Fault = Fault::Other("ERR the ANY argument requires COUNT argument");

/// GEOSEARCH
pub fn geosearch(ctx: &mut Ctx<'_>) {
    let result = search(ctx, false);
    finish(ctx, result);
}

/// GEOSEARCHSTORE
pub fn geosearchstore(ctx: &mut Ctx<'_>) {
    let result = search(ctx, true);
    finish(ctx, result);
}

fn search(ctx: &mut Ctx<'_>, stores: bool) -> Result<(), Refusal> {
    let (args, hasher) = (ctx.args, ctx.space.hasher());
    let (source, first) = if stores { (2, 3) } else { (1, 2) };
    let set = places(ctx, source)?;
    let mut options = Options { store_at: stores.then_some(1), ..Options::NONE };
    let known = Known { stores: false, store_distances: stores };
    let mut around =
        Around { args, set: set.as_ref(), hasher, from: From::Nothing, shape: None, metres: 1.0 };
    parse_options(args, first, known, &mut options, |at, left| around.take(at, left))?;
    check_store(
        options,
        "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
    )?;
    let query = around.query(options)?;
    check_any(options)?;
    run(ctx, set.as_ref(), query, "geosearchstore");
    Ok(())
}

/// Which of the shared options a command knows.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// STORE and STOREDIST with a key.
    pub stores: bool,
    /// STOREDIST alone.
    pub store_distances: bool,
}

/// What a word of one command's own is.
pub(super) enum Extra {
    /// So many words, this one included.
    Words(usize),
    Unknown,
}

/// Reads options from `first` on. `extra` is shown the place of each word that isn't shared and how many follow.
pub(super) fn parse_options(
    args: Args<'_>,
    first: usize,
    known: Known,
    options: &mut Options,
    mut extra: impl FnMut(usize, usize) -> Result<Extra, Refusal>,
) -> Result<(), Refusal> {
    let mut at = first;
    while at < args.len() {
        let left = args.len() - at - 1;
        at += match options.take(args, at, left, known)? {
            Extra::Words(words) => words,
            Extra::Unknown => match extra(at, left)? {
                Extra::Words(words) => words,
                Extra::Unknown => return Err(Fault::Syntax.into()),
            },
        };
    }
    Ok(())
}

impl Options {
    fn take(&mut self, args: Args<'_>, at: usize, left: usize, known: Known) -> Result<Extra, Fault> {
        let is = |word| args.is(at, word);
        let mut words = 1;
        if is("withdist") {
            self.with_distance = true;
        } else if is("withhash") {
            self.with_hash = true;
        } else if is("withcoord") {
            self.with_place = true;
        } else if is("any") {
            self.any = true;
        } else if is("asc") {
            self.order = Order::Nearest;
        } else if is("desc") {
            self.order = Order::Farthest;
        } else if is("count") && left >= 1 {
            let count = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
            self.count = usize::try_from(count).ok().filter(|count| *count > 0).ok_or(NO_COUNT)?;
            words = 2;
        } else if known.stores && left >= 1 && (is("store") || is("storedist")) {
            self.store_at = Some(at + 1);
            self.store_distances = is("storedist");
            words = 2;
        } else if known.store_distances && is("storedist") {
            self.store_distances = true;
        } else {
            return Ok(Extra::Unknown);
        }
        Ok(Extra::Words(words))
    }
}

/// Refuses to store what can only be shown.
pub(super) fn check_store(options: Options, text: &'static str) -> Result<(), Fault> {
    if options.store_at.is_some() && options.shows_more() { Err(Fault::Other(text)) } else { Ok(()) }
}

/// Refuses ANY when all are wanted.
pub(super) fn check_any(options: Options) -> Result<(), Fault> {
    if options.any && options.count == 0 { Err(ANY_ALONE) } else { Ok(()) }
}

/// What GEOSEARCH searches around.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Nothing,
    /// A member; nowhere if its set isn't there.
    Member(Option<Point>),
    Place(Point),
}

/// Where GEOSEARCH searches, as far as it was read.
struct Around<'a> {
    args: Args<'a>,
    set: Option<&'a ZSet>,
    hasher: &'a Hasher,
    from: From,
    shape: Option<Shape>,
    metres: f64,
}

impl Around<'_> {
    /// Reads the words at a place of the request.
    fn take(&mut self, at: usize, left: usize) -> Result<Extra, Refusal> {
        let args = self.args;
        let is = |word| args.is(at, word);
        let has_polygon = matches!(self.shape, Some(Shape::Polygon(_)));
        let may_be = |this: fn(&Shape) -> bool| self.shape.as_ref().is_none_or(this);
        let words = if is("frommember") && left >= 1 && !matches!(self.from, From::Place(_)) && !has_polygon {
            let place = self.set.map(|set| place_of(set, args.at(at + 1), self.hasher)).transpose()?;
            self.from = From::Member(place);
            2
        } else if is("fromlonlat") && left >= 2 && !matches!(self.from, From::Member(_)) && !has_polygon {
            self.from = From::Place(point(args, at + 1)?);
            3
        } else if is("byradius") && left >= 2 && may_be(|shape| matches!(shape, Shape::Circle(_))) {
            let (radius, metres) = radius(args, at + 1)?;
            (self.shape, self.metres) = (Some(Shape::Circle(radius)), metres);
            3
        } else if is("bybox") && left >= 3 && may_be(|shape| matches!(shape, Shape::Rectangle { .. })) {
            let (width, height, metres) = rectangle(args, at + 1)?;
            (self.shape, self.metres) = (Some(Shape::Rectangle { width, height }), metres);
            4
        } else if is("bypolygon") && left >= 2 && may_be(|shape| matches!(shape, Shape::Polygon(_))) {
            if self.from != From::Nothing {
                return Ok(Extra::Unknown);
            }
            self.polygon(at, left)?
        } else {
            return Ok(Extra::Unknown);
        };
        Ok(Extra::Words(words))
    }

    /// Reads the corners of a polygon; gives how many words it has.
    fn polygon(&mut self, at: usize, left: usize) -> Result<usize, Refusal> {
        let count = parse_i64(self.args.at(at + 1)).and_then(|count| i32::try_from(count).ok());
        let count = usize::try_from(count.ok_or(NO_VERTICES)?).unwrap_or(0);
        if count < 3 || (left - 1) / 2 < count {
            return Err(FEW_VERTICES.into());
        }
        let corners = (0..count).map(|nth| point(self.args, at + 2 + 2 * nth));
        (self.shape, self.metres) = (Some(Shape::Polygon(corners.collect::<Result<_, _>>()?)), 1.0);
        Ok(2 + 2 * count)
    }

    /// All of it, if there is one centre and one shape.
    fn query(self, options: Options) -> Result<Query, Refusal> {
        let name = self.args.at(0);
        let is_polygon = matches!(self.shape, Some(Shape::Polygon(_)));
        let center = match self.from {
            From::Place(place) => Some(place),
            From::Member(place) => place,
            // A polygon has its centre by itself.
            From::Nothing if is_polygon => Some(Point { longitude: 0.0, latitude: 0.0 }),
            From::Nothing => {
                let text = "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ";
                return Err(Refusal::ending(text, name));
            }
        };
        if self.shape.is_none() {
            let text = "ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for ";
            return Err(Refusal::ending(text, name));
        }
        Ok(Query { center, shape: self.shape, metres: self.metres, options })
    }
}
