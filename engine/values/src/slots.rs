//! The slots of a node in a trie by hash bits.
//!
//! A node of level n looks at six bits of the hash, after n times six. These name one of 64 slots; a child has a run of
//! slots. So children can be cut anywhere and neighbours joined, and a child is found by counting bits.
//! Must not know what the children are.

use crate::prefetch::prefetch_value;
use std::ops::Range;

/// Hash bits that a level looks at.
pub(crate) const BITS: u32 = 6;
/// Slots of a node.
pub(crate) const SLOTS: u32 = 1 << BITS;

/// The slot of a hash in a node of this level.
#[inline]
pub(crate) fn slot(hash: u64, level: u32) -> u32 {
    (hash >> (64 - BITS - BITS * level)) as u32 % SLOTS
}

/// The slots at which a child begins, as bits. Slot 0 always is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Starts(u64);

impl FromIterator<u32> for Starts {
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        Self(slots.into_iter().fold(0, |bits, slot| bits | 1 << slot))
    }
}

impl Starts {
    /// Which child has a slot.
    #[inline]
    pub(crate) fn index(self, slot: u32) -> usize {
        (self.0 << (SLOTS - 1 - slot)).count_ones() as usize - 1
    }

    /// The slots of the child that has a slot.
    #[inline]
    pub(crate) fn run(self, slot: u32) -> Range<u32> {
        let below = self.0 << (SLOTS - 1 - slot);
        let above = self.0.checked_shr(slot + 1).unwrap_or(0);
        let end = if above == 0 { SLOTS } else { slot + 1 + above.trailing_zeros() };
        slot - below.leading_zeros()..end
    }

    /// The first slot of each child.
    pub(crate) fn iter(self) -> impl Iterator<Item = u32> {
        (0..SLOTS).filter(move |slot| self.0 >> slot & 1 == 1)
    }
}

/// Leads searches for several hashes down together: one level for all of them, then the next, so that their waits for
/// memory overlap. `child` is the one that has a slot, below a node that has children.
pub(crate) fn descend<'a, N, H: Copy>(
    nodes: &mut [&'a N],
    hashes: &[H],
    child: impl Fn(&'a N, H, u32) -> Option<&'a N>,
) {
    let (mut level, mut deeper) = (0, true);
    while std::mem::take(&mut deeper) {
        for (node, hash) in nodes.iter_mut().zip(hashes) {
            if let Some(below) = child(*node, *hash, level) {
                prefetch_value(below);
                *node = below;
                deeper = true;
            }
        }
        level += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_find_their_children() {
        let starts: Starts = [0, 5, 6, 63].into_iter().collect();
        for (slot, index, run) in
            [(0, 0, 0..5), (4, 0, 0..5), (5, 1, 5..6), (6, 2, 6..63), (62, 2, 6..63), (63, 3, 63..64)]
        {
            assert_eq!(starts.index(slot), index, "{slot}");
            assert_eq!(starts.run(slot), run, "{slot}");
        }
        assert!(starts.iter().eq([0, 5, 6, 63]));
    }

    #[test]
    fn a_level_looks_at_its_six_bits() {
        let hash = 0b000001_000010_000011 << 46;
        assert_eq!([slot(hash, 0), slot(hash, 1), slot(hash, 2), slot(hash, 3)], [1, 2, 3, 0]);
        assert_eq!(slot(63 << 16, 7), 63);
    }
}
