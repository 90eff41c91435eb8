//! What time it is: the only place of the operator that asks.

use ironkeep_core::Millis;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// Milliseconds since 1970.
    pub fn now(&self) -> Millis {
        self.since_1970().as_millis() as Millis
    }

    /// Nanoseconds since 1970.
    pub fn nanoseconds(&self) -> u64 {
        self.since_1970().as_nanos() as u64
    }

    #[allow(clippy::disallowed_methods, reason = "this is the clock that others take time from")]
    fn since_1970(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}
