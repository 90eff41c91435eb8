//! Strings that are changed in place, against plain vectors of bytes: whatever the way they are kept, and while
//! somebody else holds the same text.

mod common;

use common::Rig;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Set(Vec<u8>),
    Append(Vec<u8>),
    Overwrite(usize, Vec<u8>),
    Bit(usize, bool),
    Increment,
}

/// Lengths on both sides of where a string moves out of its entry.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![0..20usize, 200..300usize, 4000..4200usize];
    (len, prop_oneof![Just(b'7'), any::<u8>()]).prop_map(|(len, byte)| vec![byte; len])
}

fn step() -> impl Strategy<Value = Step> {
    let at = prop_oneof![0..30usize, 240..280usize, 4000..5000usize];
    prop_oneof![
        bytes().prop_map(Step::Set),
        bytes().prop_map(Step::Append),
        (at.clone(), bytes()).prop_map(|(at, bytes)| Step::Overwrite(at, bytes)),
        (at, any::<bool>()).prop_map(|(at, on)| Step::Bit(at, on)),
        Just(Step::Increment),
    ]
}

/// What the step makes of a string.
fn model(text: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Set(new) => *text = new.clone(),
        Step::Append(tail) => text.extend(tail),
        Step::Overwrite(_, new) if new.is_empty() => {}
        Step::Overwrite(at, new) => {
            text.resize(text.len().max(at + new.len()), 0);
            text[*at..at + new.len()].copy_from_slice(new);
        }
        Step::Bit(at, on) => {
            text.resize(text.len().max(at / 8 + 1), 0);
            text[at / 8] = text[at / 8] & !(0x80 >> (at % 8)) | if *on { 0x80 >> (at % 8) } else { 0 };
        }
        Step::Increment => {
            let number = if text.is_empty() { None } else { ironkeep_wire::parse_i64(text) };
            if let Some(next) = number.and_then(|number| number.checked_add(1)) {
                *text = next.to_string().into_bytes();
            }
        }
    }
}

fn apply(rig: &mut Rig, step: &Step) {
    let number = |n: &usize| n.to_string().into_bytes();
    match step {
        Step::Set(new) => rig.bytes(&[b"SET", b"k", new, b"KEEPTTL"]),
        Step::Append(tail) => rig.bytes(&[b"APPEND", b"k", tail]),
        Step::Overwrite(at, new) => rig.bytes(&[b"SETRANGE", b"k", &number(at), new]),
        Step::Bit(at, on) => rig.bytes(&[b"SETBIT", b"k", &number(at), if *on { b"1" } else { b"0" }]),
        Step::Increment => rig.bytes(&[b"INCR", b"k"]),
    };
}

fn bulk(text: &[u8]) -> Vec<u8> {
    [format!("${}\r\n", text.len()).as_bytes(), text, b"\r\n"].concat()
}

proptest! {
    #[test]
    fn strings_are_what_was_made_of_them(first in bytes(), steps in prop::collection::vec(step(), 1..20)) {
        let (mut rig, mut text) = (Rig::new(), first.clone());
        rig.bytes(&[b"SET", b"k", &first, b"PX", b"5000"]);
        for step in &steps {
            rig.bytes(&[b"COPY", b"k", b"copy", b"REPLACE"]);
            let before = text.clone();
            model(&mut text, step);
            apply(&mut rig, step);
            prop_assert!(rig.bytes(&[b"GET", b"k"]) == bulk(&text), "{step:?}");
            prop_assert!(rig.bytes(&[b"GET", b"copy"]) == bulk(&before), "copy and {step:?}");
            prop_assert_eq!(rig.run("PTTL k"), ":5000");
        }
    }
}
