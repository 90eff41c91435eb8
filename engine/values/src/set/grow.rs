//! How a set begins and when it takes a larger form: as Valkey does it, case by case.
//!
//! | form | becomes | when |
//! |---|---|---|
//! | intset | hashtable | an integer makes it larger than its limit |
//! | intset | listpack | a member that is no integer comes, and all fits a listpack |
//! | intset | hashtable | such a member comes, and it doesn't fit |
//! | listpack | hashtable | a new member is too long, or one too many |

use super::{Form, FormMut, Limits, Set};
use crate::hash::Hasher;
use crate::intset::IntSet;
use crate::packed::{Encoded, Item, Packed, SIZE_BOUND, parse_integer};
use crate::trie::{Entry, Trie};
use std::collections::HashSet;

/// Valkey's own bound of an intset, whatever the limit says.
const MOST_INTS: usize = 1 << 30;
/// Bytes of a listpack besides its entries.
const FRAME: usize = 7;

impl Set {
    /// An empty set in the form that suits its first member and how many are expected.
    pub fn new(first: &[u8], expected: usize, limits: &Limits) -> Self {
        if expected <= limits.intset_entries && parse_integer(first).is_some() {
            IntSet::new().into()
        } else if expected <= limits.listpack_entries {
            Packed::new().into()
        } else {
            Trie::new().into()
        }
    }

    /// A set of these members.
    pub fn of<'a>(members: impl IntoIterator<Item = &'a [u8]>, limits: &Limits, hasher: &Hasher) -> Self {
        let mut members = members.into_iter().peekable();
        let expected = members.size_hint().0.max(1);
        let mut set = Self::new(members.peek().copied().unwrap_or_default(), expected, limits);
        members.for_each(|member| {
            set.add(member, limits, hasher);
        });
        set
    }

    /// A set of the members of a listpack from a file, if none is there twice.
    pub fn from_packed(packed: Packed) -> Option<Self> {
        let mut seen = HashSet::new();
        let is_set = packed.iter().all(|item| seen.insert(item.to_vec()));
        is_set.then(|| packed.into())
    }

    /// Takes the large form if that many members pass the limit of the present one: before many are added, with
    /// their number, and after loading, with that of the members.
    pub fn expect(&mut self, members: usize, limits: &Limits, hasher: &Hasher) {
        let most = match self.form() {
            Form::Ints(_) => limits.intset_entries,
            Form::Packed(_) => limits.listpack_entries,
            Form::Table(_) => return,
        };
        if members > most {
            *self = self.to_trie(hasher).into();
        }
    }

    /// Takes the form of integers if all members are integers and the limit allows it. (Only the result of set
    /// operations does this.)
    pub fn try_ints(&mut self, limits: &Limits) {
        if matches!(self.form(), Form::Ints(_)) || self.len() > limits.intset_entries.min(MOST_INTS) {
            return;
        }
        let numbers: Option<IntSet> = self.iter().map(|item| item.integer()).collect();
        if let Some(numbers) = numbers {
            *self = numbers.into();
        }
    }

    pub(super) fn add_to_ints(&mut self, member: &[u8], limits: &Limits, hasher: &Hasher) -> bool {
        let FormMut::Ints(ints) = self.form_mut() else { return false };
        if let Some(number) = parse_integer(member) {
            let is_new = ints.insert(number);
            if is_new && ints.len() > limits.intset_entries.min(MOST_INTS) {
                *self = self.to_trie(hasher).into();
            }
            return is_new;
        }
        if fits_packed(ints, member, limits) {
            let mut packed: Packed = ints.iter().collect();
            packed.push_back(member);
            *self = packed.into();
        } else {
            self.add_to_table(member, hasher);
        }
        true
    }

    /// Adds a member that is known to be new.
    pub(super) fn add_to_packed(&mut self, member: &[u8], limits: &Limits, hasher: &Hasher) {
        let FormMut::Packed(packed) = self.form_mut() else { return };
        let fits = packed.len() < limits.listpack_entries
            && member.len() <= limits.listpack_value
            && packed.fits(member.len());
        if fits {
            packed.push_back(member);
        } else {
            self.add_to_table(member, hasher);
        }
    }

    fn add_to_table(&mut self, member: &[u8], hasher: &Hasher) {
        let mut trie = self.to_trie(hasher);
        trie.insert_new(&|key: &[u8]| hasher.hash(key), &Entry::key(member));
        *self = trie.into();
    }

    /// The members of a small form in a trie.
    fn to_trie(&self, hasher: &Hasher) -> Trie {
        let (mut trie, mut digits) = (Trie::new(), [0; 20]);
        for item in self.iter() {
            trie.insert_new(&|key: &[u8]| hasher.hash(key), &Entry::key(item.text(&mut digits)));
        }
        trie
    }
}

/// Whether these integers and one more member may be a listpack. Each integer counts as much as the longest one.
fn fits_packed(ints: &IntSet, member: &[u8], limits: &Limits) -> bool {
    let ends = || [ints.iter().next(), ints.iter().next_back()].into_iter().flatten();
    let longest = ends().map(|number| Item::Int(number).text_len()).max().unwrap_or(0);
    let largest = ends().map(|number| Encoded::from(number).entry_len()).max().unwrap_or(0);
    let frame = if ints.is_empty() { 0 } else { FRAME };
    ints.len() < limits.listpack_entries
        && member.len().max(longest) <= limits.listpack_value
        && ints.len() * largest + frame + member.len() <= SIZE_BOUND
}
