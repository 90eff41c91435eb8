//! Replies that wait until a client reads: blocks in a row.
//!
//! What has come stays where it is: a client that reads slowly costs the bytes that wait for it and a part of one
//! block, never a copy. Takes bytes at the end, gives them from the front. Must not know sockets.

use std::collections::VecDeque;

/// The largest block.
const MOST: usize = 64 * 1024;

/// Bytes that wait, in order.
#[derive(Debug, Default)]
pub struct Backlog {
    blocks: VecDeque<Vec<u8>>,
    /// Bytes of the first block that are done with.
    done: usize,
    len: usize,
    room: usize,
}

impl Backlog {
    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes of memory that they take.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let spare = self.blocks.back().map_or(0, |last| last.capacity() - last.len());
        let (head, rest) = bytes.split_at(spare.min(bytes.len()));
        if let Some(last) = self.blocks.back_mut() {
            last.extend_from_slice(head);
        }
        self.len += head.len();
        let mut rest = rest;
        while !rest.is_empty() {
            // No larger than what comes, or a part of what is there: the last one wastes little, and there are few.
            let size = rest.len().max(self.len / 8).min(MOST);
            let (part, more) = rest.split_at(rest.len().min(size));
            let mut block = Vec::with_capacity(size);
            block.extend_from_slice(part);
            self.room += block.capacity();
            self.blocks.push_back(block);
            self.len += part.len();
            rest = more;
        }
    }

    /// The first bytes, as many as lie together; none when nothing waits.
    pub fn front(&self) -> &[u8] {
        self.blocks.front().map_or(&[], |block| &block[self.done..])
    }

    /// Takes away bytes of `front`.
    pub fn advance(&mut self, count: usize) {
        self.done += count;
        self.len -= count;
        let finished = self.blocks.front().is_some_and(|block| block.len() == self.done);
        if finished && let Some(block) = self.blocks.pop_front() {
            self.room -= block.capacity();
            self.done = 0;
        }
        if self.len == 0 {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_it_got_and_takes_no_more_than_needed() {
        let mut backlog = Backlog::default();
        let (mut sent, mut expected, mut got) = (0u64, Vec::new(), Vec::new());
        for nth in 0..2000usize {
            let piece: Vec<u8> = (0..nth * 37 % 5000).map(|byte| (byte * 7 + nth) as u8).collect();
            expected.extend_from_slice(&piece);
            backlog.push(&piece);
            let part = backlog.front().len().min(nth * 53 % 4000);
            got.extend_from_slice(&backlog.front()[..part]);
            backlog.advance(part);
            sent += part as u64;
            assert_eq!(backlog.len() as u64, expected.len() as u64 - sent);
            assert!(backlog.room() <= backlog.len() + 2 * MOST);
        }
        while backlog.len() > 0 {
            got.extend_from_slice(backlog.front());
            backlog.advance(backlog.front().len());
        }
        assert!(got == expected && backlog.room() == 0 && backlog.front().is_empty());
    }
}
