//! Clients under which things are broken: each writes numbered keys at a steady rate, and reads back afterwards every
//! write that was acknowledged.
//!
//! `lean` asks for the slot map again at the first failure and tries again (redis-rs with short time-outs); `stock` is a stock library
//! at its defaults (go-redis), a program of its own.

mod lean;
mod stock;

pub use lean::Lean;
pub use stock::Stock;

use serde::Deserialize;

/// Writes a second of each worker.
pub const RATE: u32 = 150;

/// Where a load writes.
#[derive(Debug, Clone)]
pub struct Target {
    /// `host:port` of the service for clients.
    pub address: String,
    /// Whether clients speak to a cluster.
    pub cluster: bool,
    /// Key tags, one worker each: one for each shard.
    pub tags: Vec<String>,
    /// What the keys of this run begin with.
    pub prefix: String,
}

/// What a load saw.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Seen {
    /// Writes that were acknowledged.
    pub acked: usize,
    /// Writes that were acknowledged when they were tried again. What a library does by itself isn't seen here.
    #[serde(default)]
    pub again: usize,
    /// Writes that ended with an error.
    pub errors: usize,
    /// The first of them.
    #[serde(default)]
    pub first_error: String,
    /// The longest time in which a worker got no acknowledgement.
    pub gap_ms: u64,
    /// Acknowledged writes that are not there any more.
    pub lost: usize,
    /// Acknowledged writes that could not be read back.
    pub unread: usize,
    /// For people: the first and the last write that is lost, and which were acknowledged.
    #[serde(default)]
    pub span: String,
}

/// The key of a worker's n-th write.
fn key(target: &Target, kind: &str, tag: &str, n: usize) -> String {
    format!("{}-{kind}:{{{tag}}}:{n}", target.prefix)
}
