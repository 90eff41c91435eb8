//! Who waits for which keys of a partition (BLPOP, XREAD and their family).
//!
//! A request that must wait has one [`Waiter`]; every partition that holds a key it waits for lists it under that
//! key, in order of arrival. A change of the key, made under the partition's lock, makes the key ready, and at the end
//! of the turn, still under the lock, the server serves those in the list. Must not know connections or commands.

use crate::entry::Entry;
use crate::space::{Held, Wanted};
use parking_lot::{Mutex, MutexGuard};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Times that what is held may be too little, before everything is held.
const ATTEMPTS: usize = 3;

/// Whether a key, as it is now, is worth a try.
pub type Fits = fn(Option<&Entry>) -> bool;

/// A request that waits for keys, or for something else, and so for none.
#[derive(Debug)]
pub struct Waiter {
    number: u64,
    client: u64,
    db: u32,
    keys: Vec<Box<[u8]>>,
    fits: Fits,
    needs: Wanted,
    waits: Mutex<bool>,
}

impl Waiter {
    /// A request of a client that waits for nothing in the keyspace.
    pub fn without_keys(client: u64) -> Self {
        Self::new(0, client, 0, Vec::new(), |_| false, Wanted::default())
    }

    /// A request that waits for keys of a database that fit. A lower `number` means that it came earlier. To run, it
    /// must hold the partitions that it `needs`.
    pub fn new(number: u64, client: u64, db: u32, keys: Vec<Box<[u8]>>, fits: Fits, needs: Wanted) -> Self {
        Self { number, client, db, keys, fits, needs, waits: Mutex::new(true) }
    }

    /// The client.
    pub fn client(&self) -> u64 {
        self.client
    }

    /// The database.
    pub fn db(&self) -> u32 {
        self.db
    }

    /// The keys that it waits for.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| &**key)
    }

    /// Whether a key, as it is now, is worth a try.
    pub fn fits(&self, entry: Option<&Entry>) -> bool {
        (self.fits)(entry)
    }

    /// Whether it still waits.
    pub fn is_waiting(&self) -> bool {
        *self.waits.lock()
    }

    /// Ends the wait; says whether it was waiting. Of all who try, one succeeds: it answers the client.
    pub fn end(&self) -> bool {
        std::mem::replace(&mut *self.waits.lock(), false)
    }

    /// Keeps others from ending the wait while it is tried whether it can be served. Set it to false if it could.
    pub fn attempt(&self) -> Option<MutexGuard<'_, bool>> {
        Some(self.waits.lock()).filter(|waits| **waits)
    }
}

/// A key of a database.
type Name = (u32, Box<[u8]>);

/// Who waits in one partition.
#[derive(Debug, Default)]
pub struct Waiting {
    /// By number, and so in order of arrival.
    keys: HashMap<Name, BTreeMap<u64, Arc<Waiter>>>,
    /// How many places in these lists need a set of partitions.
    needs: BTreeMap<Wanted, usize>,
}

impl Waiting {
    /// Whether nobody waits here.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys are waited for.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many keys somebody waits for who is also to know when they go.
    pub fn missed(&self) -> usize {
        self.keys.values().filter(|list| list.values().any(|waiter| waiter.fits(None))).count()
    }

    /// Whether somebody waits for a key.
    pub fn is_awaited(&self, db: u32, key: &[u8]) -> bool {
        self.keys.contains_key(&(db, key.into()))
    }

    /// Lists a waiter under one of its keys. Twice is once.
    pub fn add(&mut self, key: &[u8], waiter: &Arc<Waiter>) {
        let list = self.keys.entry((waiter.db, key.into())).or_default();
        if list.insert(waiter.number, Arc::clone(waiter)).is_none() {
            *self.needs.entry(waiter.needs).or_default() += 1;
        }
    }

    /// Takes a waiter off the list of a key.
    pub fn remove(&mut self, key: &[u8], waiter: &Waiter) {
        let name = (waiter.db, Box::from(key));
        let Some(list) = self.keys.get_mut(&name) else { return };
        if list.remove(&waiter.number).is_none() {
            return;
        }
        if list.is_empty() {
            self.keys.remove(&name);
        }
        if let Some(count) = self.needs.get_mut(&waiter.needs) {
            *count -= 1;
            if *count == 0 {
                self.needs.remove(&waiter.needs);
            }
        }
    }

    /// Those who wait for a key, the first first.
    pub fn of(&self, db: u32, key: &[u8]) -> Vec<Arc<Waiter>> {
        self.keys.get(&(db, key.into())).map_or_else(Vec::new, |list| list.values().cloned().collect())
    }

    /// The keys that are waited for.
    pub fn keys(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.keys.keys().map(|(db, key)| (*db, &**key))
    }

    /// The partitions that those who wait here need to run.
    pub fn needs(&self) -> Wanted {
        self.needs.keys().fold(Wanted::default(), |all, needs| all.and(*needs))
    }
}

/// Holds, besides what is held, all that those need who wait there, and those who wait there, and so on: so that
/// whoever can be served by a command is served before anybody else runs. To keep the order of locks, what is held
/// may be let go and locked again: call it before anything has been looked at.
pub fn hold_for_waiters(mut held: Held<'_>) -> Held<'_> {
    let space = held.space();
    for _ in 0..=ATTEMPTS {
        let had = held.wanted();
        let mut needed = had;
        had.each(|p| needed = needed.and(held.partition(p).waiting.needs()));
        if needed == had {
            return held;
        }
        drop(held);
        held = Held::lock(space, needed);
    }
    drop(held);
    Held::all(space)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Keyspace;
    use proptest::prelude::*;

    fn waiter(number: u64, keys: &[&[u8]], needs: &[u16]) -> Arc<Waiter> {
        let keys = keys.iter().map(|key| Box::from(*key)).collect();
        Arc::new(Waiter::new(number, number, 0, keys, |_| true, needs.iter().copied().collect()))
    }

    #[test]
    fn one_ends_the_wait() {
        let waiter = waiter(1, &[], &[]);
        assert!(waiter.attempt().is_some_and(|waits| *waits) && waiter.is_waiting());
        assert!(waiter.end() && !waiter.end());
        assert!(waiter.attempt().is_none() && !waiter.is_waiting());
    }

    #[test]
    fn what_is_needed_is_held_step_by_step() {
        let space = Keyspace::new(1, false, [1; 16]);
        let chain = [(3, 200), (200, 7), (7, 9)];
        for (number, (from, to)) in chain.into_iter().enumerate() {
            space.lock(from).waiting.add(b"k", &waiter(number as u64, &[b"k"], &[from, to]));
        }
        for (from, wanted) in [(3, &[3, 7, 9, 200][..]), (7, &[7, 9]), (9, &[9])] {
            let held = hold_for_waiters(Held::lock(&space, [from].into_iter().collect()));
            assert_eq!(held.wanted(), wanted.iter().copied().collect());
        }
        // A chain that is too long ends with everything held.
        space.lock(9).waiting.add(b"k", &waiter(9, &[b"k"], &[9, 10]));
        assert!(hold_for_waiters(Held::lock(&space, [3].into_iter().collect())).is_all());
    }

    #[derive(Debug, Clone)]
    enum Step {
        Add(u64, u8),
        Remove(u64, u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = (any::<bool>(), 0..8u64, 0..4u8);
        let step =
            step.prop_map(|(add, who, key)| if add { Step::Add(who, key) } else { Step::Remove(who, key) });
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        /// The model: every pair of key and waiter once.
        #[test]
        fn lists_are_in_order_and_leave_nothing(steps in steps()) {
            let waiters: Vec<_> = (0..8).map(|n| waiter(n, &[], &[n as u16, 100 + (n % 3) as u16])).collect();
            let (mut waiting, mut model) = (Waiting::default(), std::collections::BTreeSet::new());
            for step in steps {
                match step {
                    Step::Add(who, key) => {
                        waiting.add(&[key], &waiters[who as usize]);
                        model.insert((key, who));
                    }
                    Step::Remove(who, key) => {
                        waiting.remove(&[key], &waiters[who as usize]);
                        model.remove(&(key, who));
                    }
                }
                for key in 0..4u8 {
                    let list: Vec<u64> = waiting.of(0, &[key]).iter().map(|w| w.client()).collect();
                    let wanted: Vec<u64> = model.iter().filter(|(k, _)| *k == key).map(|(_, who)| *who).collect();
                    prop_assert_eq!(waiting.is_awaited(0, &[key]), !wanted.is_empty());
                    prop_assert_eq!(list, wanted);
                    prop_assert!(waiting.of(1, &[key]).is_empty());
                }
                let needs = model.iter().flat_map(|(_, who)| [*who as u16, 100 + (*who % 3) as u16]).collect();
                prop_assert_eq!(waiting.needs(), needs);
                prop_assert_eq!(waiting.is_empty(), model.is_empty());
                let keys: std::collections::BTreeSet<u8> = model.iter().map(|(key, _)| *key).collect();
                prop_assert_eq!(waiting.len(), keys.len());
            }
            for (key, who) in model {
                waiting.remove(&[key], &waiters[who as usize]);
            }
            prop_assert!(waiting.is_empty() && waiting.needs.is_empty());
        }
    }
}
