//! Traces of what the operator does, for a collector that speaks OTLP over HTTP: a pass, its stages, its steps.
//!
//! The spans that log lines are told within are collected, put into batches, and posted as JSON. A collector that is
//! slow or gone costs traces, never a pass: what doesn't fit into the queue is let go of. It is done here because it is
//! little: the usual crates would bring sixteen more, and a second HTTP client, for one POST of one document.

mod collect;
mod encode;
mod export;

pub use collect::Collector;
pub use export::{Endpoint, Exporter};

use crate::clock::Clock;
use tokio::sync::{mpsc, oneshot};

/// Spans that may wait for their way to the collector.
const MOST_WAITING: usize = 2048;

/// What is sent to the exporter.
enum Message {
    Span(Box<Span>),
    /// Everything before this is to be sent now.
    Flush(oneshot::Sender<()>),
}

/// A span that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    trace: u128,
    id: u64,
    parent: Option<u64>,
    name: String,
    /// Nanoseconds since 1970.
    start: u64,
    end: u64,
    attributes: Vec<(&'static str, String)>,
    /// The first thing that went wrong in it.
    error: Option<String>,
}

/// Both ends: what collects spans, and what brings them to the endpoint, in the name of `instance`.
pub fn to(endpoint: Endpoint, instance: &str) -> (Collector, Exporter, Flusher) {
    let (sender, receiver) = mpsc::channel(MOST_WAITING);
    let flusher = Flusher(sender.clone());
    (Collector::new(Clock, sender), Exporter::new(endpoint, instance, receiver), flusher)
}

/// Sees to it that nothing is left behind at the end.
pub struct Flusher(mpsc::Sender<Message>);

impl Flusher {
    /// Waits until all that was collected has been sent, or given up.
    pub async fn flush(&self) {
        let (done, sent) = oneshot::channel();
        if self.0.send(Message::Flush(done)).await.is_ok() {
            sent.await.ok();
        }
    }
}

#[cfg(test)]
mod tests;
