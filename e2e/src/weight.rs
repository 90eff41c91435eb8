//! What the operator weighs: its resident memory, with few clusters and with a crowd of idle ones.

use crate::world::{Outcome, World, wait};
use ironkeep_api::ValkeyCluster;
use kube::ResourceExt;
use kube::api::ListParams;
use serde_json::json;
use std::time::Duration;

/// Resident bytes of the operator, where it runs on this machine.
pub fn operator_bytes() -> Option<u64> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        // The kernel keeps 15 characters of a name.
        (name.trim() == "ironkeep-operat").then(|| resident(pid)).flatten()
    })
    .max()
}

fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Makes that many clusters whose pods no node will take, so that the operator has them to watch and nothing else does.
pub async fn crowd(world: &World, count: u32) -> Outcome<()> {
    for n in 0..count {
        world
            .apply(&json!({
                "apiVersion": "ironkeep.io/v1alpha1",
                "kind": "ValkeyCluster",
                "metadata": {"name": format!("idle-{n}")},
                "spec": {
                    "engine": {"type": "valkey", "version": "9.1"},
                    "mode": "standalone",
                    "placement": {"nodeSelector": {"ironkeep.io/no-such-node": "true"}},
                },
            }))
            .await?;
    }
    wait("every idle cluster to have a status", Duration::from_secs(120), || async {
        let all = world.clusters().list(&ListParams::default()).await?.items;
        let told = |c: &ValkeyCluster| c.status.as_ref().is_some_and(|s| s.observed_generation.is_some());
        let idle = all.iter().filter(|c| c.name_any().starts_with("idle-") && told(c)).count();
        Ok((idle >= count as usize).then_some(()))
    })
    .await
}
