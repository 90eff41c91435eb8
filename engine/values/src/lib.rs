//! What commands do with values, as pure functions: bytes and numbers in, bytes and numbers out.
//!
//! Must not know keys, replies, time or locks.

pub mod bitfield;
pub mod bits;
pub mod error;
pub mod geo;
pub mod glob;
pub mod hash;
pub mod hash_map;
pub mod hll;
pub mod intset;
pub mod lcs;
pub mod list;
pub mod lots;
pub mod packed;
pub mod prefetch;
pub mod set;
mod slots;
pub mod stream;
mod tags;
mod thin;
pub mod tree;
pub mod trie;
pub mod zset;
