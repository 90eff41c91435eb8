//! HyperLogLog strings: equal to those of Valkey to the last byte, and sound whatever the bytes are.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_values::error::Error;
use ironkeep_values::hll::{self, Encoding, Registers};
use proptest::prelude::*;
use std::collections::HashSet;

const LIMIT: usize = 3000;

fn fnv(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn string_of<T: AsRef<[u8]>>(elements: impl IntoIterator<Item = T>, limit: usize) -> Vec<u8> {
    let mut value = hll::empty();
    for element in elements {
        hll::add(&mut value, element.as_ref(), limit).unwrap();
    }
    // PFADD with a new key counts as a change even without elements.
    hll::invalidate(&mut value);
    value
}

fn counted(value: &mut [u8]) -> u64 {
    let count = hll::cached_count(value).unwrap_or_else(|| hll::count(value).unwrap());
    hll::cache_count(value, count);
    count
}

#[test]
fn adding_makes_the_strings_that_valkey_makes() {
    let mut before = ("", "", 0);
    let mut value = Vec::new();
    for row in rows(include_str!("facts/hll_add.tsv")) {
        let [prefix, limit, elements, encoding, len, count, changed, cached] = row[..] else {
            panic!("{row:?}")
        };
        let upto: usize = elements.parse().unwrap();
        if (before.0, before.1) != (prefix, limit) {
            value = hll::empty();
            before.2 = 0;
        }
        for number in before.2..upto {
            hll::add(&mut value, format!("{prefix}{number}").as_bytes(), limit.parse().unwrap()).unwrap();
        }
        assert_eq!(fnv(&value), changed, "{row:?}");
        assert_eq!(hll::encoding(&value).unwrap().name(), encoding, "{row:?}");
        assert_eq!(value.len().to_string(), len, "{row:?}");
        assert_eq!(counted(&mut value).to_string(), count, "{row:?}");
        assert_eq!(fnv(&value), cached, "{row:?}");
        before = (prefix, limit, upto);
    }
}

#[test]
fn merging_makes_the_strings_that_valkey_makes() {
    for row in rows(include_str!("facts/hll_merge.tsv")) {
        let [limit, ranges, encoding, count, bytes] = row[..] else { panic!("{row:?}") };
        let limit = limit.parse().unwrap();
        let strings: Vec<_> = ranges
            .split(',')
            .map(|range| {
                let (from, to) = range.split_once('-').unwrap();
                let range = from.parse::<u32>().unwrap()..to.parse().unwrap();
                string_of(range.map(|number| format!("m{number}")), limit)
            })
            .collect();
        let mut all = Registers::default();
        strings.iter().for_each(|value| all.merge(value).unwrap());
        let mut merged = strings[0].clone();
        all.store(&mut merged, limit).unwrap();
        assert_eq!(fnv(&merged), bytes, "{row:?}");
        assert_eq!(hll::encoding(&merged).unwrap().name(), encoding, "{row:?}");
        assert_eq!(all.count().to_string(), count, "{row:?}");
        assert_eq!(counted(&mut merged), all.count(), "{row:?}");
    }
}

#[test]
fn runs_are_described_as_valkey_describes_them() {
    let mut value = string_of(["a", "b", "c", "hello", "world", "1", "2", "3"], LIMIT);
    let runs = "Z:2742 v:3,1 Z:4784 v:1,1 Z:908 v:1,1 Z:779 v:1,1 Z:1756 v:1,1 Z:1737 v:2,1 Z:2659 v:4,1 Z:408 \
                v:1,1 Z:603";
    assert_eq!(hll::runs(&value), Ok(Some(runs.to_string())));
    assert_eq!(hll::runs(&hll::empty()), Ok(Some("Z:16384".to_string())));
    assert_eq!(hll::make_dense(&mut value), Ok(true));
    assert_eq!(hll::make_dense(&mut value), Ok(false));
    assert_eq!(hll::runs(&value), Ok(None));
}

#[test]
fn a_cached_count_is_used_until_a_register_changes() {
    let mut value = string_of(["a"], LIMIT);
    assert_eq!(hll::cached_count(&value), None);
    hll::cache_count(&mut value, 77);
    assert_eq!(hll::add(&mut value, b"a", LIMIT), Ok(false));
    assert_eq!(hll::cached_count(&value), Some(77));
    assert_eq!(hll::add(&mut value, b"b", LIMIT), Ok(true));
    assert_eq!(hll::cached_count(&value), None);
    assert_eq!(hll::count(&value), Ok(2));
    assert_eq!(hll::cached_count(&hll::empty()), Some(0));
}

#[test]
fn what_is_no_hyperloglog_is_told_apart_from_a_broken_one() {
    let dense = {
        let mut value = hll::empty();
        hll::make_dense(&mut value).unwrap();
        value
    };
    let changed = |at: usize, byte: u8| {
        let mut value = hll::empty();
        value[at] = byte;
        value
    };
    for no in
        [&b""[..], b"HYLL", b"something that is long enough", &changed(0, b'X'), &changed(4, 2), &dense[1..]]
    {
        assert_eq!(hll::encoding(no), Err(Error::NotHyperLogLog));
        assert_eq!(hll::add(&mut no.to_vec(), b"a", LIMIT), Err(Error::NotHyperLogLog));
    }
    assert_eq!(hll::encoding(&dense[..dense.len() - 1]), Err(Error::NotHyperLogLog));
    for bad in [&hll::empty()[..17], &hll::empty()[..16], &[&hll::empty()[..], &[0]].concat()] {
        assert_eq!(hll::encoding(bad), Ok(Encoding::Sparse));
        assert_eq!(hll::count(bad), Err(Error::CorruptHyperLogLog));
        assert_eq!(Registers::default().merge(bad), Err(Error::CorruptHyperLogLog));
        assert_eq!(hll::make_dense(&mut bad.to_vec()), Err(Error::CorruptHyperLogLog));
    }
    assert_eq!(Error::NotHyperLogLog.to_string(), "WRONGTYPE Key is not a valid HyperLogLog string value.");
    assert_eq!(Error::CorruptHyperLogLog.to_string(), "INVALIDOBJ Corrupted HLL object detected");
}

#[test]
fn the_self_test_passes_and_finds_a_sparse_limit_that_is_not_kept() {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ state >> 31
    };
    assert_eq!(hll::self_test(3, 100_000, LIMIT, &mut random), Ok(()));
    assert_eq!(hll::self_test(1, 100, 19, &mut random), Err("TESTFAILED sparse encoding not used".into()));
}

proptest! {
    #[test]
    fn both_encodings_hold_the_same_registers(elements in prop::collection::vec(any::<u16>(), 0..600), limit in 0..1500usize) {
        let sparse = string_of(elements.iter().map(|element| element.to_le_bytes()), limit);
        let mut dense = hll::empty();
        hll::make_dense(&mut dense).unwrap();
        let mut single = Registers::default();
        for element in &elements {
            hll::add(&mut dense, &element.to_le_bytes(), limit).unwrap();
            single.merge(&string_of([element.to_le_bytes()], LIMIT)).unwrap();
        }
        let mut registers = [Registers::default(), Registers::default()];
        registers[0].merge(&sparse).unwrap();
        registers[1].merge(&dense).unwrap();
        prop_assert!(registers[0].ranks() == registers[1].ranks());
        prop_assert!(registers[0].ranks() == single.ranks());
        prop_assert_eq!(hll::count(&sparse), hll::count(&dense));
        let different = elements.iter().collect::<HashSet<_>>().len() as f64;
        let estimate = hll::count(&dense).unwrap() as f64;
        prop_assert!((estimate - different).abs() <= 3.0 + different * 0.05, "{estimate} for {different}");
    }

    #[test]
    fn storing_gives_the_registers_back(kept in prop::collection::vec(any::<u16>(), 0..300), added in prop::collection::vec(any::<u16>(), 0..300), limit in 18..1500usize) {
        let mut value = string_of(kept.iter().map(|element| element.to_le_bytes()), limit);
        let other = string_of(added.iter().map(|element| element.to_le_bytes()), limit);
        let mut all = Registers::default();
        all.merge(&value).unwrap();
        all.merge(&other).unwrap();
        all.store(&mut value, limit).unwrap();
        let mut read = Registers::default();
        read.merge(&value).unwrap();
        prop_assert!(read.ranks() == all.ranks());
        let together = string_of(kept.iter().chain(&added).map(|element| element.to_le_bytes()), limit);
        prop_assert_eq!(hll::count(&value), hll::count(&together));
    }

    #[test]
    fn any_bytes_are_read_without_harm(mut value in prop::collection::vec(any::<u8>(), 0..200), element: u64, sparse: bool) {
        if sparse && value.len() >= 16 {
            value[..5].copy_from_slice(b"HYLL\x01");
        }
        let _ = hll::count(&value);
        let _ = hll::runs(&value);
        let _ = hll::make_dense(&mut value.clone());
        let mut registers = Registers::default();
        let merged = registers.merge(&value);
        prop_assert_eq!(merged.err(), hll::count(&value).err());
        let _ = registers.store(&mut value.clone(), LIMIT);
        let _ = hll::add(&mut value, &element.to_le_bytes(), LIMIT);
    }
}
