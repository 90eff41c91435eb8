//! Follows a status during a fault, so that it can be held against what clients saw.

use crate::world::{World, now};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// A running watch.
pub struct StatusWatch {
    begun: Instant,
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<Said>>,
}

/// What the status said from a moment on.
struct Said {
    at: Instant,
    ready: bool,
    message: String,
}

impl StatusWatch {
    /// Reads the status every 50 ms and keeps what changes.
    pub fn start(world: &World, cluster: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(follow(world.clone(), cluster.to_owned(), stop.clone()));
        Self { begun: now(), stop, task }
    }

    /// What it said, in short: for how long it wasn't Ready, after which time for the first time, and why.
    pub async fn finish(self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        let said = self.task.await.unwrap_or_default();
        let mut dark = Duration::ZERO;
        for pair in said.windows(2) {
            if !pair[0].ready {
                dark += pair[1].at - pair[0].at;
            }
        }
        let words: Vec<_> = said.iter().map(|s| s.message.as_str()).filter(|m| !m.is_empty()).collect();
        match (said.iter().find(|said| !said.ready), words.len()) {
            (None, _) => "Ready throughout".into(),
            (Some(first), n) => format!(
                "not Ready for {:.1} s, first after {:.1} s, {n} messages",
                dark.as_secs_f64(),
                (first.at - self.begun).as_secs_f64()
            ),
        }
    }
}

async fn follow(world: World, cluster: String, stop: Arc<AtomicBool>) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    while !stop.load(Ordering::Relaxed) && said.len() < 10_000 {
        if let Ok(cluster) = world.clusters().get(&cluster).await {
            let status = cluster.status.unwrap_or_default();
            let ready = status.condition("Ready").is_some_and(|c| c.status == "True");
            if said.last().is_none_or(|last| last.ready != ready || last.message != status.message) {
                said.push(Said { at: now(), ready, message: status.message });
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    said
}
