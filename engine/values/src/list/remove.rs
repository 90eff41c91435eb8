//! Taking elements out of a list: from the ends, by place, by value.
//!
//! Large parts are handed out, so that they can be freed where nobody waits.

use super::chunk::{Chunk, JOIN_BYTES};
use super::{List, Way};
use crate::packed::{Item, Needle};
use crate::thin::Form;
use crate::tree::{Change, Leaf, Tree};
use std::ops::Range;

/// Elements that were removed and still take memory: dropping this frees it.
pub struct Removed(Tree<Chunk>);

impl Removed {
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.0.size()
    }
}

impl std::fmt::Debug for Removed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} elements", self.0.len())
    }
}

impl List {
    /// Takes the first element; what `read` makes of it.
    pub fn pop_front<R>(&mut self, read: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        self.pop(Way::Forward, read)
    }

    /// Takes the last element; what `read` makes of it.
    pub fn pop_back<R>(&mut self, read: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        self.pop(Way::Backward, read)
    }

    #[inline]
    fn pop<R>(&mut self, way: Way, read: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        if let Form::Small(packed) = self.body.get_mut() {
            let place = if way == Way::Forward { packed.first() } else { packed.last() }?;
            let answer = read(packed.get(place));
            packed.remove(place);
            return Some(answer);
        }
        let answer = self.edit_end(way, |leaf| leaf.pop(way, read));
        self.settle_form();
        answer
    }

    /// Removes the elements of a range (of it what there is).
    pub fn remove_range(&mut self, range: Range<usize>) -> Option<Removed> {
        let end = range.end.min(self.len());
        let count = end.checked_sub(range.start).filter(|count| *count > 0)?;
        let mut removed = None;
        match self.body.get_mut() {
            Form::Large(big) if big.tree.at(range.start).is_none_or(|(leaf, at)| at + count > leaf.len()) => {
                removed = Some(Removed(big.tree.remove_range(range.start..end, JOIN_BYTES)));
            }
            _ => self.edit(range.start, |leaf, at| (leaf.remove_range(at, count), ())),
        }
        self.settle_form();
        removed
    }

    /// Keeps the elements of a range only. What stood behind it and before it is handed out.
    pub fn keep(&mut self, range: Range<usize>) -> [Option<Removed>; 2] {
        if range.start >= range.end {
            return [self.remove_range(0..usize::MAX), None];
        }
        [self.remove_range(range.end..usize::MAX), self.remove_range(0..range.start)]
    }

    /// Removes at most so many elements that are `value`, from the front or from the back; how many there were.
    pub fn remove_value(&mut self, value: &[u8], way: Way, most: usize) -> usize {
        let needle = Needle::new(value);
        let mut removed = 0;
        // Where to go on: at this element, or before it.
        let mut next = if way == Way::Forward { 0 } else { self.len() };
        while removed < most
            && let Some(found) = self.find(&needle, next, way)
        {
            let (first, at) = self.leaf_of(found);
            let gone = self.edit(found, |leaf, _| leaf.remove_found(&needle, at, way, most - removed));
            removed += gone;
            // Forward, the leaf was searched from `found` on, backward from there to its first element.
            next = if way == Way::Forward { found } else { first };
            if gone == 0 {
                break;
            }
        }
        self.settle_form();
        removed
    }

    /// The first place of the needle from `from` on, or the last one before it.
    fn find(&self, needle: &Needle<'_>, from: usize, way: Way) -> Option<usize> {
        match way {
            Way::Forward => self.walk(from, way).position(|item| needle.is(&item)).map(|n| from + n),
            Way::Backward => {
                let last = from.checked_sub(1)?;
                self.walk(last, way).position(|item| needle.is(&item)).map(|n| last - n)
            }
        }
    }

    /// The number of the first element of a leaf and the place of an element in it.
    fn leaf_of(&self, index: usize) -> (usize, usize) {
        match self.body.get() {
            Form::Large(big) => big.tree.at(index).map_or((0, index), |(_, at)| (index - at, at)),
            Form::Small(_) => (0, index),
        }
    }
}

impl Chunk {
    /// Takes an element at an end. Inner nodes hear of it only when the leaf has become small.
    #[inline]
    fn pop<R>(&mut self, way: Way, read: impl FnOnce(Item<'_>) -> R) -> (Change<Self>, Option<R>) {
        let packed = match self {
            Self::Plain(value) => return (Change::Empty, Some(read(Item::Bytes(value)))),
            Self::Packed(packed) => packed,
        };
        let place = if way == Way::Forward { packed.first() } else { packed.last() };
        let answer = place.map(|place| {
            let answer = read(packed.get(place));
            packed.remove(place);
            answer
        });
        (if packed.is_empty() { Change::Empty } else { Change::Kept }, answer)
    }
}
