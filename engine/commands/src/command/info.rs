//! COMMAND and COMMAND INFO: ten elements for every command.

use super::words;
use crate::spec::{Args, Begin, Find, KeySpec, Shape, Spec, by_full_name};
use ironkeep_wire::Reply;

/// COMMAND, and COMMAND INFO without names.
pub fn all(reply: &mut Reply<'_>) {
    reply.array_len(Spec::commands().count());
    Spec::commands().for_each(|spec| describe(reply, spec));
}

/// COMMAND INFO [name ...]
pub fn info(reply: &mut Reply<'_>, args: &dyn Args) {
    if args.count() <= 2 {
        return all(reply);
    }
    reply.array_len(args.count() - 2);
    for i in 2..args.count() {
        match args.get(i).and_then(by_full_name) {
            Some(spec) => describe(reply, spec),
            None => reply.null(),
        }
    }
}

fn describe(reply: &mut Reply<'_>, spec: &'static Spec) {
    reply.array_len(10);
    reply.bulk(spec.full_name.as_bytes());
    reply.integer(spec.arity.into());
    words(reply, spec.flags.names());
    let (first, last, step) = legacy_keys(spec);
    reply.integer(first);
    reply.integer(last);
    reply.integer(step);
    categories(reply, spec);
    reply.set_len(spec.tips.len());
    spec.tips.iter().for_each(|tip| reply.bulk(tip.as_bytes()));
    reply.set_len(spec.keys.len());
    spec.keys.iter().for_each(|keys| key_spec(reply, keys));
    reply.array_len(spec.subs().len());
    spec.subs().iter().for_each(|sub| describe(reply, sub));
}

/// The old way to say where keys are: first, last, step. Zeros where it cannot tell.
fn legacy_keys(spec: &Spec) -> (i64, i64, i64) {
    match spec.key_shape() {
        Shape::One(at) => (at.into(), at.into(), 1),
        Shape::Range { first, last, step } => (first.into(), last.into(), step.into()),
        Shape::None | Shape::Keynum { .. } => (0, 0, 0),
        Shape::Special => plain_range(spec.keys),
    }
}

/// The range that those specs cover which are plain ranges side by side.
fn plain_range(specs: &[KeySpec]) -> (i64, i64, i64) {
    let (mut first, mut end) = (0, 0);
    for spec in specs {
        let (Begin::Index(at), Find::Range { last, step: 1, .. }) = (spec.begin, spec.find) else { continue };
        let (at, last) = (i64::from(at), i64::from(last));
        if end != 0 && end != at - 1 {
            continue;
        }
        first = if first == 0 { at } else { first };
        end = if last < 0 { last } else { at + last };
    }
    (first, end, i64::from(end != 0))
}

fn categories(reply: &mut Reply<'_>, spec: &Spec) {
    reply.set_len(spec.acl.names().count());
    spec.acl.names().for_each(|name| reply.simple(format!("@{name}")));
}

fn key_spec(reply: &mut Reply<'_>, keys: &KeySpec) {
    reply.map_len(if keys.notes.is_some() { 4 } else { 3 });
    if let Some(notes) = keys.notes {
        reply.bulk(b"notes");
        reply.bulk(notes.as_bytes());
    }
    reply.bulk(b"flags");
    words(reply, keys.flags.names());
    reply.bulk(b"begin_search");
    match keys.begin {
        Begin::Index(at) => typed(reply, "index", &[("index", at.into())]),
        Begin::Keyword(word, from) => {
            type_and_spec(reply, "keyword", 2);
            reply.bulk(b"keyword");
            reply.bulk(word.as_bytes());
            reply.bulk(b"startfrom");
            reply.integer(from.into());
        }
        Begin::Unknown => typed(reply, "unknown", &[]),
    }
    reply.bulk(b"find_keys");
    match keys.find {
        Find::Range { last, step, limit } => {
            let fields = [("lastkey", last.into()), ("keystep", step.into()), ("limit", limit.into())];
            typed(reply, "range", &fields);
        }
        Find::Keynum { at, first, step } => {
            let fields = [("keynumidx", at.into()), ("firstkey", first.into()), ("keystep", step.into())];
            typed(reply, "keynum", &fields);
        }
        Find::Unknown => typed(reply, "unknown", &[]),
    }
}

/// A map of a type and its numbers.
fn typed(reply: &mut Reply<'_>, kind: &str, fields: &[(&str, i64)]) {
    type_and_spec(reply, kind, fields.len());
    for (name, value) in fields {
        reply.bulk(name.as_bytes());
        reply.integer(*value);
    }
}

/// The beginning of such a map; so many fields are still to be written.
fn type_and_spec(reply: &mut Reply<'_>, kind: &str, fields: usize) {
    reply.map_len(2);
    reply.bulk(b"type");
    reply.bulk(kind.as_bytes());
    reply.bulk(b"spec");
    reply.map_len(fields);
}
