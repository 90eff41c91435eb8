//! `ironkeep-operator`: `run` looks after the clusters of a Kubernetes, `local` runs one on this machine.

mod arguments;
mod clock;
mod cluster;
mod engine;
mod kubernetes;
mod local;
mod manager;
mod metrics;
mod platform;
mod traces;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Run(run) => manager::run(run),
        Command::Local(local) => local::run(local),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ironkeep-operator: {error}");
            ExitCode::FAILURE
        }
    }
}
