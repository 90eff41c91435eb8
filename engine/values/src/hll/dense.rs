//! Dense registers: six bits each, the lowest bits of a byte first, so that three bytes hold four.
//!
//! Takes exactly the bytes of the registers, without the header.

use super::REGISTERS;

/// How many bytes the registers take.
pub(super) const BYTES: usize = REGISTERS / 4 * 3;

const MASK: u32 = 0x3f;

/// Four registers as one word.
fn group(bytes: &[u8], index: usize) -> u32 {
    let at = index / 4 * 3;
    u32::from(bytes[at]) | u32::from(bytes[at + 1]) << 8 | u32::from(bytes[at + 2]) << 16
}

/// Makes a register at least as high as this; says whether it was lower.
pub(super) fn raise(bytes: &mut [u8], index: usize, rank: u8) -> bool {
    let (word, shift) = (group(bytes, index), index as u32 % 4 * 6);
    if word >> shift & MASK >= u32::from(rank) {
        return false;
    }
    let changed = word & !(MASK << shift) | u32::from(rank) << shift;
    let at = index / 4 * 3;
    bytes[at..at + 3].copy_from_slice(&changed.to_le_bytes()[..3]);
    true
}

/// Counts how often each value occurs.
pub(super) fn count_values(bytes: &[u8], histogram: &mut [u32; 64]) {
    // A table for each of four neighbours: equal ones would wait for each other at one place in memory.
    let mut tables = [[0u32; 64]; 4];
    for [a, b, c] in bytes.as_chunks::<3>().0 {
        let word = u32::from(*a) | u32::from(*b) << 8 | u32::from(*c) << 16;
        for (lane, table) in tables.iter_mut().enumerate() {
            table[(word >> (lane * 6) & MASK) as usize] += 1;
        }
    }
    for (value, count) in histogram.iter_mut().enumerate() {
        *count += tables.iter().map(|table| table[value]).sum::<u32>();
    }
}

/// Raises registers of a byte each to these.
pub(super) fn raise_all(bytes: &[u8], registers: &mut [u8; REGISTERS]) {
    for (raised, [a, b, c]) in registers.as_chunks_mut::<4>().0.iter_mut().zip(bytes.as_chunks::<3>().0) {
        let word = u32::from(*a) | u32::from(*b) << 8 | u32::from(*c) << 16;
        for (lane, register) in raised.iter_mut().enumerate() {
            *register = (*register).max((word >> (lane * 6) & MASK) as u8);
        }
    }
}

/// Writes registers of a byte each.
pub(super) fn write_all(bytes: &mut [u8], registers: &[u8; REGISTERS]) {
    for (written, group) in bytes.as_chunks_mut::<3>().0.iter_mut().zip(registers.as_chunks::<4>().0) {
        let word = group.iter().rev().fold(0, |word, register| word << 6 | u32::from(*register));
        written.copy_from_slice(&word.to_le_bytes()[..3]);
    }
}
