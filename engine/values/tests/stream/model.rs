//! Logs and groups against maps of the standard library, clones included.

use crate::{LIMITS, add, pairs, trim};
use ironkeep_values::packed::Packed;
use ironkeep_values::stream::{Entry, Extent, Facts, Group, Id, Limits, Node, Stream, Trim};
use ironkeep_values::tree::Leaf;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn ids<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Id> {
    entries.map(|entry| entry.id()).collect()
}

#[derive(Clone, Debug)]
enum Change {
    Add(u8, Vec<(u8, i16)>),
    Delete(u8),
    ToLength(u8, bool),
    ToId(u8, bool),
    Keep,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let pair = (0..4u8, any::<i16>());
    let change = prop_oneof![
        8 => (0..3u8, prop::collection::vec(pair, 0..4)).prop_map(|(step, pairs)| Change::Add(step, pairs)),
        3 => any::<u8>().prop_map(Change::Delete),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(length, exact)| Change::ToLength(length, exact)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(id, exact)| Change::ToId(id, exact)),
        1 => Just(Change::Keep),
    ];
    prop::collection::vec(change, 0..200)
}

type Model = BTreeMap<Id, Vec<(Vec<u8>, Vec<u8>)>>;

fn same(stream: &Stream, model: &Model) {
    let log = stream.log();
    let all: Model = log.range(Id::MIN, Id::MAX).map(|entry| (entry.id(), pairs(&entry))).collect();
    assert_eq!(&all, model);
    assert_eq!(log.len(), model.len() as u64);
    assert_eq!(log.facts().first_id, model.first_key_value().map_or(Id::MIN, |(id, _)| *id));
    assert_eq!(log.top_id(), model.last_key_value().map(|(id, _)| *id));
    assert_eq!(log.node_count(), log.nodes().count());
    let (low, high) = (Id::new(50, 0), Id::new(150, 1));
    let inside: Vec<Id> = model.range(low..=high).map(|(id, _)| *id).collect();
    assert_eq!(ids(log.range(low, high)), inside);
    assert_eq!(ids(log.range_back(low, high)), inside.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(log.range(high, low).count(), 0);
}

proptest! {
    #[test]
    fn a_log_is_a_sorted_map(changes in changes(), entries in 0..8usize, bytes in prop_oneof![Just(0usize), 30..200usize]) {
        let (mut stream, mut model, mut images) = (Stream::new(), Model::new(), Vec::new());
        let limits = Limits { bytes, entries };
        for change in changes {
            let extent = |exact| if exact { Extent::Exact } else { Extent::Nodes(0) };
            match change {
                Change::Add(step, list) => {
                    let last = stream.log().facts().last_id;
                    let at = if step == 0 { last.next().unwrap() } else { Id::new(last.ms + u64::from(step), 0) };
                    let list: Vec<_> = list.iter().map(|(name, value)| (vec![b'a' + name], value.to_string().into_bytes())).collect();
                    let slices: Vec<_> = list.iter().map(|(name, value)| (&name[..], &value[..])).collect();
                    add(&mut stream, at, &slices, limits).unwrap();
                    prop_assert_eq!(stream.log().get(at).map(|entry| (entry.len(), pairs(&entry))), Some((list.len(), list.clone())));
                    model.insert(at, list);
                }
                Change::Delete(number) => {
                    let at = model.keys().nth(number as usize % (model.len() + 1)).copied().unwrap_or(Id::new(number.into(), 1));
                    prop_assert_eq!(stream.log_mut().delete(at), model.remove(&at).is_some());
                    prop_assert!(stream.log().get(at).is_none());
                }
                Change::ToLength(length, exact) => {
                    let before = model.len() as u64;
                    let removed = trim(&mut stream, Trim::ToLength { length: length.into(), extent: extent(exact) });
                    let most = before.saturating_sub(length.into());
                    prop_assert!(removed == most || (!exact && removed < most));
                    (0..removed).for_each(|_| drop(model.pop_first()));
                }
                Change::ToId(low, exact) => {
                    let low = Id::new(low.into(), 0);
                    let most = model.range(..low).count() as u64;
                    let removed = trim(&mut stream, Trim::ToId { id: low, extent: extent(exact) });
                    prop_assert!(removed == most || (!exact && removed < most));
                    (0..removed).for_each(|_| drop(model.pop_first()));
                }
                Change::Keep => images.push((stream.clone(), model.clone())),
            }
        }
        same(&stream, &model);
        for (image, model) in images {
            same(&image, &model);
        }
        let nodes = stream.log().nodes().map(|node| Node::load(node.id(), Packed::from_bytes(node.as_bytes()).unwrap()).unwrap());
        same(&Stream::load(nodes.collect(), *stream.log().facts()).unwrap(), &model);
    }

    #[test]
    fn a_node_can_be_cut_and_joined(deleted in prop::collection::vec(0..12u64, 0..12), at in 1..12usize) {
        let mut stream = Stream::new();
        for number in 0..12 {
            let name: &[u8] = if number % 3 == 0 { b"other" } else { b"name" };
            add(&mut stream, Id::new(5 + number, 1), &[(name, b"some value"), (b"b", b"12")], LIMITS).unwrap();
        }
        for number in deleted {
            stream.log_mut().delete(Id::new(5 + number, 1));
        }
        let Some(whole) = stream.log().nodes().next() else { return Ok(()) };
        let read = |nodes: &[&Node]| {
            let reload = |node: &&Node| Node::load(node.id(), Packed::from_bytes(node.as_bytes()).unwrap()).unwrap();
            let live = |node: &&Node| Packed::from_bytes(node.as_bytes())?.item(0)?.integer();
            let length = nodes.iter().filter_map(live).sum::<i64>() as u64;
            let stream = Stream::load(nodes.iter().map(reload).collect(), Facts { length, ..Facts::default() }).unwrap();
            stream.log().range(Id::MIN, Id::MAX).map(|entry| (entry.id(), pairs(&entry))).collect::<Vec<_>>()
        };
        let mut left = whole.clone();
        let right = left.split_off(at);
        prop_assert_eq!((left.len(), right.len()), (at, 12 - at));
        prop_assert_eq!(read(&[&left, &right]), read(&[whole]));
        left.append(&right);
        prop_assert_eq!(left.len(), 12);
        prop_assert_eq!(read(&[&left]), read(&[whole]));
    }

    #[test]
    fn groups_and_consumers_agree_on_what_is_pending(
        changes in prop::collection::vec((0..700u64, 0..9usize), 0..900),
        dropped in 0..8usize,
    ) {
        let mut group = Stream::new();
        group.create_group(b"g", Id::MIN, None);
        let mut model = BTreeMap::<Id, usize>::new();
        let names: Vec<String> = (0..8).map(|number| format!("consumer {number}")).collect();
        let mut image = None;
        group.change_group(b"g", |_, group| {
            names.iter().for_each(|name| assert!(group.create_consumer(name.as_bytes(), 0)));
            for (number, (ms, who)) in changes.into_iter().enumerate() {
                let at = Id::new(ms, 0);
                if let Some(name) = names.get(who) {
                    let name = group.consumer(name.as_bytes()).unwrap().0.clone();
                    assert!(group.assign(at, &name, 0, 1));
                    model.insert(at, who);
                } else {
                    assert_eq!(group.acknowledge(at), model.remove(&at).is_some());
                }
                if number == 400 {
                    image = Some((group.clone(), model.clone()));
                }
            }
        });
        let check = |group: &Group, model: &BTreeMap<Id, usize>| {
            assert_eq!(group.pending_len(), model.len());
            let found: Vec<_> = group.pending_from(Id::MIN).map(|(id, pending)| (*id, pending.consumer().to_vec())).collect();
            let wanted: Vec<_> = model.iter().map(|(id, who)| (*id, names[*who].clone().into_bytes())).collect();
            assert_eq!(found, wanted);
            for (who, name) in names.iter().enumerate() {
                let Some((_, consumer)) = group.consumer(name.as_bytes()) else { continue };
                let from = Id::new(100, 0);
                let mine: Vec<Id> = model.range(from..).filter(|(_, other)| **other == who).map(|(id, _)| *id).collect();
                assert_eq!(consumer.pending_from(from).collect::<Vec<_>>(), mine);
            }
        };
        check(group.group(b"g").unwrap(), &model);
        let there = model.values().filter(|who| **who == dropped).count();
        let removed = group.change_group(b"g", |_, group| group.remove_consumer(names[dropped].as_bytes()));
        prop_assert_eq!(removed.flatten(), Some(there));
        model.retain(|_, who| *who != dropped);
        check(group.group(b"g").unwrap(), &model);
        if let Some((image, model)) = image {
            check(&image, &model);
        }
    }

    #[test]
    fn damaged_nodes_are_refused_or_harmless(at in 0..400usize, byte: u8, low in 0..20u64) {
        let mut stream = Stream::new();
        for number in 1..=12 {
            let name: &[u8] = if number % 4 == 0 { b"other" } else { b"name" };
            add(&mut stream, Id::new(number, 0), &[(name, b"some value")], LIMITS).unwrap();
        }
        stream.log_mut().delete(Id::new(3, 0));
        let node = stream.log().nodes().next().unwrap();
        let mut bytes = node.as_bytes().to_vec();
        let len = bytes.len();
        bytes[at % len] = byte;
        let Some(packed) = Packed::from_bytes(&bytes) else { return Ok(()) };
        let Ok(node) = Node::load(node.id(), packed) else { return Ok(()) };
        let Ok(mut damaged) = Stream::load(vec![node], *stream.log().facts()) else { return Ok(()) };
        prop_assert!(damaged.log().range(Id::MIN, Id::MAX).map(|entry| entry.pairs().count()).sum::<usize>() < 1000);
        prop_assert!(damaged.log().range_back(Id::MIN, Id::MAX).count() <= 12);
        damaged.log_mut().delete(Id::new(low, 0));
        trim(&mut damaged, Trim::ToId { id: Id::new(low, 0), extent: Extent::Exact });
        trim(&mut damaged, Trim::ToLength { length: 2, extent: Extent::Exact });
        let next = damaged.log().next_id(1000).unwrap();
        add(&mut damaged, next, &[(b"name", b"new")], LIMITS).unwrap();
    }
}
