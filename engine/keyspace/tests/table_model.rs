//! A table against a std map: the same operations, the same contents, at every step of growth and shrinkage.

use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::hash::Hasher;
use ironkeep_keyspace::table::Table;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

struct Pair {
    table: Table,
    hasher: Hasher,
    model: BTreeMap<Vec<u8>, (i64, Option<i64>)>,
}

impl Pair {
    fn new(seed: u8) -> Self {
        Self { table: Table::new(), hasher: Hasher::new([seed; 16]), model: BTreeMap::new() }
    }
    fn set(&mut self, key: &[u8], number: i64, expiry: Option<i64>) {
        let hash = self.hasher.hash(key);
        let entry = Entry::new(key, NewValue::Int(number), expiry, 0);
        match self.table.find(hash, key) {
            Some(place) => drop(self.table.replace(place, entry)),
            None => drop(self.table.insert(&self.hasher, hash, entry)),
        }
        self.model.insert(key.to_vec(), (number, expiry));
    }
    fn remove(&mut self, key: &[u8]) {
        let place = self.table.find(self.hasher.hash(key), key);
        assert_eq!(place.is_some(), self.model.remove(key).is_some());
        if let Some(place) = place {
            assert_eq!(self.table.remove(place).key(), key);
        }
    }
    fn expire(&mut self, key: &[u8], expiry: Option<i64>) {
        if let Some(place) = self.table.find(self.hasher.hash(key), key) {
            self.table.set_expiry(place, expiry);
            self.model.get_mut(key).expect("both have it").1 = expiry;
        }
    }
    fn check(&self) {
        assert_eq!(self.table.len(), self.model.len());
        assert_eq!(self.table.expiring(), self.model.values().filter(|(_, e)| e.is_some()).count());
        if let Some(at) = self.model.values().filter_map(|(_, e)| *e).min() {
            assert!(self.table.earliest() <= at);
        }
        for (key, &(number, expiry)) in &self.model {
            let place = self.table.find(self.hasher.hash(key), key).expect("a key of the model");
            let entry = self.table.at(place);
            assert!(matches!(entry.value(), Value::Int(n) if n == number));
            assert_eq!(entry.expiry(), expiry);
        }
        let all: BTreeSet<Vec<u8>> = self.table.entries().map(|entry| entry.key().to_vec()).collect();
        assert_eq!(all.len(), self.model.len());
    }
}

fn key(i: u32) -> Vec<u8> {
    format!("key:{i}").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]
    #[test]
    fn behaves_as_a_map(seed: u8, ops in proptest::collection::vec((0u8..8, 0u32..600, proptest::option::of(0i64..100)), 0..3000)) {
        let mut pair = Pair::new(seed);
        for (op, i, expiry) in ops {
            match op {
                0..=4 => pair.set(&key(i), i64::from(i), expiry),
                5 => pair.remove(&key(i)),
                6 => pair.expire(&key(i), expiry),
                _ => assert_eq!(pair.table.find(pair.hasher.hash(&key(i)), &key(i)).is_some(), pair.model.contains_key(&key(i))),
            }
        }
        pair.check();
    }
}

#[test]
fn grows_to_many_segments_and_shrinks_to_nothing() {
    let count = if cfg!(miri) { 600 } else { 60_000 };
    let mut pair = Pair::new(1);
    for i in 0..count {
        pair.set(&key(i), i64::from(i), (i % 3 == 0).then_some(i64::from(i)));
    }
    pair.check();
    let fill = pair.table.len() as f64 / pair.table.capacity() as f64;
    assert!(fill > 0.7, "fill {fill}");
    for i in (0..count).rev() {
        pair.remove(&key(i));
        if i % 9973 == 0 {
            pair.check();
        }
    }
    assert_eq!((pair.table.len(), pair.table.overhead()), (0, 0));
}

#[test]
fn a_tour_misses_nothing_that_stays() {
    let (stay, come) = if cfg!(miri) { (50, 500) } else { (2_000, 40_000) };
    let mut pair = Pair::new(9);
    for i in 0..stay {
        pair.set(&key(i), 0, None);
    }
    let mut seen = BTreeSet::new();
    let (mut cursor, mut next, mut growing) = (Some(0), stay, true);
    while let Some(at) = cursor {
        cursor = pair.table.step(at, |entry| {
            seen.insert(entry.key().to_vec());
        });
        // Grow the table many-fold during the tour, then shrink it again.
        for _ in 0..40 {
            if growing {
                pair.set(&key(next), 0, None);
                next += 1;
                growing = next < come;
            } else if next > stay {
                next -= 1;
                pair.remove(&key(next));
            }
        }
    }
    for i in 0..stay {
        assert!(seen.contains(&key(i)), "key {i} was missed");
    }
}

#[test]
fn any_number_is_a_cursor() {
    let mut pair = Pair::new(4);
    for i in 0..1000 {
        pair.set(&key(i), 0, None);
    }
    let mut rng = 88_172_645_463_325_252u64;
    for _ in 0..10_000 {
        rng ^= rng << 13;
        rng ^= rng >> 7;
        rng ^= rng << 17;
        if let Some(next) = pair.table.step(rng, |_| ()) {
            assert!(next >> 39 == 0);
        }
    }
}

#[test]
fn random_keys_are_fair() {
    let mut pair = Pair::new(2);
    let count = 700;
    for i in 0..count {
        pair.set(&key(i), i64::from(i), None);
    }
    let mut rng = 1u64;
    let mut draw = || {
        rng = rng.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = rng;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    };
    let mut hits = vec![0u32; count as usize];
    let rounds = if cfg!(miri) { 10 } else { 200 };
    for _ in 0..count * rounds {
        let Value::Int(i) = pair.table.random(&mut draw).expect("not empty").into_value() else { panic!() };
        hits[i as usize] += 1;
    }
    if !cfg!(miri) {
        assert!(hits.iter().all(|&n| (110..310).contains(&n)), "{hits:?}");
    }
}

#[test]
fn samples_reach_every_key() {
    let mut pair = Pair::new(3);
    let count = if cfg!(miri) { 100 } else { 3000 };
    for i in 0..count {
        pair.set(&key(i), i64::from(i), (i % 10 == 0).then_some(5));
    }
    for with_expiry in [false, true] {
        let (mut rng, mut hits) = (1u64, vec![0u32; count as usize]);
        for _ in 0..count * 20 {
            rng = rng.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let mut shown = 0;
            pair.table.sample(rng ^ (rng >> 33), 5, with_expiry, |entry| {
                let Value::Int(i) = entry.into_value() else { panic!() };
                hits[i as usize] += 1;
                shown += 1;
            });
            assert_eq!(shown, 5);
        }
        let met = hits.iter().enumerate().filter(|&(i, &n)| n > 0 && (!with_expiry || i % 10 == 0)).count();
        let most = hits.iter().max().expect("not empty");
        if !cfg!(miri) {
            assert_eq!(met, if with_expiry { count as usize / 10 } else { count as usize });
            assert!(*most < if with_expiry { 10_000 } else { 400 }, "{most}");
        }
    }
}

#[test]
fn finds_what_has_expired() {
    let mut pair = Pair::new(5);
    for i in 0..2000 {
        pair.set(&key(i), 0, (i % 2 == 0).then_some(i64::from(i)));
    }
    let (mut from, mut removed) = (Some(0), 0);
    while let Some(at) = from {
        let mut keys = Vec::new();
        from = pair.table.expired(at, 3, 20, 1000, &mut keys);
        assert!(keys.len() <= 20);
        removed += keys.len();
        keys.iter().for_each(|key| pair.remove(key));
    }
    // A key lives through the millisecond of its expiry.
    assert_eq!((removed, pair.table.earliest()), (500, 1000));
    pair.check();
    let mut none = Vec::new();
    assert_eq!(pair.table.expired(0, usize::MAX, usize::MAX, 1000, &mut none), None);
    assert!(none.is_empty());
}

#[test]
fn a_round_that_was_interrupted_forgets_no_key_set_meanwhile() {
    let mut pair = Pair::new(6);
    for i in 0..4000 {
        pair.set(&key(i), 0, Some(1_000_000 + i64::from(i)));
    }
    let from = pair.table.expired(0, 4, 20, 1000, &mut Vec::new());
    for i in 0..50 {
        pair.set(&key(i), 0, Some(2000));
    }
    let mut from = from.expect("more than four segments");
    while let Some(at) = pair.table.expired(from, 4, 20, 1000, &mut Vec::new()) {
        from = at;
    }
    assert_eq!(pair.table.earliest(), 2000);
}
