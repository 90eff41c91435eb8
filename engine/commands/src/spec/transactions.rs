//! The rows of MULTI and its family.

use super::docs::key;
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::node::Node;
use super::row::{Spec, node, to_end};

pub(super) const ROWS: &[Spec] = &[
    node("discard", 1, Node::Discard)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::ALLOW_BUSY])
        .acl(&[A::TRANSACTION])
        .doc("2.0.0", "O(N) for N queued commands", "Drops a transaction."),
    node("exec", 1, Node::Exec)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::SKIP_COMMANDLOG])
        .acl(&[A::TRANSACTION])
        .doc("1.2.0", "Depends on the queued commands", "Runs all commands of a transaction."),
    node("multi", 1, Node::Multi)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_MULTI, F::ALLOW_BUSY])
        .acl(&[A::TRANSACTION])
        .doc("1.2.0", "O(1)", "Begins a transaction."),
    node("unwatch", 1, Node::Unwatch)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::ALLOW_BUSY])
        .acl(&[A::TRANSACTION])
        .doc("2.2.0", "O(1)", "Forgets all watched keys."),
    node("watch", -2, Node::Watch)
        .flags(&[F::NOSCRIPT, F::LOADING, F::STALE, F::FAST, F::NO_MULTI, F::ALLOW_BUSY])
        .acl(&[A::TRANSACTION])
        .keys(&[to_end(1, 1, &[K::RO])])
        .doc(
            "2.2.0",
            "O(1) for each key",
            "Lets the next transaction fail if one of these keys changes before it.",
        )
        .args(&[key("key").multiple()]),
];
