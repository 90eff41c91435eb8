//! When clients of one thread that wait have waited long enough.
//!
//! Takes times and places of connections, says how long the thread may sleep and whose time is over.

use crate::sys::clock;
use std::collections::BTreeSet;

/// The longest sleep; the thread then just looks again.
const LONGEST: i64 = 60_000;

/// Times in milliseconds since the epoch, with the places of their connections.
#[derive(Default)]
pub struct Alarms(BTreeSet<(i64, u64)>);

impl Alarms {
    /// Sets an alarm; none for the time zero. Twice is once.
    pub fn set(&mut self, time: i64, token: u64) {
        if time != 0 {
            self.0.insert((time, token));
        }
    }

    /// Takes it back.
    pub fn clear(&mut self, time: i64, token: u64) {
        self.0.remove(&(time, token));
    }

    /// Milliseconds to sleep at most; -1 for as long as nothing happens.
    pub fn patience(&self) -> i32 {
        match self.0.first() {
            None => -1,
            Some((time, _)) => left(*time, clock::wall_ms()),
        }
    }

    /// Takes the place of a connection whose time is over.
    pub fn due(&mut self, now: i64) -> Option<(i64, u64)> {
        self.0.first().filter(|(time, _)| *time < now)?;
        self.0.pop_first()
    }
}

/// Milliseconds until a time has passed: it has not while the clock still shows it.
fn left(time: i64, now: i64) -> i32 {
    time.saturating_sub(now).saturating_add(1).clamp(0, LONGEST) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_ring_in_order_and_not_too_early() {
        let mut alarms = Alarms::default();
        assert_eq!((alarms.patience(), alarms.due(i64::MAX)), (-1, None));
        for (time, token) in [(30, 1), (10, 2), (0, 3), (20, 4), (10, 2)] {
            alarms.set(time, token);
        }
        alarms.clear(20, 4);
        assert_eq!(alarms.patience(), 0);
        assert_eq!(alarms.due(10), None);
        assert_eq!((alarms.due(11), alarms.due(11), alarms.due(31)), (Some((10, 2)), None, Some((30, 1))));
        assert_eq!(alarms.due(i64::MAX), None);
    }

    #[test]
    fn sleeps_until_the_time_has_passed() {
        assert_eq!((left(10, 10), left(10, 9), left(10, 12), left(i64::MAX, 0)), (1, 2, 0, 60_000));
    }
}
