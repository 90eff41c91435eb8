//! Who remembers which keys of a partition (client-side caching).
//!
//! Takes the numbers of clients that have read a key; gives them back, and forgets them, when the key changes or when
//! too many keys are remembered. A name stands for the key of that name in every database, as in Valkey.
//! Must not know connections: a number may be that of a client that is gone.

use std::collections::HashMap;
use std::sync::Arc;

/// The clients that have read a key, each once: one at least while the key is remembered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Readers {
    /// One, as nearly always.
    One(u64),
    /// Several, in ascending order.
    Many(Vec<u64>),
}

impl Readers {
    /// Their numbers, in ascending order.
    pub fn ids(&self) -> &[u64] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }

    /// Takes out a client; says whether it was there. None may be left.
    pub fn remove(&mut self, id: u64) -> bool {
        let Ok(place) = self.ids().binary_search(&id) else { return false };
        match self {
            Self::One(_) => *self = Self::Many(Vec::new()),
            Self::Many(ids) => drop(ids.remove(place)),
        }
        true
    }

    /// Adds a client; says whether it was missing.
    fn add(&mut self, id: u64) -> bool {
        let Err(place) = self.ids().binary_search(&id) else { return false };
        match self {
            Self::One(only) => *self = Self::Many(vec![id.min(*only), id.max(*only)]),
            Self::Many(ids) => ids.insert(place, id),
        }
        true
    }
}

/// A key that somebody remembers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remembered {
    /// Its name.
    pub name: Arc<[u8]>,
    /// Who has read it.
    pub readers: Readers,
}

/// What was new when a read was noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noted {
    /// Nothing: this client has read the key before.
    Nothing,
    /// The client.
    Reader,
    /// The key, and so the client.
    Key,
}

/// The keys of one partition that clients remember.
#[derive(Debug, Default)]
pub struct Tracked {
    places: HashMap<Arc<[u8]>, usize>,
    /// Side by side, so that one can be drawn by chance.
    keys: Vec<Remembered>,
}

impl Tracked {
    /// Whether nobody remembers anything here.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Notes that a client has read a key.
    pub fn add(&mut self, name: &[u8], id: u64) -> Noted {
        if let Some(place) = self.places.get(name) {
            return if self.keys[*place].readers.add(id) { Noted::Reader } else { Noted::Nothing };
        }
        let name: Arc<[u8]> = name.into();
        self.places.insert(Arc::clone(&name), self.keys.len());
        self.keys.push(Remembered { name, readers: Readers::One(id) });
        Noted::Key
    }

    /// Takes out a key, if anybody remembers it.
    pub fn take(&mut self, name: &[u8]) -> Option<Remembered> {
        let place = self.places.remove(name)?;
        let taken = self.keys.swap_remove(place);
        if let Some(moved) = self.keys.get(place) {
            // It lay at the end before.
            self.places.insert(Arc::clone(&moved.name), place);
        } else if self.keys.is_empty() {
            self.clear();
        }
        Some(taken)
    }

    /// Takes out the key that a random number chooses.
    pub fn take_any(&mut self, random: u64) -> Option<Remembered> {
        let nth = random.checked_rem(self.keys.len() as u64)?;
        let name = Arc::clone(&self.keys[nth as usize].name);
        self.take(&name)
    }

    /// Forgets everything; gives how many keys there were, and how many clients of them together.
    pub fn clear(&mut self) -> (usize, usize) {
        let old = std::mem::take(self);
        (old.keys.len(), old.keys.iter().map(|key| key.readers.ids().len()).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    type Model = BTreeMap<Vec<u8>, BTreeSet<u64>>;

    #[derive(Clone, Debug)]
    enum Step {
        Add(u8, u64),
        Take(u8),
        TakeAny(u64),
        Clear,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (0..12u8, 1..6u64).prop_map(|(key, id)| Step::Add(key, id)),
            4 => (0..12u8).prop_map(Step::Take),
            2 => any::<u64>().prop_map(Step::TakeAny),
            1 => Just(Step::Clear),
        ]
    }

    fn name(key: u8) -> Vec<u8> {
        vec![b'k'; usize::from(key)]
    }

    fn add(model: &mut Model, key: u8, id: u64) -> Noted {
        let is_new = !model.contains_key(&name(key));
        match model.entry(name(key)).or_default().insert(id) {
            false => Noted::Nothing,
            true if is_new => Noted::Key,
            true => Noted::Reader,
        }
    }

    /// Checks a key that was taken out against the model, which loses it too.
    fn compare(model: &mut Model, taken: &Remembered) {
        let readers = model.remove(&*taken.name).expect("only what was added is taken");
        assert_eq!(taken.readers.ids(), readers.into_iter().collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn is_a_map_of_sets(steps in proptest::collection::vec(step(), 0..200)) {
            let (mut tracked, mut model) = (Tracked::default(), Model::new());
            for step in steps {
                match step {
                    Step::Add(key, id) => {
                        prop_assert_eq!(tracked.add(&name(key), id), add(&mut model, key, id));
                    }
                    Step::Take(key) => match tracked.take(&name(key)) {
                        Some(taken) => {
                            prop_assert_eq!(&*taken.name, &*name(key));
                            compare(&mut model, &taken);
                        }
                        None => prop_assert!(!model.contains_key(&name(key))),
                    },
                    Step::TakeAny(random) => match tracked.take_any(random) {
                        Some(taken) => compare(&mut model, &taken),
                        None => prop_assert!(model.is_empty()),
                    },
                    Step::Clear => {
                        let items = model.values().map(BTreeSet::len).sum::<usize>();
                        prop_assert_eq!(tracked.clear(), (model.len(), items));
                        model.clear();
                    }
                }
                prop_assert_eq!(tracked.is_empty(), model.is_empty());
            }
        }
    }

    #[test]
    fn readers_go_one_by_one() {
        let mut readers = Readers::One(7);
        readers.add(3);
        assert!(readers.remove(3) && !readers.remove(3));
        assert_eq!(readers.ids(), [7]);
        assert!(readers.remove(7) && readers.ids().is_empty());
        let mut alone = Readers::One(2);
        assert!(!alone.remove(1) && alone.remove(2) && alone.ids().is_empty());
    }

    #[test]
    fn every_key_can_be_drawn() {
        let mut drawn = BTreeSet::new();
        for random in 0..10 {
            let mut tracked = Tracked::default();
            for key in 0..10 {
                tracked.add(&name(key), 1);
            }
            drawn.extend(tracked.take_any(random).map(|key| key.name));
        }
        assert_eq!(drawn.len(), 10);
    }
}
