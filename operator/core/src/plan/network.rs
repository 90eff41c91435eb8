//! Cluster mode: who is on the cluster bus, who owns slots by his own word, and what is claimed by nobody who is here.
//!
//! A node's word on itself counts; its word on others counts only where those can't speak for themselves.

use super::members::Member;
use super::{objects, scene};
use crate::desired::Desired;
use crate::ids::{NodeId, PodId, Role};
use crate::observed::{ClusterView, Known, Observed};
use crate::slots::Slots;
use ironkeep_api::{Mode, names};
use std::collections::{BTreeMap, BTreeSet};

/// A node that is up, with its view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub member: Member<'a>,
    pub view: &'a ClusterView,
    pub me: &'a Known,
}

/// All nodes that are up, and what is known of those that aren't.
#[derive(Default)]
pub(super) struct Network<'a> {
    /// Nodes that are up, of wanted shards, in pod order; wanted or not.
    pub nodes: Vec<Node<'a>>,
    /// Who of them goes by which id.
    pub present: BTreeMap<&'a NodeId, PodId>,
    /// Ids of nodes that aren't up, and the slots that others still count as theirs.
    pub absent: BTreeMap<&'a NodeId, Slots>,
    /// Slots that nodes which are up call their own.
    pub owned: Slots,
    owners: BTreeMap<u32, Member<'a>>,
    recorded: BTreeMap<NodeId, PodId>,
}

impl<'a> Network<'a> {
    /// Puts the views together. Without cluster mode there is nobody.
    pub fn new(desired: &'a Desired, observed: &'a Observed) -> Self {
        let mut network = Self::default();
        if desired.mode != Mode::Cluster {
            return network;
        }
        network.nodes =
            (0..desired.shards).flat_map(|shard| scene::members(observed, shard)).filter_map(node).collect();
        network.present = network.nodes.iter().map(|node| (&node.view.me, node.member.id)).collect();
        network.recorded = recorded(desired, observed);
        let is_new =
            |node: &&Node| !network.is_outvoted(node) && !network.is_superseded(node, desired, observed);
        let owners = network.nodes.iter().filter(|node| node.is_owner()).filter(is_new);
        for node in owners.copied().collect::<Vec<_>>() {
            network.owned = network.owned.union(&node.me.slots);
            let owner = network.owners.entry(node.member.id.shard).or_insert(node.member);
            if owner.me().is_some_and(|me| me.epoch < node.me.epoch) {
                *owner = node.member;
            }
        }
        network.absent = network.find_absent();
        network
    }

    /// Whether others know of a newer owner of a node's slots that isn't up: the node was away when it was replaced, and
    /// will hear of it.
    fn is_outvoted(&self, node: &Node) -> bool {
        let mut others =
            self.nodes.iter().flat_map(Node::acquaintances).filter(|(id, _)| !self.present.contains_key(id));
        others
            .any(|(_, known)| known.epoch > node.me.epoch && known.slots.minus(&node.me.slots) != known.slots)
    }

    /// Whether the shard's last primary isn't up, may come back, and was this node's replica when it last heard of it: a
    /// node that was replaced while it was away and has met nobody yet who could tell it so.
    fn is_superseded(&self, node: &Node, desired: &Desired, observed: &Observed) -> bool {
        let mut records = observed.status.shards.iter();
        let record = records.find(|record| u32::try_from(record.index) == Ok(node.member.id.shard));
        let Some(last) = record.and_then(|record| record.primary_node_id.clone()).map(NodeId) else {
            return false;
        };
        let was_replica = node.knows(&last).is_some_and(|known| known.role == Role::Replica);
        let away = !self.present.contains_key(&last);
        let pod = self.recorded(&last);
        !node.view.ok && was_replica && away && pod.is_some_and(|pod| may_come_back(desired, observed, pod))
    }

    fn find_absent(&self) -> BTreeMap<&'a NodeId, Slots> {
        let mut absent: BTreeMap<&'a NodeId, Slots> = BTreeMap::new();
        for node in &self.nodes {
            for (id, known) in node.acquaintances().filter(|(id, _)| !self.present.contains_key(id)) {
                let claimed = known.slots.minus(&self.owned);
                let slots = absent.entry(id).or_default();
                *slots = slots.union(&claimed);
            }
        }
        absent
    }

    /// The shard's node that owns slots; that of the highest epoch while two believe it.
    pub fn owner(&self, shard: u32) -> Option<Member<'a>> {
        self.owners.get(&shard).copied()
    }

    /// The shard's nodes that are up.
    pub fn of_shard(&self, shard: u32) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter().filter(move |node| node.member.id.shard == shard)
    }

    /// The shard's nodes that are up and have been told to follow a node.
    pub fn followers<'s>(&'s self, id: &'s NodeId) -> impl Iterator<Item = &'s Node<'a>> {
        self.nodes.iter().filter(move |node| node.me.primary.as_ref() == Some(id))
    }

    /// Ids that aren't up and still count as owners of slots.
    pub fn orphans(&self) -> impl Iterator<Item = (&'a NodeId, &Slots)> {
        self.absent.iter().filter(|(_, slots)| !slots.is_empty()).map(|(id, slots)| (*id, slots))
    }

    /// The pod that a node id was last seen in.
    pub fn recorded(&self, id: &NodeId) -> Option<PodId> {
        self.recorded.get(id).copied()
    }

    /// Whether the owners that are up are enough to win a vote.
    pub fn has_majority(&self) -> bool {
        let up = self.nodes.iter().filter(|node| node.is_owner()).count();
        let all: BTreeSet<_> = self.orphans().map(|(id, _)| id).collect();
        up * 2 > up + all.len()
    }
}

impl<'a> Node<'a> {
    /// Whether it owns slots by its own word.
    pub fn is_owner(&self) -> bool {
        self.me.role == Role::Primary && !self.me.slots.is_empty()
    }

    /// The others that it knows; not those that it is only shaking hands with.
    pub fn acquaintances(&self) -> impl Iterator<Item = (&'a NodeId, &'a Known)> + use<'a> {
        let view = self.view;
        view.nodes.iter().filter(move |(id, known)| **id != view.me && !known.handshake)
    }

    /// What it knows of another.
    pub fn knows(&self, id: &NodeId) -> Option<&'a Known> {
        self.view.nodes.get(id).filter(|known| !known.handshake)
    }
}

fn node(member: Member<'_>) -> Option<Node<'_>> {
    let view = member.pod.view()?;
    Some(Node { member, view, me: view.myself()? })
}

/// Whether the node that was last seen in a pod, and isn't up, can come back: its data isn't gone, and no other node
/// runs in its place.
pub(super) fn may_come_back(desired: &Desired, observed: &Observed, pod: PodId) -> bool {
    let size = objects::set_size(desired, observed, pod.shard).unwrap_or(0).max(desired.pods_per_shard);
    match observed.pods.get(&pod) {
        Some(pod) => pod.node_id().is_none(),
        None => desired.durable && pod.shard < desired.shards && pod.ordinal < size,
    }
}

fn recorded(desired: &Desired, observed: &Observed) -> BTreeMap<NodeId, PodId> {
    let mut pods = BTreeMap::new();
    for shard in &observed.status.shards {
        let replicas = shard.replicas.iter().map(|replica| (Some(&replica.pod), &replica.node_id));
        for (name, id) in replicas.chain([(shard.primary.as_ref(), &shard.primary_node_id)]) {
            let pod = name.and_then(|name| names::parse_pod(&desired.name, name));
            if let (Some((shard, ordinal)), Some(id)) = (pod, id) {
                pods.insert(NodeId(id.clone()), PodId::new(shard, ordinal));
            }
        }
    }
    pods
}
