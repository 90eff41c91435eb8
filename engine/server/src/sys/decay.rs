//! When pages that were freed go back to the kernel: little by little, so that whoever shares a processor with the
//! thread that does it never waits long.
//!
//! The allocator has them go within a second, but looks after them only while it is used, or when it is asked to. For
//! the thread that frees large values. Must not allocate: it is asked to in the middle of freeing.

use super::{clock, jemalloc};
use std::cell::Cell;
use std::time::Duration;

/// Nanoseconds between two looks while much is given back: the allocator does it in 200 portions a second.
const SOON: u64 = 5_000_000;
/// Nanoseconds between two looks while there is nothing to do.
const IDLE: u64 = 100_000_000;
/// A look that took that many nanoseconds found much to do.
const MUCH: u64 = 50_000;

thread_local! {
    /// The counter of the clock at the last look.
    static LAST: Cell<u64> = const { Cell::new(0) };
    /// Nanoseconds from then to the next.
    static PAUSE: Cell<u64> = const { Cell::new(IDLE) };
}

/// Much is about to be freed.
pub fn expect() {
    PAUSE.set(SOON);
}

/// Has pages given back if it is time; says when to come again.
pub fn look() -> Duration {
    let past = clock::nanos(clock::ticks().wrapping_sub(LAST.get()));
    if past < PAUSE.get() {
        return Duration::from_nanos(PAUSE.get() - past);
    }
    let before = clock::thread_nanos();
    jemalloc::decay();
    let took = clock::thread_nanos().saturating_sub(before);
    PAUSE.set(if took > MUCH { SOON } else { IDLE.min(PAUSE.get() * 2) });
    LAST.set(clock::ticks());
    Duration::from_nanos(PAUSE.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_soon_while_much_is_expected_and_seldom_when_nothing_is_there() {
        let nanos = |pause: Duration| pause.as_nanos() as u64;
        expect();
        // The first look is due at once.
        let next = nanos(look());
        assert!(next == SOON || next == 2 * SOON, "{next}");
        assert!((1..=next).contains(&nanos(look())), "not again before that");
        LAST.set(0);
        PAUSE.set(IDLE);
        assert!([SOON, IDLE].contains(&nanos(look())), "never seldomer than that");
    }
}
