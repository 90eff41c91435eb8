//! The rows of CLIENT and its sub-commands.

use super::docs::{integer, one_of, string, token};
use super::filters;
use super::flags::{Acl as A, Flags as F};
use super::node::Node;
use super::row::{Spec, container, node};

pub(super) const ROWS: &[Spec] = &[
    container("client", -2).doc("2.4.0", "Depends on the sub-command", "Looks after client connections."),
    node("client|caching", 3, Node::ClientCaching)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("6.0.0", "O(1)", "Says whether the keys of the next command are remembered for this client.")
        .args(&[one_of("mode", &[token("yes", "YES"), token("no", "NO")])]),
    node("client|capa", -3, Node::ClientCapa)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("8.0.0", "O(1)", "Says what this client is able to handle.")
        .args(&[string("capability").multiple()]),
    node("client|getname", 2, Node::ClientGetName)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("2.6.9", "O(1)", "Gets the name of this connection."),
    node("client|getredir", 2, Node::ClientGetRedir)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("6.0.0", "O(1)", "Gets the number of the client that is told what this one has to forget."),
    node("client|help", 2, Node::ClientHelp).flags(&[F::LOADING, F::STALE]).acl(&[A::CONNECTION]).doc(
        "5.0.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("client|id", 2, Node::ClientId)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("5.0.0", "O(1)", "Gets the number of this connection."),
    node("client|import-source", 3, Node::ClientImportSource)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc(
            "8.1.0",
            "O(1)",
            "Marks this client as one that imports data while the server is in import mode.",
        )
        .args(&[one_of("enabled", &[token("on", "ON"), token("off", "OFF")])]),
    node("client|info", 2, Node::ClientInfo)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output"])
        .doc("6.2.0", "O(1)", "Describes this connection."),
    node("client|kill", -3, Node::ClientKill)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("2.4.0", "O(N) for N clients", "Closes connections.")
        .history(&[
            ("2.8.12", "Takes filters."),
            ("2.8.12", "Filter `ID`."),
            ("3.2.0", "`TYPE` knows `master`."),
            ("5.0.0", "`TYPE` knows `replica`; `slave` still works."),
            ("6.2.0", "Filter `LADDR`."),
            ("8.0.0", "Filter `MAXAGE`."),
            ("8.0.0", "`TYPE` knows `primary`; `master` still works."),
            ("8.1.0", "`ID` takes several."),
            ("9.0.0", "Many more filters, and all of them negated as `NOT-...`."),
        ])
        .args(filters::KILL),
    node("client|list", -2, Node::ClientList)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output"])
        .doc("2.4.0", "O(N) for N clients", "Describes connections.")
        .history(&[
            ("2.8.12", "Field `id`."),
            ("5.0.0", "Filter `TYPE`."),
            ("6.0.0", "Field `user`."),
            ("6.2.0", "Fields `argv-mem`, `tot-mem`, `laddr` and `redir`, filter `ID`."),
            ("7.0.0", "Fields `resp`, `multi-mem`, `rbs` and `rbp`."),
            ("7.0.3", "Field `ssub`."),
            ("8.0.0", "`TYPE` knows `primary`; `master` still works."),
            ("8.1.0", "Filters `USER`, `ADDR`, `LADDR`, `SKIPME` and `MAXAGE`."),
            ("9.0.0", "Many more filters, and all of them negated as `NOT-...`."),
        ])
        .args(filters::LIST),
    node("client|no-evict", 3, Node::ClientNoEvict)
        .flags(&[F::ALLOW_BUSY, F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("7.0.0", "O(1)", "Shields this connection from client eviction, or no longer.")
        .args(&[one_of("enabled", &[token("on", "ON"), token("off", "OFF")])]),
    node("client|no-touch", 3, Node::ClientNoTouch)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("7.2.0", "O(1)", "Lets commands of this client leave the age of keys alone, or no longer.")
        .args(&[one_of("enabled", &[token("on", "ON"), token("off", "OFF")])]),
    node("client|pause", -3, Node::ClientPause)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("3.0.0", "O(1)", "Holds back commands of clients for a while.")
        .history(&[("6.2.0", "Modes `WRITE` and `ALL`.")])
        .args(&[
            integer("timeout"),
            one_of("mode", &[token("write", "WRITE"), token("all", "ALL")]).optional().since("6.2.0"),
        ]),
    node("client|reply", 3, Node::ClientReply)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::NO_MULTI, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("3.2.0", "O(1)", "Turns replies to this client on or off.")
        .args(&[one_of("action", &[token("on", "ON"), token("off", "OFF"), token("skip", "SKIP")])]),
    node("client|setinfo", 4, Node::ClientSetInfo)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("7.2.0", "O(1)", "Tells the server which library this client uses.")
        .args(&[one_of("attr", &[string("libname").after("LIB-NAME"), string("libver").after("LIB-VER")])]),
    node("client|setname", 3, Node::ClientSetName)
        .flags(&[F::ALLOW_BUSY, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
        .doc("2.6.9", "O(1)", "Names this connection.")
        .args(&[string("connection-name")]),
    node("client|tracking", -3, Node::ClientTracking)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc(
            "6.0.0",
            "O(1), and O(N) for N prefixes",
            "Lets this client be told when keys that it remembers change, or no longer.",
        )
        .args(&[
            one_of("status", &[token("on", "ON"), token("off", "OFF")]),
            integer("client-id").after("REDIRECT").optional(),
            string("prefix").after("PREFIX").optional().multiple_token(),
            token("bcast", "BCAST").optional(),
            token("optin", "OPTIN").optional(),
            token("optout", "OPTOUT").optional(),
            token("noloop", "NOLOOP").optional(),
        ]),
    node("client|trackinginfo", 2, Node::ClientTrackingInfo)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("6.2.0", "O(1)", "Describes how this client is told of changes."),
    node("client|unblock", -3, Node::ClientUnblock)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("5.0.0", "O(log N) for N clients", "Wakes a client that waits in a blocking command.")
        .args(&[
            integer("client-id"),
            one_of("unblock-type", &[token("timeout", "TIMEOUT"), token("error", "ERROR")]).optional(),
        ]),
    node("client|unpause", 2, Node::ClientUnpause)
        .flags(&[F::ADMIN, F::NOSCRIPT, F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("6.2.0", "O(N) for N paused clients", "Ends the pause of clients."),
];
