//! A pod in its shard: who leaves, who follows whom, who is in sync.
//!
//! Small questions on one or two pods that every concern asks. Decides nothing.

use crate::ids::{NodeId, PodId};
use crate::observed::{Facts, Known, Pod};
use std::net::IpAddr;

/// How far a replica may be behind and count as in sync: its own word and its primary's aren't from the same instant.
pub(super) const LAG: u64 = 1 << 20;

/// A pod that exists, with its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    pub id: PodId,
    pub pod: &'a Pod,
}

impl<'a> Member<'a> {
    /// What its engine says, if it is up.
    pub fn facts(&self) -> Option<&'a Facts> {
        self.pod.facts()
    }

    /// Whether its engine answers and it isn't on its way out.
    pub fn stays_up(&self) -> bool {
        self.facts().is_some() && !self.pod.terminating
    }

    /// Keys that it holds; none if that can't be seen.
    pub fn keys(&self) -> u64 {
        self.facts().map_or(0, |facts| facts.keys)
    }

    /// Bytes of history that it has.
    pub fn offset(&self) -> u64 {
        self.facts().map_or(0, |facts| facts.replication.offset)
    }

    /// How much history it has, to be compared: offset before keys, since a restarted node has lost its offset and the
    /// keys are all that is left to go by.
    pub fn history(&self) -> (bool, u64, u64) {
        (self.keys() > 0, self.offset(), self.keys())
    }

    /// What it says of itself on the cluster bus.
    pub fn me(&self) -> Option<&'a Known> {
        self.pod.view()?.myself()
    }

    /// Its node id, if it is up.
    pub fn node_id(&self) -> Option<&'a NodeId> {
        self.pod.node_id()
    }

    /// Whether it has been told to follow `primary`.
    pub fn follows(&self, primary: &Member) -> bool {
        let Some(facts) = self.facts() else { return false };
        if facts.cluster.is_some() {
            return self
                .me()
                .is_some_and(|me| me.primary.is_some() && me.primary.as_ref() == primary.node_id());
        }
        let upstream = facts.replication.upstream.as_ref().filter(|_| !facts.replication.primary);
        upstream.is_some_and(|upstream| points_at(&upstream.host, primary.pod))
    }

    /// Whether its link to whom it follows is up and the first sync is done.
    pub fn is_linked(&self) -> bool {
        let upstream = self.facts().and_then(|facts| facts.replication.upstream.as_ref());
        upstream.is_some_and(|upstream| upstream.up && !upstream.syncing)
    }

    /// Bytes that it is behind.
    pub fn lag(&self, primary: &Member) -> u64 {
        primary.offset().saturating_sub(self.offset())
    }

    /// Whether it follows `primary`, is linked, and has all but the last moments.
    pub fn in_sync(&self, primary: &Member) -> bool {
        self.follows(primary) && self.is_linked() && self.lag(primary) <= LAG
    }
}

/// Whether a host, as an engine was told it, is this pod: by its address or by its stable name.
pub(super) fn points_at(host: &str, pod: &Pod) -> bool {
    let by_name =
        host.strip_prefix(pod.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    by_name || host.parse::<IpAddr>().is_ok_and(|ip| pod.ip == Some(ip))
}
