//! Very long requests, and very many.

use crate::{MEGABYTE, assert_answered, integer, start};
use ironkeep_wire::client::{Value, encode_command};

const MILLION: usize = 1_000_000;
/// Bytes that are sent at once: no multiple of anything.
const PIECE: usize = 65_521;

#[test]
fn a_million_arguments_in_pieces() {
    let (node, mut others) = start(&[]);
    let mut link = node.connect_tcp();
    let names = vec!["a"; MILLION];
    for (command, expected) in [("DEL", integer(0)), ("MGET", Value::Array(vec![Value::Null; MILLION]))] {
        let bytes = encode_command(&[&[command], &names[..]].concat());
        for (nth, piece) in bytes.chunks(PIECE).enumerate() {
            link.write(piece).unwrap();
            if nth % 20 == 0 {
                assert_answered(&mut others);
            }
        }
        assert!(link.reply().0 == expected, "{command} with a million arguments");
    }
    assert_answered(&mut others);
}

/// As many requests as there are, and not a reply read before the last is sent.
#[test]
fn a_million_requests_before_the_first_reply_is_read() {
    let (node, mut others) = start(&[]);
    let mut link = node.connect_tcp();
    let before = node.resident();
    let many = encode_command(&["INCR", "counter"]).repeat(1000);
    for nth in 0..MILLION / 1000 {
        link.write(&many).unwrap();
        if nth % 100 == 0 {
            assert_answered(&mut others);
        }
    }
    for count in 1..=MILLION {
        assert_eq!(link.reply().0, integer(count as i64));
    }
    let grown = node.resident().saturating_sub(before);
    eprintln!("a pipeline of a million requests took {grown} bytes");
    assert!(grown < 100 * MEGABYTE, "{grown} bytes");
    assert_answered(&mut others);
}

/// A value of 100 MB in pieces, and back again.
#[test]
fn a_large_value_there_and_back() {
    let (node, mut others) = start(&[]);
    let mut link = node.connect_tcp();
    let value: Vec<u8> = (0..100 * MEGABYTE).map(|nth| (nth % 251) as u8).collect();
    let bytes = encode_command(&[&b"SET"[..], b"large", &value]);
    for (nth, piece) in bytes.chunks(16 * PIECE).enumerate() {
        link.write(piece).unwrap();
        if nth % 10 == 0 {
            assert_answered(&mut others);
        }
    }
    assert_eq!(link.reply().0, crate::ok());
    assert!(link.ask(&["GET", "large"]) == Value::Bulk(value), "the value came back changed");
    assert_answered(&mut others);
}
