//! What time it is: the only place of the operator that asks.

use ironkeep_core::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// Milliseconds since 1970.
    #[allow(clippy::disallowed_methods, reason = "this is the clock that others take time from")]
    pub fn now(&self) -> Millis {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
    }
}
