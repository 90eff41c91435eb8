//! The whole keyspace: 256 partitions, each behind its own lock, and the ways to hold them.
//!
//! A partition holds the tables of all databases for its share of the keys: a run of 64 slots with a table each
//! in cluster mode, a share of the hash values otherwise. Whoever needs several partitions locks them in
//! ascending order; there is no other lock order and so no deadlock.
//! Must not know what is done while partitions are held.

use crate::hash::Hasher;
use crate::slot::{SLOTS, slot_of};
use crate::table::{PARTITION_BITS, Table};
use crate::watch::Watchers;
use parking_lot::{Mutex, MutexGuard};

/// Number of partitions.
pub const PARTITIONS: usize = 1 << PARTITION_BITS;
const SLOTS_EACH: usize = SLOTS / PARTITIONS;

/// One share of the keys, in all databases.
pub struct Partition {
    tables: Box<[Table]>,
    tables_each: usize,
    /// Who watches keys of this partition.
    pub watchers: Watchers,
}

impl Partition {
    fn new(databases: usize, tables_each: usize) -> Self {
        let tables = (0..databases * tables_each).map(|_| Table::new()).collect();
        Self { tables, tables_each, watchers: Watchers::default() }
    }

    /// The table of a key.
    #[inline(always)]
    pub fn table(&mut self, db: u32, key: &Key<'_>) -> &mut Table {
        &mut self.tables[db as usize * self.tables_each + usize::from(key.table)]
    }

    /// All tables of a database.
    pub fn tables(&mut self, db: u32) -> &mut [Table] {
        let first = db as usize * self.tables_each;
        &mut self.tables[first..first + self.tables_each]
    }

    /// Exchanges the contents of two databases.
    pub fn swap(&mut self, a: u32, b: u32) {
        for nth in 0..self.tables_each {
            self.tables.swap(a as usize * self.tables_each + nth, b as usize * self.tables_each + nth);
        }
    }
}

/// A key with its hash and the place that follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The name.
    pub bytes: &'a [u8],
    /// Its hash.
    pub hash: u64,
    /// The partition that holds it.
    pub partition: u16,
    table: u16,
}

#[repr(align(128))]
struct Padded(Mutex<Partition>);

/// All keys of the server.
pub struct Keyspace {
    partitions: Box<[Padded]>,
    hasher: Hasher,
    databases: u32,
    slotted: bool,
}

impl Keyspace {
    /// An empty keyspace; `slotted` for cluster mode.
    pub fn new(databases: u32, slotted: bool, seed: [u8; 16]) -> Self {
        let each = if slotted { SLOTS_EACH } else { 1 };
        let partition = |_| Padded(Mutex::new(Partition::new(databases as usize, each)));
        Self {
            partitions: (0..PARTITIONS).map(partition).collect(),
            hasher: Hasher::new(seed),
            databases,
            slotted,
        }
    }

    /// Number of databases.
    pub fn databases(&self) -> u32 {
        self.databases
    }

    /// The hash function of the keys.
    #[inline(always)]
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// The place of a key.
    #[inline(always)]
    pub fn key<'a>(&self, bytes: &'a [u8]) -> Key<'a> {
        self.key_with(bytes, self.hasher.hash(bytes))
    }

    /// The place of a key whose hash is known already.
    #[inline(always)]
    pub fn key_with<'a>(&self, bytes: &'a [u8], hash: u64) -> Key<'a> {
        if self.slotted {
            let slot = usize::from(slot_of(bytes));
            let (partition, table) = ((slot / SLOTS_EACH) as u16, (slot % SLOTS_EACH) as u16);
            return Key { bytes, hash, partition, table };
        }
        Key { bytes, hash, partition: (hash as usize & (PARTITIONS - 1)) as u16, table: 0 }
    }

    /// Locks one partition.
    #[inline(always)]
    pub fn lock(&self, partition: u16) -> MutexGuard<'_, Partition> {
        self.partitions[usize::from(partition)].0.lock()
    }

    /// The line of a partition's lock, for a prefetch.
    #[inline(always)]
    pub fn prefetch(&self, partition: u16) {
        crate::prefetch::prefetch(std::ptr::from_ref(&self.partitions[usize::from(partition)]).cast());
    }
}

/// Partitions that are locked until this is dropped.
pub enum Held<'k> {
    /// None: the command locks partitions itself, one after the other.
    Free,
    /// One.
    One(u16, MutexGuard<'k, Partition>),
    /// Some, in ascending order.
    Some(Vec<(u16, MutexGuard<'k, Partition>)>),
    /// Every one.
    All(Vec<MutexGuard<'k, Partition>>),
}

/// Partitions that are held, seen by somebody who does not care how many there are.
pub trait Hold {
    /// One of them.
    fn partition(&mut self, partition: u16) -> &mut Partition;
}

impl Hold for Held<'_> {
    fn partition(&mut self, partition: u16) -> &mut Partition {
        Held::partition(self, partition)
    }
}

impl<'k> Held<'k> {
    /// Locks the one partition of a key.
    #[inline(always)]
    pub fn one(space: &'k Keyspace, partition: u16) -> Self {
        Self::One(partition, space.lock(partition))
    }

    /// Locks the partitions named, which need neither order nor be different.
    pub fn some(space: &'k Keyspace, mut wanted: Vec<u16>) -> Self {
        wanted.sort_unstable();
        wanted.dedup();
        match wanted[..] {
            [] => Self::Free,
            [only] => Self::one(space, only),
            _ => Self::Some(wanted.into_iter().map(|p| (p, space.lock(p))).collect()),
        }
    }

    /// Locks every partition.
    pub fn all(space: &'k Keyspace) -> Self {
        Self::All((0..PARTITIONS as u16).map(|p| space.lock(p)).collect())
    }

    /// A partition that is held.
    ///
    /// # Panics
    /// When it is not held: the command touched a key that its row in the table does not name.
    #[inline(always)]
    pub fn partition(&mut self, partition: u16) -> &mut Partition {
        match self {
            Self::One(held, guard) => {
                assert!(*held == partition, "partition {partition} is used but not held");
                guard
            }
            Self::Some(held) => match held.binary_search_by_key(&partition, |(p, _)| *p) {
                Ok(at) => &mut held[at].1,
                Err(_) => panic!("partition {partition} is used but not held"),
            },
            Self::All(held) => &mut held[usize::from(partition)],
            Self::Free => panic!("partition {partition} is used but none is held"),
        }
    }

    /// Calls `visit` with a partition: one that is held, or locked just for the call.
    pub fn visit<R>(&mut self, space: &Keyspace, partition: u16, visit: impl FnOnce(&mut Partition) -> R) -> R {
        match self {
            Self::Free => visit(&mut space.lock(partition)),
            _ => visit(self.partition(partition)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, NewValue};

    fn insert(space: &Keyspace, held: &mut Held<'_>, db: u32, name: &[u8]) {
        let key = space.key(name);
        let entry = Entry::new(name, NewValue::Int(1), None, 0);
        held.partition(key.partition).table(db, &key).insert(space.hasher(), key.hash, entry);
    }

    #[test]
    fn holds_one_some_or_all() {
        for slotted in [false, true] {
            let space = Keyspace::new(2, slotted, [1; 16]);
            let names: Vec<Vec<u8>> = (0..100).map(|i| format!("k{i}").into_bytes()).collect();
            let wanted = names.iter().map(|name| space.key(name).partition).collect();
            let mut held = Held::some(&space, wanted);
            for name in &names {
                insert(&space, &mut held, 1, name);
            }
            drop(held);
            let mut held = Held::all(&space);
            for p in 0..PARTITIONS as u16 {
                held.partition(p).swap(0, 1);
            }
            drop(held);
            let mut total = 0;
            for p in 0..PARTITIONS as u16 {
                total += Held::Free.visit(&space, p, |part| part.tables(0).iter().map(Table::len).sum::<usize>());
            }
            assert_eq!(total, names.len());
        }
    }

    #[test]
    fn a_slot_has_a_table_of_its_own() {
        let space = Keyspace::new(1, true, [1; 16]);
        let (a, b) = (space.key(b"{tag}a"), space.key(b"{tag}b"));
        assert_eq!((a.partition, a.table), (b.partition, b.table));
    }
}
