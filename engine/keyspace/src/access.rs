//! The access clock of an entry: when (LRU) or how often (LFU) it was used, in 24 bits.
//!
//! LRU: seconds, modulo 2^24. LFU: sixteen bits of minutes above an eight-bit logarithmic counter, as in Valkey.
//! Takes the time and a random number as arguments; must not read a clock.

/// The counter that a new key begins with, so that it is not evicted at once.
pub const LFU_NEW: u32 = 5;
const CLOCK_MASK: u32 = 0xff_ffff;
const MINUTES_MASK: u32 = 0xffff;

/// How accesses are counted now. Small enough to be copied into every context.
#[derive(Clone, Copy, Debug)]
pub struct AccessRule {
    /// Whether the eviction policy is one of the LFU ones.
    pub lfu: bool,
    /// The time in seconds.
    pub seconds: u32,
    /// `lfu-log-factor`.
    pub log_factor: u32,
    /// `lfu-decay-time`, minutes.
    pub decay_minutes: u32,
}

impl AccessRule {
    /// The clock of a new entry.
    #[inline(always)]
    pub fn fresh(&self) -> u32 {
        if self.lfu { (self.minutes() << 8) | LFU_NEW } else { self.seconds & CLOCK_MASK }
    }

    fn minutes(&self) -> u32 {
        (self.seconds / 60) & MINUTES_MASK
    }

    /// The clock after an access.
    #[inline(always)]
    pub fn touched(&self, access: u32, draw: impl FnOnce() -> u64) -> u32 {
        if self.lfu { self.counted(access, draw) } else { self.seconds & CLOCK_MASK }
    }

    #[cold]
    fn counted(&self, access: u32, draw: impl FnOnce() -> u64) -> u32 {
        let mut counter = self.frequency(access);
        if counter < 255 {
            let above = counter.saturating_sub(LFU_NEW);
            // One in (above * factor + 1) accesses counts.
            if draw().is_multiple_of(u64::from(above) * u64::from(self.log_factor) + 1) {
                counter += 1;
            }
        }
        (self.minutes() << 8) | counter
    }

    /// The counter of an entry after the decay for the minutes that it was not used.
    pub fn frequency(&self, access: u32) -> u32 {
        let (minutes, counter) = (access >> 8, access & 255);
        let elapsed = self.minutes().wrapping_sub(minutes) & MINUTES_MASK;
        match elapsed.checked_div(self.decay_minutes) {
            Some(periods) => counter.saturating_sub(periods),
            None => counter,
        }
    }

    /// Seconds since the last access.
    pub fn idle_seconds(&self, access: u32) -> u32 {
        self.seconds.wrapping_sub(access) & CLOCK_MASK
    }

    /// The clock of an entry that was last used so many seconds ago (RESTORE, DEBUG).
    pub fn idle_since(&self, idle: u32) -> u32 {
        self.seconds.wrapping_sub(idle) & CLOCK_MASK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lru_counts_seconds_round_the_clock() {
        let rule = AccessRule { lfu: false, seconds: (1 << 24) + 5, log_factor: 10, decay_minutes: 1 };
        assert_eq!(rule.fresh(), 5);
        assert_eq!(rule.idle_seconds((1 << 24) - 5), 10);
        assert_eq!(rule.idle_since(10), (1 << 24) - 5);
    }

    #[test]
    fn lfu_counts_up_by_chance_and_down_by_time() {
        let at = |seconds| AccessRule { lfu: true, seconds, log_factor: 10, decay_minutes: 1 };
        let fresh = at(6000).fresh();
        assert_eq!(at(6000).frequency(fresh), LFU_NEW);
        let once = at(6000).touched(fresh, || 0);
        assert_eq!(at(6000).frequency(once), LFU_NEW + 1);
        assert_eq!(at(6000).touched(once, || 1) & 255, LFU_NEW + 1);
        assert_eq!(at(6000 + 180).frequency(once), LFU_NEW - 2);
        assert_eq!(at(6000 + 18_000).frequency(once), 0);
        let frozen = AccessRule { decay_minutes: 0, ..at(999_999) };
        assert_eq!(frozen.frequency(once), LFU_NEW + 1);
    }
}
