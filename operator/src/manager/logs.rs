//! Log lines: text for people, JSON for machines, and the spans around them for those who collect traces. What is logged
//! is chosen by `RUST_LOG`, `info` if that says nothing; traces have everything of the operator's own, whatever is logged.

use crate::traces::Collector;
use std::io::IsTerminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{EnvFilter, Layer};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// Starts to log to the standard error, and to collect spans if there is somebody to collect them.
pub fn start(json: bool, collector: Option<Collector>) -> Result<(), TryInitError> {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let own = Targets::new().with_target("ironkeep_operator", LevelFilter::DEBUG);
    let spans = collector.map(|collector| collector.with_filter(own));
    let registry = tracing_subscriber::registry().with(spans);
    if json {
        registry.with(lines.json().flatten_event(true).with_filter(filter)).try_init()
    } else {
        registry.with(lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter)).try_init()
    }
}
