//! SCAN: a walk over the keys of a database in steps.
//!
//! A cursor is the number of a table (all tables of all partitions in a row; in cluster mode that is the slot)
//! above the cursor of the tour through that table. Zero begins and ends. A key that is there all the time is
//! shown, whatever happens between the steps; a key may be shown twice.

use super::survey::settle;
use super::{kind, quoting};
use crate::{Ctx, Fault};
use ironkeep_keyspace::entry::EntryRef;
use ironkeep_keyspace::space::PARTITIONS;
use ironkeep_keyspace::table::Table;
use ironkeep_keyspace::tour::{CURSOR_BITS, is_over};
use ironkeep_values::glob;
use ironkeep_wire::{Reply, parse_i64, parse_u64};

/// SCAN
pub fn scan(ctx: &mut Ctx<'_>) {
    let Some(cursor) = parse_u64(ctx.args.at(1)) else {
        return ctx.fail(Fault::Other("ERR invalid cursor"));
    };
    let Some(options) = Options::parse(ctx) else { return };
    let mut walk = Walk::new(options, ctx.expiry_now());
    let next = go_on(ctx, cursor, &mut walk);
    ctx.reply.array_len(2);
    ctx.reply.bulk_int(next as i64);
    ctx.reply.array_len(walk.shown);
    ctx.reply.raw(&walk.names);
    settle(ctx, walk.overdue);
}

#[derive(Clone, Copy)]
struct Options<'a> {
    pattern: Option<&'a [u8]>,
    count: u64,
    kind: Option<&'static str>,
}

impl<'a> Options<'a> {
    /// Reads them; replies with the error if there is one.
    fn parse(ctx: &mut Ctx<'a>) -> Option<Self> {
        let mut options = Self { pattern: None, count: 10, kind: None };
        for at in (2..ctx.args.len()).step_by(2) {
            let (has_value, value) = (at + 1 < ctx.args.len(), ctx.args.at(at + 1));
            let fault = if ctx.args.is(at, "count") && has_value {
                options.set_count(value).err()
            } else if ctx.args.is(at, "match") && has_value {
                options.pattern = (value != b"*").then_some(value);
                None
            } else if ctx.args.is(at, "type") && has_value {
                options.kind = kind::named(value);
                if options.kind.is_none() {
                    ctx.reply.error(quoting("ERR unknown type name '", value, "'"));
                    return None;
                }
                None
            } else {
                Some(stranger(ctx, at))
            };
            if let Some(fault) = fault {
                ctx.fail(fault);
                return None;
            }
        }
        Some(options)
    }

    fn set_count(&mut self, value: &[u8]) -> Result<(), Fault> {
        let count = parse_i64(value).ok_or(Fault::NotInteger)?;
        self.count = u64::try_from(count).ok().filter(|&count| count > 0).ok_or(Fault::Syntax)?;
        Ok(())
    }
}

fn stranger(ctx: &Ctx<'_>, at: usize) -> Fault {
    if ctx.args.is(at, "novalues") {
        Fault::Other("ERR NOVALUES option can only be used in HSCAN")
    } else if ctx.args.is(at, "noscores") {
        Fault::Other("ERR NOSCORES option can only be used in ZSCAN")
    } else {
        Fault::Syntax
    }
}

/// Walks on from a cursor and gives the next one.
fn go_on(ctx: &mut Ctx<'_>, cursor: u64, walk: &mut Walk<'_>) -> u64 {
    let db = ctx.db;
    let tables_each = ctx.visit(0, |part| part.tables(db).len()) as u64;
    let (mut table, mut inner) = (cursor >> CURSOR_BITS, cursor & ((1 << CURSOR_BITS) - 1));
    while table / tables_each < PARTITIONS as u64 {
        let (partition, first) = (table / tables_each, (table % tables_each) as usize);
        let stop = ctx.visit(partition as u16, |part| walk.through(part.tables(db), first, inner));
        if let Some((at, inner)) = stop {
            return (partition * tables_each + at as u64) << CURSOR_BITS | inner;
        }
        (table, inner) = ((partition + 1) * tables_each, 0);
    }
    0
}

/// Whether there is nothing at this place of a table.
fn is_bare(table: &Table, at: u64) -> bool {
    let mut bare = true;
    let _ = table.step(at, |_| bare = false);
    bare
}

/// What one call has seen so far.
struct Walk<'a> {
    options: Options<'a>,
    now: i64,
    /// Keys looked at.
    sampled: u64,
    /// Home buckets looked at.
    steps: u64,
    /// The names to be shown, as replies.
    names: Vec<u8>,
    shown: usize,
    overdue: Vec<Box<[u8]>>,
}

impl<'a> Walk<'a> {
    fn new(options: Options<'a>, now: i64) -> Self {
        Self { options, now, sampled: 0, steps: 0, names: Vec::new(), shown: 0, overdue: Vec::new() }
    }

    fn is_tired(&self) -> bool {
        self.steps >= self.options.count.saturating_mul(10)
    }

    fn has_enough(&self) -> bool {
        self.sampled >= self.options.count
    }

    /// Walks through the tables of one partition. Gives the table and the cursor in it where it has to stop; it
    /// never stops before what is empty, so that the last call knows that it is the last.
    fn through(&mut self, tables: &[Table], first: usize, cursor: u64) -> Option<(usize, u64)> {
        for (nth, table) in tables.iter().enumerate().skip(first) {
            let mut next = (!table.is_empty()).then_some(if nth == first { cursor } else { 0 });
            while let Some(at) = next {
                if self.is_tired() || self.has_enough() && !is_bare(table, at) {
                    return Some((nth, at));
                }
                next = table.step(at, |entry| self.see(&entry));
                self.steps += 1;
            }
        }
        None
    }

    fn see(&mut self, entry: &EntryRef<'_>) {
        self.sampled += 1;
        let key = entry.key();
        if self.options.kind.is_some_and(|kind| kind != kind::name(entry.value()))
            || self.options.pattern.is_some_and(|pattern| !glob::matches(pattern, key, false))
        {
            return;
        }
        if is_over(entry.expiry(), self.now) {
            return self.overdue.push(key.into());
        }
        self.shown += 1;
        Reply::new(&mut self.names, false).bulk(key);
    }
}
