//! Any bytes, and any pieces, as a node of a stream: what is taken can be walked both ways, read by id, cut, trimmed
//! and saved again. A node whose ids rise must act as a sorted map; one whose ids don't must do no harm.
#![no_main]

use ironkeep_values::packed::Packed;
use ironkeep_values::stream::{Entry, Extent, Facts, Id, Limits, Node, Stream, Trim};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;
type Model = BTreeMap<Id, Pairs>;
/// What to do, and with which id.
type Change = (u8, u8, u8);

const BASE: Id = Id::new(5, 5);
const LIMITS: Limits = Limits { bytes: 4096, entries: 8 };

fn pairs(entry: &Entry<'_>) -> Pairs {
    entry.pairs().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

/// The number of entries that a node says it has.
fn length(node: &Node) -> u64 {
    let first = Packed::from_bytes(node.as_bytes()).and_then(|packed| packed.item(0)?.integer());
    first.and_then(|live| u64::try_from(live).ok()).expect("a node begins with its count")
}

fn stream_of(nodes: Vec<Node>, last_id: Id) -> Stream {
    let length = nodes.iter().map(length).sum();
    Stream::load(nodes, Facts { length, last_id, ..Facts::default() }).expect("nodes in order and counted")
}

fn all(stream: &Stream) -> Vec<(Id, Pairs)> {
    stream.log().range(Id::MIN, Id::MAX).map(|entry| (entry.id(), pairs(&entry))).collect()
}

fn check(stream: &Stream, model: &Model) {
    assert!(all(stream).into_iter().eq(model.clone()));
    let back = stream.log().range_back(Id::MIN, Id::MAX).map(|entry| entry.id());
    assert!(back.eq(model.keys().rev().copied()));
    assert_eq!(stream.len(), model.len() as u64);
    for (id, expected) in model {
        assert_eq!(stream.log().get(*id).map(|entry| pairs(&entry)).as_ref(), Some(expected));
    }
    let load = |node: &Node| Node::load(node.id(), Packed::from_bytes(node.as_bytes()).expect("a listpack"));
    let saved: Vec<_> = stream.log().nodes().map(|node| load(node).expect("what we save is sound")).collect();
    assert!(all(&stream_of(saved, stream.log().facts().last_id)).into_iter().eq(model.clone()));
}

/// Does the same to both; without a model only to the stream.
fn change(stream: &mut Stream, mut model: Option<&mut Model>, (what, ms, seq): Change) {
    let id = Id::new(ms.into(), seq.into());
    let log = stream.log_mut();
    match what % 4 {
        0 => {
            let deleted = log.delete(id);
            assert!(model.is_none_or(|model| model.remove(&id).is_some() == deleted));
        }
        1 => {
            let pair: [(&[u8], &[u8]); 1] = [(b"name", &[seq])];
            let added =
                log.next_id(ms.into()).is_some_and(|id| log.append(id, pair.into_iter(), LIMITS).is_ok());
            let last = log.facts().last_id;
            if let Some(model) = model.filter(|_| added) {
                model.insert(last, vec![(b"name".to_vec(), vec![seq])]);
            }
        }
        2 => {
            let removed = log.trim(Trim::ToLength { length: ms.into(), extent: Extent::Exact }).entries;
            if let Some(model) = &mut model {
                assert_eq!(removed, (model.len() as u64).saturating_sub(ms.into()));
                (0..removed).for_each(|_| drop(model.pop_first()));
            }
        }
        _ => {
            let removed = log.trim(Trim::ToId { id, extent: Extent::Exact }).entries;
            if let Some(model) = model {
                let before = model.len();
                model.retain(|known, _| *known >= id);
                assert_eq!(removed, (before - model.len()) as u64);
            }
        }
    }
}

fn run(packed: Packed, changes: &[Change]) {
    let Ok(node) = Node::load(BASE, packed) else { return };
    let ids = |stream: &Stream| all(stream).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let mut stream = stream_of(vec![node], Id::MIN);
    let found = ids(&stream);
    let rises = found.first().is_none_or(|first| *first >= BASE) && found.is_sorted_by(|a, b| a < b);
    let last = found.last().copied().unwrap_or(BASE).max(BASE);
    stream.log_mut().set_last_id(last);
    let whole_trims = !changes.iter().any(|(what, ..)| what % 4 == 3);
    // Deleted entries with other ids than the order asks for only matter to trimming by id.
    let mut model = (rises && whole_trims).then(|| Model::from_iter(all(&stream)));
    model.iter().for_each(|model| check(&stream, model));
    for step in changes {
        change(&mut stream, model.as_mut(), *step);
    }
    match &model {
        Some(model) => check(&stream, model),
        None => {
            // Every entry takes some bytes.
            let most: usize = stream.log().nodes().map(|node| node.as_bytes().len()).sum();
            assert!(all(&stream).len() <= most && stream.log().range_back(Id::MIN, Id::MAX).count() <= most);
        }
    }
}

/// A listpack of integers and strings.
fn packed_of(pieces: &[(i8, &[u8])]) -> Packed {
    let mut packed = Packed::new();
    for (number, text) in pieces {
        if text.is_empty() { packed.push_back(i64::from(*number)) } else { packed.push_back(*text) }
    }
    packed
}

/// A node of entries that may be deleted or have other names than the first.
fn built(entries: &[(u8, u8, bool, Vec<i8>)]) -> Packed {
    let (mut rest, mut counts, mut seq) = (Packed::new(), [0i64; 2], 0);
    for (step, flags, same, values) in entries {
        let flags = i64::from(flags & 1) | if *same { 2 } else { 0 };
        seq += i64::from(*step) + 1;
        [flags, 0, seq].into_iter().for_each(|number| rest.push_back(number));
        let pieces: Vec<i64> = match same {
            true => vec![values.len() as i64],
            false => {
                let pairs = values.iter().flat_map(|value| [7, i64::from(*value)]);
                std::iter::once(values.len() as i64).chain(pairs).collect()
            }
        };
        pieces.iter().for_each(|piece| rest.push_back(*piece));
        rest.push_back(3 + pieces.len() as i64);
        counts[usize::from(flags & 1 == 1)] += 1;
    }
    let mut packed = Packed::new();
    [counts[0], counts[1], 1, 99, 0].into_iter().for_each(|number| packed.push_back(number));
    packed.append(&rest);
    packed
}

type Input<'a> = (Vec<Change>, Vec<(u8, u8, bool, Vec<i8>)>, Vec<(i8, &'a [u8])>, &'a [u8]);

fuzz_target!(|input: Input<'_>| {
    let (changes, entries, pieces, bytes) = input;
    run(built(&entries), &changes);
    run(packed_of(&pieces), &changes);
    if let Some(packed) = Packed::from_bytes(bytes) {
        run(packed, &changes);
    }
});
