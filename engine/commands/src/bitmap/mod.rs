//! The commands on bits of strings.

mod bit;
mod field;
mod op;
mod search;

pub use bit::{getbit, setbit};
pub use field::{bitfield, bitfield_ro};
pub use op::bitop;
pub use search::{bitcount, bitpos};
