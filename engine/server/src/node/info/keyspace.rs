//! INFO keyspace, and the counts of keys behind it.

use super::Call;
use super::lines::Lines;
use ironkeep_keyspace::space::{Held, PARTITIONS};
use ironkeep_keyspace::table::Table;

/// Keys of each database whose time to live is looked at, in each partition.
const SAMPLE: usize = 2;

/// What one database holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Database {
    /// Keys, those that have expired but are still there included.
    pub keys: usize,
    /// Keys with an expiry.
    pub expiring: usize,
    /// Keys with fields that expire.
    pub with_fields: usize,
    /// Bytes of its tables, besides the entries.
    pub overhead: usize,
    /// Milliseconds that the keys looked at have to live, and how many they were.
    ttl: (i64, i64),
}

impl Database {
    fn add(&mut self, table: &Table, partition: u16, now: i64) {
        self.keys += table.len();
        self.expiring += table.expiring();
        self.with_fields += table.with_fields();
        self.overhead += table.overhead();
        table.sample(u64::from(partition), SAMPLE, true, |entry| {
            // A client may have chosen the last moment there is.
            let left = entry.expiry().unwrap_or(now).saturating_sub(now).max(0);
            self.ttl.0 = self.ttl.0.saturating_add(left);
            self.ttl.1 += 1;
        });
    }

    /// The mean time to live of some keys that have one.
    pub fn mean_ttl(&self) -> i64 {
        self.ttl.0.checked_div(self.ttl.1).unwrap_or(0)
    }
}

/// Counts all databases, one partition after the other.
pub fn count(held: &mut Held<'_>, now: i64) -> Vec<Database> {
    let databases = held.space().databases();
    let mut all = vec![Database::default(); databases as usize];
    for p in 0..PARTITIONS as u16 {
        held.visit(p, |part| {
            for (db, sums) in all.iter_mut().enumerate() {
                part.tables(db as u32).iter().for_each(|table| sums.add(table, p, now));
            }
        });
    }
    all
}

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    for (nth, db) in count(call.held, call.lane.now).iter().enumerate().filter(|(_, db)| db.keys > 0) {
        out.add(
            &format!("db{nth}"),
            format_args!(
                "keys={},expires={},avg_ttl={},keys_with_volatile_items={}",
                db.keys,
                db.expiring,
                db.mean_ttl(),
                db.with_fields
            ),
        );
    }
}
