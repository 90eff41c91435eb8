//! What several sets have in common, what they have together, what the first has alone.
//!
//! Results have the form that Valkey gives them, which depends on the way it takes there: see [`Set::difference`].
//! A set that comes twice is recognized by its memory. Must not change the sets.

use super::{Form, Limits, Set};
use crate::hash::Hasher;
use crate::intset::IntSet;
use crate::packed::{Item, Packed};
use std::ops::ControlFlow;

/// Calls `visit` with the members that all of these sets have, until it breaks off. Puts the sets in order of size.
pub fn intersect<'a>(
    sets: &mut [&'a Set],
    hasher: &Hasher,
    mut visit: impl FnMut(Item<'a>) -> ControlFlow<()>,
) {
    sets.sort_by_key(|set| set.len());
    let Some((smallest, others)) = sets.split_first() else { return };
    for item in smallest.iter() {
        let everywhere = others.iter().all(|set| set.is_same(smallest) || set.has(&item, hasher));
        if everywhere && visit(item).is_break() {
            return;
        }
    }
}

/// Calls `visit` with the members of the first set that none of the others has.
pub fn subtract(first: &Set, others: &mut [&Set], hasher: &Hasher, mut visit: impl FnMut(Item<'_>)) {
    if is_among(first, others) {
        return;
    }
    if looks_up(first, others) {
        return rest_of(first, others, hasher).for_each(visit);
    }
    let mut rest = first.clone();
    rest.take_out(others, hasher);
    rest.iter().for_each(&mut visit);
}

impl Set {
    /// An empty set of the small form that is nearest: of integers if this is one, else a listpack.
    pub fn small_like(&self) -> Self {
        match self.form() {
            Form::Ints(_) => IntSet::new().into(),
            _ => Packed::new().into(),
        }
    }

    /// The members that all of these sets have. Puts the sets in order of size.
    pub fn intersection(sets: &mut [&Set], limits: &Limits, hasher: &Hasher) -> Self {
        let smallest = sets.iter().min_by_key(|set| set.len());
        let mut common = smallest.map_or_else(|| IntSet::new().into(), |set| set.small_like());
        intersect(sets, hasher, |item| {
            common.add_item(&item, limits, hasher);
            ControlFlow::Continue(())
        });
        common.try_ints(limits);
        common
    }

    /// The members of all of these sets.
    pub fn union(sets: &[&Set], limits: &Limits, hasher: &Hasher) -> Self {
        let largest = sets.iter().max_by_key(|set| set.len()).filter(|set| set.is_large(limits));
        let mut all = largest.map_or_else(|| IntSet::new().into(), |set| (*set).clone());
        for set in sets.iter().filter(|set| !largest.is_some_and(|largest| largest.is_same(set))) {
            all.add_all(set, limits, hasher);
        }
        all
    }

    /// The same members in whichever form is made soonest, for who only looks at them.
    pub fn gathered(sets: &[&Set], limits: &Limits, hasher: &Hasher) -> Self {
        let Some(largest) = sets.iter().max_by_key(|set| set.len()) else {
            return IntSet::new().into();
        };
        let mut all = (*largest).clone();
        all.expect(sets.iter().map(|set| set.len()).sum(), limits, hasher);
        sets.iter().filter(|set| !set.is_same(largest)).for_each(|set| all.add_all(set, limits, hasher));
        all
    }

    /// The members of the first set that none of the others has: those are looked up, or all that the others have is
    /// taken out of a copy, whichever is less work. (A copy that was large once stays a table.)
    pub fn difference(first: &Set, others: &mut [&Set], limits: &Limits, hasher: &Hasher) -> Self {
        let mut rest = Self::from(IntSet::new());
        if is_among(first, others) {
            return rest;
        }
        if looks_up(first, others) {
            for item in rest_of(first, others, hasher) {
                rest.add_item(&item, limits, hasher);
            }
            return rest;
        }
        if first.is_large(limits) {
            rest = first.clone();
        } else {
            rest.add_all(first, limits, hasher);
        }
        rest.take_out(others, hasher);
        rest
    }

    /// Adds a member of another set. Gives whether it is new.
    pub fn add_item(&mut self, item: &Item<'_>, limits: &Limits, hasher: &Hasher) -> bool {
        self.add(item.text(&mut [0; 20]), limits, hasher)
    }

    fn add_all(&mut self, set: &Set, limits: &Limits, hasher: &Hasher) {
        for item in set.iter() {
            self.add_item(&item, limits, hasher);
        }
    }

    fn take_out(&mut self, others: &[&Set], hasher: &Hasher) {
        for item in others.iter().flat_map(|set| set.iter()) {
            if self.is_empty() {
                return;
            }
            self.remove(item.text(&mut [0; 20]), hasher);
        }
    }

    /// Whether a set of these members that is filled one by one becomes a table in any case.
    fn is_large(&self, limits: &Limits) -> bool {
        matches!(self.form(), Form::Table(_))
            && self.len() > limits.intset_entries.max(limits.listpack_entries)
    }
}

fn is_among(set: &Set, others: &[&Set]) -> bool {
    others.iter().any(|other| other.is_same(set))
}

/// Whether it is less work to look up each member of the first set in the others than to walk over them.
fn looks_up(first: &Set, others: &[&Set]) -> bool {
    let all: usize = others.iter().map(|set| set.len()).sum::<usize>() + first.len();
    // What is looked up is often found at once.
    first.len().saturating_mul(others.len() + 1) / 2 <= all
}

fn rest_of<'a>(first: &'a Set, others: &mut [&Set], hasher: &Hasher) -> impl Iterator<Item = Item<'a>> {
    others.sort_by_key(|set| std::cmp::Reverse(set.len()));
    first.iter().filter(|item| !others.iter().any(|set| set.has(item, hasher)))
}
