//! The rows of the connection commands but CLIENT, which has its own file.

use super::docs::{block, integer, string};
use super::flags::{Acl as A, Flags as F};
use super::node::Node;
use super::row::{Spec, node};

pub(super) const ROWS: &[Spec] = &[
    node("auth", -2, Node::Auth)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_AUTH, F::ALLOW_BUSY])
        .acl(&[A::CONNECTION])
        .doc("1.0.0", "O(N) for N passwords of the user", "Authenticates the connection.")
        .history(&[("6.0.0", "Takes a user name before the password.")])
        .args(&[string("username").optional().since("6.0.0"), string("password")]),
    node("echo", 2, Node::Echo)
        .flags(&[F::LOADING, F::STALE, F::FAST])
        .acl(&[A::CONNECTION])
        .doc("1.0.0", "O(1)", "Returns its argument.")
        .args(&[string("message")]),
    node("hello", -1, Node::Hello)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_AUTH, F::ALLOW_BUSY])
        .acl(&[A::CONNECTION])
        .doc("6.0.0", "O(1)", "Chooses the protocol version, authenticates and describes the server.")
        .history(&[
            ("8.1.0", "Tells the `availability_zone` if one is configured."),
            ("6.2.0", "`protover` may be left out."),
        ])
        .args(&[block(
            "arguments",
            &[
                integer("protover"),
                block("auth", &[string("username"), string("password")]).after("AUTH").optional(),
                string("clientname").after("SETNAME").optional(),
            ],
        )
        .optional()]),
    node("ping", -1, Node::Ping)
        .flags(&[F::FAST])
        .acl(&[A::CONNECTION])
        .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
        .doc("1.0.0", "O(1)", "Shows that the server answers.")
        .args(&[string("message").optional()]),
    node("quit", -1, Node::Quit)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_AUTH])
        .acl(&[A::CONNECTION])
        .doc("1.0.0", "O(1)", "Closes this connection."),
    node("reset", 1, Node::Reset)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_AUTH, F::ALLOW_BUSY])
        .acl(&[A::CONNECTION])
        .doc("6.2.0", "O(1)", "Puts this connection back into its first state."),
    node("select", 2, Node::Select)
        .flags(&[F::ALLOW_BUSY, F::LOADING, F::STALE, F::FAST])
        .acl(&[A::CONNECTION])
        .doc("1.0.0", "O(1)", "Chooses the database of this connection.")
        .args(&[integer("index")]),
];
