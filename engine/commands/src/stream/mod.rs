//! Commands on streams.
//!
//! `ids` reads and writes ids, `entries` replies with entries, `stop` has the errors that quote the client, `log` what
//! replicas get. The commands: `add` (XADD) with `trim` (XTRIM and the options that both have), `range` (XLEN, XRANGE,
//! XREVRANGE), `delete` (XDEL, XSETID), `read` (XREAD and XREADGROUP) with `deliver` (what a group gets), `group`
//! (XGROUP), `ack` (XACK), `claim` (XCLAIM), `auto_claim` (XAUTOCLAIM), `pending` (XPENDING), `info` and `full` (XINFO).

mod ack;
mod add;
mod auto_claim;
mod claim;
mod delete;
mod deliver;
mod entries;
mod full;
mod group;
mod ids;
mod info;
mod log;
mod options;
mod pending;
mod range;
mod read;
mod stop;
mod trim;

pub use ack::xack;
pub use add::xadd;
pub use auto_claim::xautoclaim;
pub use claim::xclaim;
pub use delete::{xdel, xsetid};
pub use group::{
    xgroup_create, xgroup_createconsumer, xgroup_delconsumer, xgroup_destroy, xgroup_help, xgroup_setid,
};
pub use info::{xinfo_consumers, xinfo_groups, xinfo_help, xinfo_stream};
pub use pending::xpending;
pub use range::{xlen, xrange, xrevrange};
pub use read::{xread, xreadgroup};
pub use trim::xtrim;
