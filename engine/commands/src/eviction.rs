//! Gives up keys when memory is short: the policies of `maxmemory-policy`.
//!
//! No order of use is kept. A few keys are drawn by chance each time, the best candidates of all draws so far wait
//! in a small pool, and the best of these goes. One partition is locked at a time.
//! The caller knows how much memory is used, and calls until it is little enough. Must not read a clock.

mod pool;

use crate::Ctx;
use crate::chore::Chore;
use crate::event::Classes;
use crate::generic::size_of_entry;
use ironkeep_keyspace::access::AccessRule;
use ironkeep_keyspace::entry::Entry;
use ironkeep_keyspace::space::{Key, PARTITIONS, Partition};
use ironkeep_keyspace::table::Table;
use pool::Candidate;
pub use pool::Pool;

/// How often it is tried to find a victim, while other threads remove every candidate.
const MOST_ROUNDS: usize = 64;
/// How many partitions are drawn before all are gone through in a row.
const MOST_DRAWS: usize = 32;

/// What makes a key a good victim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// It was not used for long.
    Lru,
    /// It was not used often.
    Lfu,
    /// It expires soon.
    Ttl,
    /// Chance.
    Random,
}

/// A policy that evicts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Which keys go first.
    pub choice: Choice,
    /// Only keys with an expiry go.
    pub volatile: bool,
}

impl Policy {
    /// The policy of this name. None for `noeviction`.
    pub fn named(name: &str) -> Option<Self> {
        let (choice, volatile) = match name {
            "allkeys-lru" => (Choice::Lru, false),
            "allkeys-lfu" => (Choice::Lfu, false),
            "allkeys-random" => (Choice::Random, false),
            "volatile-lru" => (Choice::Lru, true),
            "volatile-lfu" => (Choice::Lfu, true),
            "volatile-random" => (Choice::Random, true),
            "volatile-ttl" => (Choice::Ttl, true),
            _ => return None,
        };
        Some(Self { choice, volatile })
    }

    /// The higher, the better a victim.
    fn score(self, rule: AccessRule, entry: &Entry, draw: impl FnOnce() -> u64) -> u64 {
        match self.choice {
            Choice::Lru => u64::from(rule.idle_seconds(entry.access())),
            Choice::Lfu => 255 - u64::from(rule.frequency(entry.access())),
            Choice::Ttl => u64::MAX - entry.expiry().unwrap_or(i64::MAX).unsigned_abs(),
            Choice::Random => draw(),
        }
    }

    /// How many keys of a table are concerned.
    fn count(self, table: &Table) -> usize {
        if self.volatile { table.expiring() } else { table.len() }
    }
}

/// How to evict.
#[derive(Clone, Copy, Debug)]
pub struct Eviction {
    /// `maxmemory-policy`.
    pub policy: Policy,
    /// `maxmemory-samples`.
    pub samples: usize,
    /// `lazyfree-lazy-eviction`.
    pub lazy: bool,
}

/// Evicts one key and gives about how many bytes that freed. None when no key may go.
/// Locks partitions one by one, so the caller may hold none.
pub fn evict_one(chore: &mut Chore<'_>, how: Eviction, pool: &mut Pool) -> Option<usize> {
    pool.begin(how.policy);
    for _ in 0..MOST_ROUNDS {
        if !fill(chore, how, pool) {
            return None;
        }
        while let Some(candidate) = pool.take_best() {
            if let Some(freed) = try_evict(chore, how, &candidate) {
                return Some(freed);
            }
        }
    }
    None
}

/// Draws keys into the pool; says whether there were any.
fn fill(chore: &mut Chore<'_>, how: Eviction, pool: &mut Pool) -> bool {
    let samples = if how.policy.choice == Choice::Random { 1 } else { how.samples.max(1) };
    let mut drawn = 0;
    for _ in 0..MOST_DRAWS {
        let partition = (chore.turn.random() % PARTITIONS as u64) as u16;
        let mut part = chore.space.lock(partition);
        let count = concerned(&mut part, chore.space.databases(), how.policy);
        // A partition is taken with a chance in proportion to its keys, so that all keys have about the same.
        if count > 0 && chore.turn.random() % pool.largest(count) < count as u64 {
            drawn += draw(chore, how.policy, &mut part, samples, pool);
        }
        if drawn >= samples {
            return true;
        }
    }
    // Few keys: whatever there is, in a row.
    let start = chore.turn.random();
    for nth in 0..PARTITIONS as u64 {
        let mut part = chore.space.lock((start.wrapping_add(nth) % PARTITIONS as u64) as u16);
        drawn += draw(chore, how.policy, &mut part, samples, pool);
        if drawn >= samples {
            break;
        }
    }
    drawn > 0
}

/// How many keys of a partition are concerned.
fn concerned(part: &mut Partition, databases: u32, policy: Policy) -> usize {
    let mut count = 0;
    for db in 0..databases {
        count += part.tables(db).iter().map(|table| policy.count(table)).sum::<usize>();
    }
    count
}

/// Draws up to so many keys of each database from a partition into the pool.
fn draw(
    chore: &mut Chore<'_>,
    policy: Policy,
    part: &mut Partition,
    samples: usize,
    pool: &mut Pool,
) -> usize {
    let mut drawn = 0;
    for db in 0..chore.space.databases() {
        let tables = part.tables(db);
        let start = chore.turn.random() as usize % tables.len();
        let mut left = samples;
        let (before, after) = tables.split_at(start);
        for table in after.iter().chain(before) {
            if left == 0 {
                break;
            }
            if policy.count(table) == 0 {
                continue;
            }
            let place = chore.turn.random();
            table.sample(place, left, policy.volatile, |entry| {
                let score = policy.score(chore.rules.access, &entry, || chore.turn.random());
                pool.offer(score, db, entry.key());
                left -= 1;
            });
        }
        drawn += samples - left;
    }
    drawn
}

/// Removes the candidate, if it is still there and as good a victim as when it was drawn.
fn try_evict(chore: &mut Chore<'_>, how: Eviction, candidate: &Candidate) -> Option<usize> {
    let mut part = chore.lock(chore.space.key(&candidate.key).partition)?;
    let freed = chore
        .on_key(&mut part, candidate.db, &candidate.key, |ctx, key| evict(ctx, key, how, candidate.score))?;
    chore.flush();
    Some(freed)
}

fn evict(ctx: &mut Ctx<'_>, key: &Key<'_>, how: Eviction, score: u64) -> Option<usize> {
    let place = ctx.table(key).find(key.hash, key.bytes)?;
    let rule = ctx.rules.access;
    let entry = ctx.at(key, place);
    if how.policy.volatile && entry.expiry().is_none() || how.policy.score(rule, &entry, || score) < score {
        return None;
    }
    let freed = size_of_entry(&entry);
    ctx.remove(key, place, how.lazy);
    ctx.removed(key);
    ctx.notify(Classes::EVICTED, "evicted", key);
    // Not a change that somebody made: what is to be saved counts only those.
    ctx.turn.dirty -= 1;
    ctx.turn.counts.evicted += 1;
    ctx.turn.effects.push(&[if how.lazy { b"UNLINK" } else { b"DEL" }, key.bytes]);
    Some(freed)
}
