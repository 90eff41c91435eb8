//! The rows of the commands that look for what is slow or large: COMMANDLOG, SLOWLOG, LATENCY, MEMORY.

use super::docs::{integer, key, one_of, string, token};
use super::flags::Flags as F;
use super::keys::KeyFlags as K;
use super::node::Node;
use super::row::{Spec, at, container, data, node};
use crate::generic;

pub(super) const ROWS: &[Spec] = &[
    container("commandlog", -2).doc(
        "8.1.0",
        "Depends on the sub-command",
        "Looks after the logs of slow and large commands.",
    ),
    node("commandlog|get", 4, Node::CommandlogGet)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "nondeterministic_output"])
        .doc("8.1.0", "O(N) for N entries returned", "Gets the newest entries of a command log.")
        .args(&[
            integer("count"),
            one_of(
                "type",
                &[
                    token("slow", "SLOW"),
                    token("large-request", "LARGE-REQUEST"),
                    token("large-reply", "LARGE-REPLY"),
                ],
            ),
        ]),
    node("commandlog|help", 2, Node::CommandlogHelp).flags(&[F::LOADING, F::STALE]).doc(
        "8.1.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("commandlog|len", 3, Node::CommandlogLen)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"])
        .doc("8.1.0", "O(1)", "Counts the entries of a command log.")
        .args(&[one_of(
            "type",
            &[
                token("slow", "SLOW"),
                token("large-request", "LARGE-REQUEST"),
                token("large-reply", "LARGE-REPLY"),
            ],
        )]),
    node("commandlog|reset", 3, Node::CommandlogReset)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("8.1.0", "O(N) for N entries", "Empties a command log.")
        .args(&[one_of(
            "type",
            &[
                token("slow", "SLOW"),
                token("large-request", "LARGE-REQUEST"),
                token("large-reply", "LARGE-REPLY"),
            ],
        )]),
    container("latency", -2).doc("2.8.13", "Depends on the sub-command", "Looks into delays."),
    node("latency|doctor", 2, Node::LatencyDoctor)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"])
        .doc("2.8.13", "O(1)", "Explains the delays that were seen."),
    node("latency|graph", 3, Node::LatencyGraph)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"])
        .doc("2.8.13", "O(1)", "Draws the delays of an event.")
        .args(&[string("event")]),
    node("latency|help", 2, Node::LatencyHelp).flags(&[F::LOADING, F::STALE]).doc(
        "2.8.13",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("latency|histogram", -2, Node::LatencyHistogram)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"])
        .doc(
            "7.0.0",
            "O(N) for N commands reported",
            "Tells how long calls of commands took, as a distribution.",
        )
        .args(&[string("command").optional().multiple()]),
    node("latency|history", 3, Node::LatencyHistory)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"])
        .doc("2.8.13", "O(1)", "Gets times and delays of an event.")
        .args(&[string("event")]),
    node("latency|latest", 2, Node::LatencyLatest)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"])
        .doc("2.8.13", "O(1)", "Gets the latest delay of every event."),
    node("latency|reset", -2, Node::LatencyReset)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:agg_sum"])
        .doc("2.8.13", "O(1)", "Forgets the delays of some or all events.")
        .args(&[string("event").optional().multiple()]),
    container("memory", -2).doc("4.0.0", "Depends on the sub-command", "Looks into the use of memory."),
    node("memory|doctor", 2, Node::MemoryDoctor)
        .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"])
        .doc("4.0.0", "O(1)", "Explains problems with memory."),
    node("memory|help", 2, Node::MemoryHelp).flags(&[F::LOADING, F::STALE]).doc(
        "4.0.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("memory|malloc-stats", 2, Node::MemoryMallocStats)
        .flags(&[F::LOADING])
        .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"])
        .doc("4.0.0", "Depends on the memory in use, may be slow", "Gets the statistics of the allocator."),
    node("memory|purge", 2, Node::MemoryPurge)
        .flags(&[F::LOADING])
        .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
        .doc("4.0.0", "Depends on the memory in use, may be slow", "Asks the allocator to give memory back."),
    node("memory|stats", 2, Node::MemoryStats)
        .tips(&["nondeterministic_output", "request_policy:all_shards", "response_policy:special"])
        .doc("4.0.0", "O(1)", "Tells what memory is used for."),
    data("memory|usage", -3, generic::memory_usage)
        .flags(&[F::READONLY])
        .keys(&[at(2, &[K::RO])])
        .doc("4.0.0", "O(N) for N samples", "Estimates the memory that a key takes.")
        .args(&[key("key"), integer("count").after("SAMPLES").optional()]),
    container("slowlog", -2).doc(
        "2.2.12",
        "Depends on the sub-command",
        "Looks after the log of slow commands.",
    ),
    node("slowlog|get", -2, Node::SlowlogGet)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "nondeterministic_output"])
        .doc("2.2.12", "O(N) for N entries returned", "Gets the newest entries of the slow log.")
        .history(&[("4.0.0", "Entries tell address and name of the client.")])
        .args(&[integer("count").optional()]),
    node("slowlog|help", 2, Node::SlowlogHelp).flags(&[F::LOADING, F::STALE]).doc(
        "6.2.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("slowlog|len", 2, Node::SlowlogLen)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"])
        .doc("2.2.12", "O(1)", "Counts the entries of the slow log."),
    node("slowlog|reset", 2, Node::SlowlogReset)
        .flags(&[F::ADMIN, F::LOADING, F::STALE])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("2.2.12", "O(N) for N entries", "Empties the slow log."),
];
