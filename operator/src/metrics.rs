//! What the operator counts of itself, for Prometheus.

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry};
use std::fmt::Display;
use std::future::Future;
use tracing::{Instrument, Span};

/// Times the steps of a pass and counts those that failed.
#[derive(Clone)]
pub struct Stopwatch {
    seconds: HistogramVec,
    errors: IntCounterVec,
}

/// All that the operator counts.
#[derive(Clone)]
pub struct Metrics {
    /// Where they are gathered.
    pub registry: Registry,
    /// Times and errors of the steps of a pass.
    pub stopwatch: Stopwatch,
    /// Clusters by phase.
    pub phases: IntGaugeVec,
}

impl Metrics {
    /// Fresh counters in a registry of their own.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "ironkeep_operator_reconcile_seconds",
                "Time of a step of a pass over one cluster",
            )
            .buckets(vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]),
            &["step"],
        )?;
        let errors = IntCounterVec::new(
            Opts::new("ironkeep_operator_reconcile_errors_total", "Steps of passes that failed"),
            &["step"],
        )?;
        let phases = IntGaugeVec::new(
            Opts::new("ironkeep_operator_clusters", "Clusters by the phase in their status"),
            &["phase"],
        )?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(errors.clone()))?;
        registry.register(Box::new(phases.clone()))?;
        Ok(Self { registry, stopwatch: Stopwatch { seconds, errors }, phases })
    }
}

impl Stopwatch {
    /// Runs a step, notes how long it took.
    pub async fn time<T>(&self, step: &str, work: impl Future<Output = T>) -> T {
        let timer = self.seconds.with_label_values(&[step]).start_timer();
        let done = work.instrument(span(step)).await;
        timer.observe_duration();
        done
    }

    /// Notes that a step failed.
    pub fn failed(&self, step: &str, error: &dyn Display) {
        self.errors.with_label_values(&[step]).inc();
        tracing::warn!(step, %error, "a step failed");
    }
}

/// Of interest to traces, not around every line of the log.
fn span(step: &str) -> Span {
    match step {
        "observe" => tracing::debug_span!("observe"),
        "apply" => tracing::debug_span!("apply"),
        "report" => tracing::debug_span!("report"),
        // A pass has one already, with the name of its cluster.
        _ => Span::none(),
    }
}
