//! The trie against a map of the standard library: random changes with small leaves, clones kept and compared.

use ironkeep_values::hash::Hasher;
use ironkeep_values::trie::{Entry, Trie};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<i64>)>;

#[derive(Clone, Debug)]
enum Op {
    Insert {
        key: u16,
        value: usize,
        expiry: Option<i64>,
    },
    InsertNew {
        key: u16,
    },
    Remove {
        key: u16,
    },
    Expire {
        now: i64,
        most: usize,
    },
    Clone,
    /// Removes all keys of a range, so that leaves are joined.
    Sweep {
        from: u16,
        to: u16,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0u16..600;
    let size = prop_oneof![8 => 0usize..20, 1 => 20usize..300, 1 => Just(70_000)];
    let expiry = prop_oneof![3 => Just(None), 1 => (0i64..100).prop_map(Some)];
    prop_oneof![
        12 => (key.clone(), size, expiry).prop_map(|(key, value, expiry)| Op::Insert { key, value, expiry }),
        3 => key.clone().prop_map(|key| Op::InsertNew { key }),
        5 => key.clone().prop_map(|key| Op::Remove { key }),
        1 => (0i64..100, 1usize..20).prop_map(|(now, most)| Op::Expire { now, most }),
        1 => Just(Op::Clone),
        1 => (key.clone(), key).prop_map(|(from, to)| Op::Sweep { from, to }),
    ]
}

/// Keys of many lengths.
fn key_of(number: u16) -> Vec<u8> {
    let mut key = format!("key:{number}").into_bytes();
    key.resize(key.len() + usize::from(number % 7) * 11, b'.');
    key
}

fn check(trie: &Trie, model: &Model, hash: &impl Fn(&[u8]) -> u64) {
    assert_eq!(trie.len(), model.len());
    assert_eq!(trie.is_empty(), model.is_empty());
    let all: Model =
        trie.iter().map(|entry| (entry.key.to_vec(), (entry.value.to_vec(), entry.expiry))).collect();
    assert_eq!(trie.iter().len(), model.len());
    assert_eq!(&all, model);
    let nth: BTreeSet<Vec<u8>> = (0..trie.len()).filter_map(|n| Some(trie.nth(n)?.key.to_vec())).collect();
    assert!(nth.iter().eq(model.keys()));
    assert_eq!(trie.nth(trie.len()), None);
    assert_eq!(trie.expiring(), model.values().filter(|(_, expiry)| expiry.is_some()).count());
    assert_eq!(trie.earliest(), model.values().filter_map(|(_, expiry)| *expiry).min());
    for (key, (value, expiry)) in model {
        let expected = Entry { key, value, expiry: *expiry };
        assert_eq!(trie.get(hash(key), key), Some(expected));
    }
    assert_eq!(trie.size(), trie.measured());
}

fn apply(op: &Op, trie: &mut Trie, model: &mut Model, hash: &impl Fn(&[u8]) -> u64) {
    match *op {
        Op::Insert { key, value, expiry } => {
            let (key, value) = (key_of(key), vec![b'v'; value]);
            let is_new = trie.insert(hash, &Entry { key: &key, value: &value, expiry });
            assert_eq!(is_new, model.insert(key, (value, expiry)).is_none());
        }
        Op::InsertNew { key } => {
            let key = key_of(key);
            assert_eq!(trie.insert_new(hash, &Entry::key(&key)), !model.contains_key(&key));
            model.entry(key).or_default();
        }
        Op::Remove { key } => {
            let key = key_of(key);
            assert_eq!(trie.remove(hash(&key), &key), model.remove(&key).is_some());
        }
        Op::Sweep { from, to } => {
            for key in (from..to).map(key_of) {
                assert_eq!(trie.remove(hash(&key), &key), model.remove(&key).is_some());
            }
        }
        Op::Expire { now, most } => {
            let has_expired = |expiry: &Option<i64>| expiry.is_some_and(|expiry| expiry < now);
            let expired = model.values().filter(|(_, expiry)| has_expired(expiry)).count();
            let keys = trie.remove_expired(hash, now, most);
            assert_eq!(keys.len(), expired.min(most));
            for key in keys {
                assert!(model.remove(&key).is_some_and(|(_, expiry)| has_expired(&expiry)));
            }
        }
        Op::Clone => {}
    }
}

fn run(ops: &[Op], limit: u32, hash: &impl Fn(&[u8]) -> u64) {
    let (mut trie, mut model) = (Trie::with_limit(limit), Model::new());
    let mut clones = Vec::new();
    for op in ops {
        if let Op::Clone = op {
            clones.push((trie.clone(), model.clone()));
        }
        apply(op, &mut trie, &mut model, hash);
    }
    check(&trie, &model, hash);
    for (trie, model) in &clones {
        check(trie, model, hash);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn does_what_a_map_does(ops in prop::collection::vec(op(), 0..500), limit in 40u32..400) {
        let hasher = Hasher::new([5; 16]);
        run(&ops, limit, &|key| hasher.hash(key));
    }

    /// Keys that share most of their hash lie deep, or in leaves that can't be cut.
    #[test]
    fn bears_hashes_that_meet(ops in prop::collection::vec(op(), 0..300), limit in 40u32..200) {
        let hasher = Hasher::new([6; 16]);
        run(&ops, limit, &|key| hasher.hash(key) & 0xc000_0000_0007_0000);
        run(&ops, limit, &|_| 0x1234_5678_9abc_def0);
        run(&ops, limit, &|_| u64::MAX);
    }

    /// A scan gives what is there all the time once, whatever is added and removed between its steps.
    #[test]
    fn a_scan_gives_all_that_stays(
        stay in prop::collection::btree_set(0u16..300, 0..200),
        churn in prop::collection::vec(prop::collection::vec((300u16..900, any::<bool>()), 0..80), 1..30),
        count in 1usize..40,
        limit in 40u32..400,
        mask in prop_oneof![Just(u64::MAX), Just(0xf000_0000_0003_0000), Just(0)],
    ) {
        let hasher = Hasher::new([7; 16]);
        let hash = |key: &[u8]| hasher.hash(key) & mask;
        let mut trie = Trie::with_limit(limit);
        for &number in &stay {
            trie.insert(&hash, &Entry::key(&key_of(number)));
        }
        let (mut seen, mut cursor, mut step) = (Vec::new(), 0, 0);
        loop {
            for &(number, add) in &churn[step % churn.len()] {
                let key = key_of(number);
                if add {
                    trie.insert(&hash, &Entry::key(&key));
                } else {
                    trie.remove(hash(&key), &key);
                }
            }
            let mut given = 0;
            cursor = trie.scan(&hash, cursor, count, |entry| {
                given += 1;
                seen.push(entry.key.to_vec());
            });
            prop_assert!(cursor == 0 || given >= count);
            prop_assert!(cursor < 1 << 53);
            step += 1;
            if cursor == 0 {
                break;
            }
            prop_assert!(step < 10_000);
        }
        for key in stay.into_iter().map(key_of) {
            prop_assert_eq!(seen.iter().filter(|seen| **seen == key).count(), 1);
        }
    }
}

#[test]
fn a_cursor_from_outside_may_be_anything() {
    let hasher = Hasher::new([8; 16]);
    let hash = |key: &[u8]| hasher.hash(key);
    let mut trie = Trie::new();
    for number in 0..600 {
        trie.insert(&hash, &Entry::key(&key_of(number)));
    }
    for cursor in [1, 12345, u64::from(u32::MAX), (1 << 48) - 1, 1 << 48, 1 << 63, u64::MAX] {
        let mut given = 0;
        let next = trie.scan(&hash, cursor, 10, |_| given += 1);
        assert_eq!(next != 0, given >= 10, "{cursor}");
    }
}

#[test]
fn all_that_was_added_can_be_removed_and_the_memory_with_it() {
    let hasher = Hasher::new([9; 16]);
    let hash = |key: &[u8]| hasher.hash(key);
    let mut trie = Trie::new();
    let empty = trie.size();
    for number in 0..50_000u32 {
        trie.insert(&hash, &Entry { key: &number.to_le_bytes(), value: b"value", expiry: None });
    }
    for number in 0..50_000u32 {
        // At most a few leaves stay for what is left.
        assert!(trie.size() < 2000 + trie.len() * 60, "{} for {}", trie.size(), trie.len());
        assert!(trie.remove(hash(&number.to_le_bytes()), &number.to_le_bytes()));
    }
    assert_eq!((trie.len(), trie.size()), (0, empty));
}

#[test]
fn a_large_entry_is_not_copied_for_its_neighbours() {
    let hasher = Hasher::new([9; 16]);
    let hash = |key: &[u8]| hasher.hash(key);
    let mut trie = Trie::new();
    for number in 0..40u32 {
        trie.insert(&hash, &Entry::key(&number.to_le_bytes()));
    }
    trie.insert(&hash, &Entry { key: b"large", value: &vec![b'v'; 1 << 20], expiry: None });
    let place = |trie: &Trie| trie.get(hash(b"large"), b"large").map(|entry| entry.value.as_ptr());
    let before = place(&trie);
    assert!(before.is_some());
    for number in 40..20_000u32 {
        trie.insert(&hash, &Entry::key(&number.to_le_bytes()));
    }
    for number in 0..20_000u32 {
        trie.remove(hash(&number.to_le_bytes()), &number.to_le_bytes());
    }
    assert_eq!(place(&trie), before);
}

#[test]
fn a_change_of_a_clone_copies_one_path() {
    let hasher = Hasher::new([9; 16]);
    let hash = |key: &[u8]| hasher.hash(key);
    let mut trie = Trie::new();
    for number in 0..20_000u32 {
        trie.insert(&hash, &Entry::key(&number.to_le_bytes()));
    }
    let mut clone = trie.clone();
    clone.insert(&hash, &Entry::key(b"another"));
    clone.remove(hash(&7u32.to_le_bytes()), &7u32.to_le_bytes());
    let shared = (0..20_000u32).map(u32::to_le_bytes).filter(|key| {
        let place = |trie: &Trie| trie.get(hash(key), key).map(|entry| entry.key.as_ptr());
        place(&trie) == place(&clone)
    });
    assert!(shared.count() > 19_600);
}
