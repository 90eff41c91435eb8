//! Log lines: text for people, JSON for machines. What is logged is chosen by `RUST_LOG`, `info` if that says nothing.
//!
//! There is no exporter of traces (OTLP): its crates and a second HTTP client would weigh more than the operator. What
//! takes how long is in the histogram by step, what was done is in the lines and events, each with its cluster.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// Starts to log to the standard error.
pub fn start(json: bool) -> Result<(), TryInitError> {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(lines.json().flatten_event(true)).try_init()
    } else {
        registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init()
    }
}
