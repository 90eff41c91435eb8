//! Members of a set one by one: all of them, by number, by lot, by cursor.
//!
//! Must not change the set.

use super::{Form, Set};
use crate::hash::Hasher;
use crate::packed::Item;
use crate::{intset, lots, packed, trie};

/// All members.
pub struct Iter<'a>(Inner<'a>);

enum Inner<'a> {
    Ints(intset::Iter<'a>),
    Packed(packed::Iter<'a>),
    Table(trie::Iter<'a>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        match &mut self.0 {
            Inner::Ints(ints) => ints.next().map(Item::Int),
            Inner::Packed(packed) => packed.next(),
            Inner::Table(trie) => trie.next().map(|entry| Item::Bytes(entry.key)),
        }
    }
}

impl Set {
    /// All members: integers in order, others of a listpack as they came, those of a table in no order.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match self.form() {
            Form::Ints(ints) => Inner::Ints(ints.iter()),
            Form::Packed(packed) => Inner::Packed(packed.iter()),
            Form::Table(trie) => Inner::Table(trie.iter()),
        })
    }

    /// Member number n, in the order of [`Set::iter`].
    pub fn nth(&self, n: usize) -> Option<Item<'_>> {
        match self.form() {
            Form::Ints(ints) => ints.nth(n).map(Item::Int),
            Form::Packed(packed) => packed.item(n),
            Form::Table(trie) => trie.nth(n).map(|entry| Item::Bytes(entry.key)),
        }
    }

    /// `count` different members, each choice as likely as another; all if there aren't as many.
    pub fn sample(&self, count: usize, random: &mut dyn FnMut() -> u64) -> Vec<Item<'_>> {
        if count >= self.len() {
            return self.iter().collect();
        }
        let numbers = lots::distinct(count, self.len(), random);
        if let Form::Packed(packed) = self.form() {
            let all: Vec<Item<'_>> = packed.iter().collect();
            return numbers.into_iter().filter_map(|number| all.get(number).copied()).collect();
        }
        numbers.into_iter().filter_map(|number| self.nth(number)).collect()
    }

    /// Gives at least `count` members from the cursor on, all that a small set has, and the next cursor; zero is
    /// the start and the end. What is there during a whole scan is given once, also if the form changes: a small
    /// form gives all at once.
    pub fn scan<'a>(
        &'a self,
        cursor: u64,
        count: usize,
        hasher: &Hasher,
        mut visit: impl FnMut(Item<'a>),
    ) -> u64 {
        match self.form() {
            Form::Table(trie) => {
                let hash = |key: &[u8]| hasher.hash(key);
                trie.scan(&hash, cursor, count, |entry| visit(Item::Bytes(entry.key)))
            }
            _ => {
                self.iter().for_each(visit);
                0
            }
        }
    }
}
