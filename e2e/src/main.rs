//! `ironkeep-e2e`: drives the operator on the Kubernetes that KUBECONFIG names, and prints what clients saw.
//!
//! Takes a cluster to run on, the operator's chart and images that its nodes can start. Gives a table of what happened
//! to clients under each fault, and fails when something acknowledged was lost, something never became ready, or the
//! operator wrote while there was nothing to do. It must not know how the Kubernetes was made.

mod arguments;
mod bad_specs;
mod evidence;
mod faults;
mod install;
mod last_good;
mod load;
mod nodes;
mod run;
mod samples;
mod started;
mod table;
mod watch;
mod weight;
mod world;

use arguments::Arguments;
use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run::run(&arguments).await {
        Ok(failed) if failed.is_empty() => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("failed: {}", failed.join(", "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("ironkeep-e2e: {error}");
            ExitCode::FAILURE
        }
    }
}
