//! SUBSCRIBE and its family, PUBLISH, PUBSUB.
//!
//! Writes the confirmations, which are pushes; who listens to what is kept in `crate::pubsub`.

use super::Call;
use crate::pubsub::Kind;
use ironkeep_commands::change::Change;
use ironkeep_commands::spec::{Node, Spec};
use std::sync::Arc;

/// Whether the replies of a command are pushes, which a client gets that wants no replies.
pub fn pushes(spec: &Spec) -> bool {
    matches!(
        spec.full_name,
        "subscribe" | "psubscribe" | "ssubscribe" | "unsubscribe" | "punsubscribe" | "sunsubscribe"
    )
}

/// What is said to a client of RESP2 that listens and sends another command.
pub fn refusal(spec: &Spec) -> Option<String> {
    if pushes(spec) || matches!(spec.full_name, "ping" | "quit" | "reset") {
        return None;
    }
    Some(format!(
        "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this \
         context",
        spec.full_name
    ))
}

/// SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE
pub fn subscribe(call: &mut Call<'_, '_>, kind: Kind) {
    let word = ["subscribe", "psubscribe", "ssubscribe"][kind as usize];
    let server = Arc::clone(&call.lane.server);
    for name in call.args.iter().skip(1) {
        call.conn.subscribe(&server, kind, name);
        confirm(call, kind, word, Some(name));
    }
}

/// UNSUBSCRIBE, PUNSUBSCRIBE, SUNSUBSCRIBE
pub fn unsubscribe(call: &mut Call<'_, '_>, kind: Kind) {
    let word = ["unsubscribe", "punsubscribe", "sunsubscribe"][kind as usize];
    let server = Arc::clone(&call.lane.server);
    if call.args.len() > 1 {
        for name in call.args.iter().skip(1) {
            call.conn.unsubscribe(&server, kind, name);
            confirm(call, kind, word, Some(name));
        }
        return;
    }
    let own = call.conn.subscriptions.as_ref().map_or_else(Vec::new, |own| own.names(kind));
    if own.is_empty() {
        confirm(call, kind, word, None);
    }
    for name in own {
        call.conn.unsubscribe(&server, kind, &name);
        confirm(call, kind, word, Some(&name));
    }
}

fn confirm(call: &mut Call<'_, '_>, kind: Kind, word: &str, name: Option<&[u8]>) {
    let count = call.conn.subscribed(kind);
    let mut reply = call.reply();
    reply.push_len(3);
    reply.bulk(word.as_bytes());
    match name {
        Some(name) => reply.bulk(name),
        None => reply.null(),
    }
    reply.integer(count as i64);
}

/// PUBLISH, SPUBLISH
pub fn publish(call: &mut Call<'_, '_>, shard: bool) {
    let (channel, text) = (call.args.at(1), call.args.at(2));
    let receivers = call.lane.server.pubsub.receivers(channel, shard);
    if receivers > 0 {
        let (channel, text) = (channel.into(), text.into());
        call.lane.turn.changes.push(Change::Message { channel, text, shard });
    }
    call.reply().integer(receivers as i64);
}

/// PUBSUB
pub fn pubsub(call: &mut Call<'_, '_>, node: Node) {
    match node {
        Node::PubsubChannels => names(call, Kind::Channel),
        Node::PubsubShardChannels => names(call, Kind::Shard),
        Node::PubsubNumSub => counts(call, Kind::Channel),
        Node::PubsubShardNumSub => counts(call, Kind::Shard),
        Node::PubsubNumPat => {
            let count = call.lane.server.pubsub.len(Kind::Pattern);
            call.reply().integer(count as i64);
        }
        _ => ironkeep_commands::help::reply(&mut call.reply(), "PUBSUB", HELP),
    }
}

/// Whether too many arguments came.
fn has_too_many(call: &mut Call<'_, '_>, most: usize) -> bool {
    let over = call.args.len() > most;
    if over {
        let name = String::from_utf8_lossy(crate::careful::cut(call.args.at(1), 128)).into_owned();
        call.fail(format!(
            "ERR unknown subcommand or wrong number of arguments for '{name}'. Try PUBSUB HELP."
        ));
    }
    over
}

fn names(call: &mut Call<'_, '_>, kind: Kind) {
    if has_too_many(call, 3) {
        return;
    }
    let pattern = (call.args.len() == 3).then(|| call.args.at(2));
    let names = call.lane.server.pubsub.names(kind, pattern);
    let mut reply = call.reply();
    reply.array_len(names.len());
    names.iter().for_each(|name| reply.bulk(name));
}

fn counts(call: &mut Call<'_, '_>, kind: Kind) {
    let (server, args) = (Arc::clone(&call.lane.server), call.args);
    let mut reply = call.reply();
    reply.array_len(2 * (args.len() - 2));
    for name in args.iter().skip(2) {
        reply.bulk(name);
        reply.integer(server.pubsub.listeners(kind, name) as i64);
    }
}

const HELP: &[&str] = &[
    "CHANNELS [<pattern>]",
    "    Return the channels that somebody listens to (and that fit the pattern).",
    "NUMPAT",
    "    Return how many patterns clients listen to.",
    "NUMSUB [<channel> ...]",
    "    Return how many clients listen to each channel, those with patterns not counted.",
    "SHARDCHANNELS [<pattern>]",
    "    Return the shard channels that somebody listens to (and that fit the pattern).",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    Return how many clients listen to each shard channel.",
];
