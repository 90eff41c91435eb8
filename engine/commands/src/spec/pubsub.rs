//! The rows of the commands on messages to whoever listens.

use super::docs::{Arg, pattern, string};
use super::flags::{Acl as A, Flags as F};
use super::keys::{KeyFlags as K, KeySpec};
use super::node::Node;
use super::row::{Spec, at, container, node, to_end};

/// Channels of a shard go to the node of their slot, but they are no keys.
const SHARD: &[KeySpec] = &[to_end(1, 1, &[K::NOT_KEY])];
const CHANNELS: &[Arg] = &[string("channel").multiple()];
const SOME_CHANNELS: &[Arg] = &[string("channel").optional().multiple()];
const SHARD_CHANNELS: &[Arg] = &[string("shardchannel").multiple()];
const SOME_SHARD_CHANNELS: &[Arg] = &[string("shardchannel").optional().multiple()];

const fn listening(name: &'static str, arity: i16, run: Node) -> Spec {
    node(name, arity, run).flags(&[F::PUBSUB, F::NOSCRIPT, F::LOADING, F::STALE]).acl(&[A::PUBSUB])
}

const fn looking(name: &'static str, arity: i16, run: Node) -> Spec {
    node(name, arity, run).flags(&[F::PUBSUB, F::LOADING, F::STALE]).acl(&[A::PUBSUB])
}

const fn publishing(name: &'static str, run: Node) -> Spec {
    node(name, 3, run).flags(&[F::PUBSUB, F::LOADING, F::STALE, F::FAST, F::MAY_REPLICATE]).acl(&[A::PUBSUB])
}

pub(super) const ROWS: &[Spec] = &[
    listening("psubscribe", -2, Node::PSubscribe)
        .doc("2.0.0", "O(N) for N patterns", "Begins to listen to the channels that patterns fit.")
        .args(&[pattern("pattern").multiple()]),
    publishing("publish", Node::Publish)
        .doc(
            "2.0.0",
            "O(N+M) for N clients that listen to the channel and M patterns that anybody listens to",
            "Sends a message to all who listen to a channel.",
        )
        .args(&[string("channel"), string("message")]),
    container("pubsub", -2).doc("2.8.0", "Depends on the sub-command", "Tells who listens to what."),
    looking("pubsub|channels", -2, Node::PubsubChannels)
        .doc("2.8.0", "O(N) for N channels", "Lists the channels that somebody listens to.")
        .args(&[pattern("pattern").optional()]),
    node("pubsub|help", 2, Node::PubsubHelp).flags(&[F::LOADING, F::STALE]).doc(
        "6.2.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    looking("pubsub|numpat", 2, Node::PubsubNumPat).doc(
        "2.8.0",
        "O(1)",
        "Counts the patterns that somebody listens to.",
    ),
    looking("pubsub|numsub", -2, Node::PubsubNumSub)
        .doc("2.8.0", "O(N) for N channels asked for", "Counts the clients that listen to channels.")
        .args(SOME_CHANNELS),
    looking("pubsub|shardchannels", -2, Node::PubsubShardChannels)
        .doc("7.0.0", "O(N) for N shard channels", "Lists the shard channels that somebody listens to.")
        .args(&[pattern("pattern").optional()]),
    looking("pubsub|shardnumsub", -2, Node::PubsubShardNumSub)
        .doc("7.0.0", "O(N) for N channels asked for", "Counts the clients that listen to shard channels.")
        .args(SOME_SHARD_CHANNELS),
    listening("punsubscribe", -1, Node::PUnsubscribe)
        .doc("2.0.0", "O(N) for N patterns", "Stops listening to the channels that patterns fit.")
        .args(&[pattern("pattern").optional().multiple()]),
    publishing("spublish", Node::SPublish)
        .keys(&[at(1, &[K::NOT_KEY])])
        .doc(
            "7.0.0",
            "O(N) for N clients that listen",
            "Sends a message to all who listen to a shard channel.",
        )
        .args(&[string("shardchannel"), string("message")]),
    listening("ssubscribe", -2, Node::SSubscribe)
        .keys(SHARD)
        .doc("7.0.0", "O(N) for N channels", "Begins to listen to shard channels.")
        .args(SHARD_CHANNELS),
    listening("subscribe", -2, Node::Subscribe)
        .doc("2.0.0", "O(N) for N channels", "Begins to listen to channels.")
        .args(CHANNELS),
    listening("sunsubscribe", -1, Node::SUnsubscribe)
        .keys(SHARD)
        .doc("7.0.0", "O(N) for N channels", "Stops listening to shard channels.")
        .args(SOME_SHARD_CHANNELS),
    listening("unsubscribe", -1, Node::Unsubscribe)
        .doc("2.0.0", "O(N) for N channels", "Stops listening to channels.")
        .args(SOME_CHANNELS),
];
