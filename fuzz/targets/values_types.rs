//! Sets, hashes, sorted sets and lists that begin as a listpack from outside, with any limits, changed by any steps: each
//! acts as its counterpart of the standard library, and a clone stays what it was.
#![no_main]

use ironkeep_values::hash::Hasher;
use ironkeep_values::hash_map::{self, Keep, Map};
use ironkeep_values::list::{self, Builder, Limit, List, Way};
use ironkeep_values::packed::Packed;
use ironkeep_values::set::{self, Set};
use ironkeep_values::zset::{self, ZSet};
use libfuzzer_sys::fuzz_target;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

/// What to do, where, and with which bytes.
type Step<'a> = (u8, u8, &'a [u8]);

const NOW: i64 = 1000;

fn hasher() -> Hasher {
    Hasher::new([7; 16])
}

fn sets(packed: Packed, (entries, bytes): (usize, usize), steps: &[Step<'_>]) {
    let limits =
        set::Limits { intset_entries: entries / 2, listpack_entries: entries, listpack_value: bytes };
    let Some(mut set) = Set::from_packed(packed) else { return };
    let mut model: BTreeSet<Vec<u8>> = set.iter().map(|member| member.to_vec()).collect();
    let check = |set: &Set, model: &BTreeSet<Vec<u8>>| {
        assert_eq!(set.len(), model.len());
        assert_eq!(&set.iter().map(|member| member.to_vec()).collect::<BTreeSet<_>>(), model);
        assert!(model.iter().all(|member| set.contains(member, &hasher())));
    };
    let (image, before) = (set.clone(), model.clone());
    let mut seed = 0u64;
    for (what, number, bytes) in steps {
        let member = if bytes.is_empty() { number.to_string().into_bytes() } else { bytes.to_vec() };
        match what % 4 {
            0 => assert_eq!(set.remove(&member, &hasher()), model.remove(&member)),
            1 => {
                let popped = set.pop(&hasher(), &mut || {
                    seed += 1 + u64::from(*number);
                    hasher().hash(&seed.to_le_bytes())
                });
                assert_eq!(popped.is_some(), !model.is_empty());
                assert!(popped.is_none_or(|member| model.remove(&member)));
            }
            2 => set.try_ints(&limits),
            _ => assert_eq!(set.add(&member, &limits, &hasher()), model.insert(member)),
        }
    }
    check(&set, &model);
    check(&image, &before);
}

type Fields = BTreeMap<Vec<u8>, (Vec<u8>, Option<i64>)>;

fn maps(packed: Packed, (entries, value): (usize, usize), steps: &[Step<'_>]) {
    let limits = hash_map::Limits { entries, value };
    let Some(mut map) = Map::from_packed(packed) else { return };
    let read = |map: &Map| -> Fields {
        let live = map.live(NOW);
        live.map(|field| (field.name.to_vec(), (field.value.to_vec(), field.expiry))).collect()
    };
    let mut model = read(&map);
    let (image, before) = (map.clone(), model.clone());
    for (what, number, name) in steps {
        let (value, expiry) = (vec![b'v'; usize::from(*number)], NOW + i64::from(*number) - 50);
        match what % 6 {
            0 => assert_eq!(map.remove(name, NOW, &hasher()), model.remove(*name).is_some()),
            1 => {
                assert_eq!(map.set_expiry(name, Some(expiry), NOW, &hasher()), model.contains_key(*name));
                model.entry(name.to_vec()).and_modify(|field| field.1 = Some(expiry));
            }
            2 => {
                let removed = map.remove_expired(NOW, number.saturating_add(1).into(), &hasher());
                assert!(removed.iter().all(|name| !model.contains_key(name)));
            }
            3 => {
                map.set(name, &value, Keep::Old, NOW, &limits, &hasher());
                let kept = model.get(*name).and_then(|field| field.1);
                model.insert(name.to_vec(), (value, kept));
            }
            4 => {
                map.set(name, &value, Keep::Put(Some(expiry)), NOW, &limits, &hasher());
                model.insert(name.to_vec(), (value, Some(expiry)));
            }
            _ => {
                map.set(name, &value, Keep::Put(None), NOW, &limits, &hasher());
                model.insert(name.to_vec(), (value, None));
            }
        }
        model.retain(|_, (_, expiry)| expiry.is_none_or(|expiry| expiry >= NOW));
    }
    assert_eq!(map.live_len(NOW), model.len());
    assert_eq!(read(&map), model);
    assert!(model.keys().all(|name| map.contains(name, NOW, &hasher())));
    assert_eq!(read(&image), before);
}

fn sorted_sets(packed: Packed, (entries, bytes): (usize, usize), steps: &[Step<'_>]) {
    let limits = zset::Limits { entries, bytes };
    let Some(mut set) = ZSet::from_packed(packed, limits, &hasher()) else { return };
    let read = |set: &ZSet| -> Vec<(Vec<u8>, f64)> {
        set.iter().map(|(member, score)| (member.to_vec(), score)).collect()
    };
    let mut model: BTreeMap<Vec<u8>, f64> = read(&set).into_iter().collect();
    let check = |set: &ZSet, model: &BTreeMap<Vec<u8>, f64>| {
        let mut sorted: Vec<_> = model.iter().map(|(member, score)| (member.clone(), *score)).collect();
        sorted.sort_by(|a, b| a.1.partial_cmp(&b.1).expect("no score is NaN").then(a.0.cmp(&b.0)));
        assert_eq!(read(set), sorted);
        assert!(set.check(&hasher()).is_ok(), "{:?}", set.check(&hasher()));
        for (rank, (member, score)) in sorted.iter().enumerate() {
            assert_eq!(set.rank(member, &hasher()), Some((rank, *score)));
        }
    };
    let (image, before) = (set.clone(), model.clone());
    for (what, number, member) in steps {
        let score = f64::from(*number) - 100.5;
        match what % 5 {
            0 => assert_eq!(set.remove(member, &hasher()), model.remove(*member)),
            1 => {
                let first = set.pop_first(&hasher());
                assert_eq!(first.is_some(), !model.is_empty());
                assert!(first.is_none_or(|(member, score)| model.remove(&member) == Some(score)));
            }
            2 => {
                let low = set.ranks_by_score(Bound::Excluded(score), Bound::Included(score + 20.0));
                let inside = model.values().filter(|known| **known > score && **known <= score + 20.0);
                assert_eq!(low.len(), inside.count());
                set.remove_range(low, &hasher(), |member, score| {
                    assert_eq!(model.remove(member), Some(score));
                });
            }
            3 => set.compact(limits),
            _ => {
                assert_eq!(set.insert(member, score, limits, &hasher()), model.insert(member.to_vec(), score))
            }
        }
        assert_eq!(set.len(), model.len());
    }
    check(&set, &model);
    check(&image, &before);
}

fn lists(packed: Packed, limit: i64, steps: &[Step<'_>]) {
    let read = |list: &List, way| list.walk_all(way).map(|item| item.to_vec()).collect::<VecDeque<_>>();
    // Small elements lie apart from others in some runs.
    list::keep_apart(limit.unsigned_abs() as usize % 32);
    let mut builder = Builder::new();
    builder.add_packed(packed);
    let mut list = builder.finish();
    list.settle(Limit::of(limit));
    let mut model = read(&list, Way::Forward);
    let (image, before) = (list.clone(), model.clone());
    for (what, number, value) in steps {
        let at = usize::from(*number);
        // Some are too long for a leaf with others.
        let value = if number % 8 == 7 { value.repeat(600) } else { value.to_vec() };
        match what % 8 {
            0 => assert_eq!(list.pop_front(|item| item.to_vec()), model.pop_front()),
            1 => assert_eq!(list.pop_back(|item| item.to_vec()), model.pop_back()),
            2 => {
                list.push_front(&value);
                model.push_front(value);
            }
            3 => {
                list.insert(at, &value);
                model.insert(at.min(model.len()), value);
            }
            4 => {
                assert_eq!(list.set(at, &value), at < model.len());
                model.get_mut(at).into_iter().for_each(|old| old.clone_from(&value));
            }
            5 => {
                drop(list.remove_range(at..at + value.len()));
                let end = model.len().min(at + value.len());
                drop(model.drain(at.min(end)..end));
            }
            6 => {
                let count = list.remove_value(&value, Way::Forward, at);
                let (mut removed, length) = (0, model.len());
                model.retain(|known| {
                    let goes = *known == value && removed < at;
                    removed += usize::from(goes);
                    !goes
                });
                assert_eq!(count, length - model.len());
            }
            _ => {
                list.push_back(&value);
                model.push_back(value);
            }
        }
        assert_eq!(list.len(), model.len());
    }
    let mut reversed = read(&list, Way::Backward);
    reversed.make_contiguous().reverse();
    assert_eq!((read(&list, Way::Forward), reversed), (model.clone(), model));
    assert_eq!(read(&image, Way::Forward), before);
}

fuzz_target!(|input: (u8, (u8, u8), Vec<&[u8]>, Vec<Step<'_>>)| {
    let (kind, (entries, bytes), items, steps) = input;
    let packed: Packed = items.into_iter().collect();
    let limits = (usize::from(entries), usize::from(bytes) + 1);
    match kind % 4 {
        0 => sets(packed, limits, &steps),
        1 => maps(packed, limits, &steps),
        2 => sorted_sets(packed, limits, &steps),
        _ => lists(packed, i64::from(entries) - 5, &steps),
    }
});
