//! The latency monitor: for every kind of event the last spikes, one a second at most.
//!
//! Takes events with their durations from any thread; gives samples and figures. Must not know thresholds or
//! clocks: time is an argument.

use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Samples kept of each event.
const SAMPLES: usize = 160;

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Seconds since the epoch.
    pub seconds: i64,
    /// How long it took, milliseconds.
    pub millis: i64,
}

/// The spikes of one event.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The oldest first; never empty.
    pub samples: Vec<Sample>,
    /// The longest, of all time.
    pub max: i64,
    /// The sum of all.
    pub sum: i64,
    /// How many there were.
    pub count: i64,
}

/// What the samples say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The mean, milliseconds.
    pub mean: i64,
    /// The mean distance from the mean.
    pub deviation: i64,
    /// Seconds since the oldest sample, at least one.
    pub period: i64,
}

impl Series {
    fn add(&mut self, seconds: i64, millis: i64) {
        self.max = self.max.max(millis);
        self.sum += millis;
        self.count += 1;
        match self.samples.last_mut() {
            Some(last) if last.seconds == seconds => last.millis = last.millis.max(millis),
            _ => {
                if self.samples.len() == SAMPLES {
                    self.samples.remove(0);
                }
                self.samples.push(Sample { seconds, millis });
            }
        }
    }

    /// The figures of the samples.
    pub fn summary(&self, now: i64) -> Summary {
        let count = self.samples.len().max(1) as i64;
        let mean = self.samples.iter().map(|sample| sample.millis).sum::<i64>() / count;
        let deviation = self.samples.iter().map(|sample| (mean - sample.millis).abs()).sum::<i64>() / count;
        let oldest = self.samples.first().map_or(now, |sample| sample.seconds);
        Summary { mean, deviation, period: (now - oldest).max(1) }
    }
}

/// The spikes of all events.
#[derive(Default)]
pub struct Latency {
    events: Mutex<BTreeMap<&'static str, Series>>,
}

impl Latency {
    /// Adds a spike.
    pub fn add(&self, event: &'static str, seconds: i64, millis: i64) {
        self.events.lock().entry(event).or_default().add(seconds, millis);
    }

    /// All events.
    pub fn events(&self) -> Vec<(&'static str, Series)> {
        self.events.lock().iter().map(|(name, series)| (*name, series.clone())).collect()
    }

    /// One event, by its exact name.
    pub fn event(&self, name: &[u8]) -> Option<(&'static str, Series)> {
        let events = self.events.lock();
        events
            .iter()
            .find(|(known, _)| known.as_bytes() == name)
            .map(|(known, series)| (*known, series.clone()))
    }

    /// Forgets one event, in any case, or all; says how many there were.
    pub fn reset(&self, name: Option<&[u8]>) -> usize {
        let mut events = self.events.lock();
        let before = events.len();
        events.retain(|known, _| name.is_some_and(|name| !known.as_bytes().eq_ignore_ascii_case(name)));
        before - events.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_worst_of_each_second() {
        let latency = Latency::default();
        for (seconds, millis) in [(10, 300), (10, 500), (10, 400), (12, 100)] {
            latency.add("command", seconds, millis);
        }
        let (_, series) = latency.event(b"command").unwrap();
        assert_eq!(
            series.samples,
            [Sample { seconds: 10, millis: 500 }, Sample { seconds: 12, millis: 100 }]
        );
        assert_eq!((series.max, series.sum, series.count), (500, 1300, 4));
        assert_eq!(series.summary(20), Summary { mean: 300, deviation: 200, period: 10 });
    }

    #[test]
    fn is_bounded_and_can_be_reset() {
        let latency = Latency::default();
        for second in 0..500 {
            latency.add("a", second, 1);
        }
        latency.add("b", 1, 1);
        assert_eq!(latency.event(b"a").unwrap().1.samples.len(), SAMPLES);
        assert_eq!((latency.reset(Some(b"x")), latency.reset(Some(b"A")), latency.reset(None)), (0, 1, 1));
        assert!(latency.events().is_empty());
    }
}
