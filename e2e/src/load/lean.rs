//! A load through redis-rs with short time-outs: a client that finds out at once, and then asks for the slot map again.
//!
//! redis-rs tries again by itself what it was told to ask elsewhere; a connection that broke it reports, even one that it only
//! wanted to have the slot map from. So a write that failed is tried again here, as other libraries do by themselves.

use super::{RATE, Seen, Target, key};
use crate::world::{Error, Outcome, now};
use redis::cluster::{ClusterClient, ClusterConnection};
use redis::{Client, Connection, ConnectionLike, RedisError, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a connection attempt or an answer may take.
const PATIENCE: Duration = Duration::from_millis(300);
/// Waits before a write that failed is tried again, on new connections each time. Stock clients try three times more as well.
const AGAIN: [Duration; 3] = [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(80)];

/// The running load.
pub struct Lean {
    target: Target,
    stop: Arc<AtomicBool>,
    workers: Vec<JoinHandle<Notes>>,
}

/// What one worker noted.
#[derive(Default)]
struct Notes {
    acked: Vec<usize>,
    again: usize,
    errors: usize,
    first_error: String,
    gap: Duration,
}

impl Lean {
    /// Starts one thread for each tag.
    pub fn start(target: &Target) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let workers = target
            .tags
            .iter()
            .map(|tag| {
                let (target, tag, stop) = (target.clone(), tag.clone(), stop.clone());
                std::thread::spawn(move || write(&target, &tag, &stop))
            })
            .collect();
        Self { target: target.clone(), stop, workers }
    }

    /// Stops writing and reads back.
    pub fn finish(self) -> Outcome<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        let mut seen = Seen::default();
        for (worker, tag) in self.workers.into_iter().zip(&self.target.tags) {
            let notes = worker.join().map_err(|_| Error::Wrong("a writer panicked".into()))?;
            seen.acked += notes.acked.len();
            seen.again += notes.again;
            seen.errors += notes.errors;
            seen.gap_ms = seen.gap_ms.max(notes.gap.as_millis() as u64);
            if seen.first_error.is_empty() {
                seen.first_error = notes.first_error;
            }
            read_back(&self.target, tag, &notes.acked, &mut seen);
        }
        Ok(seen)
    }
}

/// Sends one numbered write at a time until told to stop.
fn write(target: &Target, tag: &str, stop: &AtomicBool) -> Notes {
    let mut notes = Notes::default();
    let mut line = Line::default();
    let pace = Duration::from_secs(1) / RATE;
    let (mut last, mut due) = (now(), now());
    for n in 0.. {
        pause_until(due);
        due = now().max(due + pace);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let command = redis::cmd("SET").arg(key(target, "lean", tag, n)).arg(n).clone();
        match line.insist(target, &command) {
            Ok(tries) => {
                notes.gap = notes.gap.max(last.elapsed());
                last = now();
                notes.acked.push(n);
                notes.again += usize::from(tries > 1);
            }
            Err(error) => {
                notes.errors += 1;
                if notes.first_error.is_empty() {
                    notes.first_error = error.to_string();
                }
            }
        }
    }
    notes.gap = notes.gap.max(last.elapsed());
    notes
}

/// Reads what was acknowledged; a read that fails is tried again for a while.
fn read_back(target: &Target, tag: &str, acked: &[usize], seen: &mut Seen) {
    let mut line = Line::default();
    let mut lost = Vec::new();
    for &n in acked {
        let command = redis::cmd("GET").arg(key(target, "lean", tag, n)).clone();
        let answer = (0..50).find_map(|_| match line.ask(target, &command) {
            Ok(value) => Some(value),
            Err(_) => {
                pause_until(now() + Duration::from_millis(100));
                None
            }
        });
        match answer.map(redis::from_redis_value::<Option<String>>) {
            Some(Ok(Some(value))) if value == n.to_string() => {}
            Some(_) => lost.push(n),
            None => seen.unread += 1,
        }
    }
    seen.lost += lost.len();
    if let (Some(first), Some(last), Some(end)) = (lost.first(), lost.last(), acked.last()) {
        seen.span += &format!("{tag}: {} between {first} and {last} of {end}; ", lost.len());
    }
}

#[allow(clippy::disallowed_methods, reason = "a load keeps its pace by sleeping in a thread of its own")]
fn pause_until(moment: Instant) {
    std::thread::sleep(moment.saturating_duration_since(now()));
}

/// A connection that is made when it is needed and dropped at the first failure.
#[derive(Default)]
enum Line {
    #[default]
    None,
    One(Box<Connection>),
    Cluster(Box<ClusterConnection>),
}

impl Line {
    /// Asks until there is an answer; gives after how many tries it came, or the first error if it never did.
    fn insist(&mut self, target: &Target, command: &redis::Cmd) -> Result<usize, RedisError> {
        let Err(first) = self.ask(target, command) else { return Ok(1) };
        for (n, wait) in AGAIN.into_iter().enumerate() {
            pause_until(now() + wait);
            if self.ask(target, command).is_ok() {
                return Ok(n + 2);
            }
        }
        Err(first)
    }

    fn ask(&mut self, target: &Target, command: &redis::Cmd) -> Result<Value, RedisError> {
        if matches!(self, Line::None) {
            *self = Self::dial(target)?;
        }
        let answer = match self {
            Line::One(one) => one.req_command(command),
            Line::Cluster(cluster) => cluster.req_command(command),
            Line::None => return Err(RedisError::from(std::io::Error::other("not connected"))),
        };
        let answer = answer.and_then(Value::extract_error);
        if answer.is_err() {
            *self = Line::None;
        }
        answer
    }

    fn dial(target: &Target) -> Result<Self, RedisError> {
        let url = format!("redis://{}", target.address);
        if target.cluster {
            let client = ClusterClient::builder([url])
                .connection_timeout(PATIENCE)
                .response_timeout(PATIENCE)
                .build()?;
            return Ok(Line::Cluster(Box::new(client.get_connection()?)));
        }
        let one = Client::open(url)?.get_connection_with_timeout(PATIENCE)?;
        one.set_read_timeout(Some(PATIENCE))?;
        one.set_write_timeout(Some(PATIENCE))?;
        Ok(Line::One(Box::new(one)))
    }
}
