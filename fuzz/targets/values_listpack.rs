//! Any bytes as a listpack: what is taken can be walked both ways and edited like a vector, and stays a listpack.
#![no_main]

use ironkeep_values::packed::Packed;
use libfuzzer_sys::fuzz_target;

/// What to do, where, and with which value.
type Edit<'a> = (u8, u8, &'a [u8]);

/// The most edits and items, so that checking all after each edit stays quick.
const MOST: usize = 64;

/// The bytes as they are, or as the entries of a listpack whose header fits them.
fn load(bytes: &[u8], whole: bool) -> Option<Packed> {
    if whole {
        return Packed::from_bytes(bytes);
    }
    let mut framed = (bytes.len() as u32 + 7).to_le_bytes().to_vec();
    framed.extend_from_slice(&[0xff; 2]);
    framed.extend_from_slice(bytes);
    framed.push(0xff);
    Packed::from_bytes(&framed)
}

fn check(packed: &Packed, model: &[Vec<u8>]) {
    assert!(Packed::validate(packed.as_bytes()));
    assert_eq!((packed.len(), packed.is_empty()), (model.len(), model.is_empty()));
    assert!(packed.iter().map(|item| item.to_vec()).eq(model.iter().cloned()));
    assert!(packed.iter().rev().map(|item| item.to_vec()).eq(model.iter().rev().cloned()));
    let (mut forward, mut backward) = (packed.first(), packed.last());
    for (n, value) in model.iter().enumerate() {
        assert!(packed.item(n).is_some_and(|item| item.equals(value)));
        assert!(forward.is_some_and(|place| packed.get(place).equals(value)));
        assert!(backward.is_some_and(|place| packed.get(place).equals(&model[model.len() - 1 - n])));
        forward = forward.and_then(|place| packed.next(place));
        backward = backward.and_then(|place| packed.prev(place));
    }
    assert!(forward.is_none() && backward.is_none() && packed.seek(model.len()).is_none());
}

fn edit(packed: &mut Packed, model: &mut Vec<Vec<u8>>, (what, at, value): Edit<'_>) {
    let at = usize::from(at) % (model.len() + 1);
    match (what % 8, packed.seek(at)) {
        (0, _) => {
            packed.push_front(value);
            model.insert(0, value.to_vec());
        }
        (1, Some(place)) => {
            packed.insert(place, value);
            model.insert(at, value.to_vec());
        }
        (2, Some(place)) => {
            let new = packed.insert_after(place, value);
            assert!(packed.get(new).equals(value));
            model.insert(at + 1, value.to_vec());
        }
        (3, Some(place)) => {
            packed.replace(place, value);
            model[at] = value.to_vec();
        }
        (4, Some(place)) => {
            let next = packed.remove(place);
            model.remove(at);
            assert_eq!(next.is_some(), at < model.len());
        }
        (5, _) => {
            let count = value.len().min(model.len() - at);
            packed.remove_range(at, value.len());
            model.drain(at..at + count);
        }
        (6, _) => {
            let tail = packed.split_off(at);
            check(&tail, &model[at..]);
            packed.append(&tail);
        }
        (7, Some(place)) => {
            let found = packed.find(place, value, 0);
            let expected = model[at..].iter().position(|known| known == value);
            assert_eq!(found, expected.and_then(|n| packed.seek(at + n)));
        }
        _ => {
            packed.push_back(value);
            model.push(value.to_vec());
        }
    }
}

fuzz_target!(|input: (bool, Vec<Edit<'_>>, &[u8])| {
    let (whole, edits, bytes) = input;
    let Some(mut packed) = load(bytes, whole) else { return };
    let mut model: Vec<Vec<u8>> = packed.iter().map(|item| item.to_vec()).collect();
    check(&packed, &model);
    for edited in edits.into_iter().take(MOST).take_while(|_| bytes.len() < 64 * MOST) {
        edit(&mut packed, &mut model, edited);
        check(&packed, &model);
    }
});
