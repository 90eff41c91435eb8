//! How long to wait after the n-th failure in a row.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_millis(200);
/// At most.
const LONGEST: Duration = Duration::from_secs(30);

/// The time to wait after `failures` earlier failures: doubled each time, up to half of it taken off at random so that
/// what failed together doesn't come back together.
pub fn backoff(failures: u32, who: &str) -> Duration {
    let full = FIRST.saturating_mul(1 << failures.min(16)).min(LONGEST);
    // A hasher with a fresh key is the random number that the standard library has.
    let dice = RandomState::new().hash_one(who) % 1000;
    full - full.mul_f64(dice as f64 / 2000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_and_has_a_bound() {
        for (failures, full) in [(0, 200), (1, 400), (5, 6_400), (8, 30_000), (1000, 30_000)] {
            for _ in 0..100 {
                let wait = backoff(failures, "x").as_millis();
                assert!(wait > full / 2 - 1 && wait <= full, "{failures}: {wait}");
            }
        }
    }

    #[test]
    fn what_failed_together_comes_back_apart() {
        let waits: std::collections::BTreeSet<_> = (0..50).map(|_| backoff(8, "x")).collect();
        assert!(waits.len() > 10);
    }
}
