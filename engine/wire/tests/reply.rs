//! The reply writer against its own words and against the client's parser.

use ironkeep_wire::client::{MAX_DEPTH, Value, parse};
use ironkeep_wire::{Extended, ProtocolError, Reply, parse_i64};
use proptest::collection::vec;
use proptest::prelude::*;

fn written(resp3: bool, write: impl FnOnce(&mut Reply<'_>)) -> String {
    let mut out = Vec::new();
    write(&mut Reply::new(&mut out, resp3));
    String::from_utf8(out).expect("text")
}

/// Writes the same in both versions.
fn both(write: impl Fn(&mut Reply<'_>)) -> [String; 2] {
    [written(false, &write), written(true, &write)]
}

#[test]
fn types_that_only_resp3_has() {
    assert_eq!(both(|reply| reply.null()), ["$-1\r\n", "_\r\n"]);
    assert_eq!(both(|reply| reply.null_array()), ["*-1\r\n", "_\r\n"]);
    assert_eq!(both(|reply| reply.map_len(7)), ["*14\r\n", "%7\r\n"]);
    assert_eq!(both(|reply| reply.set_len(3)), ["*3\r\n", "~3\r\n"]);
    assert_eq!(both(|reply| reply.push_len(3)), ["*3\r\n", ">3\r\n"]);
    assert_eq!(both(|reply| reply.boolean(true)), [":1\r\n", "#t\r\n"]);
    assert_eq!(both(|reply| reply.boolean(false)), [":0\r\n", "#f\r\n"]);
    assert_eq!(both(|reply| reply.double(1.5)), ["$3\r\n1.5\r\n", ",1.5\r\n"]);
    assert_eq!(both(|reply| reply.big_number(b"-12")), ["$3\r\n-12\r\n", "(-12\r\n"]);
    assert_eq!(both(|reply| reply.verbatim(*b"txt", b"a b")), ["$3\r\na b\r\n", "=7\r\ntxt:a b\r\n"]);
    let third = Extended::parse(b"0.3").unwrap();
    assert_eq!(both(|reply| reply.extended(third)), ["$3\r\n0.3\r\n", ",0.3\r\n"]);
}

#[test]
fn attributes_are_not_for_resp2() {
    assert_eq!(written(true, |reply| assert!(reply.attribute_len(2))), "|2\r\n");
    assert_eq!(written(false, |reply| assert!(!reply.attribute_len(2))), "");
}

#[test]
fn errors_stay_on_their_line() {
    assert_eq!(written(false, |reply| reply.error("ERR a\r\nb\nc\r\n")), "-ERR a  b c\r\n");
    assert_eq!(written(false, |reply| reply.error("\r\n")), "-\r\n");
    assert_eq!(written(false, |reply| reply.simple("a\nb")), "+a b\r\n");
    assert_eq!(written(false, |reply| reply.ok()), "+OK\r\n");
}

#[test]
fn deferred_lengths() {
    let text = written(true, |reply| {
        reply.integer(1);
        let outer = reply.defer();
        reply.bulk(b"a");
        let inner = reply.defer();
        reply.integer(2);
        reply.finish_set(inner, 1);
        let map = reply.defer();
        reply.finish_map(map, 0);
        reply.finish_array(outer, 1234);
    });
    assert_eq!(text, ":1\r\n*1234\r\n$1\r\na\r\n~1\r\n:2\r\n%0\r\n");
    let map = written(false, |reply| {
        let map = reply.defer();
        reply.integer(2);
        reply.integer(3);
        reply.finish_map(map, 1);
    });
    assert_eq!(map, "*2\r\n:2\r\n:3\r\n");
}

#[test]
fn what_was_written_can_be_taken_back() {
    let text = written(false, |reply| {
        reply.ok();
        let mark = reply.position();
        reply.bulk(b"partial");
        reply.truncate(mark);
        reply.raw(b":1\r\n");
    });
    assert_eq!(text, "+OK\r\n:1\r\n");
}

#[test]
fn replies_no_server_may_send() {
    let invalid = [
        "x\r\n",
        "\r\n",
        ":1a\r\n",
        ":\r\n",
        "$x\r\n",
        "$-2\r\n",
        "*-2\r\n",
        "$1\r\nabc",
        "#x\r\n",
        "_x\r\n",
        ",x\r\n",
        "=3\r\ntxt\r\n",
        "+a\n",
        "$?\r\n",
        "%-1\r\n",
    ];
    for text in invalid {
        assert_eq!(parse(text.as_bytes()), Err(ProtocolError::InvalidReply), "{text:?}");
    }
    assert_eq!(parse(b"$4294967297\r\n"), Err(ProtocolError::ReplyTooLarge));
    assert_eq!(parse(b"*2147483649\r\n"), Err(ProtocolError::ReplyTooLarge));
    assert_eq!(parse(&[b'+'; 70_000]), Err(ProtocolError::ReplyTooLarge));
    let nested = |depth: usize| "*1\r\n".repeat(depth) + ":1\r\n";
    assert!(matches!(parse(nested(MAX_DEPTH - 1).as_bytes()), Ok(Some(_))));
    assert_eq!(parse(nested(MAX_DEPTH).as_bytes()), Err(ProtocolError::ReplyTooDeep));
}

#[test]
fn replies_of_a_server() {
    let value = |text: &str| parse(text.as_bytes()).unwrap().unwrap().0;
    assert_eq!(value("!5\r\nE a\rb\r\n"), Value::Error(b"E a\rb".to_vec()));
    assert_eq!(value("*-1\r\n"), Value::NullArray);
    assert_eq!(value(",-inf\r\n"), Value::Double(f64::NEG_INFINITY));
    assert!(matches!(value(",nan\r\n"), Value::Double(number) if number.is_nan()));
    let attributes = vec![(Value::Simple(b"ttl".to_vec()), Value::Integer(3600))];
    let expected = Value::Attributed(attributes, Box::new(Value::Boolean(true)));
    assert_eq!(value("|1\r\n+ttl\r\n:3600\r\n#t\r\n"), expected);
}

fn write(reply: &mut Reply<'_>, value: &Value) {
    match value {
        Value::Simple(text) => reply.simple(text),
        Value::Error(text) => reply.error(text),
        Value::Integer(number) => reply.integer(*number),
        Value::Bulk(bytes) => match parse_i64(bytes) {
            Some(number) => reply.bulk_int(number),
            None => reply.bulk(bytes),
        },
        Value::Null => reply.null(),
        Value::NullArray => reply.null_array(),
        Value::Array(values) => {
            let place = reply.defer();
            values.iter().for_each(|value| write(reply, value));
            reply.finish_array(place, values.len());
        }
        Value::Set(values) | Value::Push(values) => {
            if matches!(value, Value::Set(_)) {
                reply.set_len(values.len())
            } else {
                reply.push_len(values.len())
            }
            values.iter().for_each(|value| write(reply, value));
        }
        Value::Map(pairs) => {
            reply.map_len(pairs.len());
            write_pairs(reply, pairs);
        }
        Value::Attributed(pairs, value) => {
            assert!(reply.attribute_len(pairs.len()));
            write_pairs(reply, pairs);
            write(reply, value);
        }
        Value::Boolean(truth) => reply.boolean(*truth),
        Value::Double(number) => reply.double(*number),
        Value::BigNumber(text) => reply.big_number(text),
        Value::Verbatim(format, text) => reply.verbatim(*format, text),
    }
}

fn write_pairs(reply: &mut Reply<'_>, pairs: &[(Value, Value)]) {
    for (key, value) in pairs {
        write(reply, key);
        write(reply, value);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[ -~]{0,9}".prop_map(|text| Value::Simple(text.into_bytes())),
        "[ -~]{0,9}".prop_map(|text| Value::Error(text.into_bytes())),
        any::<i64>().prop_map(Value::Integer),
        (-1200i64..1200).prop_map(Value::Integer),
        any::<i64>().prop_map(|number| Value::Bulk(number.to_string().into_bytes())),
        vec(any::<u8>(), 0..150).prop_map(Value::Bulk),
        (0usize..3000).prop_map(|len| Value::Bulk(vec![b'x'; len])),
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<f64>().prop_filter("NaN is not itself", |number| !number.is_nan()).prop_map(Value::Double),
        "-?[0-9]{1,40}".prop_map(|text| Value::BigNumber(text.into_bytes())),
        (any::<[u8; 3]>(), vec(any::<u8>(), 0..20)).prop_map(|(format, text)| Value::Verbatim(format, text)),
    ];
    leaf.prop_recursive(4, 40, 12, |inner| {
        let pairs = || vec((inner.clone(), inner.clone()), 0..6);
        prop_oneof![
            vec(inner.clone(), 0..12).prop_map(Value::Array),
            vec(inner.clone(), 0..12).prop_map(Value::Set),
            vec(inner.clone(), 0..12).prop_map(Value::Push),
            pairs().prop_map(Value::Map),
            (pairs(), inner.clone()).prop_map(|(pairs, value)| Value::Attributed(pairs, Box::new(value))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(value in any_value()) {
        let mut out = Vec::new();
        write(&mut Reply::new(&mut out, true), &value);
        prop_assert_eq!(parse(&out), Ok(Some((value, out.len()))));
        for cut in 0..out.len() {
            prop_assert_eq!(parse(&out[..cut]), Ok(None));
        }
    }

    #[test]
    fn resp2_is_whole_too(value in any_value()) {
        prop_assume!(!format!("{value:?}").contains("Attributed"));
        let mut out = Vec::new();
        write(&mut Reply::new(&mut out, false), &value);
        let (_, len) = parse(&out).unwrap().unwrap();
        prop_assert_eq!(len, out.len());
    }

    #[test]
    fn garbage_is_refused_or_read(
        bytes in vec(prop_oneof![any::<u8>(), proptest::sample::select(&b"+-:$*_#,(=%~>|!\r\n0123456789-"[..])], 0..200),
    ) {
        if let Ok(Some((_, len))) = parse(&bytes) {
            prop_assert!(len <= bytes.len());
        }
    }
}
