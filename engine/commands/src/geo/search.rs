//! A search for places: finding them, showing them, storing them.

use super::place::{coordinates, length};
use crate::zset::result::{bytes, store};
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_values::geo::{Point, Search, Shape, decode};
use ironkeep_values::zset::ZSet;
use ironkeep_wire::Reply;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Bound;

/// The order of what is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    None,
    Nearest,
    Farthest,
}

/// What is searched and what becomes of it.
pub(super) struct Query {
    pub center: Option<Point>,
    pub shape: Option<Shape>,
    /// How many metres the unit of lengths has.
    pub metres: f64,
    pub options: Options,
}

/// The words that all searches know.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub order: Order,
    /// Zero: all.
    pub count: usize,
    /// The first that are found are enough.
    pub any: bool,
    pub with_distance: bool,
    pub with_hash: bool,
    pub with_place: bool,
    /// The argument that names the key in which to store.
    pub store_at: Option<usize>,
    pub store_distances: bool,
}

impl Options {
    pub(super) const NONE: Self = Self {
        order: Order::None,
        count: 0,
        any: false,
        with_distance: false,
        with_hash: false,
        with_place: false,
        store_at: None,
        store_distances: false,
    };

    /// Whether a place is shown with something besides its name.
    pub(super) fn shows_more(self) -> bool {
        self.with_distance || self.with_hash || self.with_place
    }
}

/// The set at a key, to look at while other keys change.
pub(super) fn places(ctx: &mut Ctx<'_>, index: usize) -> Result<Option<ZSet>, Fault> {
    let key = ctx.key(index);
    let Some(place) = ctx.find(&key, Look::Read) else { return Ok(None) };
    match ctx.at(&key, place).into_value() {
        Value::Object(ObjectRef::ZSet(set)) => Ok(Some(set.clone())),
        _ => Err(Fault::WrongType),
    }
}

/// A place that was found.
struct Found<'a> {
    name: Cow<'a, [u8]>,
    score: f64,
    place: Point,
    metres: f64,
}

/// Searches a set, if there is one, and replies.
pub(super) fn run(ctx: &mut Ctx<'_>, set: Option<&ZSet>, query: Query, event: &'static str) {
    let (metres, options) = (query.metres, query.options);
    let found = set.map_or_else(Vec::new, |set| query.find(set));
    match options.store_at {
        Some(at) => {
            let scores = found.into_iter().map(|found| {
                let distance = found.metres / metres;
                (found.name, if options.store_distances { distance } else { found.score })
            });
            keep(ctx, at, scores, event);
        }
        None => {
            ctx.reply.array_len(found.len());
            found.iter().for_each(|found| found.show(&mut ctx.reply, metres, options));
        }
    }
}

impl Query {
    /// The places in the shape, as many as are wanted, in the order that is wanted.
    fn find(self, set: &ZSet) -> Vec<Found<'_>> {
        let Self { center, shape, metres, options } = self;
        let (Some(center), Some(shape)) = (center, shape) else { return Vec::new() };
        let search = Search::new(center, shape, metres);
        let enough = if options.any { options.count } else { usize::MAX };
        let mut found = Vec::new();
        for area in search.areas() {
            let ranks = set.ranks_by_score(Bound::Included(area.first), Bound::Excluded(area.behind));
            let inside = set.range(ranks).filter_map(|(item, score)| {
                let place = decode(score);
                Some(Found { name: bytes(item), score, place, metres: search.distance(place)? })
            });
            found.extend(inside.take(enough - found.len()));
            if found.len() >= enough {
                break;
            }
        }
        options.sort(&mut found);
        found
    }
}

impl Options {
    fn sort(self, found: &mut Vec<Found<'_>>) {
        let nearer =
            |a: &Found<'_>, b: &Found<'_>| a.metres.partial_cmp(&b.metres).unwrap_or(Ordering::Equal);
        match self.order {
            // Some of all can only be the nearest.
            Order::None if self.count == 0 || self.any => {}
            Order::None | Order::Nearest => found.sort_by(nearer),
            Order::Farthest => found.sort_by(|a, b| nearer(b, a)),
        }
        if self.count > 0 {
            found.truncate(self.count);
        }
    }
}

impl Found<'_> {
    fn show(&self, reply: &mut Reply<'_>, metres: f64, options: Options) {
        let Options { with_distance, with_hash, with_place, .. } = options;
        if options.shows_more() {
            reply
                .array_len(1 + [with_distance, with_hash, with_place].map(usize::from).iter().sum::<usize>());
        }
        reply.bulk(&self.name);
        if with_distance {
            length(reply, self.metres / metres);
        }
        if with_hash {
            reply.integer(self.score as i64);
        }
        if with_place {
            coordinates(reply, self.place);
        }
    }
}

/// Stores what was found, each member once: a search around the whole world can meet a place twice.
fn keep<'a>(
    ctx: &mut Ctx<'_>,
    at: usize,
    found: impl Iterator<Item = (Cow<'a, [u8]>, f64)>,
    event: &'static str,
) {
    let (limits, hasher) = (ctx.rules.sizes.zset, ctx.space.hasher());
    let mut names = HashSet::new();
    let mut found: Vec<_> =
        found.map(|(name, score)| (name, if score.is_nan() { 0.0 } else { score })).collect();
    found.retain(|(name, _)| names.insert(name.clone()));
    let len = store(ctx, at, ZSet::build(found, limits, hasher), event);
    ctx.turn.dirty += len.saturating_sub(1) as u64;
}
