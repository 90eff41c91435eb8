//! Ids as commands take them, with the errors that Valkey gives, and as replies have them.

use super::stop::c_text;
use crate::Fault;
use ironkeep_values::stream::Id;
use ironkeep_wire::Reply;

/// What is no id.
pub(super) const INVALID: Fault = Fault::Other("ERR Invalid stream ID specified as stream command argument");
const BAD_START: Fault = Fault::Other("ERR invalid start ID for the interval");
const BAD_END: Fault = Fault::Other("ERR invalid end ID for the interval");

/// An id of which the number may be missing: it is 0 then.
pub(super) fn strict(text: &[u8]) -> Result<Id, Fault> {
    Id::parse(text, 0).ok_or(INVALID)
}

/// Likewise, or `-` or `+` for the lowest or the highest.
pub(super) fn loose(text: &[u8], missing: u64) -> Result<Id, Fault> {
    match c_text(text) {
        b"-" => Ok(Id::MIN),
        b"+" => Ok(Id::MAX),
        _ => Id::parse(text, missing).ok_or(INVALID),
    }
}

/// The lowest id of an interval that begins with this: `(` in front leaves out the id itself.
pub(super) fn low(text: &[u8]) -> Result<Id, Fault> {
    match open(text) {
        Some(rest) => strict(rest)?.next().ok_or(BAD_START),
        None => loose(text, 0),
    }
}

/// The highest id of an interval that ends with this.
pub(super) fn high(text: &[u8]) -> Result<Id, Fault> {
    match open(text) {
        Some(rest) => Id::parse(rest, u64::MAX).ok_or(INVALID)?.prev().ok_or(BAD_END),
        None => loose(text, u64::MAX),
    }
}

fn open(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"(").filter(|rest| !rest.is_empty())
}

/// Replies with an id.
pub(super) fn reply(reply: &mut Reply<'_>, id: Id) {
    reply.bulk(id.text(&mut [0; 41]));
}
