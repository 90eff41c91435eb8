//! Any bytes as a HyperLogLog, sparse ones above all: counting, adding, merging and making dense never panic; whoever
//! reads all registers refuses the bytes or sees what the others see.
#![no_main]

use ironkeep_values::hll::{self, Encoding, REGISTERS, Registers};
use libfuzzer_sys::fuzz_target;

/// A header, and runs of registers: as they are, or cut and filled up so that all registers are there.
fn sparse(runs: &[u8], complete: bool) -> Vec<u8> {
    let mut value = hll::empty();
    value.truncate(16);
    if !complete {
        value.extend_from_slice(runs);
        return value;
    }
    let (mut at, mut left) = (0, REGISTERS);
    while let Some(byte) = runs.get(at) {
        let next = runs.get(at + 1).copied().unwrap_or(0);
        let (run, width) = match byte >> 6 {
            0 => (usize::from(byte & 63) + 1, 1),
            1 => ((usize::from(byte & 63) << 8 | usize::from(next)) + 1, 2),
            _ => (usize::from(byte & 3) + 1, 1),
        };
        if run > left || at + width > runs.len() {
            break;
        }
        value.extend_from_slice(&runs[at..at + width]);
        (at, left) = (at + width, left - run);
    }
    if left > 0 {
        value.extend_from_slice(&[0x40 | ((left - 1) >> 8) as u8, (left - 1) as u8]);
    }
    value
}

fn registers(value: &[u8]) -> Option<Registers> {
    let mut registers = Registers::default();
    registers.merge(value).ok().map(|()| registers)
}

/// Everything that reads; gives the registers if the bytes are sound.
fn look(value: &[u8]) -> Option<Registers> {
    let (count, runs) = (hll::count(value), hll::runs(value));
    let registers = registers(value);
    assert_eq!(count.is_ok(), registers.is_some());
    // Runs are shown also if they are not as many as there must be.
    assert!(runs.is_ok() || registers.is_none());
    if let (Ok(count), Some(registers)) = (count, &registers) {
        assert_eq!(count, registers.count());
    }
    let mut dense = value.to_vec();
    assert_eq!(hll::make_dense(&mut dense).is_ok(), registers.is_some());
    if let Some(registers) = &registers {
        assert_eq!(hll::encoding(&dense), Ok(Encoding::Dense));
        assert_eq!(self::registers(&dense).map(|dense| dense.ranks() == registers.ranks()), Some(true));
    }
    registers
}

fn run(value: &mut Vec<u8>, other: &[u8], elements: &[&[u8]], limit: usize) {
    let sound = look(value);
    for element in elements {
        // An addition looks at a part of the runs only: it may find nothing wrong with bytes that are not sound.
        let added = hll::add(value, element, limit);
        assert!(added.is_ok() || sound.is_none());
    }
    let Some(mut merged) = look(value) else {
        assert!(sound.is_none());
        return;
    };
    if let Some(before) = &sound {
        assert!(before.ranks().iter().zip(merged.ranks()).all(|(old, new)| old <= new));
        assert!(elements.iter().all(|element| hll::add(value, element, limit) == Ok(false)));
    }
    if merged.merge(other).is_err() {
        return;
    }
    for mut target in [hll::empty(), value.clone()] {
        merged.store(&mut target, limit).expect("what was merged can be stored");
        let stored = registers(&target).expect("what we store is sound");
        assert!(stored.ranks() == merged.ranks());
    }
}

fuzz_target!(|input: (bool, u16, Vec<&[u8]>, &[u8], &[u8])| {
    let (complete, limit, elements, other, runs) = input;
    let other = sparse(other, true);
    run(&mut sparse(runs, complete), &other, &elements, limit.into());
    // The whole string from outside, header and all.
    run(&mut runs.to_vec(), &other, &elements, limit.into());
});
