//! The best victims that were met so far.

use super::Policy;

/// How many candidates wait.
const SIZE: usize = 16;

/// A key that may go.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) score: u64,
    pub(super) db: u32,
    pub(super) key: Box<[u8]>,
}

/// The candidates of one thread.
#[derive(Debug, Default)]
pub struct Pool {
    /// The best is the last.
    candidates: Vec<Candidate>,
    /// The policy that their scores belong to.
    policy: Option<Policy>,
    /// The keys of the largest partition that was met lately.
    largest: usize,
}

impl Pool {
    /// Forgets what was found under another policy.
    pub(super) fn begin(&mut self, policy: Policy) {
        if self.policy != Some(policy) {
            *self = Self { policy: Some(policy), ..Self::default() };
        }
        self.largest -= self.largest / 256;
    }

    /// The keys of the largest partition, one with `count` keys among them.
    pub(super) fn largest(&mut self, count: usize) -> u64 {
        self.largest = self.largest.max(count).max(1);
        self.largest as u64
    }

    /// Takes a key in if it is better than one that is here, or if there is room.
    pub(super) fn offer(&mut self, score: u64, db: u32, key: &[u8]) {
        self.candidates.retain(|old| old.db != db || *old.key != *key);
        let mut at = self.candidates.partition_point(|old| old.score < score);
        if self.candidates.len() == SIZE {
            if at == 0 {
                return;
            }
            self.candidates.remove(0);
            at -= 1;
        }
        self.candidates.insert(at, Candidate { score, db, key: key.into() });
    }

    /// The best candidate, which leaves the pool.
    pub(super) fn take_best(&mut self) -> Option<Candidate> {
        self.candidates.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_best_sixteen_once_each() {
        let mut pool = Pool::default();
        for score in (0..40).rev().chain(0..40) {
            pool.offer(score, 0, score.to_string().as_bytes());
        }
        let scores: Vec<u64> = std::iter::from_fn(|| pool.take_best()).map(|best| best.score).collect();
        assert_eq!(scores, (24..40).rev().collect::<Vec<_>>());
    }

    #[test]
    fn another_policy_begins_anew() {
        let mut pool = Pool::default();
        pool.begin(Policy::named("allkeys-lru").expect("a policy"));
        pool.offer(1, 0, b"a");
        pool.begin(Policy::named("allkeys-lru").expect("a policy"));
        assert!(pool.take_best().is_some());
        pool.offer(1, 0, b"a");
        pool.begin(Policy::named("volatile-ttl").expect("a policy"));
        assert!(pool.take_best().is_none());
    }
}
