//! COMMAND DOCS: a map of documentation for every command.

use super::words;
use crate::spec::docs::Arg;
use crate::spec::{Args, Spec, by_full_name};
use ironkeep_wire::Reply;

/// COMMAND DOCS [name ...]; names that nobody knows are left out.
pub fn docs(reply: &mut Reply<'_>, args: &dyn Args) {
    let named = (2..args.count()).filter_map(|i| args.get(i).and_then(by_full_name));
    if args.count() <= 2 {
        named_docs(reply, Spec::commands());
    } else {
        named_docs(reply, named);
    }
}

/// A map from names to documents.
fn named_docs(reply: &mut Reply<'_>, specs: impl Iterator<Item = &'static Spec> + Clone) {
    reply.map_len(specs.clone().count());
    for spec in specs {
        reply.bulk(spec.full_name.as_bytes());
        document(reply, spec);
    }
}

fn document(reply: &mut Reply<'_>, spec: &'static Spec) {
    let docs = &spec.docs;
    let fields = [
        !docs.complexity.is_empty(),
        docs.syscmd,
        !docs.history.is_empty(),
        !docs.args.is_empty(),
        !spec.subs().is_empty(),
    ];
    reply.map_len(3 + fields.iter().filter(|field| **field).count());
    text(reply, "summary", docs.summary);
    text(reply, "since", docs.since);
    text(reply, "group", spec.group.name());
    if !docs.complexity.is_empty() {
        text(reply, "complexity", docs.complexity);
    }
    if docs.syscmd {
        reply.bulk(b"doc_flags");
        words(reply, ["syscmd"].into_iter());
    }
    if !docs.history.is_empty() {
        history(reply, docs.history);
    }
    if !docs.args.is_empty() {
        reply.bulk(b"arguments");
        arguments(reply, docs.args);
    }
    if !spec.subs().is_empty() {
        reply.bulk(b"subcommands");
        named_docs(reply, spec.subs().iter());
    }
}

fn history(reply: &mut Reply<'_>, history: &[(&str, &str)]) {
    reply.bulk(b"history");
    reply.set_len(history.len());
    for (since, change) in history {
        reply.array_len(2);
        reply.bulk(since.as_bytes());
        reply.bulk(change.as_bytes());
    }
}

fn arguments(reply: &mut Reply<'_>, args: &[Arg]) {
    reply.array_len(args.len());
    args.iter().for_each(|arg| argument(reply, arg));
}

fn argument(reply: &mut Reply<'_>, arg: &Arg) {
    let texts = [
        ("token", arg.token),
        ("summary", arg.summary),
        ("since", arg.since),
        ("deprecated_since", arg.deprecated_since),
    ];
    let given = texts.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
    let flags = arg.flags.names();
    let has_flags = flags.clone().next().is_some();
    // Name, type, and either the display text or the sub-arguments are always there.
    reply.map_len(3 + given.clone().count() + usize::from(arg.key_spec.is_some()) + usize::from(has_flags));
    text(reply, "name", arg.name);
    text(reply, "type", arg.kind.name());
    if !arg.kind.is_compound() {
        text(reply, "display_text", arg.display.unwrap_or(arg.name));
    }
    if let Some(index) = arg.key_spec {
        reply.bulk(b"key_spec_index");
        reply.integer(index.into());
    }
    given.for_each(|(name, value)| text(reply, name, value));
    if has_flags {
        reply.bulk(b"flags");
        words(reply, flags);
    }
    if arg.kind.is_compound() {
        reply.bulk(b"arguments");
        arguments(reply, arg.args);
    }
}

fn text(reply: &mut Reply<'_>, name: &str, value: &str) {
    reply.bulk(name.as_bytes());
    reply.bulk(value.as_bytes());
}
