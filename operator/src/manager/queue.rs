//! Which cluster is due next.
//!
//! A cluster is never given out twice at the same time. Being woken while it is worked on makes it due at once
//! afterwards. It knows nothing of clusters but their keys.

use super::backoff::backoff;
use crate::kubernetes::Key;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The least time between the end of a pass and the next one that nothing but the pass itself asked for.
const BREATH: Duration = Duration::from_millis(10);

/// How a pass over a cluster ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Well; look again after this time.
    Well(Duration),
    /// Badly; try again, later each time.
    Badly,
    /// There is no such cluster any more.
    Gone,
}

/// The queue.
#[derive(Debug, Default)]
pub struct Queue {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    turns: BTreeMap<Key, Turn>,
    due: BTreeSet<(Instant, Key)>,
}

#[derive(Debug, Default)]
struct Turn {
    /// Its place in `due`.
    at: Option<Instant>,
    /// Somebody works on it.
    taken: bool,
    /// It was woken meanwhile.
    woken: bool,
    /// Passes that failed in a row.
    failures: u32,
}

impl State {
    fn plan(&mut self, key: &Key, at: Instant) {
        let turn = self.turns.entry(key.clone()).or_default();
        if let Some(old) = turn.at.replace(at) {
            self.due.remove(&(old, key.clone()));
        }
        self.due.insert((at, key.clone()));
    }
}

impl Queue {
    /// Something about a cluster has changed: it is due now, or as soon as whoever works on it is done.
    pub fn wake(&self, key: &Key) {
        let mut state = self.state.lock();
        match state.turns.get_mut(key) {
            Some(turn) if turn.taken => turn.woken = true,
            _ => state.plan(key, Instant::now()),
        }
        drop(state);
        self.news.notify_one();
    }

    /// Waits for the next cluster that is due, and takes it.
    pub async fn next(&self) -> Key {
        loop {
            // A permit is kept for a wake-up between the look and the wait.
            let news = self.news.notified();
            match self.take() {
                Ok(key) => return key,
                Err(Some(at)) => tokio::select! {
                    () = news => {}
                    () = tokio::time::sleep_until(at) => {}
                },
                Err(None) => news.await,
            }
        }
    }

    /// Takes the cluster that is due, or says when one will be.
    fn take(&self) -> Result<Key, Option<Instant>> {
        let mut state = self.state.lock();
        match state.due.first() {
            Some((at, _)) if *at > Instant::now() => return Err(Some(*at)),
            None => return Err(None),
            Some(_) => {}
        }
        let Some((_, key)) = state.due.pop_first() else { return Err(None) };
        if let Some(turn) = state.turns.get_mut(&key) {
            turn.at = None;
            turn.taken = true;
        }
        Ok(key)
    }

    /// Gives a cluster back that was taken.
    pub fn done(&self, key: &Key, ended: Ended) {
        let mut state = self.state.lock();
        let Some(turn) = state.turns.get_mut(key) else { return };
        turn.taken = false;
        let woken = std::mem::take(&mut turn.woken);
        let wait = match ended {
            Ended::Well(wait) => {
                turn.failures = 0;
                Some(wait.max(BREATH))
            }
            Ended::Badly => {
                let wait = backoff(turn.failures, &key.name);
                turn.failures = turn.failures.saturating_add(1);
                Some(wait)
            }
            Ended::Gone => None,
        };
        match wait {
            _ if woken => state.plan(key, Instant::now()),
            Some(wait) => state.plan(key, Instant::now() + wait),
            None => drop(state.turns.remove(key)),
        }
        drop(state);
        self.news.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    fn key(name: &str) -> Key {
        Key { namespace: "n".to_owned(), name: name.to_owned() }
    }

    /// The next key and how long it took to come, in virtual time.
    async fn next(queue: &Queue) -> Option<(String, Duration)> {
        let start = Instant::now();
        let key = timeout(Duration::from_secs(3600), queue.next()).await.ok()?;
        Some((key.name, start.elapsed()))
    }

    async fn nothing(queue: &Queue) -> bool {
        next(queue).await.is_none()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_woken_is_due_at_once_and_only_once() {
        let queue = Queue::default();
        queue.wake(&key("a"));
        queue.wake(&key("a"));
        assert_eq!(next(&queue).await, Some(("a".to_owned(), Duration::ZERO)));
        assert!(nothing(&queue).await, "nobody else gets it while it is worked on");
        queue.done(&key("a"), Ended::Gone);
        assert!(nothing(&queue).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_up_during_a_pass_makes_it_due_right_after() {
        let queue = Queue::default();
        for ended in [Ended::Well(Duration::from_secs(15)), Ended::Badly, Ended::Gone] {
            queue.wake(&key("a"));
            next(&queue).await;
            queue.wake(&key("a"));
            queue.done(&key("a"), ended);
            assert_eq!(next(&queue).await, Some(("a".to_owned(), Duration::ZERO)), "{ended:?}");
            queue.done(&key("a"), Ended::Gone);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_says_when_the_next_is_due_and_a_wake_up_is_sooner() {
        let queue = Queue::default();
        queue.wake(&key("a"));
        next(&queue).await;
        queue.done(&key("a"), Ended::Well(Duration::from_secs(15)));
        assert_eq!(next(&queue).await, Some(("a".to_owned(), Duration::from_secs(15))));
        queue.done(&key("a"), Ended::Well(Duration::from_secs(15)));
        queue.wake(&key("a"));
        assert_eq!(next(&queue).await, Some(("a".to_owned(), Duration::ZERO)));
        queue.done(&key("a"), Ended::Gone);
        assert!(nothing(&queue).await, "the earlier appointment is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_asks_for_the_next_at_once_leaves_room_to_breathe() {
        let queue = Queue::default();
        queue.wake(&key("a"));
        next(&queue).await;
        queue.done(&key("a"), Ended::Well(Duration::ZERO));
        assert_eq!(next(&queue).await, Some(("a".to_owned(), BREATH)));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_wait_longer_each_time_and_hold_up_nobody_else() {
        let queue = Queue::default();
        queue.wake(&key("broken"));
        let mut waits = Vec::new();
        for _ in 0..12 {
            waits.push(next(&queue).await.unwrap().1);
            queue.done(&key("broken"), Ended::Badly);
            queue.wake(&key("well"));
            assert_eq!(next(&queue).await, Some(("well".to_owned(), Duration::ZERO)));
            queue.done(&key("well"), Ended::Gone);
        }
        assert!(waits[1] <= Duration::from_millis(200) && waits[1] >= Duration::from_millis(100));
        assert!(waits[11] >= Duration::from_secs(15) && waits[11] <= Duration::from_secs(30));
        next(&queue).await;
        queue.done(&key("broken"), Ended::Well(Duration::ZERO));
        next(&queue).await;
        queue.done(&key("broken"), Ended::Badly);
        assert!(
            next(&queue).await.unwrap().1 <= Duration::from_millis(200),
            "a good pass wipes the slate clean"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_up_reaches_somebody_who_waits() {
        let queue = std::sync::Arc::new(Queue::default());
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await }
        });
        tokio::task::yield_now().await;
        queue.wake(&key("a"));
        assert_eq!(waiting.await.unwrap(), key("a"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_earliest_comes_first() {
        let queue = Queue::default();
        for (name, seconds) in [("c", 3), ("a", 1), ("b", 2)] {
            queue.wake(&key(name));
            next(&queue).await;
            queue.done(&key(name), Ended::Well(Duration::from_secs(seconds)));
        }
        for name in ["a", "b", "c"] {
            assert_eq!(next(&queue).await, Some((name.to_owned(), Duration::from_secs(1))));
            queue.done(&key(name), Ended::Gone);
        }
    }
}
