//! Counts of what the server did.
//!
//! Every I/O thread has a [`LaneStats`] that it alone writes, with plain stores; readers add them up. What is rare
//! is counted once for the whole server, in [`Totals`].

use ironkeep_commands::spec::{COUNT, Spec};
use ironkeep_commands::turn::Counts;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// A number that one thread writes and others read.
#[derive(Default, Debug)]
pub struct Tally(AtomicU64);

impl Tally {
    /// Adds. Only the thread that owns the tally may.
    #[inline(always)]
    pub fn add(&self, amount: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(amount), Relaxed);
    }
    /// Takes over a value that is larger. Only the thread that owns the tally may.
    #[inline(always)]
    pub fn raise(&self, value: u64) {
        if value > self.0.load(Relaxed) {
            self.0.store(value, Relaxed);
        }
    }
    /// The sum so far.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
    /// Begins anew.
    pub fn reset(&self) {
        self.0.store(0, Relaxed);
    }
}

/// How long the calls of one command took: sixteen steps for every doubling of nanoseconds.
pub struct Histogram {
    counts: [AtomicU32; Self::BUCKETS],
}

impl Histogram {
    const STEPS: u64 = 16;
    const BUCKETS: usize = 16 * 37;

    fn new() -> Self {
        Self { counts: [const { AtomicU32::new(0) }; Self::BUCKETS] }
    }

    #[inline(always)]
    fn bucket(nanos: u64) -> usize {
        let nanos = nanos.max(Self::STEPS);
        let exponent = 63 - nanos.leading_zeros() - 4;
        let step = (nanos >> exponent) - Self::STEPS;
        ((u64::from(exponent) * Self::STEPS + step) as usize).min(Self::BUCKETS - 1)
    }

    /// The upper end of a bucket, in nanoseconds.
    pub fn upper(bucket: usize) -> u64 {
        let (exponent, step) = (bucket as u64 / Self::STEPS, bucket as u64 % Self::STEPS);
        ((step + Self::STEPS + 1) << exponent) - 1
    }

    #[inline(always)]
    fn record(&self, nanos: u64) {
        let count = &self.counts[Self::bucket(nanos)];
        count.store(count.load(Relaxed).saturating_add(1), Relaxed);
    }

    /// The counts of all buckets.
    pub fn counts(&self) -> impl Iterator<Item = u32> + '_ {
        self.counts.iter().map(|count| count.load(Relaxed))
    }
}

/// What is counted for each command.
#[derive(Default)]
pub struct CommandStats {
    /// Calls that ran.
    pub calls: Tally,
    /// Nanoseconds that they took.
    pub nanos: Tally,
    /// Calls refused before they ran.
    pub rejected: Tally,
    /// Calls that ran and replied with an error.
    pub failed: Tally,
    histogram: OnceLock<Box<Histogram>>,
}

impl CommandStats {
    /// Counts a call.
    #[inline(always)]
    pub fn record(&self, nanos: u64, track: bool) {
        self.calls.add(1);
        self.nanos.add(nanos);
        if track {
            match self.histogram.get() {
                Some(histogram) => histogram.record(nanos),
                None => self.histogram.get_or_init(|| Box::new(Histogram::new())).record(nanos),
            }
        }
    }

    /// The histogram, if any call was recorded.
    pub fn histogram(&self) -> Option<&Histogram> {
        self.histogram.get().map(|boxed| &**boxed)
    }

    fn reset(&self) {
        for tally in [&self.calls, &self.nanos, &self.rejected, &self.failed] {
            tally.reset();
        }
        self.reset_histogram();
    }

    /// Forgets the histogram.
    pub fn reset_histogram(&self) {
        if let Some(histogram) = self.histogram.get() {
            histogram.counts.iter().for_each(|count| count.store(0, Relaxed));
        }
    }
}

/// What one thread counts.
pub struct LaneStats {
    commands: Box<[CommandStats]>,
    /// Commands run.
    pub processed: Tally,
    /// Bytes read from clients.
    pub input: Tally,
    /// Bytes written to clients.
    pub output: Tally,
    /// Reads of sockets.
    pub reads: Tally,
    /// Writes to sockets.
    pub writes: Tally,
    /// Reads of keys that found them.
    pub hits: Tally,
    /// Reads of keys that did not.
    pub misses: Tally,
    /// Keys that had expired.
    pub expired: Tally,
    /// Fields of hashes that had expired.
    pub expired_fields: Tally,
    /// Keys evicted.
    pub evicted: Tally,
    /// Changes made to the data.
    pub dirty: Tally,
    /// Wake-ups of the thread.
    pub wakes: Tally,
    /// Nanoseconds from a wake-up to the end of its last command.
    pub busy: Tally,
    /// The most nanoseconds of one wake-up.
    pub longest: Tally,
    /// The most commands in one wake-up.
    pub most: Tally,
}

impl Default for LaneStats {
    fn default() -> Self {
        Self {
            commands: (0..COUNT).map(|_| CommandStats::default()).collect(),
            processed: Tally::default(),
            input: Tally::default(),
            output: Tally::default(),
            reads: Tally::default(),
            writes: Tally::default(),
            hits: Tally::default(),
            misses: Tally::default(),
            expired: Tally::default(),
            expired_fields: Tally::default(),
            evicted: Tally::default(),
            dirty: Tally::default(),
            wakes: Tally::default(),
            busy: Tally::default(),
            longest: Tally::default(),
            most: Tally::default(),
        }
    }
}

impl LaneStats {
    /// The counts of a command.
    #[inline(always)]
    pub fn of(&self, spec: &Spec) -> &CommandStats {
        &self.commands[spec.id()]
    }

    /// Takes over what commands counted.
    #[inline]
    pub fn take(&self, counts: &mut Counts) {
        let Counts { hits, misses, expired, expired_fields, evicted } = std::mem::take(counts);
        self.hits.add(hits);
        self.misses.add(misses);
        self.expired.add(expired);
        self.expired_fields.add(expired_fields);
        self.evicted.add(evicted);
    }

    /// Begins anew (CONFIG RESETSTAT). What the owner adds at the same moment may be lost.
    pub fn reset(&self) {
        self.commands.iter().for_each(CommandStats::reset);
        for tally in [
            &self.processed,
            &self.input,
            &self.output,
            &self.reads,
            &self.writes,
            &self.hits,
            &self.misses,
            &self.expired,
            &self.expired_fields,
            &self.evicted,
            &self.wakes,
            &self.busy,
            &self.longest,
            &self.most,
        ] {
            tally.reset();
        }
    }
}

/// The most different error codes that are counted each for itself.
const MOST_ERRORS: usize = 128;
/// Under this name all others are counted.
const OTHER_ERRORS: &str = "ERRORSTATS_OVERFLOW";

/// What is counted for the whole server.
#[derive(Default)]
pub struct Totals {
    /// Connections accepted.
    pub connections: AtomicU64,
    /// Connections refused: too many clients.
    pub refused: AtomicU64,
    /// Error replies.
    pub errors: AtomicU64,
    /// Failures to authenticate.
    pub denied: AtomicU64,
    /// Clients disconnected because of their output buffers.
    pub output_limit: AtomicU64,
    /// Clients disconnected because of their query buffers.
    pub query_limit: AtomicU64,
    /// Clients closed because all took too much memory.
    pub evicted_clients: AtomicU64,
    /// The most memory seen.
    pub peak_memory: AtomicU64,
    by_code: Mutex<BTreeMap<String, u64>>,
}

impl Totals {
    /// Counts an error reply, given its line without the leading dash.
    pub fn error(&self, line: &[u8]) {
        self.errors.fetch_add(1, Relaxed);
        let code = line.split(|b| *b == b' ' || *b == b'\r').next().unwrap_or_default();
        let code = String::from_utf8_lossy(&code[..code.len().min(64)]).into_owned();
        let mut by_code = self.by_code.lock();
        let known = by_code.len() < MOST_ERRORS || by_code.contains_key(&code);
        *by_code.entry(if known { code } else { OTHER_ERRORS.to_owned() }).or_default() += 1;
    }

    /// Error codes with their counts.
    pub fn by_code(&self) -> BTreeMap<String, u64> {
        self.by_code.lock().clone()
    }

    /// Begins anew (CONFIG RESETSTAT).
    pub fn reset(&self) {
        for total in [
            &self.connections,
            &self.refused,
            &self.errors,
            &self.denied,
            &self.output_limit,
            &self.query_limit,
            &self.evicted_clients,
        ] {
            total.store(0, Relaxed);
        }
        self.by_code.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_keeps_a_sixteenth_of_precision() {
        for nanos in [1, 16, 17, 100, 1000, 123_456, 1_000_000_000, 60_000_000_000] {
            let upper = Histogram::upper(Histogram::bucket(nanos));
            assert!(upper >= nanos && upper <= nanos.max(16) + nanos.max(16) / 16, "{nanos} {upper}");
        }
        assert_eq!(Histogram::bucket(u64::MAX), Histogram::BUCKETS - 1);
    }

    #[test]
    fn errors_are_counted_by_their_first_word() {
        let totals = Totals::default();
        totals.error(b"ERR syntax error\r\n");
        totals.error(b"ERR other\r\n");
        totals.error(b"WRONGTYPE x\r\n");
        assert_eq!(
            totals.by_code().into_iter().collect::<Vec<_>>(),
            [("ERR".into(), 2), ("WRONGTYPE".into(), 1)]
        );
    }
}
