//! Random commands on lists against a model: deques of the standard library.

mod common;

use common::Rig;
use ironkeep_wire::client::Value;
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

#[derive(Debug, Clone)]
enum Step {
    Push { key: u8, left: bool, values: Vec<Vec<u8>> },
    Pop { key: u8, left: bool, count: usize },
    Move { from: u8, to: u8, left: bool, to_left: bool },
    Insert { key: u8, pivot: Vec<u8>, value: Vec<u8> },
    Remove { key: u8, count: i64, value: Vec<u8> },
    Trim { key: u8, start: i64, end: i64 },
    Set { key: u8, index: i64, value: Vec<u8> },
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[abc]".prop_map(String::into_bytes),
        3 => (-3i64..300).prop_map(|n| n.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..3000),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (key, index) = (0..3u8, -8i64..8);
    let values = prop::collection::vec(value(), 1..8);
    prop_oneof![
        5 => (key.clone(), any::<bool>(), values).prop_map(|(key, left, values)| Step::Push { key, left, values }),
        2 => (key.clone(), any::<bool>(), 1..5usize).prop_map(|(key, left, count)| Step::Pop { key, left, count }),
        2 => (key.clone(), key.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(from, to, left, to_left)| Step::Move { from, to, left, to_left }),
        1 => (key.clone(), value(), value()).prop_map(|(key, pivot, value)| Step::Insert { key, pivot, value }),
        1 => (key.clone(), -2i64..3, value()).prop_map(|(key, count, value)| Step::Remove { key, count, value }),
        1 => (key.clone(), index.clone(), index.clone()).prop_map(|(key, start, end)| Step::Trim { key, start, end }),
        1 => (key, index, value()).prop_map(|(key, index, value)| Step::Set { key, index, value }),
    ]
}

type Model = BTreeMap<u8, VecDeque<Vec<u8>>>;

fn pop(list: &mut VecDeque<Vec<u8>>, left: bool) -> Option<Vec<u8>> {
    if left { list.pop_front() } else { list.pop_back() }
}

fn push(list: &mut VecDeque<Vec<u8>>, left: bool, value: Vec<u8>) {
    if left { list.push_front(value) } else { list.push_back(value) }
}

/// Does it to the model, and gives the command.
fn apply(model: &mut Model, step: Step) -> Vec<Vec<u8>> {
    let name = |key: u8| vec![b'k', b'0' + key];
    let end = |left: bool| if left { b"LEFT".to_vec() } else { b"RIGHT".to_vec() };
    let number = |number: i64| number.to_string().into_bytes();
    match step {
        Step::Push { key, left, values } => {
            let list = model.entry(key).or_default();
            values.iter().for_each(|value| push(list, left, value.clone()));
            let command = if left { b"LPUSH" } else { b"RPUSH" };
            [vec![command.to_vec(), name(key)], values].concat()
        }
        Step::Pop { key, left, count } => {
            let list = model.entry(key).or_default();
            (0..count).for_each(|_| drop(pop(list, left)));
            vec![if left { b"LPOP".to_vec() } else { b"RPOP".to_vec() }, name(key), number(count as i64)]
        }
        Step::Move { from, to, left, to_left } => {
            if let Some(value) = pop(model.entry(from).or_default(), left) {
                push(model.entry(to).or_default(), to_left, value);
            }
            vec![b"LMOVE".to_vec(), name(from), name(to), end(left), end(to_left)]
        }
        Step::Insert { key, pivot, value } => {
            let list = model.entry(key).or_default();
            if let Some(at) = list.iter().position(|known| *known == pivot) {
                list.insert(at, value.clone());
            }
            vec![b"LINSERT".to_vec(), name(key), b"BEFORE".to_vec(), pivot, value]
        }
        Step::Remove { key, count, value } => {
            let list = model.entry(key).or_default();
            for _ in 0..if count == 0 { u64::MAX } else { count.unsigned_abs() } {
                let is = |known: &Vec<u8>| *known == value;
                let at = if count < 0 { list.iter().rposition(is) } else { list.iter().position(is) };
                let Some(at) = at else { break };
                list.remove(at);
            }
            vec![b"LREM".to_vec(), name(key), number(count), value]
        }
        Step::Trim { key, start, end } => {
            let list = model.entry(key).or_default();
            let place = |index: i64| if index < 0 { index + list.len() as i64 } else { index };
            let (first, last) = (place(start), place(end));
            let kept = list.iter().enumerate().filter(|(at, _)| (first..=last).contains(&(*at as i64)));
            *list = kept.map(|(_, value)| value.clone()).collect();
            vec![b"LTRIM".to_vec(), name(key), number(start), number(end)]
        }
        Step::Set { key, index, value } => {
            let list = model.entry(key).or_default();
            let at = if index < 0 { index + list.len() as i64 } else { index };
            if let Some(known) = usize::try_from(at).ok().and_then(|at| list.get_mut(at)) {
                known.clone_from(&value);
            }
            vec![b"LSET".to_vec(), name(key), number(index), value]
        }
    }
}

proptest! {
    #[test]
    fn lists_are_deques(steps in prop::collection::vec(step(), 1..80)) {
        let (mut rig, mut model) = (Rig::new(), Model::new());
        for step in steps {
            let words = apply(&mut model, step);
            rig.bytes(&words.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
        for key in 0..3u8 {
            let expected: Vec<Value> =
                model.remove(&key).unwrap_or_default().into_iter().map(Value::Bulk).collect();
            prop_assert_eq!(rig.ask(&format!("EXISTS k{key}")), Value::Integer(i64::from(!expected.is_empty())));
            prop_assert_eq!(rig.ask(&format!("LRANGE k{key} 0 -1")), Value::Array(expected));
        }
    }
}
