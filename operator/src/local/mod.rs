//! Local mode: a ValkeyCluster as processes of this machine.
//!
//! The platform here is a small StatefulSet controller and kubelet that read the same Kubernetes objects as a real
//! one; resolve, plan and report are the very same. Needs nothing but the engines' programs, and leaves nothing.

mod addresses;
mod blueprint;
mod home;
mod kubelet;
mod machine;
mod pods;
mod process;
mod programs;
mod screen;
mod session;
mod source;
mod table;

use crate::arguments::Local;
use crate::platform::{Outcome, PlatformError};
use std::fmt::Display;

/// Runs the cluster until it is told to stop.
pub fn run(arguments: Local) -> Outcome<()> {
    // One thread: processes end with the thread that started them, which here is that of the program.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed("runtime"))?;
    runtime.block_on(session::run(arguments))
}

/// Says what an error is about.
fn failed<E: Display>(what: &str) -> impl Fn(E) -> PlatformError {
    move |error| PlatformError::Failed(format!("{what}: {error}"))
}
