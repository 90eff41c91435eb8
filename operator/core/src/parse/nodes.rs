//! `CLUSTER NODES` and `CLUSTER INFO`.

use super::{MOST_LINES, fields};
use crate::ids::{NodeId, Role};
use crate::observed::{ClusterView, Known, OpenSlot};
use crate::slots::{SLOTS, Slots};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What `CLUSTER NODES` tells.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    /// The node that was asked; empty if no line says so.
    pub me: NodeId,
    /// Every node that it knows, itself included.
    pub nodes: BTreeMap<NodeId, Known>,
}

/// What `CLUSTER INFO` tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClusterInfo {
    /// `cluster_state:ok`.
    pub ok: bool,
    /// `cluster_current_epoch`.
    pub epoch: u64,
}

/// Puts the texts of `CLUSTER NODES` and `CLUSTER INFO` together.
pub fn cluster_view(nodes: &str, info: &str) -> ClusterView {
    let Nodes { me, nodes } = cluster_nodes(nodes);
    let ClusterInfo { ok, epoch } = cluster_info(info);
    ClusterView { me, ok, epoch, nodes }
}

/// Reads `CLUSTER INFO`.
pub fn cluster_info(text: &str) -> ClusterInfo {
    let fields = fields(text);
    ClusterInfo {
        ok: fields.get("cluster_state") == Some(&"ok"),
        epoch: fields.get("cluster_current_epoch").and_then(|n| n.parse().ok()).unwrap_or(0),
    }
}

/// Reads `CLUSTER NODES`. Lines that aren't about a node are skipped.
pub fn cluster_nodes(text: &str) -> Nodes {
    let mut all = Nodes::default();
    for (id, myself, known) in text.lines().take(MOST_LINES).filter_map(line) {
        if myself {
            all.me = id.clone();
        }
        all.nodes.insert(id, known);
    }
    all
}

/// `id ip:port@bus[,hostname] flags primary ping pong epoch link slot…`
fn line(text: &str) -> Option<(NodeId, bool, Known)> {
    let mut words = text.split_ascii_whitespace();
    let id = node_id(words.next()?)?;
    let (ip, port) = address(words.next()?);
    let flags: Vec<&str> = words.next()?.split(',').collect();
    let has = |flag: &str| flags.contains(&flag);
    let primary = node_id(words.next()?);
    let epoch = words.nth(2)?.parse().ok()?;
    let linked = words.next()? == "connected";
    let (slots, open) = slots(words);
    let known = Known {
        ip: ip.filter(|_| !has("noaddr")),
        port,
        role: if has("slave") || has("replica") { Role::Replica } else { Role::Primary },
        primary,
        suspected: has("fail?"),
        failed: has("fail"),
        handshake: has("handshake"),
        linked,
        epoch,
        slots,
        open,
    };
    Some((id, has("myself"), known))
}

/// A node id is 40 hexadecimal digits; `-` stands for none.
fn node_id(word: &str) -> Option<NodeId> {
    (word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit())).then(|| NodeId(word.to_owned()))
}

/// `ip:port@bus,hostname`: the address may be missing, may have colons of its own, and what follows may too.
fn address(word: &str) -> (Option<IpAddr>, u16) {
    let place = word.split([',', '@']).next().unwrap_or_default();
    let (ip, port) = place.rsplit_once(':').unwrap_or((place, ""));
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    (ip.parse().ok(), port.parse().unwrap_or(0))
}

/// `5`, `7-9`, `[93->-id]` (leaves), `[77-<-id]` (arrives).
fn slots<'a>(words: impl Iterator<Item = &'a str>) -> (Slots, Vec<OpenSlot>) {
    let mut ranges = Vec::new();
    let mut open = Vec::new();
    // Each word stands for at least one slot.
    for word in words.take(2 * usize::from(SLOTS)) {
        match word.strip_prefix('[') {
            Some(inside) => open.extend(open_slot(inside.trim_end_matches(']'))),
            None => ranges.extend(range(word)),
        }
    }
    (Slots::from_ranges(ranges), open)
}

fn range(word: &str) -> Option<(u16, u16)> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn open_slot(text: &str) -> Option<OpenSlot> {
    let (slot, arrow_and_peer) = text.split_once('-')?;
    let (arrow, peer) = arrow_and_peer.split_once('-')?;
    let leaving = match arrow {
        ">" => true,
        "<" => false,
        _ => return None,
    };
    let slot = slot.parse().ok().filter(|&slot| slot < SLOTS)?;
    Some(OpenSlot { slot, peer: node_id(peer)?, leaving })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn one(text: &str) -> Known {
        let mut nodes = cluster_nodes(text).nodes;
        assert_eq!(nodes.len(), 1, "{text}");
        nodes.pop_first().unwrap().1
    }

    #[test]
    fn reads_addresses_of_every_kind() {
        let at = |address: &str| {
            let known = one(&format!("{A} {address} master - 0 0 1 connected"));
            (known.ip.map(|ip| ip.to_string()), known.port)
        };
        let some = |ip: &str, port| (Some(ip.to_owned()), port);
        assert_eq!(at("10.1.2.3:6379@16379"), some("10.1.2.3", 6379));
        assert_eq!(at("10.1.2.3:6379@16379,web-0.example.org"), some("10.1.2.3", 6379));
        assert_eq!(at("10.1.2.3:6379@16379,,tls-port=0,shard-id=x:y"), some("10.1.2.3", 6379));
        assert_eq!(at("fd00:1::7:6379@16379"), some("fd00:1::7", 6379));
        assert_eq!(at("[fd00:1::7]:6379@16379"), some("fd00:1::7", 6379));
        assert_eq!(at("10.1.2.3:6379"), some("10.1.2.3", 6379));
        assert_eq!(at(":6379@16379"), (None, 6379));
        assert_eq!(at(":0@0"), (None, 0));
        assert_eq!(at("@"), (None, 0));
    }

    #[test]
    fn a_node_without_address_has_none_even_if_one_is_written() {
        let known = one(&format!("{A} 10.0.0.1:6379@16379 slave,fail,noaddr {B} 1 2 3 disconnected"));
        assert_eq!((known.ip, known.failed, known.suspected, known.linked), (None, true, false, false));
        assert_eq!((known.role, known.primary, known.epoch), (Role::Replica, Some(NodeId(B.into())), 3));
    }

    #[test]
    fn reads_slots_whole_and_open() {
        let known = one(&format!(
            "{A} 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5 7 99999 9-8 [93->-{B}] [77-<-{B}] [5-?-{B}] [1->-x] ["
        ));
        assert_eq!(known.slots.to_string(), "0-5,7");
        let peer = NodeId(B.into());
        let expected = [
            OpenSlot { slot: 93, peer: peer.clone(), leaving: true },
            OpenSlot { slot: 77, peer, leaving: false },
        ];
        assert_eq!(known.open, expected);
    }

    #[test]
    fn skips_what_is_no_node() {
        let text = format!(
            "\n-ERR This instance has cluster support disabled\n{A}\n{A} 1:1 master - 0 0 x connected\nzz"
        );
        assert!(cluster_nodes(&text).nodes.is_empty());
    }
}
