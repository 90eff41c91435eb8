//! The listpack against a `Vec` of byte strings, and against bytes of the format.

use ironkeep_values::packed::{Item, Packed, Place, parse_integer};
use proptest::prelude::*;

/// All values as clients see them.
fn texts(packed: &Packed) -> Vec<Vec<u8>> {
    packed.iter().map(|item| item.to_vec()).collect()
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        -200i64..200,
        -5000i64..5000,
        -40_000i64..40_000,
        -9_000_000i64..9_000_000,
        any::<i32>().prop_map(i64::from),
        any::<i64>(),
    ];
    prop_oneof![
        4 => number.prop_map(|n| n.to_string().into_bytes()),
        4 => prop::collection::vec(any::<u8>(), 0..70),
        1 => (0usize..20_000).prop_map(|n| vec![b'x'; n]),
        1 => "[-0-9]{1,21}".prop_map(String::into_bytes),
    ]
}

#[derive(Clone, Debug)]
enum Op {
    PushBack(Vec<u8>),
    PushFront(Vec<u8>),
    Insert(usize, Vec<u8>),
    InsertAfter(usize, Vec<u8>),
    Replace(usize, Vec<u8>),
    Remove(usize, usize),
    RemoveRange(usize, usize),
    SplitAndJoin(usize),
    Find(usize, usize),
}

fn op() -> impl Strategy<Value = Op> {
    let at = 0usize..200;
    prop_oneof![
        3 => value().prop_map(Op::PushBack),
        3 => value().prop_map(Op::PushFront),
        2 => (at.clone(), value()).prop_map(|(i, v)| Op::Insert(i, v)),
        2 => (at.clone(), value()).prop_map(|(i, v)| Op::InsertAfter(i, v)),
        2 => (at.clone(), value()).prop_map(|(i, v)| Op::Replace(i, v)),
        2 => (at.clone(), 1usize..4).prop_map(|(i, n)| Op::Remove(i, n)),
        1 => (at.clone(), 0usize..30).prop_map(|(i, n)| Op::RemoveRange(i, n)),
        1 => at.clone().prop_map(Op::SplitAndJoin),
        2 => (at, 0usize..3).prop_map(|(i, skip)| Op::Find(i, skip)),
    ]
}

/// Does the same to both. An index is taken modulo what is there.
fn apply(packed: &mut Packed, model: &mut Vec<Vec<u8>>, op: Op) {
    let place = |packed: &Packed, i: usize| -> Option<(usize, Place)> {
        let i = i.checked_rem(packed.len())?;
        Some((i, packed.seek(i).expect("an index below the length")))
    };
    match op {
        Op::PushBack(v) => {
            packed.push_back(&v);
            model.push(v);
        }
        Op::PushFront(v) => {
            packed.push_front(&v);
            model.insert(0, v);
        }
        Op::Insert(i, v) => {
            if let Some((i, at)) = place(packed, i) {
                packed.insert(at, &v);
                assert!(packed.get(at).equals(&v));
                model.insert(i, v);
            }
        }
        Op::InsertAfter(i, v) => {
            if let Some((i, at)) = place(packed, i) {
                let new = packed.insert_after(at, &v);
                assert_eq!(packed.next(at), Some(new));
                model.insert(i + 1, v);
            }
        }
        Op::Replace(i, v) => {
            if let Some((i, at)) = place(packed, i) {
                packed.replace(at, &v);
                assert!(packed.get(at).equals(&v));
                model[i] = v;
            }
        }
        Op::Remove(i, n) => {
            if let Some((i, at)) = place(packed, i) {
                let after = packed.remove_run(at, n);
                model.drain(i..(i + n).min(model.len()));
                assert_eq!(after.map(|at| packed.get(at).to_vec()).as_ref(), model.get(i));
            }
        }
        Op::RemoveRange(i, n) => {
            packed.remove_range(i, n);
            let len = model.len();
            model.drain(i.min(len)..(i + n).min(len));
        }
        Op::SplitAndJoin(i) => {
            let tail = packed.split_off(i);
            assert!(Packed::validate(packed.as_bytes()) && Packed::validate(tail.as_bytes()));
            let cut = i.min(model.len());
            assert_eq!((texts(packed), texts(&tail)), (model[..cut].to_vec(), model[cut..].to_vec()));
            packed.append(&tail);
        }
        Op::Find(i, skip) => {
            if let (Some(sought), Some(first)) = (model.get(i), packed.first()) {
                let found = packed.find(first, sought, skip).map(|at| packed.iter_before(at).count());
                assert_eq!(found, (0..model.len()).step_by(skip + 1).find(|j| model[*j] == *sought));
            }
        }
    }
}

fn check(packed: &Packed, model: &[Vec<u8>]) {
    assert!(Packed::validate(packed.as_bytes()));
    assert_eq!((packed.len(), packed.is_empty()), (model.len(), model.is_empty()));
    assert_eq!(texts(packed), model);
    let backwards: Vec<_> = packed.iter().rev().map(|item| item.to_vec()).collect();
    assert!(backwards.iter().eq(model.iter().rev()));
    for (i, value) in model.iter().enumerate() {
        let item = packed.item(i).expect("an index below the length");
        assert!(item.equals(value));
        // Integers are always recognised, and only in their shortest form.
        assert_eq!(matches!(item, Item::Int(_)), parse_integer(value).is_some());
    }
    assert_eq!(packed.item(model.len()), None);
    assert_eq!(Packed::from_bytes(packed.as_bytes()).as_ref(), Some(packed));
}

proptest! {
    #[test]
    fn is_a_vec_of_strings(ops in prop::collection::vec(op(), 0..80)) {
        let (mut packed, mut model) = (Packed::new(), Vec::new());
        let mut kept: Vec<(Packed, Vec<Vec<u8>>)> = Vec::new();
        for (i, op) in ops.into_iter().enumerate() {
            apply(&mut packed, &mut model, op);
            check(&packed, &model);
            if i % 10 == 0 {
                kept.push((packed.clone(), model.clone()));
            }
        }
        for (packed, model) in kept {
            check(&packed, &model);
        }
    }

    #[test]
    fn steps_both_ways_by_place(values in prop::collection::vec(value(), 1..40)) {
        let packed: Packed = values.iter().collect();
        let mut places = vec![packed.first().expect("not empty")];
        while let Some(next) = packed.next(places[places.len() - 1]) {
            prop_assert_eq!(packed.prev(next), places.last().copied());
            places.push(next);
        }
        prop_assert_eq!(places.len(), values.len());
        prop_assert_eq!(packed.last(), places.last().copied());
        prop_assert_eq!(packed.prev(places[0]), None);
        for (i, place) in places.iter().enumerate() {
            prop_assert_eq!(packed.iter_from(*place).count(), values.len() - i);
        }
    }

    #[test]
    fn a_changed_byte_never_panics(
        values in prop::collection::vec(value(), 0..12), at in any::<prop::sample::Index>(), to in any::<u8>(),
    ) {
        let mut bytes = values.iter().collect::<Packed>().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Some(packed) = Packed::from_bytes(&bytes) {
            let forward: Vec<_> = packed.iter().map(|item| item.to_vec()).collect();
            let mut backward: Vec<_> = packed.iter().rev().map(|item| item.to_vec()).collect();
            backward.reverse();
            prop_assert_eq!(forward.len(), packed.len());
            prop_assert_eq!(forward, backward);
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut framed = vec![bytes.len() as u8 + 7, 0, 0, 0, 0xff, 0xff];
        framed.extend(&bytes);
        framed.push(0xff);
        Packed::validate(&bytes);
        if let Some(packed) = Packed::from_bytes(&framed) {
            prop_assert_eq!(packed.iter().count(), packed.iter().rev().count());
        }
    }

    #[test]
    fn numbers_are_those_that_print_alike(text in "-?[0-9]{0,20}|[-+ 0-9a]{0,5}") {
        let number = text.parse::<i64>().ok().filter(|n| n.to_string() == text);
        prop_assert_eq!(parse_integer(text.as_bytes()), number);
    }

    #[test]
    fn numbers_keep_their_value(number in any::<i64>(), shift in 0u32..64) {
        let number = number >> shift;
        for number in [number, !number] {
            let packed: Packed = [number].into_iter().collect();
            prop_assert_eq!(packed.item(0), Some(Item::Int(number)));
            prop_assert_eq!(packed.item(0).map(|item| item.to_vec()), Some(number.to_string().into_bytes()));
        }
    }
}

#[test]
fn the_layout_is_that_of_the_format() {
    let cases: [(&[u8], &[u8]); 12] = [
        (b"0", b"\x00\x01"),
        (b"127", b"\x7f\x01"),
        (b"128", b"\xc0\x80\x02"),
        (b"-1", b"\xdf\xff\x02"),
        (b"-4096", b"\xd0\x00\x02"),
        (b"4096", b"\xf1\x00\x10\x03"),
        (b"-32769", b"\xf2\xff\x7f\xff\x04"),
        (b"8388608", b"\xf3\x00\x00\x80\x00\x05"),
        (b"-9223372036854775808", b"\xf4\x00\x00\x00\x00\x00\x00\x00\x80\x09"),
        (b"", b"\x80\x01"),
        (b"-0", b"\x82-0\x03"),
        (b"01", b"\x8201\x03"),
    ];
    for (value, entry) in cases {
        let packed: Packed = [value].into_iter().collect();
        let mut bytes = vec![7 + entry.len() as u8, 0, 0, 0, 1, 0];
        bytes.extend(entry);
        bytes.push(0xff);
        assert_eq!(packed.as_bytes(), bytes, "{}", value.escape_ascii());
    }
}

#[test]
fn long_strings_have_longer_heads_and_tails() {
    for (len, head, tail) in [
        (63usize, &b"\xbf"[..], &b"\x40"[..]),
        (64, b"\xe0\x40", b"\x42"),
        (126, b"\xe0\x7e", b"\x01\x80"),
        (4095, b"\xef\xff", b"\x20\x81"),
        (4096, b"\xf0\x00\x10\x00\x00", b"\x20\x85"),
        (16_379, b"\xf0\xfb\x3f\x00\x00", b"\x01\x80\x80"),
    ] {
        let packed: Packed = [&vec![b'x'; len]].into_iter().collect();
        let bytes = &packed.as_bytes()[6..packed.bytes_len() - 1];
        assert!(bytes.starts_with(head) && bytes.ends_with(tail), "{len}");
        assert_eq!(bytes.len(), head.len() + len + tail.len());
    }
}

#[test]
fn more_entries_than_the_header_can_count() {
    let mut packed: Packed = (0..65_534i64).map(|i| i % 100).collect();
    assert_eq!((&packed.as_bytes()[4..6], packed.len()), (&b"\xfe\xff"[..], 65_534));
    packed.push_back(7);
    packed.push_front(7);
    assert_eq!((&packed.as_bytes()[4..6], packed.len()), (&b"\xff\xff"[..], 65_536));
    assert_eq!(packed.item(65_535), Some(Item::Int(7)));
    assert_eq!(packed.item(65_536), None);
    packed.remove_range(10, 65_000);
    assert_eq!((&packed.as_bytes()[4..6], packed.len()), (&[0x18, 0x02][..], 536));
    assert!(Packed::validate(packed.as_bytes()));
}

#[test]
fn a_foreign_string_of_digits_is_found_as_the_number() {
    let packed = Packed::from_bytes(b"\x0c\0\0\0\x02\0\x8212\x03\xf1\x0c\x00\x03\xff");
    assert!(packed.is_none(), "a wrong total");
    let packed = Packed::from_bytes(b"\x0f\0\0\0\x02\0\x8212\x03\xf1\x0c\x00\x03\xff").expect("sound");
    let first = packed.first().expect("not empty");
    assert_eq!(packed.find(first, b"12", 0), Some(first));
    assert_eq!(packed.find(packed.next(first).expect("two"), b"12", 0), packed.last());
    assert_eq!(packed.get(first).integer(), Some(12));
}

#[test]
fn spare_room_stays_small() {
    let (mut queue, mut most) = (Packed::new(), 0);
    for i in 0..20_000u32 {
        queue.push_back(format!("value:{i:08}").as_bytes());
        if i > 300 {
            queue.remove(queue.first().expect("not empty"));
            most = most.max(queue.size());
        }
    }
    assert_eq!(queue.len(), 301);
    assert!(most < queue.bytes_len() * 3 / 2, "{most} for {}", queue.bytes_len());
    queue.remove_range(1, 300);
    assert!(queue.size() < 64 + queue.bytes_len() * 3 / 2);
}
