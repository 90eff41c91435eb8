//! What the server notes about its own work, for INFO and its relatives: rates, expiry, eviction, logs.
//!
//! The control thread samples and counts; commands read. Nothing here is on the hot path.

use crate::commandlog::CommandLog;
use crate::latency::Latency;
use crate::stats::LaneStats;
use ironkeep_commands::eviction::Pool;
use ironkeep_config::Live;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// Samples that a rate is the mean of.
const SAMPLES: usize = 16;

/// Sums whose growth is shown as a rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Commands run.
    pub commands: u64,
    /// Bytes read.
    pub input: u64,
    /// Bytes written.
    pub output: u64,
    /// Wake-ups of I/O threads.
    pub wakes: u64,
    /// Microseconds that these took.
    pub busy: u64,
}

/// Growth per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rates {
    /// Commands.
    pub commands: f64,
    /// Bytes read.
    pub input: f64,
    /// Bytes written.
    pub output: f64,
    /// Wake-ups.
    pub wakes: f64,
    /// Microseconds of each wake-up.
    pub busy_each: f64,
}

/// The last samples of the sums.
#[derive(Debug, Default)]
pub struct Samples {
    taken: VecDeque<(u64, Sums)>,
}

impl Samples {
    /// Adds the sums of now.
    pub fn add(&mut self, now_us: u64, sums: Sums) {
        if self.taken.len() > SAMPLES {
            self.taken.pop_front();
        }
        self.taken.push_back((now_us, sums));
    }

    /// Forgets all samples: the sums begin anew.
    pub fn reset(&mut self) {
        self.taken.clear();
    }

    /// Growth over the time of the samples.
    pub fn rates(&self) -> Rates {
        let (Some((start, first)), Some((end, last))) = (self.taken.front(), self.taken.back()) else {
            return Rates::default();
        };
        let seconds = end.saturating_sub(*start) as f64 / 1e6;
        if seconds <= 0.0 {
            return Rates::default();
        }
        let rate = |old: u64, new: u64| new.saturating_sub(old) as f64 / seconds;
        let (wakes, busy) = (rate(first.wakes, last.wakes), rate(first.busy, last.busy));
        Rates {
            commands: rate(first.commands, last.commands),
            input: rate(first.input, last.input),
            output: rate(first.output, last.output),
            wakes,
            busy_each: if wakes > 0.0 { busy / wakes } else { 0.0 },
        }
    }
}

/// Figures of active expiry.
#[derive(Debug, Default)]
pub struct Expiry {
    /// Share of the keys with an expiry that were found to be overdue lately, in millionths.
    pub stale: AtomicU64,
    /// The same of the keys with fields that expire.
    pub stale_fields: AtomicU64,
    /// Rounds that ran out of time.
    pub capped: AtomicU64,
    /// Microseconds spent.
    pub micros: AtomicU64,
}

/// Figures of eviction.
#[derive(Default)]
pub struct Evicting {
    /// The candidates; who evicts holds it, so that one thread evicts at a time.
    pub pool: Mutex<Pool>,
    /// Whether the control thread has been asked to go on evicting.
    pub asked: AtomicBool,
    /// Since when too much memory is used, microseconds; zero when it is not.
    pub since: AtomicI64,
    /// Microseconds during which too much was used, before that.
    pub total: AtomicI64,
}

/// All of it.
pub struct Figures {
    /// COMMANDLOG.
    pub commandlog: CommandLog,
    /// LATENCY.
    pub latency: Latency,
    /// For the rates.
    pub samples: Mutex<Samples>,
    /// What the control thread counts: keys that expire or are evicted while nobody asks.
    pub background: LaneStats,
    /// Active expiry.
    pub expiry: Expiry,
    /// Eviction.
    pub evicting: Evicting,
    /// Bytes in use when the server had started.
    pub startup_memory: AtomicU64,
    /// DEBUG SET-ACTIVE-EXPIRE.
    pub active_expire: AtomicBool,
    /// DEBUG PAUSE-CRON.
    pub cron_paused: AtomicBool,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            commandlog: CommandLog::default(),
            latency: Latency::default(),
            samples: Mutex::default(),
            background: LaneStats::default(),
            expiry: Expiry::default(),
            evicting: Evicting::default(),
            startup_memory: AtomicU64::new(0),
            active_expire: AtomicBool::new(true),
            cron_paused: AtomicBool::new(false),
        }
    }
}

impl Figures {
    /// Notes an event that took so long, if the latency monitor wants it.
    pub fn note_spike(&self, live: &Live, event: &'static str, nanos: u64, now_seconds: i64) {
        if nanos >= crate::slow::spike(live) {
            self.latency.add(event, now_seconds, (nanos / 1_000_000) as i64);
        }
    }

    /// Begins anew (CONFIG RESETSTAT). The logs stay.
    pub fn reset(&self) {
        self.samples.lock().reset();
        self.background.reset();
        let Expiry { stale, stale_fields, capped, micros } = &self.expiry;
        for sum in [stale, stale_fields, capped, micros] {
            sum.store(0, Relaxed);
        }
        self.evicting.since.store(0, Relaxed);
        self.evicting.total.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_growth_per_second() {
        let mut samples = Samples::default();
        assert_eq!(samples.rates(), Rates::default());
        for step in 0..40 {
            let sums = Sums { commands: step * 50, input: step * 10, output: 0, wakes: step, busy: step * 7 };
            samples.add(step * 500_000, sums);
        }
        let rates = samples.rates();
        assert_eq!((rates.commands, rates.input, rates.output, rates.wakes), (100.0, 20.0, 0.0, 2.0));
        assert_eq!((rates.busy_each, samples.taken.len()), (7.0, SAMPLES + 1));
    }
}
