//! What commands do with values, as pure functions: bytes and numbers in, bytes and numbers out.
//!
//! Must not know keys, replies, time or locks.

pub mod bitfield;
pub mod bits;
pub mod glob;
pub mod lcs;
