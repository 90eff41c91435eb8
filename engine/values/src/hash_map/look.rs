//! Fields of a hash one by one: all of them, by lot, by cursor.
//!
//! Must not change the hash.

use super::{Field, Map};
use crate::hash::Hasher;
use crate::thin::Form;
use crate::{lots, packed, trie};

/// How often a lot is drawn again when it falls on a field that has expired, before the living are counted.
const DRAWS: usize = 32;

/// All fields, expired ones included.
pub struct Iter<'a>(Inner<'a>);

enum Inner<'a> {
    Packed(packed::Iter<'a>),
    Table(trie::Iter<'a>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        match &mut self.0 {
            Inner::Packed(packed) => {
                Some(Field { name: packed.next()?, value: packed.next()?, expiry: None })
            }
            Inner::Table(trie) => trie.next().map(Field::from),
        }
    }
}

impl<'a> Field<'a> {
    /// Whether it has expired.
    #[inline]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expiry.is_some_and(|expiry| expiry < now)
    }
}

impl Map {
    /// All fields, expired ones included: for who saves them.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match self.body.get() {
            Form::Small(packed) => Inner::Packed(packed.iter()),
            Form::Large(trie) => Inner::Table(trie.iter()),
        })
    }

    /// The fields that have not expired.
    pub fn live(&self, now: i64) -> impl Iterator<Item = Field<'_>> {
        self.iter().filter(move |field| !field.is_expired(now))
    }

    /// Field number n in the order of [`Map::iter`], even if it has expired.
    fn nth(&self, n: usize) -> Option<Field<'_>> {
        match self.body.get() {
            Form::Large(trie) => trie.nth(n).map(Field::from),
            Form::Small(packed) => {
                let name = packed.seek(2 * n)?;
                let value = packed.next(name)?;
                Some(Field { name: packed.get(name), value: packed.get(value), expiry: None })
            }
        }
    }

    /// A random field that has not expired, each as likely as another.
    pub fn random(&self, now: i64, random: &mut dyn FnMut() -> u64) -> Option<Field<'_>> {
        for _ in 0..DRAWS {
            let field = self.nth(lots::below(self.len(), random))?;
            if !field.is_expired(now) {
                return Some(field);
            }
        }
        self.live(now).nth(lots::below(self.live_len(now), random))
    }

    /// `count` different fields that have not expired, each choice as likely as another; all if there
    /// aren't as many.
    pub fn sample(&self, count: usize, now: i64, random: &mut dyn FnMut() -> u64) -> Vec<Field<'_>> {
        let len = self.live_len(now);
        if count >= len {
            return self.live(now).collect();
        }
        let numbers = lots::distinct(count, len, random);
        if len == self.len() && self.packed().is_none() {
            return numbers.into_iter().filter_map(|number| self.nth(number)).collect();
        }
        let live: Vec<Field<'_>> = self.live(now).collect();
        numbers.into_iter().filter_map(|number| live.get(number).copied()).collect()
    }

    /// Gives at least `count` fields from the cursor on, all that a small hash has, and the next cursor; zero is the
    /// start and the end. What is there during a whole scan is given. Fields that have expired are left out, but count.
    pub fn scan<'a>(
        &'a self,
        cursor: u64,
        count: usize,
        now: i64,
        hasher: &Hasher,
        mut visit: impl FnMut(Field<'a>),
    ) -> u64 {
        match self.body.get() {
            Form::Large(trie) => trie.scan(&|key: &[u8]| hasher.hash(key), cursor, count, |entry| {
                if !entry.is_expired(now) {
                    visit(entry.into());
                }
            }),
            Form::Small(_) => {
                self.iter().for_each(visit);
                0
            }
        }
    }
}
