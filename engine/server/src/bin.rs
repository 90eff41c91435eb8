//! Where large garbage goes: a thread of its own frees it, so that nobody waits for that.
//!
//! In between it has the allocator give pages back that were freed, by whomever. Takes what commands threw away, counts
//! what waits and what was freed. Objects are counted as INFO counts them: a value is one, a part of it none, a table as
//! many as it has keys.

use crate::sys::{decay, memory, pace};
use ironkeep_commands::garbage::Garbage;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;

/// How much waits, and how much was freed.
#[derive(Default)]
pub struct Freeing {
    /// Objects that wait.
    pub pending: AtomicU64,
    /// Bytes of the values among them: as good as free, so that no key need be given up for them.
    pub bytes: AtomicUsize,
    /// Objects freed since the start or CONFIG RESETSTAT.
    pub freed: AtomicU64,
}

/// The way to the freeing thread.
pub struct Bin {
    sender: Sender<Garbage>,
    /// Its counts.
    pub freeing: Arc<Freeing>,
}

fn objects(garbage: &Garbage) -> u64 {
    match garbage {
        Garbage::Object(_) => 1,
        Garbage::Elements(_) => 0,
        Garbage::Tables(tables) => tables.iter().map(|table| table.len() as u64).sum(),
    }
}

fn bytes(garbage: &Garbage) -> usize {
    match garbage {
        Garbage::Object(object) => object.size(),
        Garbage::Elements(removed) => removed.size(),
        // How much its entries take is known when they have been looked at.
        Garbage::Tables(_) => 0,
    }
}

fn free(garbage: Garbage, counts: &Freeing) {
    pace::begin();
    let (count, size) = (objects(&garbage), bytes(&garbage));
    drop(garbage);
    counts.bytes.fetch_sub(size, Relaxed);
    counts.pending.fetch_sub(count, Relaxed);
    counts.freed.fetch_add(count, Relaxed);
}

impl Bin {
    /// Starts the thread. It ends when the bin is gone.
    pub fn open() -> io::Result<(Self, JoinHandle<()>)> {
        let (sender, inbox) = channel::<Garbage>();
        let freeing = Arc::new(Freeing::default());
        let counts = Arc::clone(&freeing);
        let thread = std::thread::Builder::new().name("free".into()).spawn(move || {
            memory::free_unhurriedly();
            loop {
                match inbox.recv_timeout(decay::look()) {
                    Ok(garbage) => free(garbage, &counts),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok((Self { sender, freeing }, thread))
    }

    /// Has something freed.
    pub fn throw(&self, garbage: Garbage) {
        let (count, size) = (objects(&garbage), bytes(&garbage));
        self.freeing.pending.fetch_add(count, Relaxed);
        self.freeing.bytes.fetch_add(size, Relaxed);
        // When the thread is gone the server ends; the garbage is then freed here, by the failed send.
        if self.sender.send(garbage).is_err() {
            self.freeing.pending.fetch_sub(count, Relaxed);
            self.freeing.bytes.fetch_sub(size, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_keyspace::object::Object;

    #[test]
    fn counts_what_it_frees() {
        let (bin, thread) = Bin::open().unwrap();
        for _ in 0..3 {
            bin.throw(Garbage::Object(Object::from_text(vec![0; 100_000])));
        }
        let freeing = Arc::clone(&bin.freeing);
        drop(bin);
        thread.join().unwrap();
        assert_eq!((freeing.pending.load(Relaxed), freeing.freed.load(Relaxed)), (0, 3));
        assert_eq!(freeing.bytes.load(Relaxed), 0);
    }
}
