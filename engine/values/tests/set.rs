//! Sets against those of the standard library, and the forms that Valkey gives them.

use ironkeep_values::hash::Hasher;
use ironkeep_values::packed::Packed;
use ironkeep_values::set::{Form, Limits, Set};
use proptest::prelude::*;
use std::collections::BTreeSet;

const LIMITS: Limits = Limits { intset_entries: 512, listpack_entries: 128, listpack_value: 64 };

fn hasher() -> Hasher {
    Hasher::new([4; 16])
}

fn dice() -> impl FnMut() -> u64 {
    let (hasher, mut state) = (hasher(), 0u64);
    move || {
        state += 1;
        hasher.hash(&state.to_le_bytes())
    }
}

/// A set that got these members one after the other.
fn set_of(members: &[&str], limits: &Limits) -> Set {
    let mut set = Set::new(members[0].as_bytes(), 1, limits);
    for member in members {
        set.add(member.as_bytes(), limits, &hasher());
    }
    set
}

fn members(set: &Set) -> BTreeSet<Vec<u8>> {
    set.iter().map(|item| item.to_vec()).collect()
}

#[derive(Clone, Debug)]
enum Op {
    Add(Vec<u8>),
    Remove(Vec<u8>),
    Pop,
    Clone,
}

fn member() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (-300i64..300).prop_map(|number| number.to_string().into_bytes()),
        1 => any::<i64>().prop_map(|number| number.to_string().into_bytes()),
        2 => "[a-d]{0,3}".prop_map(String::into_bytes),
        1 => "0[0-9]|-0|\\+1".prop_map(String::into_bytes),
        1 => "x{20,60}".prop_map(String::into_bytes),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => member().prop_map(Op::Add),
        3 => member().prop_map(Op::Remove),
        1 => Just(Op::Pop),
        1 => Just(Op::Clone),
    ]
}

fn check(set: &Set, model: &BTreeSet<Vec<u8>>) {
    assert_eq!(set.len(), model.len());
    assert_eq!(set.iter().count(), model.len());
    assert_eq!(&members(set), model);
    assert!(model.iter().all(|member| set.contains(member, &hasher())));
    let by_number: Vec<_> = (0..set.len()).filter_map(|n| Some(set.nth(n)?.to_vec())).collect();
    assert!(by_number.iter().eq(set.iter().map(|item| item.to_vec()).collect::<Vec<_>>().iter()));
    assert!(set.nth(set.len()).is_none());
}

proptest! {
    #[test]
    fn does_what_a_set_does(
        numbers_first in prop::collection::vec(-50i64..50, 0..20),
        ops in prop::collection::vec(op(), 0..300),
        intset_entries in 0usize..60,
        listpack_entries in 0usize..60,
        listpack_value in 1usize..64,
    ) {
        let limits = Limits { intset_entries, listpack_entries, listpack_value };
        let (mut set, mut model) = (Set::new(b"1", 1, &limits), BTreeSet::new());
        let (mut clones, mut random) = (Vec::new(), dice());
        let first = numbers_first.iter().map(|number| Op::Add(number.to_string().into_bytes()));
        for op in first.chain(ops) {
            match op {
                Op::Add(member) => {
                    prop_assert_eq!(set.add(&member, &limits, &hasher()), model.insert(member));
                }
                Op::Remove(member) => {
                    prop_assert_eq!(set.remove(&member, &hasher()), model.remove(&member));
                }
                Op::Pop => {
                    let popped = set.pop(&hasher(), &mut random);
                    prop_assert_eq!(popped.is_some(), !model.is_empty());
                    prop_assert!(popped.is_none_or(|member| model.remove(&member)));
                }
                Op::Clone => clones.push((set.clone(), model.clone())),
            }
        }
        check(&set, &model);
        clones.iter().for_each(|(set, model)| check(set, model));
        let ints = model.iter().all(|member| is_integer(member));
        set.try_ints(&limits);
        prop_assert!(set.encoding() == "intset" || !ints || model.len() > intset_entries);
        check(&set, &model);
    }

    #[test]
    fn a_scan_sees_what_stays_while_the_form_changes(
        stay in prop::collection::btree_set(0u32..200, 1..120),
        come in prop::collection::vec(1000u32..2000, 0..600),
        count in 1usize..30,
    ) {
        let (hasher, mut come) = (hasher(), come.into_iter());
        let text = |number: u32| number.to_string().into_bytes();
        let mut set = Set::new(b"1", 1, &LIMITS);
        stay.iter().for_each(|&number| { set.add(&text(number), &LIMITS, &hasher); });
        let (mut seen, mut cursor) = (BTreeSet::new(), 0);
        loop {
            cursor = set.scan(cursor, count, &hasher, |item| { seen.insert(item.to_vec()); });
            if cursor == 0 {
                break;
            }
            come.by_ref().take(25).for_each(|number| { set.add(&text(number), &LIMITS, &hasher); });
        }
        prop_assert!(stay.iter().all(|&number| seen.contains(&text(number))));
    }
}

/// Whether bytes are an integer as it would be written.
fn is_integer(member: &[u8]) -> bool {
    let number = std::str::from_utf8(member).ok().and_then(|text| text.parse::<i64>().ok());
    number.is_some_and(|number| number.to_string().as_bytes() == member)
}

#[test]
fn begins_as_valkey_begins() {
    for (first, expected, encoding) in [
        ("1", 1, "intset"),
        ("-5", 512, "intset"),
        ("1", 513, "hashtable"),
        ("01", 1, "listpack"),
        ("a", 128, "listpack"),
        ("a", 129, "hashtable"),
    ] {
        assert_eq!(Set::new(first.as_bytes(), expected, &LIMITS).encoding(), encoding, "{first} {expected}");
    }
    let few_ints = Limits { intset_entries: 10, ..LIMITS };
    assert_eq!(Set::new(b"1", 11, &few_ints).encoding(), "listpack");
}

#[test]
fn integers_become_a_table_when_there_are_too_many() {
    let mut set = Set::new(b"0", 1, &LIMITS);
    for number in 0..512 {
        assert!(set.add(number.to_string().as_bytes(), &LIMITS, &hasher()));
    }
    assert_eq!(set.encoding(), "intset");
    assert!(!set.add(b"7", &LIMITS, &hasher()));
    assert_eq!(set.encoding(), "intset");
    assert!(set.add(b"512", &LIMITS, &hasher()));
    assert_eq!(set.encoding(), "hashtable");
    assert!(set.remove(b"512", &hasher()));
    assert_eq!(set.encoding(), "hashtable", "it stays");
}

#[test]
fn integers_and_a_word_become_what_fits() {
    assert_eq!(set_of(&["1", "2", "a"], &LIMITS).encoding(), "listpack");
    assert_eq!(set_of(&["1", "2", &"x".repeat(64)], &LIMITS).encoding(), "listpack");
    assert_eq!(set_of(&["1", "2", &"x".repeat(65)], &LIMITS).encoding(), "hashtable");
    // A number counts by its digits, the sign with them.
    let short = Limits { listpack_value: 5, ..LIMITS };
    assert_eq!(set_of(&["12345", "a"], &short).encoding(), "listpack");
    assert_eq!(set_of(&["-12345", "a"], &short).encoding(), "hashtable");
    let few = Limits { listpack_entries: 2, ..LIMITS };
    assert_eq!(set_of(&["1", "a"], &few).encoding(), "listpack");
    assert_eq!(set_of(&["1", "2", "a"], &few).encoding(), "hashtable");
}

#[test]
fn a_listpack_becomes_a_table_by_count_or_by_length() {
    let few = Limits { listpack_entries: 3, ..LIMITS };
    assert_eq!(set_of(&["a", "b", "c"], &few).encoding(), "listpack");
    assert_eq!(set_of(&["a", "b", "c", "c"], &few).encoding(), "listpack");
    let full = set_of(&["a", "b", "c", "d"], &few);
    assert_eq!((full.encoding(), full.len()), ("hashtable", 4));
    assert_eq!(set_of(&["a", &"x".repeat(65)], &LIMITS).encoding(), "hashtable");
}

#[test]
fn what_is_expected_counts_before_it_comes() {
    let mut set = set_of(&["a"], &LIMITS);
    set.expect(128, &LIMITS, &hasher());
    assert_eq!(set.encoding(), "listpack");
    set.expect(129, &LIMITS, &hasher());
    assert_eq!((set.encoding(), set.len()), ("hashtable", 1));
    let mut ints = set_of(&["1"], &LIMITS);
    ints.expect(512, &LIMITS, &hasher());
    assert_eq!(ints.encoding(), "intset");
    ints.expect(513, &LIMITS, &hasher());
    assert_eq!((ints.encoding(), members(&ints)), ("hashtable", BTreeSet::from([b"1".to_vec()])));
}

#[test]
fn files_bring_no_member_twice() {
    let packed: Packed = [&b"a"[..], b"b", b"1"].into_iter().collect();
    let set = Set::from_packed(packed.clone()).expect("three members");
    assert!(matches!(set.form(), Form::Packed(same) if *same == packed));
    assert!(Set::from_packed([&b"a"[..], b"b", b"a"].into_iter().collect()).is_none());
}

#[test]
fn lots_are_fair_in_every_form() {
    let all_packed = Limits { listpack_entries: 1000, ..LIMITS };
    let table = Limits { intset_entries: 0, listpack_entries: 0, ..LIMITS };
    let mut random = dice();
    for limits in [LIMITS, all_packed, table] {
        let mut set = Set::new(b"0", 1, &limits);
        (0..200).for_each(|number| {
            set.add(number.to_string().as_bytes(), &limits, &hasher());
        });
        let (mut once, mut sampled) = (vec![0u32; 200], vec![0u32; 200]);
        let number =
            |item: ironkeep_values::packed::Item<'_>| item.integer().expect("all are numbers") as usize;
        for _ in 0..20_000 {
            once[number(set.random(&mut random).expect("not empty"))] += 1;
        }
        for _ in 0..2_000 {
            let sample: BTreeSet<usize> = set.sample(10, &mut random).into_iter().map(number).collect();
            assert_eq!(sample.len(), 10);
            sample.iter().for_each(|&number| sampled[number] += 1);
        }
        // 100 expected, standard deviation 10.
        assert!(once.iter().chain(&sampled).all(|count| (50..150).contains(count)), "{once:?} {sampled:?}");
        assert_eq!(set.sample(500, &mut random).len(), 200);
    }
}

/// Bytes of memory for each of so many members of 16 bytes.
fn bytes_per_member(count: usize) -> f64 {
    let mut set = Set::new(b"member", 1, &LIMITS);
    for number in 0..count {
        assert!(set.add(format!("member:{number:09}").as_bytes(), &LIMITS, &hasher()));
    }
    set.size() as f64 / count as f64
}

#[test]
fn a_member_of_16_bytes_takes_at_most_25() {
    for count in [2_000, 11_000, 30_000] {
        let bytes = bytes_per_member(count);
        assert!(bytes < 25.0, "{bytes} for each of {count}");
    }
}

#[test]
#[ignore = "prints figures"]
fn prints_memory_per_member() {
    for count in [200, 1_000, 10_000, 100_000, 1_000_000] {
        println!("{count} members of 16 bytes: {:.1} bytes each", bytes_per_member(count));
    }
}

#[test]
fn loading_ahead_changes_nothing() {
    let (mut set, mut model) = (Set::new(b"member", 1, &LIMITS), BTreeSet::new());
    let mut random = dice();
    for step in 0..60_000u32 {
        let member = format!("member:{:09}", random() % 40_000).into_bytes();
        if step % 16 == 0 {
            let hashes: Vec<u64> = (0..70).map(|_| random()).chain([hasher().hash(&member)]).collect();
            set.load_ahead(&hashes[step as usize % hashes.len()..]);
        }
        assert_eq!(set.add(&member, &LIMITS, &hasher()), model.insert(member));
    }
    assert!(set.size() > 1 << 19);
    assert_eq!(members(&set), model);
}
