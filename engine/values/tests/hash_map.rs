//! Hashes against maps of the standard library, the forms that Valkey gives them, and fields that expire.

use ironkeep_values::hash::Hasher;
use ironkeep_values::hash_map::{Keep, Limits, Map, Was};
use ironkeep_values::packed::Packed;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const LIMITS: Limits = Limits { entries: 512, value: 64 };

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

fn set(map: &mut Map, name: &str, value: &str) -> Was {
    map.set(name.as_bytes(), value.as_bytes(), Keep::Put(None), 0, &LIMITS, &hasher())
}

type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<i64>)>;

#[derive(Clone, Debug)]
enum Op {
    Set(u8, Vec<u8>, Keep),
    Remove(u8),
    Expire(u8, Option<i64>),
    Sweep(usize),
    Pass(i64),
    Clone,
}

fn op(with_expiry: bool) -> impl Strategy<Value = Op> {
    let value = prop_oneof![
        3 => any::<i16>().prop_map(|number| number.to_string().into_bytes()),
        3 => prop::collection::vec(any::<u8>(), 0..20),
        1 => prop::collection::vec(any::<u8>(), 20..90),
    ];
    let name = 0u8..80;
    let expiry = if with_expiry {
        prop_oneof![Just(None), (0i64..100).prop_map(Some)].boxed()
    } else {
        Just(None).boxed()
    };
    let keep = prop_oneof![Just(Keep::Old), expiry.clone().prop_map(Keep::Put)];
    prop_oneof![
        8 => (name.clone(), value, keep).prop_map(|(name, value, keep)| Op::Set(name, value, keep)),
        3 => name.clone().prop_map(Op::Remove),
        2 => (name, expiry).prop_map(|(name, expiry)| Op::Expire(name, expiry)),
        1 => (1usize..5).prop_map(Op::Sweep),
        1 => (0i64..3).prop_map(Op::Pass),
        1 => Just(Op::Clone),
    ]
}

fn check(map: &Map, model: &Model, now: i64) {
    let is_live = |expiry: Option<i64>| expiry.is_none_or(|expiry| expiry >= now);
    assert_eq!(map.len(), model.len());
    assert_eq!(map.is_empty(), model.is_empty());
    let all: Model =
        map.iter().map(|field| (field.name.to_vec(), (field.value.to_vec(), field.expiry))).collect();
    assert_eq!(&all, model);
    let live = model.values().filter(|(_, expiry)| is_live(*expiry)).count();
    assert_eq!((map.live_len(now), map.live(now).count()), (live, live));
    assert_eq!(map.expiring(), model.values().filter(|(_, expiry)| expiry.is_some()).count());
    assert_eq!(map.earliest(), model.values().filter_map(|(_, expiry)| *expiry).min());
    assert_eq!(map.has_expired(now), live < model.len());
    for (name, (value, expiry)) in model {
        let found = map.get(name, now, &hasher()).map(|(value, expiry)| (value.to_vec(), expiry));
        assert_eq!(found, is_live(*expiry).then(|| (value.clone(), *expiry)));
    }
    let mut seen = 0;
    let mut cursor = 0;
    loop {
        cursor = map.scan(cursor, 7, now, &hasher(), |_| seen += 1);
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen, live);
    let mut random = dice();
    assert_eq!(map.random(now, &mut random).is_some(), live > 0);
    let sample: BTreeSet<_> =
        map.sample(5, now, &mut random).iter().map(|field| field.name.to_vec()).collect();
    assert_eq!(sample.len(), live.min(5));
}

fn name_of(number: u8) -> Vec<u8> {
    if number.is_multiple_of(2) {
        number.to_string().into_bytes()
    } else {
        format!("field:{number}").into_bytes()
    }
}

fn run(ops: Vec<Op>, limits: &Limits) -> Result<(), TestCaseError> {
    let (mut map, mut model, mut now) = (Map::new(), Model::new(), 0);
    let mut clones = Vec::new();
    for op in ops {
        match op {
            Op::Set(name, value, keep) => {
                let name = name_of(name);
                let old = model.get(&name).map(|(_, expiry)| *expiry);
                let was_expired = old.flatten().is_some_and(|expiry| expiry < now);
                let was = map.set(&name, &value, keep, now, limits, &hasher());
                let expected = match old {
                    None => Was::Absent,
                    _ if was_expired => Was::Expired,
                    _ => Was::Present,
                };
                prop_assert_eq!(was, expected);
                let expiry = match keep {
                    Keep::Put(expiry) => expiry,
                    Keep::Old => old.flatten().filter(|_| !was_expired),
                };
                model.insert(name, (value, expiry));
            }
            Op::Remove(name) => {
                let name = name_of(name);
                let is_live = |expiry: Option<i64>| expiry.is_none_or(|expiry| expiry >= now);
                let there = model.get(&name).is_some_and(|(_, expiry)| is_live(*expiry));
                prop_assert_eq!(map.remove(&name, now, &hasher()), there);
                if there {
                    model.remove(&name);
                }
            }
            Op::Expire(name, expiry) => {
                let name = name_of(name);
                let field = model.get_mut(&name).filter(|(_, old)| old.is_none_or(|old| old >= now));
                prop_assert_eq!(map.set_expiry(&name, expiry, now, &hasher()), field.is_some());
                if let Some(field) = field {
                    field.1 = expiry;
                }
            }
            Op::Sweep(most) => {
                let expired = |expiry: Option<i64>| expiry.is_some_and(|expiry| expiry < now);
                let count = model.values().filter(|(_, expiry)| expired(*expiry)).count();
                let names = map.remove_expired(now, most, &hasher());
                prop_assert_eq!(names.len(), count.min(most));
                for name in names {
                    prop_assert!(model.remove(&name).is_some_and(|(_, expiry)| expired(expiry)));
                }
            }
            Op::Pass(time) => now += time,
            Op::Clone => clones.push((map.clone(), model.clone())),
        }
    }
    check(&map, &model, now);
    clones.iter().for_each(|(map, model)| check(map, model, now));
    Ok(())
}

proptest! {
    #[test]
    fn does_what_a_map_does(
        ops in prop::collection::vec(op(false), 0..200), entries in 0usize..100, value in 1usize..90,
    ) {
        run(ops, &Limits { entries, value })?;
    }

    #[test]
    fn fields_expire_as_they_should(
        ops in prop::collection::vec(op(true), 0..200), entries in 0usize..100, value in 1usize..90,
    ) {
        run(ops, &Limits { entries, value })?;
    }
}

#[test]
fn becomes_a_table_by_count_or_by_length() {
    let mut map = Map::new();
    for number in 0..512 {
        assert_eq!(set(&mut map, &format!("f{number}"), "v"), Was::Absent);
    }
    assert_eq!(map.encoding(), "listpack");
    assert_eq!(set(&mut map, "f7", "w"), Was::Present);
    assert_eq!(map.encoding(), "listpack");
    assert_eq!(set(&mut map, "one more", "v"), Was::Absent);
    assert_eq!((map.encoding(), map.len()), ("hashtable", 513));

    for (name, value, encoding) in [(64, 64, "listpack"), (65, 1, "hashtable"), (1, 65, "hashtable")] {
        let mut map = Map::new();
        set(&mut map, &"n".repeat(name), &"v".repeat(value));
        assert_eq!(map.encoding(), encoding, "{name} {value}");
    }
}

#[test]
fn a_command_as_a_whole_is_looked_at_first() {
    for (pairs, longest, encoding) in [(512, 64, "listpack"), (513, 1, "hashtable"), (1, 65, "hashtable")] {
        let mut map = Map::new();
        set(&mut map, "f", "v");
        map.expect(pairs, [&b"short"[..], &vec![b'x'; longest]].into_iter(), &LIMITS, &hasher());
        assert_eq!((map.encoding(), map.len()), (encoding, 1), "{pairs} {longest}");
        assert!(map.contains(b"f", 0, &hasher()));
    }
}

#[test]
fn an_expiry_makes_it_a_table() {
    let mut map = Map::new();
    set(&mut map, "f", "1");
    assert!(!map.set_expiry(b"g", Some(5), 0, &hasher()));
    assert!(map.set_expiry(b"f", None, 0, &hasher()));
    assert_eq!(map.encoding(), "listpack");
    assert!(map.set_expiry(b"f", Some(5), 0, &hasher()));
    assert_eq!((map.encoding(), map.earliest()), ("hashtable", Some(5)));
    assert!(map.contains(b"f", 5, &hasher()), "it lives through the millisecond of its expiry");
    assert!(!map.contains(b"f", 6, &hasher()));

    let mut map = Map::new();
    assert_eq!(map.set(b"f", b"v", Keep::Put(Some(9)), 0, &LIMITS, &hasher()), Was::Absent);
    assert_eq!((map.encoding(), map.expiring()), ("hashtable", 1));
}

#[test]
fn files_bring_pairs_and_no_field_twice() {
    let packed = |items: &[&[u8]]| items.iter().copied().collect::<Packed>();
    let mut map = Map::from_packed(packed(&[b"a", b"1", b"b", b"1"])).expect("two fields");
    assert_eq!(map.len(), 2);
    assert!(Map::from_packed(packed(&[b"a", b"1", b"b"])).is_none());
    assert!(Map::from_packed(packed(&[b"a", b"1", b"a", b"2"])).is_none());
    map.fit(&Limits { entries: 2, ..LIMITS }, &hasher());
    assert_eq!(map.encoding(), "listpack");
    map.fit(&Limits { entries: 1, ..LIMITS }, &hasher());
    assert_eq!(map.encoding(), "hashtable");
}

#[test]
fn a_lot_among_many_expired_fields_falls_on_the_living() {
    let mut map = Map::new();
    for number in 0..2000 {
        let expiry = (number % 200 != 0).then_some(1);
        map.set(format!("f{number}").as_bytes(), b"v", Keep::Put(expiry), 0, &LIMITS, &hasher());
    }
    let (mut random, mut counts) = (dice(), BTreeMap::new());
    for _ in 0..1000 {
        let field = map.random(10, &mut random).expect("ten live");
        *counts.entry(field.name.to_vec()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 10);
    assert!(counts.values().all(|count| (50..150).contains(count)), "{counts:?}");
}

/// Bytes of memory for each of so many fields of 16 bytes with values of 16 bytes.
fn bytes_per_field(count: usize) -> f64 {
    let mut map = Map::new();
    for number in 0..count {
        assert_eq!(
            set(&mut map, &format!("field::{number:09}"), &format!("value::{number:09}")),
            Was::Absent
        );
    }
    map.size() as f64 / count as f64
}

#[test]
fn a_field_and_a_value_of_16_bytes_take_at_most_47() {
    for count in [2_000, 11_000, 30_000] {
        let bytes = bytes_per_field(count);
        assert!(bytes < 47.0, "{bytes} for each of {count}");
    }
}

#[test]
#[ignore = "prints figures"]
fn prints_memory_per_field() {
    for count in [5, 100, 1_000, 10_000, 100_000, 1_000_000] {
        println!("{count} fields and values of 16 bytes: {:.1} bytes each", bytes_per_field(count));
    }
}
