//! Talks to engines: commands out, replies in, facts about a server in one round trip.
//!
//! Takes addresses and commands, gives replies or the way in which there were none. Knows RESP and the texts of INFO
//! and CLUSTER, but no cluster and no plan: it decides nothing and never waits without a bound.

mod command;
mod connection;
mod departed;
mod error;
mod facts;
mod farewell;
mod lookout;
mod memory;
mod pool;
mod silence;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use error::EngineError;
pub use pool::Engines;

use std::time::Duration;

/// How long a connection may take to come about.
pub const DIAL: Duration = Duration::from_millis(300);
/// How long an answer may take, unless a command is known to take longer.
pub const ANSWER: Duration = Duration::from_millis(300);
