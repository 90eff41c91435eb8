//! The rows of the server commands that have no file of their own.

use super::docs::{block, integer, one_of, string, token};
use super::flags::{Acl as A, Flags as F};
use super::node::Node;
use super::row::{Spec, container, node};

pub(super) const ROWS: &[Spec] = &[
    container("config", -2).doc("2.0.0", "Depends on the sub-command", "Looks after the configuration."),
    node("config|get", -3, Node::ConfigGet)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .doc("2.0.0", "O(N) for N parameters", "Gets parameters and their values.")
        .history(&[("7.0.0", "Takes several patterns.")])
        .args(&[string("parameter").multiple()]),
    node("config|help", 2, Node::ConfigHelp).flags(&[F::LOADING, F::STALE]).doc(
        "5.0.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("config|resetstat", 2, Node::ConfigResetStat)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("2.0.0", "O(1)", "Puts the statistics of the server back to zero."),
    node("config|rewrite", 2, Node::ConfigRewrite)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("2.8.0", "O(1)", "Writes the parameters in force to the config file."),
    node("config|set", -4, Node::ConfigSet)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("2.0.0", "O(N) for N parameters", "Sets parameters while the server runs.")
        .history(&[("7.0.0", "Sets several parameters at once.")])
        .args(&[block("data", &[string("parameter"), string("value")]).multiple()]),
    node("dbsize", 1, Node::DbSize)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::KEYSPACE])
        .tips(&["request_policy:all_shards", "response_policy:agg_sum"])
        .doc("1.0.0", "O(1)", "Counts the keys of the database."),
    node("debug", -2, Node::Debug)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE, F::PROTECTED])
        .doc("1.0.0", "Depends on the sub-command", "Tools for tests and for the search of faults.")
        .syscmd(),
    node("flushall", -1, Node::FlushAll)
        .flags(&[F::WRITE, F::ALL_DBS])
        .acl(&[A::DANGEROUS, A::KEYSPACE])
        .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
        .doc("1.0.0", "O(N) for N keys in all databases", "Deletes all keys of all databases.")
        .history(&[("4.0.0", "Option `ASYNC`."), ("6.2.0", "Option `SYNC`.")])
        .args(&[one_of(
            "flush-type",
            &[token("async", "ASYNC").since("4.0.0"), token("sync", "SYNC").since("6.2.0")],
        )
        .optional()]),
    node("flushdb", -1, Node::FlushDb)
        .flags(&[F::WRITE])
        .acl(&[A::DANGEROUS, A::KEYSPACE])
        .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
        .doc("1.0.0", "O(N) for N keys in the database", "Deletes all keys of the database.")
        .history(&[("4.0.0", "Option `ASYNC`."), ("6.2.0", "Option `SYNC`.")])
        .args(&[one_of(
            "flush-type",
            &[token("async", "ASYNC").since("4.0.0"), token("sync", "SYNC").since("6.2.0")],
        )
        .optional()]),
    node("info", -1, Node::Info)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::DANGEROUS])
        .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"])
        .doc("1.0.0", "O(1)", "Reports on the server and its statistics.")
        .history(&[("7.0.0", "Takes several sections.")])
        .args(&[string("section").optional().multiple()]),
    node("lolwut", -1, Node::Lolwut)
        .flags(&[F::READONLY, F::FAST])
        .doc("5.0.0", "", "Shows the version, with a picture.")
        .args(&[integer("version").after("VERSION").optional()]),
    node("monitor", 1, Node::Monitor).flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE]).doc(
        "1.0.0",
        "",
        "Shows every command that the server runs, as it comes.",
    ),
    node("shutdown", -1, Node::Shutdown)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE, F::NO_MULTI, F::ALLOW_BUSY])
        .doc(
            "1.0.0",
            "O(N) for N keys in all databases when it saves, else O(1)",
            "Saves the data set and ends the server.",
        )
        .history(&[
            ("7.0.0", "Options `NOW`, `FORCE` and `ABORT`."),
            ("9.0.0", "Options `SAFE` and `FAILOVER`."),
        ])
        .args(&[one_of(
            "abort-selector",
            &[
                block(
                    "save-selector-block",
                    &[
                        one_of("save-selector", &[token("nosave", "NOSAVE"), token("save", "SAVE")])
                            .optional(),
                        token("now", "NOW").optional().since("7.0.0"),
                        token("force", "FORCE").optional().since("7.0.0"),
                        token("safe", "SAFE").optional().since("9.0.0"),
                        token("failover", "FAILOVER").optional().since("9.0.0"),
                    ],
                ),
                token("abort", "ABORT").since("7.0.0"),
            ],
        )
        .optional()]),
    node("swapdb", 3, Node::SwapDb)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::DANGEROUS, A::KEYSPACE])
        .doc(
            "4.0.0",
            "O(N) for N clients that watch or wait for keys of the two",
            "Lets two databases change places.",
        )
        .args(&[integer("index1"), integer("index2")]),
    node("time", 1, Node::Time)
        .flags(&[F::LOADING, F::STALE, F::FAST])
        .tips(&["nondeterministic_output"])
        .doc("2.6.0", "O(1)", "Tells the time of the server."),
];
