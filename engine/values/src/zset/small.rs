//! A small sorted set: one listpack of members, each followed by its score, in order.
//!
//! Must not be asked about sets that are too big to walk through.

use super::Limits;
use super::score::{self, order};
use crate::packed::{Digits, Item, Packed, Place};

/// The most bytes that a listpack takes for a pair beside those of its member.
pub(super) const MOST_AROUND: usize = 64;

/// The listpack of members in order, if they are within the limits.
pub(super) fn build<M: AsRef<[u8]>>(pairs: &[(M, f64)], limits: Limits) -> Option<Packed> {
    if pairs.len() > limits.entries {
        return None;
    }
    let mut packed = Packed::new();
    for (member, score) in pairs {
        let member = member.as_ref();
        if member.len() > limits.bytes || !packed.fits(member.len().saturating_add(MOST_AROUND)) {
            return None;
        }
        push_back(&mut packed, member, *score);
    }
    Some(packed)
}

/// Whether each member comes before the next one.
pub(super) fn is_in_order(pairs: &[(Vec<u8>, f64)]) -> bool {
    pairs.windows(2).all(|two| order((two[0].1, &two[0].0), (two[1].1, &two[1].0)).is_lt())
}

/// Whether a member comes twice.
pub(super) fn has_twins<M: AsRef<[u8]>>(pairs: &[(M, f64)]) -> bool {
    let mut members: Vec<&[u8]> = pairs.iter().map(|(member, _)| member.as_ref()).collect();
    members.sort_unstable();
    members.windows(2).any(|two| two[0] == two[1])
}

/// All pairs with their places.
pub(super) fn pairs(packed: &Packed) -> impl Iterator<Item = (Place, Item<'_>, f64)> {
    let mut iter = packed.iter();
    std::iter::from_fn(move || {
        let place = iter.place()?;
        let member = iter.next()?;
        let score = score::read(iter.next()?)?;
        Some((place, member, score))
    })
}

/// The place and score of a member.
pub(super) fn find(packed: &Packed, member: &[u8]) -> Option<(Place, f64)> {
    let place = packed.find(packed.first()?, member, 1)?;
    Some((place, score::read(packed.get(packed.next(place)?))?))
}

/// How many pairs come before a place.
pub(super) fn rank(packed: &Packed, place: Place) -> usize {
    packed.iter_before(place).count() / 2
}

/// Adds a member that isn't there.
pub(super) fn insert(packed: &mut Packed, member: &[u8], score: f64) {
    let mut digits = Digits::default();
    let after = pairs(packed)
        .find(|(_, own, its)| order((*its, own.text(&mut digits)), (score, member)).is_gt())
        .map(|(place, ..)| place);
    match after {
        Some(place) => {
            packed.insert(place, member);
            score::insert_after(packed, place, score);
        }
        None => push_back(packed, member, score),
    }
}

/// Adds a member behind all others.
pub(super) fn push_back(packed: &mut Packed, member: &[u8], score: f64) {
    packed.push_back(member);
    score::push_back(packed, score);
}

/// How many pairs come before the first one that isn't `below`.
pub(super) fn count_below(packed: &Packed, below: impl Fn(f64, &[u8]) -> bool) -> usize {
    let mut digits = Digits::default();
    pairs(packed).take_while(|(_, member, score)| below(*score, member.text(&mut digits))).count()
}
