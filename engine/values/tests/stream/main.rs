//! Streams: nodes, facts, counts and groups as in Valkey, and sound whatever a file holds.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_values::error::Error;
use ironkeep_values::packed::Packed;
use ironkeep_values::stream::{Entry, Extent, Facts, Id, Limits, Node, Stream, Trim};

mod model;
mod recorded;

const LIMITS: Limits = Limits { bytes: 4096, entries: 100 };

fn add(stream: &mut Stream, id: Id, pairs: &[(&[u8], &[u8])], limits: Limits) -> Result<(), Error> {
    stream.log_mut().append(id, pairs.iter().copied(), limits)
}

fn pairs(entry: &Entry<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    entry.pairs().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

fn trim(stream: &mut Stream, trim: Trim) -> u64 {
    stream.log_mut().trim(trim).entries
}

#[test]
fn ids_have_neighbours_texts_and_bytes() {
    let mut room = [0; 41];
    for (at, next, prev) in [
        (Id::new(5, 3), Some(Id::new(5, 4)), Some(Id::new(5, 2))),
        (Id::new(5, u64::MAX), Some(Id::new(6, 0)), Some(Id::new(5, u64::MAX - 1))),
        (Id::new(5, 0), Some(Id::new(5, 1)), Some(Id::new(4, u64::MAX))),
        (Id::MAX, None, Some(Id::new(u64::MAX, u64::MAX - 1))),
        (Id::MIN, Some(Id::new(0, 1)), None),
    ] {
        assert_eq!((at.next(), at.prev()), (next, prev));
        assert_eq!(at.text(&mut room), at.to_string().as_bytes());
        assert_eq!(Id::from_bytes(at.to_bytes()), at);
    }
    assert_eq!(Id::parse(b"7", 9), Some(Id::new(7, 9)));
    assert_eq!(Id::parse_new(b"7"), Some((7, Some(0))));
    assert_eq!(Id::parse_new(b"7-*"), Some((7, None)));
    assert_eq!(Id::parse_new(b"7-3"), Some((7, Some(3))));
    assert_eq!(Id::parse_new(b"*"), None);
    assert_eq!(Id::parse(&[b'1'; 200], 0), None);
    assert_eq!(Id::parse(b"5\x00abc", 1), Some(Id::new(5, 1)));
}

#[test]
fn new_ids_are_above_all_before() {
    let mut stream = Stream::new();
    assert_eq!(stream.log().next_id(0), Some(Id::new(0, 1)));
    assert_eq!(stream.log().next_id(7), Some(Id::new(7, 0)));
    assert_eq!(add(&mut stream, Id::MIN, &[], LIMITS), Err(Error::IdNotAbove));
    add(&mut stream, Id::new(7, u64::MAX), &[(b"a", b"1")], LIMITS).unwrap();
    assert_eq!(stream.log().next_id(5), Some(Id::new(8, 0)));
    assert_eq!(stream.log().next_id_at(7), None);
    assert_eq!(stream.log().next_id_at(9), Some(Id::new(9, 0)));
    add(&mut stream, Id::MAX, &[(b"a", b"1")], LIMITS).unwrap();
    assert_eq!(stream.log().next_id(5), None);
}

#[test]
fn times_of_consumers_are_kept() {
    let mut stream = Stream::new();
    assert!(stream.create_group(b"g", Id::MIN, None));
    assert!(!stream.create_group(b"g", Id::MIN, None));
    stream.change_group(b"g", |_, group| {
        assert!(group.create_consumer(b"a", 10));
        assert!(!group.create_consumer(b"a", 11));
        assert!(group.load_consumer(b"b", 12, Some(9)));
        let name = group.consumer(b"a").unwrap().0.clone();
        assert!(group.assign(Id::new(1, 1), &name, 20, 1));
        assert!(!group.assign(Id::new(1, 1), &b"nobody"[..].into(), 20, 1));
        group.redeliver(Id::new(1, 1), 30);
        group.see(b"a", 31);
        group.activate(b"a", 32);
        assert_eq!(group.remove_consumer(b"nobody"), None);
    });
    let group = stream.group(b"g").unwrap();
    let (a, b) = (group.consumer(b"a").unwrap().1, group.consumer(b"b").unwrap().1);
    assert_eq!((a.seen(), a.active(), b.seen(), b.active()), (31, Some(32), 12, Some(9)));
    let pending = group.pending(Id::new(1, 1)).unwrap();
    assert_eq!((pending.time, pending.count, &**pending.consumer()), (30, 2, &b"a"[..]));
    assert_eq!(group.pending_ends(), Some((Id::new(1, 1), Id::new(1, 1))));
    assert_eq!((group.consumer_count(), stream.group_count()), (2, 1));
}

#[test]
fn what_does_not_fit_together_is_not_loaded() {
    let mut stream = Stream::new();
    for number in 1..=30 {
        add(
            &mut stream,
            Id::new(number, 0),
            &[(b"a", b"1"), (b"b", b"two")],
            Limits { bytes: 0, entries: 10 },
        )
        .unwrap();
    }
    let facts = *stream.log().facts();
    let nodes: Vec<Node> = stream.log().nodes().cloned().collect();
    assert!(Stream::load(nodes.clone(), facts).is_ok());
    let swapped: Vec<Node> = nodes.iter().rev().cloned().collect();
    assert_eq!(Stream::load(swapped, facts).err(), Some(Error::CorruptStream));
    assert_eq!(Stream::load(nodes[1..].to_vec(), facts).err(), Some(Error::CorruptStream));
    let wrong = Facts { length: 29, ..facts };
    assert_eq!(Stream::load(nodes.clone(), wrong).err(), Some(Error::CorruptStream));
    let load = |packed: Packed| Node::load(Id::new(1, 0), packed).map(drop);
    assert_eq!(load(Packed::from_bytes(nodes[0].as_bytes()).unwrap()), Ok(()));
    assert_eq!(load(Packed::new()), Err(Error::CorruptStream));
    for edit in [
        |packed: &mut Packed| packed.replace(packed.first().unwrap(), 9),
        |packed: &mut Packed| packed.replace(packed.seek(1).unwrap(), 1),
        |packed: &mut Packed| packed.replace(packed.seek(2).unwrap(), 3),
        |packed: &mut Packed| packed.replace(packed.seek(2).unwrap(), -1),
        |packed: &mut Packed| packed.replace(packed.seek(2).unwrap(), i64::MAX),
        |packed: &mut Packed| packed.replace(packed.seek(5).unwrap(), 1),
        |packed: &mut Packed| packed.replace(packed.seek(6).unwrap(), 3),
        |packed: &mut Packed| packed.replace(packed.seek(6).unwrap(), &b"x"[..]),
        |packed: &mut Packed| packed.replace(packed.last().unwrap(), 4),
        |packed: &mut Packed| {
            packed.remove(packed.last().unwrap());
        },
        |packed: &mut Packed| packed.push_back(2),
    ] {
        let mut packed = Packed::from_bytes(nodes[0].as_bytes()).unwrap();
        edit(&mut packed);
        assert_eq!(load(packed.clone()), Err(Error::CorruptStream), "{packed:?}");
    }
}

#[test]
fn an_entry_without_pairs_is_kept() {
    let mut stream = Stream::new();
    add(&mut stream, Id::new(1, 0), &[], LIMITS).unwrap();
    add(&mut stream, Id::new(2, 0), &[(b"a", b"b")], LIMITS).unwrap();
    let read: Vec<_> = stream.log().range(Id::MIN, Id::MAX).map(|entry| pairs(&entry)).collect();
    assert_eq!(read, [vec![], vec![(b"a".to_vec(), b"b".to_vec())]]);
    assert_eq!(stream.log().top_id(), Some(Id::new(2, 0)));
}

#[test]
fn what_goes_gives_its_memory_back() {
    let mut stream = Stream::new();
    stream.create_group(b"g", Id::MIN, None);
    stream.change_group(b"g", |_, group| group.create_consumer(b"c", 0));
    let before = stream.size();
    for number in 1..=500 {
        add(&mut stream, Id::new(number, 0), &[(b"a", &[b'x'; 50])], LIMITS).unwrap();
    }
    let entries = stream.size() - before;
    assert!((25_000..40_000).contains(&entries), "{entries}");
    stream.change_group(b"g", |_, group| {
        let name = group.consumer(b"c").unwrap().0.clone();
        (1..=500).for_each(|number| assert!(group.assign(Id::new(number, 0), &name, 0, 1)));
    });
    let pending = stream.size() - before - entries;
    assert!((30_000..45_000).contains(&pending), "{pending}");
    stream.change_group(b"g", |_, group| {
        (1..=500).for_each(|number| assert!(group.acknowledge(Id::new(number, 0))));
    });
    trim(&mut stream, Trim::ToLength { length: 0, extent: Extent::Exact });
    assert_eq!(stream.size(), before);
    assert_eq!((stream.log().node_count(), stream.log().radix_node_count()), (0, 1));
}
