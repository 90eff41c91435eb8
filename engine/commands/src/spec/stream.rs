//! The rows of the commands on streams, but for those of groups.

use super::docs::{Arg, block, integer, key, one_of, string, token, unix_time};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, container, data, half_after};
use super::span::{Args, Span};
use crate::stream;

pub(super) const ROWS: &[Spec] = &[
    data("xack", -4, stream::xack)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("5.0.0", "O(1) for each id", "Acknowledges entries that a consumer group got.")
        .args(&[key("key"), string("group"), string("id").multiple()]),
    data("xadd", -5, stream::xadd)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::UPDATE]).notes("UPDATE, not INSERT: it may trim")])
        .tips(&["nondeterministic_output"])
        .doc("5.0.0", "O(1), and O(N) to trim N entries", "Adds an entry to a stream, and the stream if there is none.")
        .history(&[
            ("6.2.0", "Options `NOMKSTREAM`, `MINID` and `LIMIT`."),
            ("7.0.0", "Takes ids of the form `<ms>-*`."),
        ])
        .args(&[
            key("key"),
            token("nomkstream", "NOMKSTREAM").optional().since("6.2.0"),
            block("trim", TRIM).optional(),
            one_of("id-selector", &[token("auto-id", "*"), string("id")]),
            block("data", &[string("field"), string("value")]).multiple(),
        ]),
    data("xautoclaim", -6, stream::xautoclaim)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .tips(&["nondeterministic_output"])
        .doc("6.2.0", "O(1) for a small COUNT", "Gives entries that have been pending for long to another consumer.")
        .history(&[("7.0.0", "Replies also with entries that were pending but are gone from the stream.")])
        .args(&[
            key("key"),
            string("group"),
            string("consumer"),
            string("min-idle-time"),
            string("start"),
            integer("count").after("COUNT").optional(),
            token("justid", "JUSTID").optional(),
        ]),
    data("xclaim", -6, stream::xclaim)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .tips(&["nondeterministic_output"])
        .doc("5.0.0", "O(log N) for N pending entries", "Gives pending entries to another consumer.")
        .args(&[
            key("key"),
            string("group"),
            string("consumer"),
            string("min-idle-time"),
            string("id").multiple(),
            integer("ms").after("IDLE").optional(),
            unix_time("unix-time-milliseconds").after("TIME").optional(),
            integer("count").after("RETRYCOUNT").optional(),
            token("force", "FORCE").optional(),
            token("justid", "JUSTID").optional(),
            string("lastid").after("LASTID").optional(),
        ]),
    data("xdel", -3, stream::xdel)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc("5.0.0", "O(1) for each entry", "Deletes entries of a stream.")
        .args(&[key("key"), string("id").multiple()]),
    container("xgroup", -2).doc("5.0.0", "Depends on the sub-command", "Looks after consumer groups."),
    data("xgroup|create", -5, stream::xgroup_create)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RW, K::INSERT])])
        .doc("5.0.0", "O(1)", "Adds a consumer group.")
        .history(&[("7.0.0", "Option `ENTRIESREAD`.")])
        .args(&[
            key("key"),
            string("group"),
            one_of("id-selector", &[string("id"), token("new-id", "$")]),
            token("mkstream", "MKSTREAM").optional(),
            integer("entriesread").after("ENTRIESREAD").shown("entries-read").optional(),
        ]),
    data("xgroup|createconsumer", 5, stream::xgroup_createconsumer)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RW, K::INSERT])])
        .doc("6.2.0", "O(1)", "Adds a consumer to a group.")
        .args(&[key("key"), string("group"), string("consumer")]),
    data("xgroup|delconsumer", 5, stream::xgroup_delconsumer)
        .flags(&[F::WRITE])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RW, K::DELETE])])
        .doc("5.0.0", "O(1)", "Takes a consumer out of a group, with what is pending for it.")
        .args(&[key("key"), string("group"), string("consumer")]),
    data("xgroup|destroy", 4, stream::xgroup_destroy)
        .flags(&[F::WRITE])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RW, K::DELETE])])
        .doc("5.0.0", "O(N) for N pending entries", "Takes a consumer group away.")
        .args(&[key("key"), string("group")]),
    data("xgroup|help", 2, stream::xgroup_help)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::STREAM])
        .doc("5.0.0", "O(1)", "Explains the sub-commands."),
    data("xgroup|setid", -5, stream::xgroup_setid)
        .flags(&[F::WRITE])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RW, K::UPDATE])])
        .doc("5.0.0", "O(1)", "Says up to where a consumer group has read.")
        .history(&[("7.0.0", "Option `ENTRIESREAD`.")])
        .args(&[
            key("key"),
            string("group"),
            one_of("id-selector", &[string("id"), token("new-id", "$")]),
            integer("entriesread").after("ENTRIESREAD").shown("entries-read").optional(),
        ]),
    container("xinfo", -2).doc("5.0.0", "Depends on the sub-command", "Tells about streams."),
    data("xinfo|consumers", 4, stream::xinfo_consumers)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("5.0.0", "O(1)", "Tells about the consumers of a group.")
        .history(&[("7.2.0", "The field `inactive`; `idle` means something else.")])
        .args(&[key("key"), string("group")]),
    data("xinfo|groups", 3, stream::xinfo_groups)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RO, K::ACCESS])])
        .doc("5.0.0", "O(1)", "Tells about the consumer groups of a stream.")
        .history(&[("7.0.0", "The fields `entries-read` and `lag`.")])
        .args(&[key("key")]),
    data("xinfo|help", 2, stream::xinfo_help)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::STREAM])
        .doc("5.0.0", "O(1)", "Explains the sub-commands."),
    data("xinfo|stream", -3, stream::xinfo_stream)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(2, &[K::RO, K::ACCESS])])
        .doc("5.0.0", "O(1)", "Tells about a stream.")
        .history(&[
            ("6.0.0", "Option `FULL`."),
            ("7.0.0", "Five more fields on what the stream and its groups have seen."),
            ("7.2.0", "The field `active-time`; `seen-time` means something else."),
        ])
        .args(&[
            key("key"),
            block("full-block", &[token("full", "FULL"), integer("count").after("COUNT").optional()]).optional(),
        ]),
    data("xlen", 2, stream::xlen)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RO])])
        .doc("5.0.0", "O(1)", "Counts the entries of a stream.")
        .args(&[key("key")]),
    data("xpending", -3, stream::xpending)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc(
            "5.0.0",
            "O(N) for N entries or consumers in the reply, and for entries that IDLE leaves out",
            "Tells which entries a group got and has not acknowledged.",
        )
        .history(&[("6.2.0", "Option `IDLE`, and intervals without their ends.")])
        .args(&[
            key("key"),
            string("group"),
            block(
                "filters",
                &[
                    integer("min-idle-time").after("IDLE").optional().since("6.2.0"),
                    string("start"),
                    string("end"),
                    integer("count"),
                    string("consumer").optional(),
                ],
            )
            .optional(),
        ]),
    data("xrange", -4, stream::xrange)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("5.0.0", "O(N) for N entries in the reply", "Gets the entries of a stream between two ids.")
        .history(&[("6.2.0", "Intervals without their ends.")])
        .args(&[key("key"), string("start"), string("end"), integer("count").after("COUNT").optional()]),
    data("xread", -4, stream::xread)
        .flags(&[F::BLOCKING, F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[half_after("STREAMS", 1, &[K::RO, K::ACCESS])])
        .find_keys(streams)
        .doc("5.0.0", "", "Gets the entries of streams after given ids; may wait for some.")
        .args(&[
            integer("count").after("COUNT").optional(),
            integer("milliseconds").after("BLOCK").optional(),
            block("streams", STREAMS).after("STREAMS"),
        ]),
    data("xreadgroup", -7, stream::xreadgroup)
        .flags(&[F::BLOCKING, F::WRITE])
        .acl(&[A::STREAM])
        .keys(&[half_after("STREAMS", 4, &[K::RO, K::ACCESS])])
        .find_keys(streams)
        .doc(
            "5.0.0",
            "O(N) for N entries in the reply of each stream",
            "Gets entries of streams for a consumer of a group, new ones or those that it got before; may wait for some.",
        )
        .args(&[
            block("group-block", &[string("group"), string("consumer")]).after("GROUP"),
            integer("count").after("COUNT").optional(),
            integer("milliseconds").after("BLOCK").optional(),
            token("noack", "NOACK").optional(),
            block("streams", STREAMS).after("STREAMS"),
        ]),
    data("xrevrange", -4, stream::xrevrange)
        .flags(&[F::READONLY])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("5.0.0", "O(N) for N entries in the reply", "Gets the entries of a stream between two ids, the last first.")
        .history(&[("6.2.0", "Intervals without their ends.")])
        .args(&[key("key"), string("end"), string("start"), integer("count").after("COUNT").optional()]),
    data("xsetid", -3, stream::xsetid)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("5.0.0", "O(1)", "Sets what a stream remembers of its entries, for servers among each other.")
        .history(&[("7.0.0", "Options `ENTRIESADDED` and `MAXDELETEDID`.")])
        .args(&[
            key("key"),
            string("last-id"),
            integer("entries-added").after("ENTRIESADDED").optional().since("7.0.0"),
            string("max-deleted-id").after("MAXDELETEDID").optional().since("7.0.0"),
        ]),
    data("xtrim", -4, stream::xtrim)
        .flags(&[F::WRITE])
        .acl(&[A::STREAM])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .tips(&["nondeterministic_output"])
        .doc("5.0.0", "O(N) for N entries removed, most of them many at once", "Removes the first entries of a stream.")
        .history(&[("6.2.0", "Options `MINID` and `LIMIT`.")])
        .args(&[key("key"), block("trim", TRIM)]),
];

const TRIM: &[Arg] = &[
    one_of("strategy", &[token("maxlen", "MAXLEN"), token("minid", "MINID").since("6.2.0")]),
    one_of("operator", &[token("equal", "="), token("approximately", "~")]).optional(),
    string("threshold"),
    integer("count").after("LIMIT").optional().since("6.2.0"),
];

const STREAMS: &[Arg] = &[key("key").multiple(), string("id").multiple()];

/// The keys of XREAD and XREADGROUP: behind the STREAMS that is an option, where a group of that name comes before it.
fn streams(args: &dyn Args, out: &mut dyn FnMut(usize, K)) {
    let flags = K::of(&[K::RO, K::ACCESS]);
    span_of_streams(args).into_iter().flatten().for_each(|at| out(at, flags));
}

fn span_of_streams(args: &dyn Args) -> Option<Span> {
    let mut at = 1;
    loop {
        let (word, more) = (args.get(at)?, args.count() - at - 1);
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        at += match more {
            1.. if is("streams") => break,
            1.. if is("block") || is("count") => 2,
            2.. if is("group") => 3,
            _ if is("noack") => 1,
            _ => return None,
        };
    }
    let (first, words) = (at + 1, args.count() - at - 1);
    if words.is_multiple_of(2) { Span::within(args.count(), first, first + words / 2 - 1, 1) } else { None }
}
