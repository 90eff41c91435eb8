//! The commands on sets, one file a family.
//!
//! | file | commands |
//! |---|---|
//! | `members` | SADD, SREM, SISMEMBER, SMISMEMBER, SCARD |
//! | `shift` | SMOVE |
//! | `lots` | SPOP, SRANDMEMBER: members by chance |
//! | `look` | SMEMBERS, SSCAN |
//! | `combine` | SINTER, SUNION, SDIFF, what they store, SINTERCARD |

mod combine;
mod look;
mod lots;
mod members;
mod shift;

pub use combine::{sdiff, sdiffstore, sinter, sintercard, sinterstore, sunion, sunionstore};
pub use look::{smembers, sscan};
pub use lots::{spop, srandmember};
pub use members::{sadd, scard, sismember, smismember, srem};
pub use shift::smove;

use ironkeep_values::packed::Item;
use ironkeep_values::set::Set;
use ironkeep_wire::Reply;

/// Replies with one member.
#[inline]
fn reply_item(reply: &mut Reply<'_>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// Replies with all members.
fn reply_set(reply: &mut Reply<'_>, set: &Set) {
    reply.set_len(set.len());
    set.iter().for_each(|item| reply_item(reply, item));
}
