//! The engine's configuration: the text of `server.conf`, and what of it a running engine takes on.
//!
//! No path is in it: those are arguments of the program, so that the same file serves in a pod and on this machine.

use super::{live, quantity};
use ironkeep_api::parameters::config_line;
use ironkeep_api::{EngineType, Mode, Problem, ValkeyClusterSpec, Version};
use std::collections::BTreeMap;

/// Seconds between a pod's deletion and the signal to its server: time in which the operator, which sees the deletion
/// at once, hands over while the old primary still answers. It then answers with redirects until it ends.
pub const HANDOVER_SECONDS: i64 = 3;
/// Seconds that a server waits at its end for replicas to catch up, unless the grace period has less.
const LONGEST_SHUTDOWN: i64 = 10;
/// Seconds left of the grace period for writing the last of the data.
const LAST_WRITES: i64 = 2;
/// Share of a memory limit that data may take, in per cent. The rest is for clients, replication, and what a snapshot
/// copies of the pages that change during it.
const DATA_PERCENT: u64 = 75;
/// Milliseconds without a pong after which peers call a node suspect.
const NODE_TIMEOUT: &str = "2000";

/// First line of the file.
const HEAD: &str = "# Written by ironkeep-operator from spec.config. Changes made here are undone.";

/// Parameters by name.
pub type Parameters = BTreeMap<String, String>;

/// The configuration of one cluster's servers.
#[derive(Debug, Clone)]
pub struct Config {
    /// `server.conf`.
    pub text: String,
    /// What running engines should show.
    pub live: Parameters,
    /// What the user asks for and only a restart brings.
    pub restart: Parameters,
}

/// Puts the configuration together: what is usual, over it what the user wants, over it what the operator needs.
pub fn config(spec: &ValkeyClusterSpec) -> Result<Config, Problem> {
    let user: Parameters = spec
        .config
        .iter()
        .map(|(name, value)| (live::name_of(name).to_owned(), value.trim().to_owned()))
        .collect();
    let mut all = usual(spec);
    all.extend(user.clone());
    all.extend(owned(spec));
    let live = live::values(&all).map_err(|(name, value)| {
        Problem::invalid(format!("spec.config.{name}"), format!("can't be {value:?}"))
    })?;
    let restart = user.into_iter().filter(|(name, _)| !live::is_live(name)).collect();
    Ok(Config { text: text(&all), live, restart })
}

/// What holds unless the user says otherwise.
fn usual(spec: &ValkeyClusterSpec) -> Parameters {
    let mut usual = Parameters::new();
    if let Some(limit) = memory_limit(spec) {
        usual.insert("maxmemory".to_owned(), (limit.saturating_mul(DATA_PERCENT) / 100).to_string());
    }
    if spec.engine.kind != EngineType::Ironkeep {
        // A server that died comes back within a second, before anybody could take over: it must have its data.
        set(&mut usual, &[("appendonly", "yes"), ("appendfsync", "everysec"), ("save", "")]);
        // Replicas of a shard come up together or one by one as we say: there are none to wait for.
        set(&mut usual, &[("repl-diskless-sync-delay", "0")]);
    }
    usual
}

/// What the operator counts on.
fn owned(spec: &ValkeyClusterSpec) -> Parameters {
    let mut owned = Parameters::new();
    set(&mut owned, &[("port", "6379"), ("protected-mode", "no")]);
    if spec.engine.kind == EngineType::Ironkeep {
        return owned;
    }
    let spare = spec.termination_grace_period_seconds - HANDOVER_SECONDS - LAST_WRITES;
    owned.insert("shutdown-timeout".to_owned(), spare.clamp(0, LONGEST_SHUTDOWN).to_string());
    match spec.mode {
        Mode::Cluster => {
            set(&mut owned, &[("cluster-enabled", "yes"), ("cluster-node-timeout", NODE_TIMEOUT)]);
            set(
                &mut owned,
                &[("cluster-allow-replica-migration", "no"), ("cluster-replica-validity-factor", "0")],
            );
            if hands_over_itself(spec) {
                set(&mut owned, &[("shutdown-on-sigterm", "failover")]);
            }
        }
        // Nobody is there: a pod comes up as a replica, whatever it was before, until it is told what it is now.
        Mode::Replication => {
            set(&mut owned, &[("replicaof", "127.0.0.1 1"), ("replica-read-only", "yes")]);
            set(&mut owned, &[("replica-serve-stale-data", "yes")]);
        }
        Mode::Standalone => {}
    }
    owned
}

/// Valkey from 9.0 asks its best replica to take over before it ends, should the operator not have done so.
fn hands_over_itself(spec: &ValkeyClusterSpec) -> bool {
    let version: Result<Version, _> = spec.engine.version().parse();
    spec.engine.kind == EngineType::Valkey && version.is_ok_and(|version| version.major >= 9)
}

/// Bytes that a server's container may use, if there is a limit.
pub fn memory_limit(spec: &ValkeyClusterSpec) -> Option<u64> {
    let limit = spec.resources.as_ref()?.limits.as_ref()?.get("memory")?;
    quantity::bytes(&limit.0).filter(|&bytes| bytes > 0)
}

fn set(parameters: &mut Parameters, pairs: &[(&str, &str)]) {
    parameters.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
}

fn text(parameters: &Parameters) -> String {
    let lines: Vec<_> = parameters.iter().map(|(name, value)| config_line(name, value)).collect();
    format!("{HEAD}\n{}\n", lines.join("\n"))
}
