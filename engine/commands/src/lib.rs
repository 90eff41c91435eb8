//! The commands of Ironkeep: one table, and one file a group.
//!
//! A data command takes a [`Ctx`]; it parses its arguments, operates on the keyspace through the context, and
//! writes its reply. It gives effects and garbage in the [`Turn`]. Must not lock, wait, or know connections.

pub mod active_expiry;
pub mod args;
pub mod bitmap;
pub mod change;
pub mod chore;
pub mod command;
pub mod ctx;
pub mod edit;
pub mod event;
pub mod eviction;
pub mod expiry;
pub mod fault;
pub mod field_expiry;
pub mod garbage;
pub mod generic;
pub mod geo;
pub mod hash;
pub mod help;
pub mod hll;
pub mod list;
pub mod rules;
pub mod set;
pub mod spec;
pub mod stream;
pub mod string;
pub mod text;
pub mod timeout;
pub mod turn;
pub mod typed;
pub mod zset;

pub use args::{Args, OwnedArgs};
pub use ctx::{Ctx, Look, Reach};
pub use fault::Fault;
pub use rules::Rules;
pub use turn::Turn;
