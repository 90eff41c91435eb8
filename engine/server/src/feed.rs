//! The one log: an ordered ring of effects that replicas, the append-only file and slot migration read.
//!
//! Takes the effects of a command or transaction while the partitions concerned are held, so conflicting commands
//! stand in it in the order in which they ran; gives bytes from an offset on. When nobody reads, nothing is written.
//! Bounded by `repl-backlog-size`: a reader that falls behind by more is told so and must begin anew.

use ironkeep_commands::turn::Effects;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes asked for are no longer, or not yet, in the ring.
#[derive(Debug, PartialEq, Eq)]
pub struct Lost;

struct Ring {
    bytes: Box<[u8]>,
    /// Offset of the first byte that was never written.
    end: u64,
    /// Bytes from here on are still there.
    start: u64,
    /// The database that the last effect was for.
    db: Option<u32>,
}

/// The log.
pub struct Feed {
    capacity: AtomicUsize,
    readers: AtomicUsize,
    ring: Mutex<Ring>,
}

impl Feed {
    /// An empty log that keeps so many bytes. It takes no memory before somebody reads.
    pub fn new(capacity: usize) -> Self {
        let ring = Ring { bytes: [].into(), end: 0, start: 0, db: None };
        Self {
            capacity: AtomicUsize::new(capacity.max(1)),
            readers: AtomicUsize::new(0),
            ring: Mutex::new(ring),
        }
    }

    /// Keeps so many bytes from now on; what was kept so far is lost to readers that are behind.
    pub fn resize(&self, capacity: usize) {
        let mut ring = self.ring.lock();
        self.capacity.store(capacity.max(1), Ordering::Relaxed);
        if !ring.bytes.is_empty() {
            ring.bytes = vec![0; capacity.max(1)].into();
            ring.start = ring.end;
        }
    }

    /// Bytes of memory that the log takes.
    pub fn size(&self) -> usize {
        self.ring.lock().bytes.len()
    }

    /// The offset of the oldest byte that is kept.
    pub fn start(&self) -> u64 {
        self.ring.lock().start
    }

    /// Whether anybody reads.
    #[inline(always)]
    pub fn is_read(&self) -> bool {
        self.readers.load(Ordering::Relaxed) != 0
    }

    /// Begins to read; gives the offset where reading begins. Call it with every partition held, so that what was
    /// before is in the data and what comes after is in the log.
    pub fn attach(&self) -> u64 {
        let mut ring = self.ring.lock();
        if ring.bytes.is_empty() {
            ring.bytes = vec![0; self.capacity.load(Ordering::Relaxed)].into();
        }
        self.readers.fetch_add(1, Ordering::Relaxed);
        // A new reader has not seen which database was selected.
        ring.db = None;
        ring.end
    }

    /// Ends to read.
    pub fn detach(&self) {
        self.readers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Appends what a command or transaction did. More than one effect becomes a transaction.
    pub fn append(&self, effects: &Effects) {
        if effects.is_empty() {
            return;
        }
        let whole = effects.count() > 1;
        let mut ring = self.ring.lock();
        for (nth, (db, bytes)) in effects.by_db().enumerate() {
            if ring.db != Some(db) {
                ring.db = Some(db);
                let number = db.to_string();
                ring.write(format!("*2\r\n$6\r\nSELECT\r\n${}\r\n{number}\r\n", number.len()).as_bytes());
            }
            if nth == 0 && whole {
                ring.write(b"*1\r\n$5\r\nMULTI\r\n");
            }
            ring.write(bytes);
        }
        if whole {
            ring.write(b"*1\r\n$4\r\nEXEC\r\n");
        }
    }

    /// Copies what there is from `offset` on, at most `most` bytes, to the end of `out`.
    pub fn read(&self, offset: u64, most: usize, out: &mut Vec<u8>) -> Result<usize, Lost> {
        let ring = self.ring.lock();
        if ring.bytes.is_empty() || offset < ring.start || offset > ring.end {
            return Err(Lost);
        }
        let count = (ring.end - offset).min(most as u64) as usize;
        let size = ring.bytes.len();
        let first = (offset % size as u64) as usize;
        let head = count.min(size - first);
        out.extend_from_slice(&ring.bytes[first..first + head]);
        out.extend_from_slice(&ring.bytes[..count - head]);
        Ok(count)
    }

    /// The offset of the next byte.
    pub fn end(&self) -> u64 {
        self.ring.lock().end
    }
}

impl Ring {
    fn write(&mut self, bytes: &[u8]) {
        let size = self.bytes.len();
        // Of what is longer than the ring only the end could stay.
        let kept = &bytes[bytes.len().saturating_sub(size)..];
        let first = ((self.end + (bytes.len() - kept.len()) as u64) % size as u64) as usize;
        let head = kept.len().min(size - first);
        self.bytes[first..first + head].copy_from_slice(&kept[..head]);
        self.bytes[..kept.len() - head].copy_from_slice(&kept[head..]);
        self.end += bytes.len() as u64;
        self.start = self.start.max(self.end.saturating_sub(size as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(commands: &[(u32, &[&[u8]])]) -> Effects {
        let mut effects = Effects::default();
        effects.wanted = true;
        for (db, words) in commands {
            effects.begin(*db);
            effects.push(words);
        }
        effects
    }

    #[test]
    fn selects_databases_and_wraps_transactions() {
        let feed = Feed::new(4096);
        assert_eq!(feed.attach(), 0);
        feed.append(&effects(&[(0, &[b"DEL", b"a"])]));
        feed.append(&effects(&[(0, &[b"DEL", b"b"]), (3, &[b"DEL", b"c"])]));
        let mut out = Vec::new();
        feed.read(0, 4096, &mut out).unwrap();
        let words: Vec<_> = String::from_utf8(out)
            .unwrap()
            .split("\r\n")
            .filter(|w| !w.is_empty() && !w.starts_with(['*', '$']))
            .map(str::to_owned)
            .collect();
        assert_eq!(
            words,
            ["SELECT", "0", "DEL", "a", "MULTI", "DEL", "b", "SELECT", "3", "DEL", "c", "EXEC"]
        );
    }

    #[test]
    fn keeps_the_newest_bytes_and_says_when_older_ones_are_lost() {
        let feed = Feed::new(100);
        feed.attach();
        let mut all = Vec::new();
        let mut at = 0;
        for i in 0..50u32 {
            feed.append(&effects(&[(0, &[b"SET", i.to_string().as_bytes(), b"v"])]));
            at += feed.read(at, usize::MAX, &mut all).unwrap() as u64;
        }
        assert_eq!((at, all.len() as u64), (feed.end(), feed.end()));
        let mut tail = Vec::new();
        assert_eq!(feed.read(at - 100, usize::MAX, &mut tail), Ok(100));
        assert_eq!(tail, all[all.len() - 100..]);
        assert_eq!(feed.read(at - 101, 1, &mut tail), Err(Lost));
        assert_eq!(feed.read(at + 1, 1, &mut tail), Err(Lost));
    }

    #[test]
    fn takes_memory_only_when_it_is_read_and_can_be_resized() {
        let feed = Feed::new(1000);
        assert_eq!((feed.size(), feed.start()), (0, 0));
        assert_eq!(feed.read(0, 1, &mut Vec::new()), Err(Lost));
        feed.resize(500);
        assert_eq!(feed.size(), 0);
        feed.attach();
        assert_eq!(feed.size(), 500);
        feed.append(&effects(&[(0, &[b"DEL", b"a"])]));
        let end = feed.end();
        feed.resize(2000);
        assert_eq!((feed.size(), feed.start(), feed.end()), (2000, end, end));
        assert_eq!(feed.read(0, 1, &mut Vec::new()), Err(Lost));
        feed.append(&effects(&[(0, &[b"DEL", b"b"])]));
        let mut out = Vec::new();
        assert!(feed.read(end, 1000, &mut out).unwrap() > 0 && out.ends_with(b"b\r\n"));
    }
}
