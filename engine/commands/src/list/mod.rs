//! The commands on lists.
//!
//! `push`: LPUSH and its family. `pop`: LPOP, RPOP, LMPOP. `moving`: LMOVE, RPOPLPUSH. `wait`: those that wait for an
//! element. `look`: LLEN, LINDEX, LRANGE. `search`: LPOS. `edit`: LSET, LINSERT, LREM, LTRIM.

mod edit;
mod look;
mod moving;
mod pop;
mod push;
mod search;
mod wait;

pub use edit::{linsert, lrem, lset, ltrim};
pub use look::{lindex, llen, lrange};
pub use moving::{lmove, rpoplpush};
pub use pop::{lmpop, lpop, rpop};
pub use push::{lpush, lpushx, rpush, rpushx};
pub use search::lpos;
pub use wait::{blmove, blmpop, blpop, brpop, brpoplpush};

use crate::event::Classes;
use crate::{Ctx, Fault};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::list::{Limit, List, Removed, Way};
use ironkeep_values::packed::Item;
use ironkeep_wire::{Reply, parse_i64};
use std::ops::Range;

/// An end of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

impl End {
    /// The end that an argument names.
    fn parse(word: &[u8]) -> Result<Self, Fault> {
        if word.eq_ignore_ascii_case(b"left") {
            Ok(Self::Left)
        } else if word.eq_ignore_ascii_case(b"right") {
            Ok(Self::Right)
        } else {
            Err(Fault::Syntax)
        }
    }

    fn word(self) -> &'static [u8] {
        if self == Self::Left { b"LEFT" } else { b"RIGHT" }
    }

    /// The event of an element that was pushed here.
    fn pushed(self) -> &'static str {
        if self == Self::Left { "lpush" } else { "rpush" }
    }

    /// The event of an element that was popped here.
    fn popped(self) -> &'static str {
        if self == Self::Left { "lpop" } else { "rpop" }
    }

    /// The command that pops here.
    fn pop_command(self) -> &'static [u8] {
        if self == Self::Left { b"LPOP" } else { b"RPOP" }
    }

    fn push(self, list: &mut List, value: &[u8]) {
        match self {
            Self::Left => list.push_front(value),
            Self::Right => list.push_back(value),
        }
    }

    fn pop<R>(self, list: &mut List, read: impl FnOnce(Item<'_>) -> R) -> Option<R> {
        match self {
            Self::Left => list.pop_front(read),
            Self::Right => list.pop_back(read),
        }
    }

    /// Replies with an array of so many elements from this end on; no more than there are.
    fn reply_first(self, list: &List, count: usize, reply: &mut Reply<'_>) {
        match self {
            Self::Left => reply_walk(list, 0, Way::Forward, count, reply),
            Self::Right => reply_walk(list, list.len() - 1, Way::Backward, count, reply),
        }
    }

    /// Takes away so many elements from this end on; no more than there are. They may still take memory.
    fn cut(self, list: &mut List, count: usize) -> Option<Removed> {
        let len = list.len();
        match self {
            Self::Left => list.remove_range(0..count),
            Self::Right => list.remove_range(len - count..len),
        }
    }
}

/// Adds an element at an end, under the name that the list has then.
fn push_one(list: &mut List, end: End, value: &[u8], limit: Limit) {
    list.expect(value.len(), 1, limit);
    end.push(list, value);
}

/// Replies with an element.
#[inline]
fn reply_item(item: Item<'_>, reply: &mut Reply<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// Replies with an array of so many elements.
fn reply_walk(list: &List, from: usize, way: Way, count: usize, reply: &mut Reply<'_>) {
    reply.array_len(count);
    list.walk(from, way).take(count).for_each(|item| reply_item(item, reply));
}

/// Ends a command that took so many elements away, of which there were some: tells of it, and removes a list that
/// has become empty.
fn taken(
    ctx: &mut Ctx<'_>,
    key: &Key<'_>,
    place: Place,
    count: usize,
    event: &'static str,
) -> Result<(), Fault> {
    let limit = ctx.rules.sizes.list;
    let list = ctx.open::<List>(key, place)?.value;
    let is_empty = list.is_empty();
    if !is_empty {
        list.settle_smaller(limit);
    }
    ctx.notify(Classes::LIST, event, key);
    if is_empty {
        ctx.remove(key, place, false);
        ctx.notify(Classes::GENERIC, "del", key);
        ctx.removed(key);
    } else {
        ctx.changed(key);
    }
    ctx.turn.dirty += count as u64 - 1;
    Ok(())
}

/// An index or a count.
fn number(text: &[u8]) -> Result<i64, Fault> {
    parse_i64(text).ok_or(Fault::NotInteger)
}

/// A number whose negation is one too.
fn symmetric(text: &[u8]) -> Result<i64, Fault> {
    let too_low = Fault::Other(
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
    );
    number(text).and_then(|number| if number == i64::MIN { Err(too_low) } else { Ok(number) })
}

/// A count that must be at least `least`.
fn count(text: &[u8], least: i64, refusal: &'static str) -> Result<usize, Fault> {
    let count = parse_i64(text).filter(|count| *count >= least);
    count.and_then(|count| usize::try_from(count).ok()).ok_or(Fault::Other(refusal))
}

/// The elements that two indices mean, of which negative ones count from the end.
fn range(start: i64, end: i64, len: usize) -> Range<usize> {
    let from_front = |index: i64| if index < 0 { index.saturating_add(len as i64) } else { index };
    let (start, end) = (from_front(start).max(0), from_front(end));
    if start > end || start >= len as i64 {
        return 0..0;
    }
    start as usize..(end as usize).saturating_add(1).min(len)
}
