//! Time: the wall clock for expiry, and a cheap counter for how long commands take.
//!
//! The counter is the processor's time stamp where that runs at a constant rate, else the monotonic clock.
//! Everybody else gets time as an argument.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch.
#[allow(clippy::disallowed_methods)] // this is the clock
pub fn wall_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

/// Microseconds since the epoch.
#[allow(clippy::disallowed_methods)] // this is the clock
pub fn wall_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

/// A point on the monotonic clock.
#[allow(clippy::disallowed_methods)] // this is the clock
pub fn instant() -> Instant {
    Instant::now()
}

struct Rate {
    start: Instant,
    first: u64,
    /// Nanoseconds of a tick, times 2^24; zero when ticks are nanoseconds.
    nanos: u64,
}

static RATE: OnceLock<Rate> = OnceLock::new();

#[cfg(target_arch = "x86_64")]
fn has_constant_rate() -> bool {
    use std::arch::x86_64::__cpuid;
    __cpuid(0x8000_0000).eax >= 0x8000_0007 && __cpuid(0x8000_0007).edx & 1 << 8 != 0
}
#[cfg(not(target_arch = "x86_64"))]
fn has_constant_rate() -> bool {
    false
}

#[inline(always)]
fn stamp() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reading the time stamp counter has no effect; every x86-64 processor has it.
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    0
}

/// Measures the rate of the counter. Called once, before any thread starts; takes five milliseconds.
pub fn calibrate() {
    RATE.get_or_init(|| {
        let (start, first) = (instant(), stamp());
        if !has_constant_rate() {
            return Rate { start, first, nanos: 0 };
        }
        while start.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        let (elapsed, ticks) = (start.elapsed().as_nanos() as u64, stamp().wrapping_sub(first));
        Rate { start, first, nanos: (elapsed << 24).checked_div(ticks).unwrap_or(0) }
    });
}

/// The counter now.
#[inline(always)]
pub fn ticks() -> u64 {
    match RATE.get() {
        Some(rate) if rate.nanos != 0 => stamp(),
        Some(rate) => rate.start.elapsed().as_nanos() as u64,
        None => 0,
    }
}

/// Nanoseconds between two readings of the counter.
#[inline(always)]
pub fn nanos(ticks: u64) -> u64 {
    match RATE.get() {
        Some(rate) if rate.nanos != 0 => ((u128::from(ticks) * u128::from(rate.nanos)) >> 24) as u64,
        _ => ticks,
    }
}

/// Nanoseconds for which this thread has run.
pub fn thread_nanos() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `time` alone; where it can't, that stays zero.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Which counter is used, and its rate.
pub fn name() -> String {
    match RATE.get() {
        Some(rate) if rate.nanos != 0 => {
            format!("X86 TSC @ {:.2} ticks/us", 1000.0 * f64::from(1u32 << 24) / rate.nanos as f64)
        }
        _ => "POSIX clock_gettime".to_owned(),
    }
}

/// Nanoseconds since [`calibrate`].
pub fn uptime_nanos() -> u64 {
    match RATE.get() {
        Some(rate) if rate.nanos != 0 => nanos(stamp().wrapping_sub(rate.first)),
        _ => ticks(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_agrees_with_the_monotonic_clock() {
        calibrate();
        let (start, first) = (instant(), ticks());
        while start.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let (real, counted) = (start.elapsed().as_nanos() as f64, nanos(ticks() - first) as f64);
        assert!((0.5..2.0).contains(&(counted / real)), "{counted} / {real}");
    }
}
