//! The arguments of SORT and SORT_RO.

use super::pattern::Pattern;
use crate::spec::{self, KeyFlags};
use crate::{Ctx, Fault};
use ironkeep_keyspace::slot::slot_of;
use ironkeep_wire::parse_i64;
use std::ops::Range;

/// What is to be done.
pub(super) struct Options<'a> {
    pub descending: bool,
    /// Sort by bytes, not by number.
    pub alpha: bool,
    /// Leave the order as it is: BY something that is the same for all.
    pub keeps_order: bool,
    pub by: Option<Pattern<'a>>,
    pub gets: Vec<Pattern<'a>>,
    /// The place of the argument that says where to store.
    pub store: Option<usize>,
    offset: i64,
    count: i64,
}

impl<'a> Options<'a> {
    pub fn parse(ctx: &Ctx<'a>, may_store: bool) -> Result<Self, Fault> {
        let args = ctx.args;
        let mut options = Self {
            descending: false,
            alpha: false,
            keeps_order: false,
            by: None,
            gets: Vec::new(),
            store: None,
            offset: 0,
            count: -1,
        };
        let mut at = 2;
        while at < args.len() {
            let left = args.len() - at - 1;
            if args.is(at, "asc") {
                options.descending = false;
            } else if args.is(at, "desc") {
                options.descending = true;
            } else if args.is(at, "alpha") {
                options.alpha = true;
            } else if args.is(at, "limit") && left >= 2 {
                options.offset = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
                options.count = parse_i64(args.at(at + 2)).ok_or(Fault::NotInteger)?;
                at += 2;
            } else if may_store && args.is(at, "store") && left >= 1 {
                options.store = Some(at + 1);
                at += 1;
            } else if args.is(at, "by") && left >= 1 {
                options.set_by(ctx, args.at(at + 1))?;
                at += 1;
            } else if args.is(at, "get") && left >= 1 {
                options.add_get(ctx, args.at(at + 1))?;
                at += 1;
            } else {
                return Err(Fault::Syntax);
            }
            at += 1;
        }
        Ok(options)
    }

    fn set_by(&mut self, ctx: &Ctx<'_>, text: &'a [u8]) -> Result<(), Fault> {
        let pattern = Pattern::parse(text);
        if !pattern.has_star() {
            // A later pattern with a star does not take this back, as in Valkey.
            self.keeps_order = true;
        } else if may_leave_slot(ctx, text) {
            return Err(Fault::Other(
                "ERR BY option of SORT denied in Cluster mode when keys formed by the pattern may be in different \
                 slots.",
            ));
        }
        self.by = Some(pattern);
        Ok(())
    }

    fn add_get(&mut self, ctx: &Ctx<'_>, text: &'a [u8]) -> Result<(), Fault> {
        let pattern = Pattern::parse(text);
        if !pattern.is_element() && may_leave_slot(ctx, text) {
            return Err(Fault::Other(
                "ERR GET option of SORT denied in Cluster mode when keys formed by the pattern may be in different \
                 slots.",
            ));
        }
        self.gets.push(pattern);
        Ok(())
    }

    /// Which of so many elements are asked for.
    pub fn range(&self, len: usize) -> Range<usize> {
        let start = usize::try_from(self.offset.max(0)).map_or(len, |start| start.min(len));
        let count = usize::try_from(self.count).unwrap_or(len);
        start..start.saturating_add(count).min(len)
    }

    /// Whether another server might come to another result: elements that differ may be equal in the order, or a
    /// field of a hash may have expired here and not there.
    pub fn is_ambiguous(&self) -> bool {
        self.alpha && self.by.is_some() || self.by.iter().chain(&self.gets).any(Pattern::has_field)
    }
}

/// Whether a pattern may mean keys of another slot than that of the key.
fn may_leave_slot(ctx: &Ctx<'_>, pattern: &[u8]) -> bool {
    ctx.space.is_slotted() && slot_of_pattern(pattern) != Some(slot_of(ctx.args.at(1)))
}

/// The slot of all keys that a pattern means, if it tells.
fn slot_of_pattern(pattern: &[u8]) -> Option<u16> {
    let tag_end = pattern.iter().position(|byte| *byte == b'{').and_then(|open| {
        let len = pattern[open + 1..].iter().position(|byte| *byte == b'}')?;
        (len > 0).then_some(open + 1 + len)
    });
    let counts = &pattern[..tag_end.unwrap_or(pattern.len())];
    (!counts.iter().any(|byte| b"*?[\\".contains(byte))).then(|| slot_of(pattern))
}

/// Whether the keys of a request are not all among those that `keys_of_sort` finds: BY or GET with a pattern, or a key
/// to store in whose name is that of an option, which is taken for one there, as in Valkey.
pub(crate) fn reaches_beyond(args: &dyn spec::Args) -> bool {
    let is = |at: usize, words: &[&[u8]]| {
        args.get(at).is_some_and(|arg| words.iter().any(|word| arg.eq_ignore_ascii_case(word)))
    };
    (2..args.count()).any(|at| {
        is(at, &[b"by", b"get"]) && args.get(at + 1).is_some_and(|pattern| pattern.contains(&b'*'))
            || is(at, &[b"store"]) && is(at + 1, &[b"by", b"get", b"limit", b"store"])
    })
}

/// The keys of a request: the one to sort, and that behind the last STORE, if what stands before it is understood.
pub(crate) fn keys_of_sort(args: &dyn spec::Args, show: &mut dyn FnMut(usize, KeyFlags)) {
    show(1, KeyFlags::of(&[KeyFlags::RO, KeyFlags::ACCESS]));
    let (mut at, mut store) = (2, None);
    while let Some(word) = args.get(at) {
        let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
        if is(b"limit") {
            at += 2;
        } else if is(b"get") || is(b"by") {
            at += 1;
        } else if is(b"store") && at + 1 < args.count() {
            store = Some(at + 1);
        }
        at += 1;
    }
    if let Some(at) = store {
        show(at, KeyFlags::of(&[KeyFlags::OW, KeyFlags::UPDATE]));
    }
}
