//! The list against a `VecDeque`, and its name against the rules.

use std::collections::VecDeque;

use ironkeep_values::list::{Builder, Limit, List, Part, Way};
use ironkeep_values::packed::Packed;
use proptest::prelude::*;

type Model = VecDeque<Vec<u8>>;

/// Values of a size that lets few or many lie in a leaf; equal ones are frequent.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0i64..6).prop_map(|n| n.to_string().into_bytes()),
        4 => (b'a'..b'e', 100usize..900).prop_map(|(c, n)| vec![c; n / 200 * 200]),
        1 => (b'a'..b'c', 4070usize..4100).prop_map(|(c, n)| vec![c; n]),
    ]
}

#[derive(Clone, Debug)]
enum Op {
    PushBack(Vec<u8>, usize),
    PushFront(Vec<u8>, usize),
    PopBack(usize),
    PopFront(usize),
    Set(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    Beside(Vec<u8>, bool, Vec<u8>),
    RemoveValue(Vec<u8>, Way, usize),
    RemoveRange(usize, usize),
    Keep(usize, usize),
}

fn way() -> impl Strategy<Value = Way> {
    prop::sample::select(vec![Way::Forward, Way::Backward])
}

fn op() -> impl Strategy<Value = Op> {
    let (at, times) = (0usize..10_000, 1usize..12);
    prop_oneof![
        6 => (value(), times.clone()).prop_map(|(v, n)| Op::PushBack(v, n)),
        6 => (value(), times.clone()).prop_map(|(v, n)| Op::PushFront(v, n)),
        3 => times.clone().prop_map(Op::PopBack),
        3 => times.prop_map(Op::PopFront),
        4 => (at.clone(), value()).prop_map(|(i, v)| Op::Set(i, v)),
        6 => (at.clone(), value()).prop_map(|(i, v)| Op::Insert(i, v)),
        3 => (value(), any::<bool>(), value()).prop_map(|(p, after, v)| Op::Beside(p, after, v)),
        3 => (value(), way(), prop_oneof![1usize..4, Just(usize::MAX)])
            .prop_map(|(v, way, n)| Op::RemoveValue(v, way, n)),
        2 => (at.clone(), 0usize..20).prop_map(|(i, n)| Op::RemoveRange(i, n)),
        1 => (at.clone(), at).prop_map(|(a, b)| Op::Keep(a, b)),
    ]
}

fn apply(list: &mut List, model: &mut Model, op: Op) {
    let index = |i: usize| i % (model.len() + 1);
    match op {
        Op::PushBack(v, n) => (0..n).for_each(|_| {
            list.push_back(&v);
            model.push_back(v.clone());
        }),
        Op::PushFront(v, n) => (0..n).for_each(|_| {
            list.push_front(&v);
            model.push_front(v.clone());
        }),
        Op::PopBack(n) => (0..n).for_each(|_| assert_eq!(list.pop_back(|i| i.to_vec()), model.pop_back())),
        Op::PopFront(n) => (0..n).for_each(|_| assert_eq!(list.pop_front(|i| i.to_vec()), model.pop_front())),
        Op::Set(i, v) => {
            let i = index(i);
            assert_eq!(list.set(i, &v), i < model.len());
            if let Some(old) = model.get_mut(i) {
                *old = v;
            }
        }
        Op::Insert(i, v) => {
            let i = index(i);
            list.insert(i, &v);
            model.insert(i, v);
        }
        Op::Beside(pivot, after, v) => {
            let found = model.iter().position(|own| *own == pivot);
            assert_eq!(list.insert_beside(&pivot, after, &v), found.is_some());
            if let Some(i) = found {
                model.insert(i + usize::from(after), v);
            }
        }
        Op::RemoveValue(v, way, most) => {
            let removed = list.remove_value(&v, way, most);
            assert_eq!(removed, remove_from_model(model, &v, way, most));
        }
        Op::RemoveRange(i, n) => {
            let i = index(i);
            list.remove_range(i..i + n);
            model.drain(i..(i + n).min(model.len()));
        }
        Op::Keep(a, b) => {
            let (a, b) = (index(a) / 4, model.len() - index(b) / 4);
            list.keep(a..b);
            *model = model.iter().take(b).skip(a).cloned().collect();
        }
    }
}

fn remove_from_model(model: &mut Model, value: &[u8], way: Way, most: usize) -> usize {
    let mut found: Vec<usize> = (0..model.len()).filter(|i| model[*i] == value).collect();
    if way == Way::Backward {
        found.reverse();
    }
    found.truncate(most);
    let removed = found.len();
    found.sort_unstable();
    found.into_iter().rev().for_each(|i| drop(model.remove(i)));
    removed
}

fn texts(list: &List, way: Way) -> Vec<Vec<u8>> {
    list.walk_all(way).map(|item| item.to_vec()).collect()
}

fn check(list: &List, model: &Model) {
    assert_eq!((list.len(), list.is_empty()), (model.len(), model.is_empty()));
    assert!(texts(list, Way::Forward).iter().eq(model));
    assert!(texts(list, Way::Backward).iter().eq(model.iter().rev()));
    for i in (0..model.len()).step_by(model.len() / 8 + 1) {
        assert!(list.get(i).is_some_and(|item| item.equals(&model[i])));
        assert!(list.walk(i, Way::Forward).zip(model.range(i..)).all(|(item, own)| item.equals(own)));
        assert_eq!(list.walk(i, Way::Backward).count(), i + 1);
    }
    assert!(list.get(model.len()).is_none());
    assert_eq!(list.walk(model.len(), Way::Forward).count(), 0);
}

/// Saves and loads.
fn reloaded(list: &List) -> List {
    let mut builder = Builder::new();
    for part in list.parts() {
        match part {
            Part::Packed(bytes) => builder.add_packed(Packed::from_bytes(bytes).expect("a sound listpack")),
            Part::Plain(value) => builder.add(value),
        }
    }
    builder.finish()
}

/// Memory stays near the bytes of the elements.
fn check_memory(list: &List, model: &Model) {
    let bytes: usize = model.iter().map(|v| v.len() + 12).sum();
    assert!(list.size() <= 200 + 3 * bytes, "{} for {bytes}", list.size());
}

proptest! {
    #[test]
    fn is_a_deque(ops in prop::collection::vec(op(), 0..120)) {
        let (mut list, mut model, mut kept) = (List::new(), Model::new(), Vec::new());
        for (i, op) in ops.into_iter().enumerate() {
            apply(&mut list, &mut model, op);
            check(&list, &model);
            check_memory(&list, &model);
            if i % 15 == 0 {
                kept.push((list.clone(), model.clone()));
            }
        }
        check(&reloaded(&list), &model);
        kept.iter().for_each(|(list, model)| check(list, model));
        let built: List = model.iter().map(Vec::as_slice).collect();
        check(&built, &model);
        for _ in 0..model.len() {
            list.pop_front(|_| ());
        }
        check(&list, &Model::new());
        kept.iter().for_each(|(list, model)| check(list, model));
    }

    #[test]
    fn finds_places_from_both_ends(
        values in prop::collection::vec(value(), 0..60), sought in value(), most in 0usize..70, way in way(),
    ) {
        let list: List = values.iter().map(Vec::as_slice).collect();
        let mut places: Vec<usize> = (0..values.len()).collect();
        if way == Way::Backward {
            places.reverse();
        }
        places.truncate(most);
        places.retain(|i| values[*i] == sought);
        prop_assert_eq!(list.positions(&sought, way, most).collect::<Vec<_>>(), places);
    }
}

/// A list of so many elements of so many bytes, with the name that pushing them one by one gives.
fn pushed(count: usize, bytes: usize, limit: Limit) -> List {
    let mut list = List::new();
    for _ in 0..count {
        list.expect(bytes, 1, limit);
        list.push_back(&vec![b'x'; bytes]);
    }
    list
}

#[test]
fn sizes_decide_the_name() {
    for (parameter, kib) in [(-1, 4), (-2, 8), (-3, 16), (-4, 32), (-5, 64), (-9, 64)] {
        let bytes = kib * 1024;
        let limit = Limit::of(parameter);
        // An entry of 100 bytes takes 103; a listpack 7 more. The bytes to come are counted as they are.
        let most = (bytes - 7 - 100) / 103 + 1;
        assert_eq!(pushed(most, 100, limit).encoding(), "listpack", "{parameter}");
        let mut list = pushed(most + 1, 100, limit);
        let half = (bytes / 2 - 7) / 103;
        while list.len() > half + 1 {
            list.pop_front(|_| ());
            list.settle_smaller(limit);
            assert_eq!(list.encoding(), "quicklist", "{parameter}: {}", list.len());
        }
        list.pop_back(|_| ());
        list.settle_smaller(limit);
        assert_eq!(list.encoding(), "listpack", "{parameter}");
    }
}

#[test]
fn counts_decide_the_name() {
    let limit = Limit::of(10);
    assert_eq!(pushed(10, 3, limit).encoding(), "listpack");
    let mut list = pushed(11, 3, limit);
    assert_eq!(list.encoding(), "quicklist");
    list.keep(0..6);
    list.settle_smaller(limit);
    assert_eq!(list.encoding(), "quicklist");
    list.remove_value(b"xxx", Way::Backward, 1);
    list.settle_smaller(limit);
    assert_eq!(list.encoding(), "listpack");
    // Counted listpacks have a bound of size, too.
    assert_eq!(pushed(2, 4000, limit).encoding(), "listpack");
    assert_eq!(pushed(3, 4000, limit).encoding(), "quicklist");
    // None counts as one, and one never shrinks below its half.
    let mut one = pushed(2, 1, Limit::of(0));
    one.pop_back(|_| ());
    one.settle_smaller(Limit::of(0));
    assert_eq!((one.encoding(), one.len()), ("quicklist", 1));
    one.settle(Limit::of(0));
    assert_eq!(one.encoding(), "listpack");
}

#[test]
fn a_big_list_is_small_in_memory_and_clones_at_once() {
    let mut list = List::new();
    for i in 0..100_000u32 {
        list.push_back(format!("element:{i:08}").as_bytes());
    }
    assert!(list.size() < 100_000 * 20, "{}", list.size());
    let old = list.clone();
    list.set(50_000, b"new");
    assert!(old.get(50_000).is_some_and(|item| item.equals(b"element:00050000")));
    assert!(list.get(50_000).is_some_and(|item| item.equals(b"new")));
    let removed = list.remove_range(10..99_990).expect("a part of a tree");
    assert!(removed.size() > 1_000_000);
    assert_eq!((list.len(), old.len()), (20, 100_000));
}

#[test]
fn foreign_listpacks_are_taken_as_they_are_or_cut() {
    let large: Packed = (0..20_000i64).collect();
    let mut builder = Builder::new();
    builder.add_packed(large);
    builder.add_packed(Packed::new());
    builder.add(&[b'p'; 10_000]);
    builder.add_packed([b"last".as_slice()].into_iter().collect());
    let mut list = builder.finish();
    list.settle(Limit::of(-2));
    assert_eq!((list.len(), list.encoding()), (20_002, "quicklist"));
    assert!(list.get(19_999).is_some_and(|item| item.equals(b"19999")));
    let plain = list.parts().filter(|part| matches!(part, Part::Plain(value) if value.len() == 10_000));
    assert_eq!(plain.count(), 1);
    assert!(list.parts().all(|part| match part {
        Part::Packed(bytes) => Packed::validate(bytes) && bytes.len() <= 8192,
        Part::Plain(_) => true,
    }));
    assert_eq!(list.parts_len(), list.parts().count());
}

#[test]
fn small_leaves_join_when_large_elements_between_them_go() {
    let (large, mut list) = (vec![b'l'; 5000], List::new());
    for i in 0..1000 {
        list.push_back(format!("small:{i:010}").as_bytes());
        list.push_back(&large);
    }
    assert_eq!(list.remove_value(&large, Way::Backward, usize::MAX), 1000);
    assert_eq!(list.len(), 1000);
    assert!(list.parts_len() < 20, "{}", list.parts_len());
    assert!(list.size() < 1000 * 30, "{}", list.size());
}
