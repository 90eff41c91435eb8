//! The intset against a `BTreeSet`, and against bytes of the format.

use std::collections::BTreeSet;

use ironkeep_values::intset::IntSet;
use proptest::prelude::*;

fn value() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => -20i64..20,
        2 => any::<i16>().prop_map(i64::from),
        1 => any::<i32>().prop_map(i64::from),
        1 => any::<i64>(),
        1 => prop::sample::select(vec![-0x8000, 0x7fff, 0x8000, -0x8001, 0x7fff_ffff, -0x8000_0000, i64::MIN, i64::MAX]),
    ]
}

fn check(set: &IntSet, model: &BTreeSet<i64>) {
    assert!(set.iter().eq(model.iter().copied()));
    assert!(set.iter().rev().eq(model.iter().rev().copied()));
    assert_eq!((set.len(), set.is_empty()), (model.len(), model.is_empty()));
    assert_eq!(IntSet::validate(set.as_bytes()), !model.is_empty());
    assert!((0..=model.len()).map(|i| set.nth(i)).eq(model.iter().map(|v| Some(*v)).chain([None])));
}

proptest! {
    #[test]
    fn is_a_sorted_set(ops in prop::collection::vec((value(), 0..3), 0..200)) {
        let (mut set, mut model, mut kept) = (IntSet::new(), BTreeSet::new(), Vec::new());
        for (i, (value, op)) in ops.into_iter().enumerate() {
            let smaller = model.range(..value).count();
            let expected = if model.contains(&value) { Ok(smaller) } else { Err(smaller) };
            prop_assert_eq!((set.position(value), set.contains(value)), (expected, expected.is_ok()));
            if op == 0 {
                prop_assert_eq!(set.remove(value), model.remove(&value));
            } else {
                prop_assert_eq!(set.insert(value), model.insert(value));
            }
            check(&set, &model);
            if i % 20 == 0 {
                kept.push((set.clone(), model.clone()));
            }
        }
        kept.iter().for_each(|(set, model)| check(set, model));
    }

    #[test]
    fn built_at_once_is_built_one_by_one(values in prop::collection::vec(value(), 0..50)) {
        let all: IntSet = values.iter().copied().collect();
        let mut grown = IntSet::new();
        values.iter().for_each(|value| { grown.insert(*value); });
        prop_assert_eq!(all.as_bytes(), grown.as_bytes());
        let read = IntSet::from_bytes(all.as_bytes());
        prop_assert_eq!(read.map(|set| set.as_bytes().to_vec()), (!values.is_empty()).then(|| all.as_bytes().to_vec()));
    }

    #[test]
    fn any_bytes_never_panic(width in 0u8..10, count in 0u8..6, body in prop::collection::vec(any::<u8>(), 0..48)) {
        let mut bytes = vec![width, 0, 0, 0, count, 0, 0, 0];
        bytes.extend(&body);
        IntSet::validate(&body);
        if let Some(set) = IntSet::from_bytes(&bytes) {
            prop_assert_eq!(set.len(), usize::from(count));
            prop_assert!(set.iter().is_sorted());
        }
    }
}

#[test]
fn the_layout_is_that_of_the_format() {
    let mut set = IntSet::new();
    set.insert(5);
    set.insert(-1);
    assert_eq!(set.as_bytes(), b"\x02\0\0\0\x02\0\0\0\xff\xff\x05\0");
    set.insert(0x8000);
    assert_eq!(set.as_bytes(), b"\x04\0\0\0\x03\0\0\0\xff\xff\xff\xff\x05\0\0\0\0\x80\0\0");
    set.insert(i64::MIN);
    assert_eq!((set.as_bytes().len(), set.nth(0)), (8 + 4 * 8, Some(i64::MIN)));
}

#[test]
fn what_is_not_a_set_is_refused() {
    assert!(IntSet::validate(b"\x02\0\0\0\x02\0\0\0\x01\0\x02\0"));
    for bytes in [
        &b""[..],
        b"\x02\0\0\0\0\0\0\0",
        b"\x03\0\0\0\x01\0\0\0\x01\0\x02",
        b"\x02\x01\0\0\x02\0\0\0\x01\0\x02\0",
        b"\x02\0\0\0\x02\0\0\0\x01\0\x01\0",
        b"\x02\0\0\0\x02\0\0\0\x02\0\x01\0",
        b"\x02\0\0\0\x01\0\0\0\x01\0\x02\0",
        b"\x02\0\0\0\x03\0\0\0\x01\0\x02\0",
        b"\x08\0\0\0\x01\0\0\0\x01\0\x02\0",
    ] {
        assert!(!IntSet::validate(bytes), "{bytes:?}");
    }
}
