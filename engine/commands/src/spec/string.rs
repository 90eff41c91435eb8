//! The rows of the string commands.

use super::docs::{block, double, integer, key, one_of, string, token, unix_time};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, counted, data, range, to_end};
use super::span::Args;
use crate::string;

pub(super) const ROWS: &[Spec] = &[
    data("append", 3, string::append)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc(
            "2.0.0",
            "O(1), amortized",
            "Adds to the end of a string, which begins empty when there is none.",
        )
        .args(&[key("key"), string("value")]),
    data("decr", 2, string::decr)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Takes one from a number; no key counts as 0.")
        .args(&[key("key")]),
    data("decrby", 3, string::decrby)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Takes a number from a number; no key counts as 0.")
        .args(&[key("key"), integer("decrement")]),
    data("delifeq", 3, string::delifeq)
        .flags(&[F::FAST, F::WRITE])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RM, K::DELETE])])
        .doc(
            "9.0.0",
            "O(1), and the length of the value to compare",
            "Deletes a key if its value equals the given one.",
        )
        .args(&[key("key"), string("value")]),
    data("get", 2, string::get)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("1.0.0", "O(1)", "Gets the value of a string.")
        .args(&[key("key")]),
    data("getdel", 2, string::getdel)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("6.2.0", "O(1)", "Gets the value of a string and deletes its key.")
        .args(&[key("key")]),
    data("getex", -2, string::getex)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::STRING])
        .keys(&[
            at(1, &[K::RW, K::ACCESS, K::UPDATE]).notes("RW and update for the expiry that it may change")
        ])
        .doc("6.2.0", "O(1)", "Gets the value of a string and sets or removes its expiry.")
        .args(&[
            key("key"),
            one_of(
                "expiration",
                &[
                    integer("seconds").after("EX"),
                    integer("milliseconds").after("PX"),
                    unix_time("unix-time-seconds").after("EXAT"),
                    unix_time("unix-time-milliseconds").after("PXAT"),
                    token("persist", "PERSIST"),
                ],
            )
            .optional(),
        ]),
    data("getrange", 4, string::getrange)
        .flags(&[F::READONLY])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.4.0", "O(N) for N bytes returned", "Gets a part of a string.")
        .args(&[key("key"), integer("start"), integer("end")]),
    data("getset", 3, string::getset)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Sets a string and gets the value it had before.")
        .args(&[key("key"), string("value")]),
    data("incr", 2, string::incr)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Adds one to a number; no key counts as 0.")
        .args(&[key("key")]),
    data("incrby", 3, string::incrby)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Adds a number to a number; no key counts as 0.")
        .args(&[key("key"), integer("increment")]),
    data("incrbyfloat", 3, string::incrbyfloat)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("2.6.0", "O(1)", "Adds a number with a fraction to a number; no key counts as 0.")
        .args(&[key("key"), double("increment")]),
    data("lcs", -3, string::lcs)
        .flags(&[F::READONLY])
        .acl(&[A::STRING])
        .keys(&[range(1, 1, 1, &[K::RO, K::ACCESS])])
        .doc(
            "7.0.0",
            "O(N*M) for strings of N and M bytes",
            "Finds the longest subsequence that two strings have in common.",
        )
        .args(&[
            key("key1"),
            key("key2"),
            token("len", "LEN").optional(),
            token("idx", "IDX").optional(),
            integer("min-match-len").after("MINMATCHLEN").optional(),
            token("withmatchlen", "WITHMATCHLEN").optional(),
        ]),
    data("mget", -2, string::mget)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::STRING])
        .keys(&[to_end(1, 1, &[K::RO, K::ACCESS])])
        .tips(&["request_policy:multi_shard"])
        .doc("1.0.0", "O(N) for N keys", "Gets the values of several strings at once.")
        .args(&[key("key").multiple()]),
    data("mset", -3, string::mset)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[to_end(1, 2, &[K::OW, K::UPDATE])])
        .tips(&["request_policy:multi_shard", "response_policy:all_succeeded"])
        .doc("1.0.1", "O(N) for N keys", "Sets several strings at once.")
        .args(&[block("data", &[key("key"), string("value")]).multiple()]),
    data("msetex", -4, string::msetex)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[counted(1, 2, &[K::OW, K::UPDATE])])
        .tips(&["request_policy:multi_shard", "response_policy:all_succeeded"])
        .doc(
            "9.1.0",
            "O(N) for N keys",
            "Sets several strings at once, with a condition and an expiry for all of them.",
        )
        .args(&[
            integer("numkeys"),
            block("data", &[key("key"), string("value")]).multiple(),
            one_of("condition", &[token("nx", "NX"), token("xx", "XX")]).optional(),
            one_of(
                "expiration",
                &[
                    integer("seconds").after("EX"),
                    integer("milliseconds").after("PX"),
                    unix_time("unix-time-seconds").after("EXAT"),
                    unix_time("unix-time-milliseconds").after("PXAT"),
                    token("keepttl", "KEEPTTL"),
                ],
            )
            .optional(),
        ]),
    data("msetnx", -3, string::msetnx)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[to_end(1, 2, &[K::OW, K::INSERT])])
        .doc("1.0.1", "O(N) for N keys", "Sets several strings at once, if none of the keys exists.")
        .args(&[block("data", &[key("key"), string("value")]).multiple()]),
    data("psetex", 4, string::psetex)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::OW, K::UPDATE])])
        .doc("2.6.0", "O(1)", "Sets a string and its expiry in milliseconds.")
        .args(&[key("key"), integer("milliseconds"), string("value")]),
    data("set", -3, string::set)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE, K::VARIABLE_FLAGS])
            .notes("RW and access with the option `GET`, else OW")])
        .key_flags(set_key_flags)
        .doc("1.0.0", "O(1)", "Sets a string, whatever the key held before.")
        .history(&[
            ("2.6.12", "Options `EX`, `PX`, `NX` and `XX`."),
            ("6.0.0", "Option `KEEPTTL`."),
            ("6.2.0", "Options `GET`, `EXAT` and `PXAT`."),
            ("7.0.0", "`NX` and `GET` go together."),
            ("8.1.0", "Option `IFEQ`."),
        ])
        .args(&[
            key("key"),
            string("value"),
            one_of(
                "condition",
                &[
                    token("nx", "NX").since("2.6.12"),
                    token("xx", "XX").since("2.6.12"),
                    string("comparison-value")
                        .after("IFEQ")
                        .since("8.1.0")
                        .about("Sets the key only if its value equals this one."),
                ],
            )
            .optional(),
            token("get", "GET").optional().since("6.2.0"),
            one_of(
                "expiration",
                &[
                    integer("seconds").after("EX").since("2.6.12"),
                    integer("milliseconds").after("PX").since("2.6.12"),
                    unix_time("unix-time-seconds").after("EXAT").since("6.2.0"),
                    unix_time("unix-time-milliseconds").after("PXAT").since("6.2.0"),
                    token("keepttl", "KEEPTTL").since("6.0.0"),
                ],
            )
            .optional(),
        ]),
    data("setex", 4, string::setex)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::OW, K::UPDATE])])
        .doc("2.0.0", "O(1)", "Sets a string and its expiry in seconds.")
        .args(&[key("key"), integer("seconds"), string("value")]),
    data("setnx", 3, string::setnx)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::OW, K::INSERT])])
        .doc("1.0.0", "O(1)", "Sets a string if the key does not exist.")
        .args(&[key("key"), string("value")]),
    data("setrange", 4, string::setrange)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc(
            "2.2.0",
            "O(N) for N bytes written",
            "Overwrites a part of a string, filling up with zero bytes.",
        )
        .args(&[key("key"), integer("offset"), string("value")]),
    data("strlen", 2, string::strlen)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RO])])
        .doc("2.2.0", "O(1)", "Gets the length of a string.")
        .args(&[key("key")]),
    data("substr", 4, string::substr)
        .flags(&[F::READONLY])
        .acl(&[A::STRING])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("1.0.0", "O(N) for N bytes returned", "Gets a part of a string, under the old name of GETRANGE.")
        .args(&[key("key"), integer("start"), integer("end")]),
];

/// SET returns the old value only when asked to.
fn set_key_flags(args: &dyn Args) -> K {
    let gets = (3..args.count()).any(|i| args.get(i).is_some_and(|arg| arg.eq_ignore_ascii_case(b"get")));
    if gets { K::of(&[K::RW, K::ACCESS, K::UPDATE]) } else { K::of(&[K::OW, K::UPDATE]) }
}
