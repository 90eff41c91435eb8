//! The whole keyspace: 256 partitions, each behind its own lock, and the ways to hold them.
//!
//! A partition holds the tables of all databases for its share of the keys: a run of 64 slots with a table each
//! in cluster mode, a share of the hash values otherwise. Whoever needs several partitions locks them in
//! ascending order; there is no other lock order and so no deadlock.
//! Must not know what is done while partitions are held.

use crate::blocked::Waiting;
use crate::slot::{SLOTS, slot_of};
use crate::table::{PARTITION_BITS, Table};
use crate::tracked::Tracked;
use crate::watch::Watchers;
use ironkeep_values::hash::Hasher;
use parking_lot::lock_api::RawMutex as _;
use parking_lot::{Mutex, MutexGuard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Number of partitions.
pub const PARTITIONS: usize = 1 << PARTITION_BITS;
const SLOTS_EACH: usize = SLOTS / PARTITIONS;

/// One share of the keys, in all databases.
pub struct Partition {
    tables: Box<[Table]>,
    tables_each: usize,
    /// Who watches keys of this partition.
    pub watchers: Watchers,
    /// Who remembers keys of this partition.
    pub tracked: Tracked,
    /// Who waits for keys of this partition.
    pub waiting: Waiting,
}

impl Partition {
    fn new(databases: usize, tables_each: usize) -> Self {
        let tables = (0..databases * tables_each).map(|_| Table::new()).collect();
        Self {
            tables,
            tables_each,
            watchers: Watchers::default(),
            tracked: Tracked::default(),
            waiting: Waiting::default(),
        }
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
    broadcasts: AtomicBool,
    listeners: AtomicUsize,
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
            broadcasts: AtomicBool::new(false),
            listeners: AtomicUsize::new(0),
        }
    }

    /// Whether somebody wants to hear of every change, whichever key it is of. Look at it while the partition of the
    /// key is held: who has set it, and then read the key, is not missed.
    #[inline(always)]
    pub fn broadcasts(&self) -> bool {
        self.broadcasts.load(Relaxed)
    }

    /// Says whether somebody wants to hear of every change.
    pub fn set_broadcasts(&self, on: bool) {
        self.broadcasts.store(on, Relaxed);
    }

    /// Whether somebody listens to messages, and so may hear of events. Read while a key is changed: who has begun to
    /// listen before that is not missed.
    #[inline]
    pub fn is_listened(&self) -> bool {
        self.listeners.load(Relaxed) > 0
    }

    /// Says that one thing more, or less, is listened to.
    pub fn listen(&self, more: bool) {
        if more {
            self.listeners.fetch_add(1, Relaxed);
        } else {
            self.listeners.fetch_sub(1, Relaxed);
        }
    }

    /// Number of databases.
    pub fn databases(&self) -> u32 {
        self.databases
    }

    /// Whether the place of a key follows from its slot (cluster mode).
    #[inline(always)]
    pub fn is_slotted(&self) -> bool {
        self.slotted
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
        ironkeep_values::prefetch::prefetch(
            std::ptr::from_ref(&self.partitions[usize::from(partition)]).cast(),
        );
    }
}

/// Which partitions: one bit each.
type Bits = [u64; PARTITIONS / 64];

/// Partitions that are locked until this is dropped: none, some, or all. Takes no memory of its own, so that a
/// command on many keys costs nothing but its locks.
pub struct Held<'k> {
    space: &'k Keyspace,
    bits: Bits,
}

/// Partitions that are held, seen by somebody who does not care how many there are.
pub trait Hold {
    /// One of them.
    fn partition(&mut self, partition: u16) -> &mut Partition;
}

/// Partitions to be locked.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Wanted(Bits);

impl Wanted {
    /// Every partition.
    pub const ALL: Self = Self([u64::MAX; PARTITIONS / 64]);

    /// Adds the partition of a key. Twice is once.
    #[inline(always)]
    pub fn add(&mut self, partition: u16) {
        self.0[usize::from(partition) / 64 % self.0.len()] |= 1 << (partition % 64);
    }

    /// These and others.
    pub fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        self
    }

    /// Calls `visit` with each of them, in ascending order.
    pub fn each(&self, visit: impl FnMut(u16)) {
        each(&self.0, visit);
    }
}

impl FromIterator<u16> for Wanted {
    fn from_iter<I: IntoIterator<Item = u16>>(partitions: I) -> Self {
        let mut wanted = Self::default();
        partitions.into_iter().for_each(|partition| wanted.add(partition));
        wanted
    }
}

/// The partitions whose bits are set, in ascending order.
#[inline(always)]
fn each(bits: &Bits, mut visit: impl FnMut(u16)) {
    for (nth, word) in bits.iter().enumerate() {
        let mut left = *word;
        while left != 0 {
            visit((nth * 64) as u16 + left.trailing_zeros() as u16);
            left &= left - 1;
        }
    }
}

impl<'k> Held<'k> {
    /// Holds nothing.
    pub fn none(space: &'k Keyspace) -> Self {
        Self { space, bits: Bits::default() }
    }

    /// Locks partitions, in ascending order.
    #[inline]
    pub fn lock(space: &'k Keyspace, wanted: Wanted) -> Self {
        each(&wanted.0, |p| {
            // SAFETY: a locked mutex is all that `partition` and `drop` count on; `drop` unlocks it.
            unsafe { space.partitions[usize::from(p)].0.raw() }.lock();
        });
        Self { space, bits: wanted.0 }
    }

    /// Locks every partition.
    pub fn all(space: &'k Keyspace) -> Self {
        Self::lock(space, Wanted::ALL)
    }

    /// The keyspace that they are of.
    pub fn space(&self) -> &'k Keyspace {
        self.space
    }

    /// Which partitions are held.
    pub fn wanted(&self) -> Wanted {
        Wanted(self.bits)
    }

    /// Whether nothing is held.
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.bits == Bits::default()
    }

    /// Whether every partition is held.
    pub fn is_all(&self) -> bool {
        self.bits == Wanted::ALL.0
    }

    #[inline(always)]
    fn holds(&self, partition: u16) -> bool {
        self.bits[usize::from(partition) / 64] & 1 << (partition % 64) != 0
    }

    /// A partition that is held.
    ///
    /// # Panics
    /// When it is not held: the command touched a key that its row in the table does not name.
    #[inline(always)]
    pub fn partition(&mut self, partition: u16) -> &mut Partition {
        assert!(self.holds(partition), "partition {partition} is used but not held");
        // SAFETY: the bit says that `lock` locked this partition and `drop` has not unlocked it, so nobody else
        // has a reference into it; `&mut self` keeps this the only one through `self`.
        unsafe { &mut *self.space.partitions[usize::from(partition)].0.data_ptr() }
    }

    /// Calls `visit` with a partition: one that is held or, when none is, locked just for the call.
    pub fn visit<R>(&mut self, partition: u16, visit: impl FnOnce(&mut Partition) -> R) -> R {
        if self.is_none() {
            return visit(&mut self.space.lock(partition));
        }
        visit(self.partition(partition))
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        each(&self.bits, |p| {
            // SAFETY: `lock` locked it and gave its guard up; it is unlocked once, here.
            unsafe { self.space.partitions[usize::from(p)].0.force_unlock() };
        });
    }
}

impl Hold for Held<'_> {
    fn partition(&mut self, partition: u16) -> &mut Partition {
        Held::partition(self, partition)
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
            let mut held = Held::lock(&space, wanted);
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
                total +=
                    Held::none(&space).visit(p, |part| part.tables(0).iter().map(Table::len).sum::<usize>());
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

    #[test]
    fn threads_exclude_each_other() {
        let space = Keyspace::new(1, false, [1; 16]);
        let rounds = if cfg!(miri) { 20 } else { 2000 };
        std::thread::scope(|scope| {
            for thread in 0..3u16 {
                let space = &space;
                scope.spawn(move || {
                    for i in 0..rounds {
                        let wanted = [7, (i % 200) as u16, thread * 3].into_iter().collect();
                        let mut held = Held::lock(space, wanted);
                        let name = format!("{thread}:{i}");
                        let key = Key { partition: 7, ..space.key(name.as_bytes()) };
                        let entry = Entry::new(name.as_bytes(), NewValue::Int(1), None, 0);
                        held.partition(7).table(0, &key).insert(space.hasher(), key.hash, entry);
                    }
                });
            }
        });
        assert_eq!(Held::none(&space).visit(7, |part| part.tables(0)[0].len()), 3 * rounds);
    }
}
