//! SCAN: a walk over the keys of a database in steps.
//!
//! A cursor is the number of a table (all tables of all partitions in a row; in cluster mode that is the slot)
//! above the cursor of the tour through that table. Zero begins and ends. A key that is there all the time is
//! shown, whatever happens between the steps; a key may be shown twice.

use super::kind;
use super::scan_options::{ScanOptions, Scanned, Shown, scan_cursor};
use super::survey::settle;
use crate::Ctx;
use ironkeep_keyspace::entry::EntryRef;
use ironkeep_keyspace::space::PARTITIONS;
use ironkeep_keyspace::table::Table;
use ironkeep_keyspace::tour::{CURSOR_BITS, is_over};

/// SCAN
pub fn scan(ctx: &mut Ctx<'_>) {
    let Some(cursor) = scan_cursor(ctx, 1) else { return };
    let Some(options) = ScanOptions::parse(ctx, 2, Scanned::Keys) else { return };
    let mut walk = Walk::new(options, ctx.expiry_now());
    let next = go_on(ctx, cursor, &mut walk);
    walk.shown.reply(&mut ctx.reply, next);
    settle(ctx, walk.overdue);
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
    options: ScanOptions<'a>,
    now: i64,
    /// Keys looked at.
    sampled: u64,
    /// Home buckets looked at.
    steps: u64,
    shown: Shown,
    overdue: Vec<Box<[u8]>>,
}

impl<'a> Walk<'a> {
    fn new(options: ScanOptions<'a>, now: i64) -> Self {
        Self { options, now, sampled: 0, steps: 0, shown: Shown::default(), overdue: Vec::new() }
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
        if self.options.kind.is_some_and(|kind| kind != kind::name(entry.value())) || !self.options.shows(key)
        {
            return;
        }
        if is_over(entry.expiry(), self.now) {
            return self.overdue.push(key.into());
        }
        self.shown.push(key);
    }
}
