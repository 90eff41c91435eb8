//! What the operator shows of itself: its figures, that it lives, and whether it is ready.

use super::http::{Answer, Pages};
use crate::kubernetes::World;
use crate::metrics::Metrics;
use ironkeep_api::Phase;
use prometheus::{Encoder, TextEncoder};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::watch;

/// What there is to show.
pub struct Status {
    /// The figures.
    pub metrics: Metrics,
    /// The clusters.
    pub world: Arc<World>,
    /// How many watches haven't been filled yet.
    pub missing: watch::Receiver<usize>,
}

impl Pages for Status {
    fn page(&self, path: &str) -> Option<Answer> {
        match path {
            "/livez" => Some(Answer::new(200, "ok\n")),
            "/readyz" => Some(self.ready()),
            "/metrics" => Some(self.figures()),
            _ => None,
        }
    }
}

impl Status {
    /// Ready to lead: a stand-by is ready too.
    fn ready(&self) -> Answer {
        match *self.missing.borrow() {
            0 => Answer::new(200, "ok\n"),
            missing => Answer::new(503, format!("{missing} watches have not been filled yet\n")),
        }
    }

    fn figures(&self) -> Answer {
        self.count_phases();
        let mut text = Vec::new();
        match TextEncoder::new().encode(&self.metrics.registry.gather(), &mut text) {
            Ok(()) => Answer::new(200, String::from_utf8_lossy(&text)),
            Err(error) => Answer::new(500, format!("{error}\n")),
        }
    }

    /// Counted when asked for: nobody has to keep it up to date.
    fn count_phases(&self) {
        let mut counts = [0i64; Phase::ALL.len()];
        self.world.each_cluster(|json| {
            let cluster: Glance = serde_json::from_slice(json).unwrap_or_default();
            let place = Phase::ALL.iter().position(|phase| *phase == cluster.status.phase);
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += 1;
            }
        });
        for (phase, count) in Phase::ALL.iter().zip(counts) {
            self.metrics.phases.with_label_values(&[phase.as_str()]).set(count);
        }
    }
}

/// The little that is read of each cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Glance {
    status: PhaseOnly,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PhaseOnly {
    phase: Phase,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::testing::put_cluster;

    fn status() -> (Status, watch::Sender<usize>) {
        let (sender, missing) = watch::channel(2);
        (Status { metrics: Metrics::new().unwrap(), world: Arc::default(), missing }, sender)
    }

    #[test]
    fn it_is_ready_when_all_is_listed() {
        let (status, missing) = status();
        assert_eq!(status.page("/readyz").unwrap().code, 503);
        missing.send(0).unwrap();
        assert_eq!(status.page("/readyz").unwrap().code, 200);
        assert_eq!(status.page("/livez").unwrap().code, 200);
        assert_eq!(status.page("/"), None);
    }

    #[test]
    fn clusters_are_counted_by_phase_as_they_come_and_go() {
        let (status, _missing) = status();
        put_cluster(&status.world, "a", br#"{"status":{"phase":"Ready","shards":[]}}"#);
        put_cluster(&status.world, "b", br#"{"status":{"phase":"Ready"}}"#);
        put_cluster(&status.world, "c", br#"{"spec":{}}"#);
        let text = status.page("/metrics").unwrap().body;
        assert!(text.contains("ironkeep_operator_clusters{phase=\"Ready\"} 2"), "{text}");
        assert!(text.contains("ironkeep_operator_clusters{phase=\"Pending\"} 1"), "{text}");
        put_cluster(&status.world, "a", br#"{"status":{"phase":"Degraded"}}"#);
        let text = status.page("/metrics").unwrap().body;
        assert!(text.contains("ironkeep_operator_clusters{phase=\"Ready\"} 1"), "{text}");
        assert!(text.contains("ironkeep_operator_clusters{phase=\"Degraded\"} 1"), "{text}");
    }
}
