//! The share of a thread's time that one connection has before others get their turn.
//!
//! What counts is work: time in which the thread did not run, or waited for others, must not cut a short pipeline in two.
//! The cheap clock tells when a look at the thread's own is worth it.

use crate::sys::clock;

/// Nanoseconds between two looks.
const LOOK: u64 = 250_000;
/// Nanoseconds of work between two looks that end a turn.
const WORK: u64 = LOOK / 2;

/// What is known of the turn of the connection that is served.
#[derive(Default)]
pub struct Share {
    /// The counter of the clock when the turn began, or at the last look.
    since: u64,
    /// Nanoseconds that the thread had run at the last look.
    ran: Option<u64>,
    over: bool,
}

impl Share {
    /// Begins a turn.
    pub fn begin(&mut self, tick: u64) {
        *self = Self { since: tick, ran: None, over: false };
    }

    /// Much is about to be done: what the thread had run before is looked at already now, not after a first while.
    pub fn expect_much(&mut self) {
        self.ran = self.ran.or_else(|| Some(clock::thread_nanos()));
    }

    /// Whether the turn is over, after a command that ended at this tick.
    #[inline(always)]
    pub fn ends(&mut self, tick: u64) -> bool {
        if clock::nanos(tick.wrapping_sub(self.since)) > LOOK {
            self.look(tick, clock::thread_nanos());
        }
        self.over
    }

    /// Whether the turn was over at the last look.
    pub fn is_over(&self) -> bool {
        self.over
    }

    #[cold]
    fn look(&mut self, tick: u64, ran: u64) {
        self.over |= self.ran.is_some_and(|before| ran.saturating_sub(before) >= WORK);
        (self.since, self.ran) = (tick, Some(ran));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_work_ends_a_turn() {
        let mut share = Share::default();
        share.begin(0);
        for ran in [5_000, 6_000, 6_000 + WORK - 1] {
            share.look(0, ran);
            assert!(!share.is_over());
        }
        share.look(0, 6_000 + 2 * WORK);
        assert!(share.is_over());
        share.look(0, 6_000 + 2 * WORK);
        assert!(share.is_over(), "once over, it stays so");
        share.begin(0);
        assert!(!share.is_over());
        share.look(0, 0);
        assert!(!share.is_over(), "what it did before the first look isn't known");
        share.begin(0);
        share.expect_much();
        share.look(0, u64::MAX);
        assert!(share.is_over(), "unless it was looked at before");
    }
}
