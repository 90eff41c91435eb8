//! The commands on keys of any type, one file a family.

mod copy;
mod delete;
mod expire;
mod kind;
mod look;
mod names;
mod object;
mod scan;
pub(crate) mod scan_options;
mod sort;
mod survey;
mod ttl;

pub use copy::{copy, move_};
pub use delete::{del, unlink};
pub(crate) use expire::Conditions;
pub use expire::{expire, expireat, persist, pexpire, pexpireat};
pub(crate) use look::size_of_entry;
pub use look::{exists, memory_usage, touch, type_};
pub use names::{rename, renamenx};
pub use object::{object_encoding, object_freq, object_help, object_idletime, object_refcount};
pub use scan::scan;
pub(crate) use sort::{keys_of_sort, reaches_beyond};
pub use sort::{sort, sort_ro};
pub use survey::{keys, randomkey};
pub use ttl::{expiretime, pexpiretime, pttl, ttl};

/// An error text that quotes an argument. Valkey prints it as a C string, so it ends at its first zero byte.
pub(crate) fn quoting(before: &str, argument: &[u8], after: &str) -> Vec<u8> {
    let end = argument.iter().position(|&byte| byte == 0).unwrap_or(argument.len());
    [before.as_bytes(), &argument[..end], after.as_bytes()].concat()
}
