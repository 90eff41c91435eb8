//! The wire: RESP2 and RESP3, for the server and for those who talk to it.
//!
//! Takes bytes and gives requests, takes replies and gives bytes; numbers are read and printed here exactly as
//! Valkey reads and prints them. It has no dependencies, knows no command, and must not do input or output.

mod bignum;
pub mod client;
mod double;
mod error;
mod extended;
mod inline;
pub mod number;
mod powers;
pub mod reply;
pub mod request;
mod strtold;

pub use client::{Value, encode_command};
pub use double::{DoubleText, format_f64, format_f64_17, parse_f64, shortest_f64, write_f64, write_fixed};
pub use error::ProtocolError;
pub use extended::Extended;
pub use number::{IntText, digits, parse_i64, parse_u64, write_i64, write_u64};
pub use reply::{Deferred, Reply};
pub use request::{Arg, Decoder, Limits, Step};
