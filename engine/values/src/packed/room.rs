//! The memory of a block: its bytes with spare room before and after them.
//!
//! Takes requests to open or close a gap at a place, and moves as few bytes as it can. Spare room is what the
//! allocator's size classes give away anyway and at most a sixteenth on top; it lies at the end where the last growth
//! was. Must not know what the bytes mean.

/// A run of bytes inside an allocation.
#[derive(Clone)]
pub(crate) struct Room {
    all: Box<[u8]>,
    start: u32,
    end: u32,
}

/// The end of a block that a change is near to.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Front,
    Back,
}

/// The size that an allocator with four classes to each doubling (and steps of eight at the bottom) gives out.
pub(crate) fn size_class(bytes: usize) -> usize {
    let step = (bytes.max(32).next_power_of_two() / 8).max(8);
    bytes.max(8).next_multiple_of(step)
}

impl Room {
    /// Exactly these bytes.
    pub(crate) fn holding(bytes: &[u8]) -> Self {
        Self::placed(bytes, size_class(bytes.len()), Side::Back)
    }

    /// These bytes in an allocation with all its spare room at one side.
    fn placed(bytes: &[u8], capacity: usize, spare: Side) -> Self {
        let start = if spare == Side::Front { capacity - bytes.len() } else { 0 };
        let mut all = Vec::with_capacity(capacity);
        all.resize(start, 0);
        all.extend_from_slice(bytes);
        all.resize(capacity, 0);
        Self { all: all.into_boxed_slice(), start: start as u32, end: (start + bytes.len()) as u32 }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.all[self.start as usize..self.end as usize]
    }

    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.all[self.start as usize..self.end as usize]
    }

    pub(crate) fn capacity(&self) -> usize {
        self.all.len()
    }

    #[inline]
    fn len(&self) -> usize {
        (self.end - self.start) as usize
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
        let after = self.len() - tail;
        let near = if head < after { Side::Front } else { Side::Back };
        let mut side = near;
        if self.spare(near) < more {
            let far = if near == Side::Front { Side::Back } else { Side::Front };
            // In the middle both sides cost about the same; at an end it pays to bring the room there.
            if self.spare(far) >= more && head.min(after) > self.len() / 8 {
                side = far;
            } else {
                self.bring_room(near, more);
            }
        }
        let (start, end) = (self.start as usize, self.end as usize);
        if side == Side::Front {
            self.all.copy_within(start..start + head, start - more);
            self.start -= more as u32;
        } else {
            self.all.copy_within(start + tail..end, start + tail + more);
            self.end += more as u32;
        }
    }

    fn spare(&self, side: Side) -> usize {
        match side {
            Side::Front => self.start as usize,
            Side::Back => self.all.len() - self.end as usize,
        }
    }

    /// Moves the spare room to one side, in a larger allocation unless plenty would be left.
    #[cold]
    fn bring_room(&mut self, side: Side, more: usize) {
        let need = self.len() + more;
        if need + need / 16 > self.all.len() {
            // A block that only grows takes the next class. One that moves along, as a queue does, needs some
            // room on top, or else it would come back here for every few bytes.
            let moves = self.all.len() > self.len();
            let capacity = size_class(need + if moves { need / 16 } else { 0 });
            *self = Self::placed(self.bytes(), capacity, side);
            return;
        }
        let (start, end) = (self.start as usize, self.end as usize);
        let to = if side == Side::Front { self.all.len() - self.len() } else { 0 };
        self.all.copy_within(start..end, to);
        (self.start, self.end) = (to as u32, (to + end - start) as u32);
    }

    /// Takes `less` bytes out at a place.
    fn close(&mut self, at: usize, less: usize) {
        let (start, end) = (self.start as usize, self.end as usize);
        if at < end - start - at - less {
            self.all.copy_within(start..start + at, start + less);
            self.start += less as u32;
        } else {
            self.all.copy_within(start + at + less..end, start + at);
            self.end -= less as u32;
        }
        self.shrink();
    }

    /// Gives memory back when a quarter of it is unused.
    #[inline]
    fn shrink(&mut self) {
        let len = self.len();
        if self.all.len() > 16 && len + len / 16 <= self.all.len() - self.all.len() / 4 {
            let side = if self.start == 0 { Side::Back } else { Side::Front };
            *self = Self::placed(self.bytes(), size_class(len + len / 16), side);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::size_class;

    #[test]
    fn classes_are_those_of_the_allocator() {
        let classes = [(1, 8), (7, 8), (9, 16), (33, 40), (65, 80), (128, 128), (129, 160), (1025, 1280)];
        for (bytes, class) in classes {
            assert_eq!(size_class(bytes), class, "{bytes}");
        }
    }
}
