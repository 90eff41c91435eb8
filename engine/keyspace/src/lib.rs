//! The keyspace: partitions of tables of entries, each behind its own lock.
//!
//! Gives `commands` what a command needs of the data: lock partitions, find keys, change them. Time comes in as
//! an argument. Must not know commands, replies, sockets or threads.

pub mod access;
mod ahead;
pub mod blocked;
pub mod entry;
mod fields;
pub use ironkeep_values::hash;
pub mod object;
mod pool;
mod segment;
pub mod slot;
pub mod space;
pub mod table;
pub mod tour;
pub mod tracked;
pub mod watch;
