//! A load through a stock client library at its defaults, run as a program of its own.

use super::{RATE, Seen, Target};
use crate::world::{Error, Outcome};
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// The running program. It writes until its input ends, then prints what it saw.
pub struct Stock(Child);

impl Stock {
    /// Starts it.
    pub fn start(program: &Path, target: &Target) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.args(["-address", &target.address, "-tags", &target.tags.join(",")]);
        command.args(["-prefix", &format!("{}-stock", target.prefix), "-rate", &RATE.to_string()]);
        if target.cluster {
            command.arg("-cluster");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        command.spawn().map(Self).map_err(|error| Error::Io(program.display().to_string(), error))
    }

    /// Ends its input and takes what it prints.
    pub async fn finish(mut self) -> Outcome<Seen> {
        drop(self.0.stdin.take());
        let output =
            self.0.wait_with_output().await.map_err(|error| Error::Io("the stock client".into(), error))?;
        serde_json::from_slice(&output.stdout)
            .map_err(|error| Error::Wrong(format!("the stock client: {error}")))
    }
}
