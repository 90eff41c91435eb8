//! Sorted sets: members with scores, in the order of scores and then of bytes.
//!
//! Takes members, scores and ranges, gives members, scores and ranks. A small set is one listpack as RDB files
//! hold it, a big one a tree with an index. Clones cost the same whatever the size of the set.
//! The hash function of an operation must be the one of all operations before on the same set.
//! Must not meet a score that is NaN: commands refuse it.

mod ahead;
mod big;
mod index;
mod items;
mod range;
mod score;
mod small;
mod table;

pub use range::{Iter, LexEnd};

use crate::hash::Hasher;
use crate::packed::{Digits, Item, Packed};
use crate::thin::{COUNTS, Either, Form, Shared};
use big::Big;
use std::ops::{Bound, Range};

/// Up to where a set is small: `zset-max-listpack-entries` and `zset-max-listpack-value`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most members.
    pub entries: usize,
    /// The most bytes of a member.
    pub bytes: usize,
}

/// A sorted set, as wide as a pointer. Cloning is counting.
#[derive(Clone)]
pub struct ZSet {
    form: Either<Packed, Shared<Big>>,
}

impl Default for ZSet {
    fn default() -> Self {
        Self::new()
    }
}

impl ZSet {
    /// An empty set.
    pub fn new() -> Self {
        Self { form: Either::small(Packed::new()) }
    }

    /// A set of these members, in any order. `None` if a member comes twice or a score is NaN.
    pub fn build<M: AsRef<[u8]>>(
        pairs: impl IntoIterator<Item = (M, f64)>,
        limits: Limits,
        hasher: &Hasher,
    ) -> Option<Self> {
        let mut pairs: Vec<(M, f64)> = pairs.into_iter().collect();
        if pairs.iter().any(|(_, score)| score.is_nan()) {
            return None;
        }
        pairs.sort_by(|a, b| score::order((a.1, a.0.as_ref()), (b.1, b.0.as_ref())));
        if let Some(packed) = small::build(&pairs, limits) {
            return Some(Self { form: Either::small(packed) }).filter(|_| !small::has_twins(&pairs));
        }
        let big = Big::build(pairs.iter().map(|(member, score)| (*score, member.as_ref())), hasher)?;
        Some(Self { form: Either::large(Shared::new(big)) })
    }

    /// A set from a listpack of members and scores of the outside world. `None` if it isn't one.
    pub fn from_packed(packed: Packed, limits: Limits, hasher: &Hasher) -> Option<Self> {
        let pairs: Vec<_> =
            small::pairs(&packed).map(|(_, member, score)| (member.to_vec(), score)).collect();
        if pairs.len() * 2 != packed.len() {
            return None;
        }
        // Valkey looks at the count only when it loads a listpack, not at the lengths of its members.
        if pairs.len() > limits.entries || !small::is_in_order(&pairs) {
            return Self::build(pairs, Limits { bytes: usize::MAX, ..limits }, hasher);
        }
        Some(Self { form: Either::small(packed) }).filter(|_| !small::has_twins(&pairs))
    }

    /// The listpack of a small set.
    pub fn as_packed(&self) -> Option<&Packed> {
        match self.form.get() {
            Form::Small(packed) => Some(packed),
            Form::Large(_) => None,
        }
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        match self.form.get() {
            Form::Small(packed) => packed.len() / 2,
            Form::Large(big) => big.len(),
        }
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory it takes, without this pointer.
    pub fn size(&self) -> usize {
        match self.form.get() {
            Form::Small(packed) => packed.size(),
            Form::Large(big) => COUNTS + size_of::<Big>() + big.size(),
        }
    }

    /// The name that OBJECT ENCODING shows.
    pub fn encoding(&self) -> &'static str {
        match self.form.get() {
            Form::Small(_) => "listpack",
            Form::Large(_) => "skiplist",
        }
    }

    /// Makes a set big before it gets so many members, of which the longest has so many bytes.
    pub fn prepare(&mut self, members: usize, longest: usize, limits: Limits, hasher: &Hasher) {
        if members > limits.entries || longest > limits.bytes {
            self.enlarge(hasher);
        }
    }

    /// Makes a set small again if it is within the limits: for results of commands and for loading.
    pub fn compact(&mut self, limits: Limits) {
        let Form::Large(_) = self.form.get() else { return };
        if self.len() > limits.entries {
            return;
        }
        let mut digits = Digits::default();
        let pairs: Vec<_> =
            self.iter().map(|(member, score)| (member.text(&mut digits).to_vec(), score)).collect();
        if let Some(packed) = small::build(&pairs, limits) {
            self.form = Either::small(packed);
        }
    }

    fn enlarge(&mut self, hasher: &Hasher) {
        let Form::Small(packed) = self.form.get() else { return };
        let mut big = Big::new();
        let mut digits = Digits::default();
        for (_, member, score) in small::pairs(packed) {
            big.insert(member.text(&mut digits), score, hasher);
        }
        self.form = Either::large(Shared::new(big));
    }

    /// The score of a member.
    pub fn score(&self, member: &[u8], hasher: &Hasher) -> Option<f64> {
        match self.form.get() {
            Form::Small(packed) => small::find(packed, member).map(|(_, score)| score),
            Form::Large(big) => big.score(member, hasher),
        }
    }

    /// Starts to load what searches for members with these hashes will read, and where members with these scores go.
    pub fn load_ahead(&self, hashes: &[u64], scores: &[f64]) {
        if let Form::Large(big) = self.form.get() {
            big.load_ahead(hashes, scores);
        }
    }

    /// The rank of a member (0: the lowest) and its score.
    pub fn rank(&self, member: &[u8], hasher: &Hasher) -> Option<(usize, f64)> {
        match self.form.get() {
            Form::Small(packed) => {
                small::find(packed, member).map(|(place, score)| (small::rank(packed, place), score))
            }
            Form::Large(big) => big.score(member, hasher).map(|score| (big.rank(score, member), score)),
        }
    }

    /// Adds a member or changes its score. `decide` sees the score it has, if it is there, and gives the one it
    /// shall have; `None` leaves all as it is. Gives the old score and the decision.
    pub fn update(
        &mut self,
        member: &[u8],
        limits: Limits,
        hasher: &Hasher,
        decide: impl FnOnce(Option<f64>) -> Option<f64>,
    ) -> (Option<f64>, Option<f64>) {
        let old = match self.form.get() {
            Form::Small(packed) => {
                let found = small::find(packed, member);
                let old = found.map(|(_, score)| score);
                let new = decide(old);
                if let Some(score) = new
                    && old != new
                {
                    self.put_small(member, score, found.map(|(place, _)| place), limits, hasher);
                }
                return (old, new);
            }
            Form::Large(big) => big.score(member, hasher),
        };
        let new = decide(old);
        if let (Some(score), Form::Large(big)) = (new, self.form.get_mut()) {
            match old {
                Some(old) if old != score => big.update(member, old, score, hasher),
                Some(_) => {}
                None => big.insert(member, score, hasher),
            }
        }
        (old, new)
    }

    /// Adds a member or gives it this score. Gives the score it had.
    pub fn insert(&mut self, member: &[u8], score: f64, limits: Limits, hasher: &Hasher) -> Option<f64> {
        self.update(member, limits, hasher, |_| Some(score)).0
    }

    fn put_small(
        &mut self,
        member: &[u8],
        score: f64,
        old: Option<crate::packed::Place>,
        limits: Limits,
        hasher: &Hasher,
    ) {
        let Form::Small(packed) = self.form.get_mut() else { return };
        let full = packed.len() / 2 >= limits.entries
            || member.len() > limits.bytes
            || !packed.fits(member.len().saturating_add(small::MOST_AROUND));
        if old.is_none() && full {
            self.enlarge(hasher);
            if let Form::Large(big) = self.form.get_mut() {
                big.insert(member, score, hasher);
            }
            return;
        }
        if let Some(place) = old {
            packed.remove_run(place, 2);
        }
        small::insert(packed, member, score);
    }

    /// Removes a member and gives its score.
    pub fn remove(&mut self, member: &[u8], hasher: &Hasher) -> Option<f64> {
        match self.form.get_mut() {
            Form::Small(packed) => {
                let (place, score) = small::find(packed, member)?;
                packed.remove_run(place, 2);
                Some(score)
            }
            Form::Large(big) => {
                let score = big.score(member, hasher)?;
                let rank = big.rank(score, member);
                big.remove_range(rank..rank + 1, hasher, &mut |_, _| ());
                Some(score)
            }
        }
    }

    /// Removes the members of these ranks, lowest first, and shows each one before it goes.
    pub fn remove_range(&mut self, ranks: Range<usize>, hasher: &Hasher, mut visit: impl FnMut(&[u8], f64)) {
        match self.form.get_mut() {
            Form::Small(packed) => {
                let mut digits = Digits::default();
                let count = ranks.end.min(packed.len() / 2).saturating_sub(ranks.start);
                for (_, member, score) in small::pairs(packed).skip(ranks.start).take(count) {
                    visit(member.text(&mut digits), score);
                }
                if count > 0 {
                    packed.remove_range(2 * ranks.start, 2 * count);
                }
            }
            Form::Large(big) => big.remove_range(ranks, hasher, &mut visit),
        }
    }

    /// Takes the member with the lowest score away.
    pub fn pop_first(&mut self, hasher: &Hasher) -> Option<(Vec<u8>, f64)> {
        self.take(0, hasher)
    }

    /// Takes the member with the highest score away.
    pub fn pop_last(&mut self, hasher: &Hasher) -> Option<(Vec<u8>, f64)> {
        self.take(self.len().checked_sub(1)?, hasher)
    }

    fn take(&mut self, rank: usize, hasher: &Hasher) -> Option<(Vec<u8>, f64)> {
        let mut taken = None;
        self.remove_range(rank..rank + 1, hasher, |member, score| taken = Some((member.to_vec(), score)));
        taken
    }

    /// The member of a rank and its score.
    pub fn at(&self, rank: usize) -> Option<(Item<'_>, f64)> {
        self.range(rank..rank.saturating_add(1)).next()
    }

    /// The members of these ranks, from both ends; ranks that aren't there are left out.
    pub fn range(&self, ranks: Range<usize>) -> Iter<'_> {
        Iter::new(self, ranks.start, ranks.end)
    }

    /// All members, from both ends.
    pub fn iter(&self) -> Iter<'_> {
        self.range(0..self.len())
    }

    /// The ranks of the members with scores from `min` to `max`.
    pub fn ranks_by_score(&self, min: Bound<f64>, max: Bound<f64>) -> Range<usize> {
        let start = self.count_below(|score, _| range::begins_after(min, score));
        let end = self.count_below(|score, _| range::ends_after(max, score));
        start..end.max(start)
    }

    /// The ranks of the members from `min` to `max` by bytes, in a set where all have the same score.
    pub fn ranks_by_lex(&self, min: LexEnd, max: LexEnd) -> Range<usize> {
        let start = self.count_below(|_, member| min.begins_after(member));
        let end = self.count_below(|_, member| max.ends_after(member));
        start..end.max(start)
    }

    fn count_below(&self, below: impl Fn(f64, &[u8]) -> bool) -> usize {
        match self.form.get() {
            Form::Small(packed) => small::count_below(packed, below),
            Form::Large(big) => big.count_below(below),
        }
    }

    /// Shows some `count` members and gives the cursor to go on with, 0 at the end. Begins with cursor 0.
    /// A member that is there from the first call to the last is shown at least once, whatever changes.
    pub fn scan(&self, cursor: u64, count: usize, hasher: &Hasher, mut visit: impl FnMut(&[u8], f64)) -> u64 {
        match self.form.get() {
            Form::Small(packed) => {
                let mut digits = Digits::default();
                for (_, member, score) in small::pairs(packed) {
                    visit(member.text(&mut digits), score);
                }
                0
            }
            Form::Large(big) => big.scan(cursor, count, hasher, &mut visit),
        }
    }

    /// Whether all parts of the set agree; says what doesn't. For tests and DEBUG.
    pub fn check(&self, hasher: &Hasher) -> Result<(), String> {
        match self.form.get() {
            Form::Small(packed) if small::pairs(packed).count() * 2 == packed.len() => Ok(()),
            Form::Small(_) => Err("a member without a score".into()),
            Form::Large(big) => big.check(hasher),
        }
    }
}
