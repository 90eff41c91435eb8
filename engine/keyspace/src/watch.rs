//! Who watches which keys of a partition (WATCH).
//!
//! A client has one [`Watch`]; every partition that holds a key it watches holds a reference to it. A change of
//! the key, made under the partition's lock, marks the watch; EXEC looks at the mark while it holds the locks
//! of all keys concerned. Must not know connections.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The mark of one client.
#[derive(Debug, Default)]
pub struct Watch {
    broken: AtomicBool,
}

impl Watch {
    /// Whether a watched key was changed.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }
    /// Marks that a watched key was changed.
    pub fn break_it(&self) {
        self.broken.store(true, Ordering::Release);
    }
    /// Takes the mark back, when nothing is watched any more.
    pub fn mend(&self) {
        self.broken.store(false, Ordering::Release);
    }
}

#[derive(Debug)]
struct Watcher {
    watch: Arc<Watch>,
    /// The key had expired, though it was still there, when it was watched: its removal changes nothing.
    expired: bool,
}

/// Whether a key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is not.
    Absent,
    /// It is, but has expired.
    Expired,
    /// It is.
    Live,
}

/// The watched keys of one partition.
#[derive(Debug, Default)]
pub struct Watchers {
    keys: HashMap<(u32, Box<[u8]>), Vec<Watcher>>,
}

impl Watchers {
    /// Whether nobody watches anything here.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Begins to watch a key. Watching it twice is watching it once.
    pub fn add(&mut self, db: u32, key: &[u8], watch: &Arc<Watch>, expired: bool) {
        let watchers = self.keys.entry((db, key.into())).or_default();
        if !watchers.iter().any(|w| Arc::ptr_eq(&w.watch, watch)) {
            watchers.push(Watcher { watch: Arc::clone(watch), expired });
        }
    }

    /// Stops watching a key.
    pub fn remove(&mut self, db: u32, key: &[u8], watch: &Arc<Watch>) {
        let name = (db, Box::from(key));
        if let Some(watchers) = self.keys.get_mut(&name) {
            watchers.retain(|w| !Arc::ptr_eq(&w.watch, watch));
            if watchers.is_empty() {
                self.keys.remove(&name);
            }
        }
    }

    /// Whether this client watches the key as one that had not expired then.
    pub fn watches_live(&self, db: u32, key: &[u8], watch: &Arc<Watch>) -> bool {
        self.keys
            .get(&(db, key.into()))
            .is_some_and(|list| list.iter().any(|w| Arc::ptr_eq(&w.watch, watch) && !w.expired))
    }

    /// Marks everybody who watches the key; `exists` says whether it is still there.
    #[cold]
    pub fn changed(&mut self, db: u32, key: &[u8], exists: bool) {
        let Some(watchers) = self.keys.get_mut(&(db, key.into())) else { return };
        for watcher in watchers {
            if watcher.expired && !exists {
                watcher.expired = false;
            } else {
                watcher.watch.break_it();
            }
        }
    }

    /// Marks those who watch a key whose whole database was emptied or swapped with another.
    pub fn replaced(&mut self, db: u32, key: &[u8], was_there: bool, now: Presence) {
        let Some(watchers) = self.keys.get_mut(&(db, key.into())) else { return };
        for watcher in watchers {
            match now {
                Presence::Absent if !was_there => {}
                Presence::Absent if watcher.expired => watcher.expired = false,
                // An expired key is as good as none: what was missing is still missing.
                Presence::Expired if watcher.expired || !was_there => watcher.expired = true,
                _ => watcher.watch.break_it(),
            }
        }
    }

    /// The watched keys of a database.
    pub fn keys_of(&self, db: u32) -> Vec<Box<[u8]>> {
        self.keys.keys().filter(|(of, _)| *of == db).map(|(_, key)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_those_who_watch() {
        let (a, b) = (Arc::new(Watch::default()), Arc::new(Watch::default()));
        let mut watchers = Watchers::default();
        watchers.add(0, b"k", &a, false);
        watchers.add(0, b"k", &a, false);
        watchers.add(1, b"k", &b, false);
        watchers.changed(0, b"k", true);
        assert!(a.is_broken() && !b.is_broken());
        watchers.remove(0, b"k", &a);
        watchers.remove(1, b"k", &b);
        assert!(watchers.is_empty());
    }

    #[test]
    fn the_removal_of_an_expired_key_is_no_change() {
        let a = Arc::new(Watch::default());
        let mut watchers = Watchers::default();
        watchers.add(0, b"k", &a, true);
        assert!(!watchers.watches_live(0, b"k", &a));
        watchers.changed(0, b"k", false);
        assert!(!a.is_broken() && watchers.watches_live(0, b"k", &a));
        watchers.changed(0, b"k", true);
        assert!(a.is_broken());
    }

    #[test]
    fn replacing_nothing_by_nothing_is_no_change() {
        let a = Arc::new(Watch::default());
        let mut watchers = Watchers::default();
        watchers.add(0, b"k", &a, false);
        watchers.replaced(0, b"k", false, Presence::Absent);
        watchers.replaced(0, b"k", false, Presence::Expired);
        watchers.replaced(0, b"k", true, Presence::Absent);
        assert!(!a.is_broken());
        watchers.replaced(0, b"k", false, Presence::Live);
        assert!(a.is_broken());
        a.mend();
        watchers.replaced(0, b"k", true, Presence::Absent);
        assert!(a.is_broken());
    }
}
