//! The rows of the commands on hashes.

use super::docs::{Arg, block, double, integer, key, one_of, pattern, string, token, unix_time};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::members::Members;
use super::row::{Spec, at, data};
use crate::hash;

/// Names of fields, after how many they are.
const FIELDS: Arg = block("fields", &[NUMFIELDS, string("field").multiple()]).after("FIELDS");

/// In Valkey's table it belongs to the key, except for that of HEXPIRE.
const NUMFIELDS: Arg = Arg { key_spec: Some(0), ..integer("numfields") };

const CONDITION: Arg =
    one_of("condition", &[token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")])
        .optional();

const CONDITION_9: Arg = CONDITION.since("9.0.0");

pub(super) const ROWS: &[Spec] = &[
    data("hdel", -3, hash::hdel)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .members(Members::from(2))
        .doc("2.0.0", "O(N) for N fields", "Deletes fields of a hash, and the key with the last of them.")
        .history(&[("2.4.0", "Several fields.")])
        .args(&[key("key"), string("field").multiple()]),
    data("hexists", 3, hash::hexists)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO])])
        .members(Members::from(2))
        .doc("2.0.0", "O(1)", "Tells whether a hash has a field.")
        .args(&[key("key"), string("field")]),
    data("hexpire", -6, hash::hexpire)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("9.0.0", "O(N) for N fields", "Sets when fields of a hash expire, in seconds from now on.")
        .args(&[
            key("key"),
            integer("seconds"),
            CONDITION,
            block("fields", &[integer("numfields"), string("field").multiple()]).after("FIELDS"),
        ]),
    data("hexpireat", -6, hash::hexpireat)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("9.0.0", "O(N) for N fields", "Sets when fields of a hash expire, in seconds since the epoch.")
        .args(&[key("key"), integer("unix-time-seconds"), CONDITION_9, FIELDS]),
    data("hexpiretime", -5, hash::hexpiretime)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("9.0.0", "O(N) for N fields", "Gets when fields of a hash expire, in seconds since the epoch.")
        .args(&[key("key"), FIELDS]),
    data("hget", 3, hash::hget)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("2.0.0", "O(1)", "Gets the value of a field of a hash.")
        .args(&[key("key"), string("field")]),
    data("hgetall", 2, hash::hgetall)
        .flags(&[F::READONLY])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("2.0.0", "O(N) for N fields", "Gets all fields of a hash with their values.")
        .args(&[key("key")]),
    data("hgetdel", -5, hash::hgetdel)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("9.1.0", "O(N) for N fields", "Gets the values of fields of a hash and deletes them.")
        .args(&[key("key"), FIELDS]),
    data("hgetex", -5, hash::hgetex)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc(
            "9.0.0",
            "O(N) for N fields",
            "Gets the values of fields of a hash and sets or removes their expiry.",
        )
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
            FIELDS,
        ]),
    data("hincrby", 4, hash::hincrby)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .members(Members::with_values(2))
        .doc("2.0.0", "O(1)", "Adds a number to a field of a hash; no field counts as 0.")
        .args(&[key("key"), string("field"), integer("increment")]),
    data("hincrbyfloat", 4, hash::hincrbyfloat)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .members(Members::with_values(2))
        .doc("2.6.0", "O(1)", "Adds a number with a fraction to a field of a hash; no field counts as 0.")
        .args(&[key("key"), string("field"), double("increment")]),
    data("hkeys", 2, hash::hkeys)
        .flags(&[F::READONLY])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("2.0.0", "O(N) for N fields", "Gets the names of all fields of a hash.")
        .args(&[key("key")]),
    data("hlen", 2, hash::hlen)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO])])
        .doc("2.0.0", "O(1)", "Gets the number of fields of a hash.")
        .args(&[key("key")]),
    data("hmget", -3, hash::hmget)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("2.0.0", "O(N) for N fields", "Gets the values of several fields of a hash.")
        .args(&[key("key"), string("field").multiple()]),
    data("hmset", -4, hash::hmset)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .members(Members::with_values(2))
        .doc("2.0.0", "O(N) for N fields", "Sets several fields of a hash.")
        .args(&[key("key"), block("data", &[string("field"), string("value")]).multiple()]),
    data("hpersist", -5, hash::hpersist)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("9.0.0", "O(N) for N fields", "Takes the expiry of fields of a hash away.")
        .args(&[key("key"), FIELDS]),
    data("hpexpire", -6, hash::hpexpire)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("9.0.0", "O(N) for N fields", "Sets when fields of a hash expire, in milliseconds from now on.")
        .args(&[key("key"), integer("milliseconds"), CONDITION_9, FIELDS]),
    data("hpexpireat", -6, hash::hpexpireat)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc(
            "9.0.0",
            "O(N) for N fields",
            "Sets when fields of a hash expire, in milliseconds since the epoch.",
        )
        .args(&[key("key"), integer("unix-time-milliseconds"), CONDITION_9, FIELDS]),
    data("hpexpiretime", -5, hash::hpexpiretime)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "9.0.0",
            "O(N) for N fields",
            "Gets when fields of a hash expire, in milliseconds since the epoch.",
        )
        .args(&[key("key"), FIELDS]),
    data("hpttl", -5, hash::hpttl)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("9.0.0", "O(N) for N fields", "Gets how long fields of a hash have to live, in milliseconds.")
        .args(&[key("key"), FIELDS]),
    data("hrandfield", -2, hash::hrandfield)
        .flags(&[F::READONLY])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("6.2.0", "O(N) for N fields returned", "Gets fields of a hash by lot.")
        .args(&[
            key("key"),
            block("options", &[integer("count"), token("withvalues", "WITHVALUES").optional()]).optional(),
        ]),
    data("hscan", -3, hash::hscan)
        .flags(&[F::READONLY])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc(
            "2.8.0",
            "O(1) a call; O(N) for a whole walk over N fields",
            "Walks over the fields of a hash in steps.",
        )
        .args(&[
            key("key"),
            integer("cursor"),
            pattern("pattern").after("MATCH").optional(),
            integer("count").after("COUNT").optional(),
            token("novalues", "NOVALUES").optional(),
        ]),
    data("hset", -4, hash::hset)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .members(Members::with_values(2))
        .doc("2.0.0", "O(N) for N fields", "Sets fields of a hash.")
        .history(&[("4.0.0", "Several fields.")])
        .args(&[key("key"), block("data", &[string("field"), string("value")]).multiple()]),
    data("hsetex", -6, hash::hsetex)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc("9.0.0", "O(N) for N fields", "Sets fields of a hash and when they expire, if conditions hold.")
        .args(&[
            key("key"),
            one_of("key-condition", &[token("nx", "NX"), token("xx", "XX")]).optional(),
            one_of("fields-condition", &[token("fnx", "FNX"), token("fxx", "FXX")]).optional(),
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
            block("fields", &[NUMFIELDS, block("data", &[string("field"), string("value")]).multiple()])
                .after("FIELDS"),
        ]),
    data("hsetnx", 4, hash::hsetnx)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .members(Members::with_values(2))
        .doc("2.0.0", "O(1)", "Sets a field of a hash if there is no such field.")
        .args(&[key("key"), string("field"), string("value")]),
    data("hstrlen", 3, hash::hstrlen)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO])])
        .members(Members::from(2))
        .doc("3.2.0", "O(1)", "Gets the length of the value of a field.")
        .args(&[key("key"), string("field")]),
    data("httl", -5, hash::httl)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("9.0.0", "O(N) for N fields", "Gets how long fields of a hash have to live, in seconds.")
        .args(&[key("key"), FIELDS]),
    data("hvals", 2, hash::hvals)
        .flags(&[F::READONLY])
        .acl(&[A::HASH])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("2.0.0", "O(N) for N fields", "Gets the values of all fields of a hash.")
        .args(&[key("key")]),
];
