//! Gaps in a block: bytes come and go at any place, and as few as possible are moved.
//!
//! Spare room is what the allocator's size classes give away anyway and, in larger blocks, at most a sixteenth on top;
//! it lies at the end where the last growth was. Must not know what the bytes mean.

use super::block::{Block, size_for};

/// The end of a block that a change is near to.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Front,
    Back,
}

/// Room on top for a block that moves along, as a queue does, or else it would be moved for every few bytes. In a small
/// block moving all bytes costs less than room on top would save.
fn slack(len: usize) -> usize {
    if len <= 512 { 0 } else { len / 16 }
}

impl Side {
    fn other(self) -> Self {
        if self == Self::Front { Self::Back } else { Self::Front }
    }
}

impl<const LABEL: usize> Block<LABEL> {
    /// Exactly these bytes.
    pub(crate) fn holding(bytes: &[u8]) -> Self {
        Self::placed(bytes, bytes.len(), false)
    }

    /// Makes room for so many bytes in all.
    pub(crate) fn reserve(&mut self, capacity: usize) {
        if capacity > self.capacity() {
            *self = Self::placed(self.bytes(), capacity, false);
        }
    }

    /// Puts `new` bytes of any content where `old` bytes are at a place; nothing when the place is outside.
    #[inline]
    pub(crate) fn splice(&mut self, at: usize, old: usize, new: usize) {
        debug_assert!(at + old <= self.len());
        if new > old {
            self.open(at, at + old, new - old);
        } else if new < old {
            self.close(at, old - new);
        }
    }

    /// Makes `more` bytes of room between the bytes before `head` and those from `tail` on.
    fn open(&mut self, head: usize, tail: usize, more: usize) {
        let len = self.len();
        let after = len - tail;
        let mut side = if head < after { Side::Front } else { Side::Back };
        if self.spare(side) < more {
            // In the middle both sides cost about the same; at an end it pays to bring the room there.
            let is_near = !self.is_small() && head.min(after) <= len / 8;
            if is_near || self.spare(side.other()) < more {
                self.bring_room(side, more);
            }
            // A small block has room at its back only.
            if self.spare(side) < more {
                side = side.other();
            }
        }
        let start = self.front();
        if side == Side::Front {
            self.all().copy_within(start..start + head, start - more);
            self.span(start - more, len + more);
        } else {
            self.all().copy_within(start + tail..start + len, start + tail + more);
            self.span(start, len + more);
        }
    }

    fn spare(&self, side: Side) -> usize {
        match side {
            Side::Front => self.front(),
            Side::Back => self.capacity() - self.front() - self.len(),
        }
    }

    /// Moves the spare room to one side, in a larger allocation unless plenty would be left.
    #[cold]
    fn bring_room(&mut self, side: Side, more: usize) {
        let (start, len, capacity) = (self.front(), self.len(), self.capacity());
        let need = len + more;
        if need + slack(need) > capacity {
            // A block that only grows takes the next class.
            let moves = capacity > len;
            let capacity = need + if moves { slack(need) } else { 0 };
            *self = Self::placed(self.bytes(), capacity, side == Side::Front);
            return;
        }
        let to = if side == Side::Front { capacity - len } else { 0 };
        self.all().copy_within(start..start + len, to);
        self.span(to, len);
    }

    /// Takes `less` bytes out at a place.
    fn close(&mut self, at: usize, less: usize) {
        let (start, len) = (self.front(), self.len());
        if at < len - at - less && !self.is_small() {
            self.all().copy_within(start..start + at, start + less);
            self.span(start + less, len - less);
        } else {
            self.all().copy_within(start + at + less..start + len, start + at);
            self.span(start, len - less);
        }
        self.shrink();
    }

    /// Gives memory back when a quarter of it is unused.
    #[inline]
    fn shrink(&mut self) {
        let (need, size) = (self.len() + slack(self.len()), self.size());
        if need < size - size / 4 && size_for(need) <= size - size / 4 {
            *self = Self::placed(self.bytes(), need, self.front() > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_blocks_take_the_next_class_and_no_more() {
        let mut block = Block::<0>::holding(&[1; 7]);
        let mut sizes = vec![block.size()];
        while block.len() < 130 {
            let len = block.len();
            block.splice(len, 0, 3);
            sizes.push(block.size());
            assert_eq!(block.size(), size_for(block.len()));
        }
        sizes.dedup();
        assert_eq!(sizes, [16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160]);
    }

    #[test]
    fn a_queue_stays_in_its_allocation() {
        let (mut block, mut moves) = (Block::<0>::holding(&[0; 3000]), 0);
        for n in 0..10_000u32 {
            let place = block.bytes().as_ptr();
            block.splice(3000, 0, 4);
            block.bytes_mut()[3000..].copy_from_slice(&n.to_le_bytes());
            block.splice(0, 4, 0);
            assert!(block.size() <= size_for(3000 + slack(3000)));
            moves += usize::from(block.bytes().as_ptr() != place.wrapping_add(4));
        }
        assert!(moves < 500, "{moves}");
        assert_eq!(block.bytes()[2996..], 9999u32.to_le_bytes());
        assert_eq!(block.bytes()[..4], 9250u32.to_le_bytes());
    }
}
