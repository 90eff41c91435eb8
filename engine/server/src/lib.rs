//! ironkeep-server: everything that waits. Threads, connections, configuration, the log, signals.
//!
//! The way of a command: `worker` reads bytes, `lane` runs requests (`careful` when something is special), `node`
//! holds the commands on the server itself, `feed` takes the effects.

mod ahead;
mod backlog;
mod bin;
pub mod blocked;
mod careful;
mod client_line;
pub mod clients;
pub mod commandlog;
mod complaints;
pub mod conn;
pub mod control;
pub mod crew;
mod cron;
mod evict;
pub mod feed;
pub mod figures;
pub mod lane;
pub mod lanes;
pub mod latency;
mod listen;
pub mod log;
pub mod mailbox;
pub mod monitors;
mod moving;
mod node;
pub mod pause;
mod pipeline;
mod pubsub;
mod recent;
mod repr;
pub mod server;
mod settings;
mod share;
mod slow;
pub mod start;
pub mod stats;
pub mod sys;
mod timeouts;
pub mod tracking;
mod traffic;
pub mod weights;
pub mod worker;

/// The version of Valkey whose behaviour this server has.
pub const VALKEY_VERSION: &str = "9.1.2";
