//! What SCAN, SSCAN, HSCAN and ZSCAN have in common: their cursor, their options, the form of their reply.
//!
//! The interface, for the commands of a type (`at` is the place of the first option, behind key and cursor):
//!
//! ```text
//! let Some(cursor) = scan_cursor(ctx, 2) else { return Ok(()) };          // replied with the error
//! let Some(place) = ctx.find_as::<V>(&key, Look::Read)? else { Shown::default().reply(&mut ctx.reply, 0) ... };
//! let Some(options) = ScanOptions::parse(ctx, 3, Scanned::Hash) else { return Ok(()) };
//! let mut shown = Shown::default();
//! // for each element: if options.shows(name) { shown.push(name); if !options.names_only { shown.push(value) } }
//! shown.reply(&mut ctx.reply, next);
//! ```
//!
//! As in Valkey the options are not looked at when there is no such key. Must not know how anything is walked.

use super::{kind, quoting};
use crate::{Ctx, Fault};
use ironkeep_values::glob;
use ironkeep_wire::{Reply, parse_i64, parse_u64};

/// What is walked: it decides which options there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scanned {
    /// The keys of a database.
    Keys,
    /// The members of a set.
    Set,
    /// The fields of a hash.
    Hash,
    /// The members of a sorted set.
    ZSet,
}

/// The options of one call.
#[derive(Clone, Copy)]
pub struct ScanOptions<'a> {
    /// Only names that match; none if all do.
    pub pattern: Option<&'a [u8]>,
    /// About how many to look at, at least one.
    pub count: u64,
    /// Only keys of this type.
    pub kind: Option<&'static str>,
    /// NOVALUES or NOSCORES: names without what belongs to them.
    pub names_only: bool,
}

impl<'a> ScanOptions<'a> {
    /// Reads the options from the argument `first` on; replies with the error if there is one.
    pub fn parse(ctx: &mut Ctx<'a>, first: usize, scanned: Scanned) -> Option<Self> {
        let mut options = Self { pattern: None, count: 10, kind: None, names_only: false };
        let mut at = first;
        while at < ctx.args.len() {
            match options.take(ctx, at, scanned) {
                Ok(taken) => at += taken,
                Err(Refusal::Fault(fault)) => {
                    ctx.fail(fault);
                    return None;
                }
                Err(Refusal::Type(name)) => {
                    ctx.reply.error(quoting("ERR unknown type name '", name, "'"));
                    return None;
                }
            }
        }
        Some(options)
    }

    /// Reads one option and says how many words it has.
    fn take(&mut self, ctx: &Ctx<'a>, at: usize, scanned: Scanned) -> Result<usize, Refusal<'a>> {
        let (has_value, value) = (at + 1 < ctx.args.len(), ctx.args.at(at + 1));
        if ctx.args.is(at, "count") && has_value {
            self.set_count(value)?;
        } else if ctx.args.is(at, "match") && has_value {
            self.pattern = (value != b"*").then_some(value);
        } else if ctx.args.is(at, "type") && has_value && scanned == Scanned::Keys {
            self.kind = Some(kind::named(value).ok_or(Refusal::Type(value))?);
        } else {
            self.take_word(ctx, at, scanned)?;
            return Ok(1);
        }
        Ok(2)
    }

    fn set_count(&mut self, value: &[u8]) -> Result<(), Fault> {
        let count = parse_i64(value).ok_or(Fault::NotInteger)?;
        self.count = u64::try_from(count).ok().filter(|&count| count > 0).ok_or(Fault::Syntax)?;
        Ok(())
    }

    fn take_word(&mut self, ctx: &Ctx<'_>, at: usize, scanned: Scanned) -> Result<(), Fault> {
        let (of, fault) = if ctx.args.is(at, "novalues") {
            (Scanned::Hash, "ERR NOVALUES option can only be used in HSCAN")
        } else if ctx.args.is(at, "noscores") {
            (Scanned::ZSet, "ERR NOSCORES option can only be used in ZSCAN")
        } else {
            return Err(Fault::Syntax);
        };
        self.names_only = true;
        if scanned == of { Ok(()) } else { Err(Fault::Other(fault)) }
    }

    /// Whether a name matches the pattern, if there is one.
    #[inline]
    pub fn shows(&self, name: &[u8]) -> bool {
        self.pattern.is_none_or(|pattern| glob::matches(pattern, name, false))
    }

    /// The count, for what has no more than a `usize` of elements.
    pub fn most(&self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX)
    }
}

/// What is wrong with an option.
enum Refusal<'a> {
    Fault(Fault),
    /// No type has this name.
    Type(&'a [u8]),
}

impl From<Fault> for Refusal<'_> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The cursor at a place of the request; replies with the error if it is none.
pub fn scan_cursor(ctx: &mut Ctx<'_>, at: usize) -> Option<u64> {
    let cursor = parse_u64(ctx.args.at(at));
    if cursor.is_none() {
        ctx.fail(Fault::Other("ERR invalid cursor"));
    }
    cursor
}

/// What is to be shown, as replies one after the other: their number is known only at the end.
#[derive(Default)]
pub struct Shown {
    replies: Vec<u8>,
    count: usize,
}

impl Shown {
    /// Shows one more string.
    pub fn push(&mut self, text: &[u8]) {
        self.count += 1;
        Reply::new(&mut self.replies, false).bulk(text);
    }

    /// Replies with the cursor to go on from and with what is shown.
    pub fn reply(&self, reply: &mut Reply<'_>, next: u64) {
        reply.array_len(2);
        reply.bulk_int(next as i64);
        reply.array_len(self.count);
        reply.raw(&self.replies);
    }
}
