//! The pace of the thread that frees large values: after a short while of work it rests, so that a thread that serves
//! clients and shares a processor with it need not wait for the end of its time slice.
//!
//! The allocator tells of every piece that such a thread frees, whatever it was part of. Must not allocate.

use super::{clock, decay};
use std::cell::Cell;
use std::time::Duration;

/// Pieces between two looks at the clock.
const LOOK: u32 = 64;
/// Nanoseconds of work between two rests.
const WORK: u64 = 200_000;
/// How long a rest is.
const REST: Duration = Duration::from_micros(100);

thread_local! {
    /// Pieces freed since the last look.
    static PIECES: Cell<u32> = const { Cell::new(0) };
    /// The counter of the clock when the last rest ended.
    static BEGAN: Cell<u64> = const { Cell::new(0) };
}

/// Begins to free something after a time in which there was nothing to do.
pub fn begin() {
    decay::expect();
    BEGAN.set(clock::ticks());
}

/// A piece was freed.
pub(super) fn freed() {
    PIECES.set(PIECES.get() + 1);
    if PIECES.get() < LOOK {
        return;
    }
    PIECES.set(0);
    if clock::nanos(clock::ticks().wrapping_sub(BEGAN.get())) > WORK {
        rest();
        BEGAN.set(clock::ticks());
    }
}

#[allow(clippy::disallowed_methods, reason = "nobody waits for this thread")]
fn rest() {
    decay::look();
    std::thread::sleep(REST);
}
