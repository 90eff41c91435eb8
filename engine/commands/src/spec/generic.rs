//! The rows of the commands on keys of any type.

use super::docs::{integer, key, key_of, one_of, pattern, string, token, unix_time};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::node::Node;
use super::row::{Spec, at, container, data, node, to_end};
use crate::generic;

pub(super) const ROWS: &[Spec] = &[
    data("copy", -3, generic::copy)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO, K::ACCESS]), at(2, &[K::OW, K::UPDATE])])
        .doc(
            "6.2.0",
            "O(1) for strings, O(N) for N members of other types",
            "Copies the value of a key to another key.",
        )
        .args(&[
            key("source"),
            key_of("destination", 1),
            integer("destination-db").after("DB").optional(),
            token("replace", "REPLACE").optional(),
        ]),
    data("del", -2, generic::del)
        .flags(&[F::WRITE])
        .acl(&[A::KEYSPACE])
        .keys(&[to_end(1, 1, &[K::RM, K::DELETE])])
        .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
        .doc("1.0.0", "O(N) for N keys, and O(M) for each that holds M members", "Deletes keys.")
        .args(&[key("key").multiple()]),
    data("exists", -2, generic::exists)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[to_end(1, 1, &[K::RO])])
        .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
        .doc("1.0.0", "O(N) for N keys", "Counts the given keys that exist.")
        .history(&[("3.0.3", "Takes several keys.")])
        .args(&[key("key").multiple()]),
    data("expire", -3, generic::expire)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Lets a key expire after some seconds.")
        .history(&[("7.0.0", "Options `NX`, `XX`, `GT` and `LT`.")])
        .args(&[
            key("key"),
            integer("seconds"),
            one_of(
                "condition",
                &[token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ]),
    data("expireat", -3, generic::expireat)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("1.2.0", "O(1)", "Lets a key expire at a Unix time in seconds.")
        .history(&[("7.0.0", "Options `NX`, `XX`, `GT` and `LT`.")])
        .args(&[
            key("key"),
            unix_time("unix-time-seconds"),
            one_of(
                "condition",
                &[token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ]),
    data("expiretime", 2, generic::expiretime)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("7.0.0", "O(1)", "Tells when a key expires, as Unix time in seconds.")
        .args(&[key("key")]),
    data("keys", 2, generic::keys)
        .flags(&[F::READONLY])
        .acl(&[A::DANGEROUS, A::KEYSPACE])
        .tips(&["request_policy:all_shards", "nondeterministic_output_order"])
        .doc("1.0.0", "O(N) for N keys in the database", "Lists all keys that match a pattern.")
        .args(&[pattern("pattern")]),
    data("move", 3, generic::move_)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Moves a key to another database.")
        .args(&[key("key"), integer("db")]),
    container("object", -2).doc("2.2.3", "Depends on the sub-command", "Looks at how values are kept."),
    data("object|encoding", 3, generic::object_encoding)
        .flags(&[F::READONLY])
        .acl(&[A::KEYSPACE])
        .keys(&[at(2, &[K::RO])])
        .tips(&["nondeterministic_output"])
        .doc("2.2.3", "O(1)", "Tells how a value is encoded in memory.")
        .args(&[key("key")]),
    data("object|freq", 3, generic::object_freq)
        .flags(&[F::READONLY])
        .acl(&[A::KEYSPACE])
        .keys(&[at(2, &[K::RO])])
        .tips(&["nondeterministic_output"])
        .doc("4.0.0", "O(1)", "Tells how often a key is used, on the logarithmic scale of the LFU policies.")
        .args(&[key("key")]),
    data("object|help", 2, generic::object_help).flags(&[F::LOADING, F::STALE]).acl(&[A::KEYSPACE]).doc(
        "6.2.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    data("object|idletime", 3, generic::object_idletime)
        .flags(&[F::READONLY])
        .acl(&[A::KEYSPACE])
        .keys(&[at(2, &[K::RO])])
        .tips(&["nondeterministic_output"])
        .doc("2.2.3", "O(1)", "Tells for how many seconds a key has not been used.")
        .args(&[key("key")]),
    data("object|refcount", 3, generic::object_refcount)
        .flags(&[F::READONLY])
        .acl(&[A::KEYSPACE])
        .keys(&[at(2, &[K::RO])])
        .tips(&["nondeterministic_output"])
        .doc("2.2.3", "O(1)", "Tells how many references a value has.")
        .args(&[key("key")]),
    data("persist", 2, generic::persist)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("2.2.0", "O(1)", "Removes the expiry of a key.")
        .args(&[key("key")]),
    data("pexpire", -3, generic::pexpire)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("2.6.0", "O(1)", "Lets a key expire after some milliseconds.")
        .history(&[("7.0.0", "Options `NX`, `XX`, `GT` and `LT`.")])
        .args(&[
            key("key"),
            integer("milliseconds"),
            one_of(
                "condition",
                &[token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ]),
    data("pexpireat", -3, generic::pexpireat)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("2.6.0", "O(1)", "Lets a key expire at a Unix time in milliseconds.")
        .history(&[("7.0.0", "Options `NX`, `XX`, `GT` and `LT`.")])
        .args(&[
            key("key"),
            unix_time("unix-time-milliseconds"),
            one_of(
                "condition",
                &[token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ]),
    data("pexpiretime", 2, generic::pexpiretime)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("7.0.0", "O(1)", "Tells when a key expires, as Unix time in milliseconds.")
        .args(&[key("key")]),
    data("pttl", 2, generic::pttl)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("2.6.0", "O(1)", "Tells how many milliseconds a key has left.")
        .history(&[("2.8.0", "Answers -2 when there is no such key.")])
        .args(&[key("key")]),
    data("randomkey", 1, generic::randomkey)
        .flags(&[F::READONLY, F::TOUCHES_ARBITRARY_KEYS])
        .acl(&[A::KEYSPACE])
        .tips(&["request_policy:all_shards", "response_policy:special", "nondeterministic_output"])
        .doc("1.0.0", "O(1)", "Gets one of the keys of the database by chance."),
    data("rename", 3, generic::rename)
        .flags(&[F::WRITE])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE]), at(2, &[K::OW, K::UPDATE])])
        .doc("1.0.0", "O(1)", "Gives a key another name, replacing the key that has it.")
        .args(&[key("key"), key_of("newkey", 1)]),
    data("renamenx", 3, generic::renamenx)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE]), at(2, &[K::OW, K::INSERT])])
        .doc("1.0.0", "O(1)", "Gives a key another name, if no key has it.")
        .history(&[("3.2.0", "Two equal names are no error.")])
        .args(&[key("key"), key_of("newkey", 1)]),
    data("scan", -2, generic::scan)
        .flags(&[F::READONLY, F::TOUCHES_ARBITRARY_KEYS])
        .acl(&[A::KEYSPACE])
        .tips(&["nondeterministic_output", "request_policy:special", "response_policy:special"])
        .doc(
            "2.8.0",
            "O(1) for each call, O(N) for all N keys of a database",
            "Walks over the keys of the database in steps.",
        )
        .history(&[("6.0.0", "Option `TYPE`.")])
        .args(&[
            integer("cursor"),
            pattern("pattern").after("MATCH").optional(),
            integer("count").after("COUNT").optional(),
            string("type").after("TYPE").optional().since("6.0.0"),
        ]),
    data("touch", -2, generic::touch)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[to_end(1, 1, &[K::RO])])
        .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
        .doc("3.2.1", "O(N) for N keys", "Marks keys as just used and counts those that exist.")
        .args(&[key("key").multiple()]),
    data("ttl", 2, generic::ttl)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("1.0.0", "O(1)", "Tells how many seconds a key has left.")
        .history(&[("2.8.0", "Answers -2 when there is no such key.")])
        .args(&[key("key")]),
    data("type", 2, generic::type_)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[at(1, &[K::RO])])
        .doc("1.0.0", "O(1)", "Tells the type of the value of a key.")
        .args(&[key("key")]),
    data("unlink", -2, generic::unlink)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::KEYSPACE])
        .keys(&[to_end(1, 1, &[K::RM, K::DELETE])])
        .tips(&["request_policy:multi_shard", "response_policy:agg_sum"])
        .doc(
            "4.0.0",
            "O(1) for each key; memory is given back in the background",
            "Deletes keys, freeing their values later.",
        )
        .args(&[key("key").multiple()]),
    node("wait", 3, Node::Wait)
        .flags(&[F::BLOCKING])
        .acl(&[A::BLOCKING, A::CONNECTION])
        .tips(&["request_policy:all_shards", "response_policy:agg_min"])
        .doc("3.0.0", "O(1)", "Waits until replicas have all that this connection has written.")
        .args(&[integer("numreplicas"), integer("timeout")]),
    node("waitaof", 4, Node::WaitAof)
        .flags(&[F::BLOCKING])
        .acl(&[A::BLOCKING, A::CONNECTION])
        .tips(&["request_policy:all_shards", "response_policy:agg_min"])
        .doc(
            "7.2.0",
            "O(1)",
            "Waits until append-only files, here and of replicas, have all that this connection has written.",
        )
        .args(&[integer("numlocal"), integer("numreplicas"), integer("timeout")]),
];
