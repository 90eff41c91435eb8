//! Any bytes as a reply: the parser must end and must not panic; what it reads and the writer writes again must
//! be read again. Any text as a number: what is read must survive printing.

#![no_main]

use ironkeep_wire::client::{Value, parse};
use ironkeep_wire::{Extended, Reply, format_f64, parse_f64, parse_i64};
use libfuzzer_sys::fuzz_target;

fn write(reply: &mut Reply<'_>, value: &Value) {
    match value {
        Value::Simple(text) => reply.simple(text),
        Value::Error(text) => reply.error(text),
        Value::Integer(number) => reply.integer(*number),
        Value::Bulk(bytes) => reply.bulk(bytes),
        Value::Null => reply.null(),
        Value::NullArray => reply.null_array(),
        Value::Boolean(truth) => reply.boolean(*truth),
        Value::Double(number) => reply.double(*number),
        Value::BigNumber(text) => reply.big_number(text),
        Value::Verbatim(format, text) => reply.verbatim(*format, text),
        Value::Array(values) => {
            let place = reply.defer();
            values.iter().for_each(|value| write(reply, value));
            reply.finish_array(place, values.len());
        }
        Value::Set(values) => {
            reply.set_len(values.len());
            values.iter().for_each(|value| write(reply, value));
        }
        Value::Push(values) => {
            reply.push_len(values.len());
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
    }
}

fn write_pairs(reply: &mut Reply<'_>, pairs: &[(Value, Value)]) {
    for (key, value) in pairs {
        write(reply, key);
        write(reply, value);
    }
}

fn written(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut Reply::new(&mut out, true), value);
    out
}

fn numbers(text: &[u8]) {
    if let Some(number) = parse_f64(text) {
        assert_eq!(parse_f64(format_f64(number).as_bytes()), Some(number));
    }
    if let Some(number) = Extended::parse(text) {
        let shown = number.format_17();
        let again = Extended::parse(&shown).map(Extended::format_17);
        assert_eq!(again.as_ref(), Some(&shown));
    }
    if let Some(number) = parse_i64(text) {
        assert_eq!(number.to_string().as_bytes(), text);
    }
}

fuzz_target!(|bytes: &[u8]| {
    numbers(bytes);
    if let Ok(Some((value, len))) = parse(bytes) {
        assert!(len <= bytes.len());
        // Written once, a reply is in the one form that the writer knows; from then on it stays the same.
        let first = written(&value);
        let (again, len) = parse(&first).expect("what we write is valid").expect("and whole");
        assert_eq!(len, first.len());
        assert_eq!(written(&again), first);
    }
});
