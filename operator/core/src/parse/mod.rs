//! What engines say of themselves, as text, turned into plain data.
//!
//! Takes the replies of `INFO`, `CLUSTER NODES` and `CLUSTER INFO` as any Redis from 7.0, Valkey or Ironkeep writes
//! them; gives parts of [`crate::observed`]. Never fails: what it doesn't know it skips, what is missing or garbled
//! stays at its default, so that a newer engine with other fields can be looked after too.

mod info;
mod nodes;

pub use info::info;
pub use nodes::{ClusterInfo, Nodes, cluster_info, cluster_nodes, cluster_view};

use std::collections::BTreeMap;

/// No reply that makes sense has more lines: a cluster has at most 1000 nodes, INFO a few hundred fields.
const MOST_LINES: usize = 10_000;

/// The `name:value` lines of a text; headlines and everything else are left out, the first of a name counts.
fn fields(text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for line in text.lines().take(MOST_LINES).filter(|line| !line.starts_with('#')) {
        if let Some((name, value)) = line.split_once(':') {
            found.entry(name).or_insert(value.trim_end());
        }
    }
    found
}
