//! Any bytes as an intset: what is taken is a sorted set of integers, can be changed like one, and stays one.
#![no_main]

use ironkeep_values::intset::IntSet;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

/// The bytes as they are, or as the integers of a set whose header fits them.
fn load(bytes: &[u8], width: u8) -> Option<IntSet> {
    let width = match width % 4 {
        0 => return IntSet::from_bytes(bytes),
        power => 1 << power,
    };
    let count = bytes.len() / width;
    let mut framed = (width as u32).to_le_bytes().to_vec();
    framed.extend_from_slice(&(count as u32).to_le_bytes());
    framed.extend_from_slice(&bytes[..count * width]);
    IntSet::from_bytes(&framed)
}

fn check(set: &IntSet, model: &BTreeSet<i64>) {
    assert!(set.is_empty() || IntSet::validate(set.as_bytes()));
    assert_eq!((set.len(), set.is_empty()), (model.len(), model.is_empty()));
    assert!(set.iter().eq(model.iter().copied()));
    assert!(set.iter().rev().eq(model.iter().rev().copied()));
    assert_eq!(set.nth(model.len()), None);
}

fuzz_target!(|input: (u8, Vec<(bool, i64)>, &[u8])| {
    let (width, changes, bytes) = input;
    let Some(mut set) = load(bytes, width) else { return };
    let mut model: BTreeSet<i64> = set.iter().collect();
    check(&set, &model);
    for (add, value) in changes {
        assert_eq!(set.contains(value), model.contains(&value));
        assert_eq!(set.position(value).unwrap_or_else(|below| below), model.range(..value).count());
        if add {
            assert_eq!(set.insert(value), model.insert(value));
        } else {
            assert_eq!(set.remove(value), model.remove(&value));
        }
    }
    check(&set, &model);
});
