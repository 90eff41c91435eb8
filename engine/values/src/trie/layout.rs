//! How the block of a leaf is divided.
//!
//! A block is `group* records`, a group eight tags and eight offsets, so that a tag and its offset lie close together.
//! Offsets count from the first record and take two bytes, or eight when the records take more than 64 KiB.
//! Must not know what is in a record.

/// Bytes in front of the content of an `Arc`: its two counts.
pub(super) const COUNTS: usize = 16;
/// Records up to this many bytes have offsets of two bytes.
const NARROW: usize = 1 << 16;
/// Blocks above this have no spare room.
const LARGE: usize = 1 << 14;

/// Bytes that the allocator gives to who asks for so many: it has four sizes between one power of two and the next.
/// Of a large block the rest takes no memory as long as it isn't touched.
fn size_class(bytes: usize) -> usize {
    if bytes > LARGE {
        return bytes;
    }
    let power = 1 << (bytes - 1).ilog2();
    bytes.next_multiple_of((power / 4).max(8))
}

/// How a block is divided.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    slots: usize,
    /// Bytes of an offset.
    pub(super) width: usize,
}

impl Layout {
    /// The layout of a block of this size with so many slots. The width follows from both.
    #[inline]
    pub(super) fn of(size: usize, slots: usize) -> Self {
        let width = if size.saturating_sub(3 * slots) <= NARROW { 2 } else { 8 };
        Self { slots, width }
    }

    /// How many slots, and bytes in all, a block for so many records of so many bytes should have: with room for
    /// more of their kind if the allocator gives more memory than asked for. `count` isn't zero.
    pub(super) fn plan(count: usize, bytes: usize) -> (usize, usize) {
        let width = if bytes <= NARROW { 2 } else { 8 };
        let need = count.next_multiple_of(8) * (1 + width) + bytes;
        let size = size_class(COUNTS + need) - COUNTS;
        let more = (size - need) / (1 + width + bytes / count);
        let slots = (count + more).next_multiple_of(8).min((size - bytes) / (1 + width) / 8 * 8);
        let records = size - slots * (1 + width);
        // Room that would ask for wider offsets is left unused.
        let unused = if width == 2 { records.saturating_sub(NARROW) } else { 0 };
        (slots, size - unused)
    }

    /// Bytes of a group.
    pub(super) fn group(self) -> usize {
        8 * (1 + self.width)
    }

    /// Where the records begin.
    pub(super) fn records(self) -> usize {
        self.slots * (1 + self.width)
    }

    pub(super) fn tag(self, index: usize) -> usize {
        index / 8 * self.group() + index % 8
    }

    #[inline]
    pub(super) fn offset(self, block: &[u8], index: usize) -> usize {
        let at = index / 8 * self.group() + 8 + index % 8 * self.width;
        if self.width == 2 {
            return usize::from(u16::from_le_bytes([block[at], block[at + 1]]));
        }
        let mut word = [0; 8];
        word.copy_from_slice(&block[at..at + 8]);
        u64::from_le_bytes(word) as usize
    }

    /// Where a record begins.
    #[inline]
    pub(super) fn start(self, block: &[u8], index: usize) -> usize {
        self.records() + self.offset(block, index)
    }

    #[inline]
    pub(super) fn set(self, block: &mut [u8], index: usize, tag: u8, offset: usize) {
        block[self.tag(index)] = tag;
        let at = index / 8 * self.group() + 8 + index % 8 * self.width;
        block[at..at + self.width].copy_from_slice(&(offset as u64).to_le_bytes()[..self.width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_room_and_keeps_its_width() {
        for count in [1, 2, 7, 8, 9, 50, 64, 1000] {
            for bytes in [1, 10, 100, 1000, 1500, 16_000, 60_000, 65_535, 65_536, 65_537, 100_000] {
                let (slots, size) = Layout::plan(count, bytes);
                let layout = Layout::of(size, slots);
                assert!(slots >= count && slots % 8 == 0, "{count} {bytes}");
                assert!(layout.records() + bytes <= size, "{count} {bytes}");
                assert_eq!(layout.width, if bytes <= NARROW { 2 } else { 8 }, "{count} {bytes}");
            }
        }
    }
}
