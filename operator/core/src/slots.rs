//! A set of hash slots as a sorted list of ranges, and how slots are dealt out to shards.

use std::fmt;

/// Number of slots in a cluster.
pub const SLOTS: u16 = 16384;

/// A set of slots: inclusive ranges, ascending, neither touching nor overlapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots(Vec<(u16, u16)>);

impl Slots {
    /// No slots.
    pub fn none() -> Self {
        Self::default()
    }

    /// All slots.
    pub fn all() -> Self {
        Self(vec![(0, SLOTS - 1)])
    }

    /// The ranges given in any order; those beyond the last slot and those the wrong way round are left out.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u16, u16)>) -> Self {
        let mut given: Vec<_> = ranges.into_iter().filter(|&(a, b)| a <= b && b < SLOTS).collect();
        given.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::new();
        for (first, last) in given {
            match merged.last_mut() {
                Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The share that shard `index` of `shards` has at birth.
    pub fn share(index: u32, shards: u32) -> Self {
        let edge = |i: u32| (u64::from(i) * u64::from(SLOTS) / u64::from(shards.max(1))) as u16;
        if index >= shards || edge(index) == edge(index + 1) {
            return Self::none();
        }
        Self(vec![(edge(index), edge(index + 1) - 1)])
    }

    /// The ranges.
    pub fn ranges(&self) -> &[(u16, u16)] {
        &self.0
    }

    /// How many slots.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|&(a, b)| u32::from(b - a) + 1).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and those.
    pub fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.0.iter().chain(&other.0).copied())
    }

    /// These without those.
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for &(first, last) in &self.0 {
            let mut next = u32::from(first);
            for &(from, to) in other.0.iter().filter(|r| r.0 <= last && r.1 >= first) {
                if u32::from(from) > next {
                    left.push((next as u16, from - 1));
                }
                next = next.max(u32::from(to) + 1);
            }
            if next <= u32::from(last) {
                left.push((next as u16, last));
            }
        }
        Self(left)
    }
}

impl fmt::Display for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn model(slots: &Slots) -> BTreeSet<u16> {
        slots.ranges().iter().flat_map(|&(a, b)| a..=b).collect()
    }

    #[test]
    fn shares_cover_everything_once() {
        for shards in [1u32, 2, 3, 5, 7, 100, 1000] {
            let mut all = Slots::none();
            let mut count = 0;
            for index in 0..shards {
                let share = Slots::share(index, shards);
                count += share.count();
                all = all.union(&share);
            }
            assert_eq!(all, Slots::all());
            assert_eq!(count, u32::from(SLOTS));
        }
    }

    proptest! {
        #[test]
        fn behaves_like_a_set(a in prop::collection::vec((0u16..200, 0u16..20), 0..12),
                              b in prop::collection::vec((0u16..200, 0u16..20), 0..12)) {
            let slots = |v: &[(u16, u16)]| Slots::from_ranges(v.iter().map(|&(at, n)| (at, at + n)));
            let (x, y) = (slots(&a), slots(&b));
            prop_assert_eq!(model(&x.union(&y)), model(&x).union(&model(&y)).copied().collect());
            prop_assert_eq!(model(&x.minus(&y)), model(&x).difference(&model(&y)).copied().collect());
            prop_assert_eq!(x.count() as usize, model(&x).len());
            prop_assert_eq!(&Slots::from_ranges(x.ranges().iter().copied()), &x);
        }
    }
}
