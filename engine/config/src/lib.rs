//! The configuration of ironkeep-server: every parameter of Valkey 9.1, the file, the command line, CONFIG
//! GET, SET and REWRITE.
//!
//! Takes text (a file, arguments, pairs from a client) and gives typed values, replies and new file contents.
//! Starts nothing, opens no socket and reads no clock; only `files.rs` touches the disk. What a value does is
//! the server's business: it reads values, and hears of changes through the `apply` function it hands to
//! [`Config::set`].

mod checks;
pub mod choices;
mod command_line;
mod error;
mod files;
mod format;
mod glob;
mod live;
mod load;
mod parse;
mod rewrite;
mod row;
mod set;
mod store;
mod support;
mod table;
mod value;
pub mod words;

pub use command_line::CommandLine;
pub use error::ConfigError;
pub use live::Live;
pub use load::{Host, Includes, Loaded, Source};
pub use parse::memory as parse_memory;
pub use row::{Choice, Kind, Param, Row, Support, Unit};
pub use set::{Applied, ApplyFailed, Change, Setter};
pub use store::Config;
pub use table::{Name, find, param};
pub use value::{ClientClass, OutputLimit, SavePoint, Value};
