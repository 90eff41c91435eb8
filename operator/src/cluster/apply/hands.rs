//! What steps on engines have in common: whom to talk to, and how to say what didn't work.

use super::error::StepError;
use crate::engine::{ANSWER, Command, EngineError, Engines};
use ironkeep_core::observed::Replication;
use ironkeep_core::{Desired, Observed, PodId};
use ironkeep_wire::client::Value;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What steps are carried out with. It is theirs: they may outlast the pass.
pub struct Hands<P> {
    /// What should be.
    pub desired: Desired,
    /// What was seen.
    pub observed: Arc<Observed>,
    /// Where the pods live.
    pub platform: P,
    /// How to talk to engines.
    pub engines: Arc<Engines>,
}

/// Lets go of all clients but the operator itself. Replicas and subscribers stay.
pub fn cut_clients() -> Command {
    Command::new(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
}

impl<P> Hands<P> {
    /// The pod's address.
    pub fn ip(&self, pod: PodId) -> Result<IpAddr, StepError> {
        self.observed.pods.get(&pod).and_then(|pod| pod.ip).ok_or(StepError::NoAddress(pod))
    }

    fn at(&self, pod: PodId) -> Result<SocketAddr, StepError> {
        Ok(SocketAddr::new(self.ip(pod)?, self.desired.port))
    }

    /// `REPLICAOF` a pod.
    pub fn replica_of(&self, primary: PodId) -> Result<Command, StepError> {
        Ok(Command::new(["REPLICAOF"]).and(self.ip(primary)?).and(self.desired.port))
    }

    /// Gives one order.
    pub async fn order(&self, pod: PodId, command: Command) -> Result<(), StepError> {
        self.orders(pod, &[command]).await
    }

    /// Gives orders in one write. All are carried out, the first that is refused is the error.
    pub async fn orders(&self, pod: PodId, commands: &[Command]) -> Result<(), StepError> {
        let failed = |command: String, error| StepError::Engine { pod, command, error };
        let replies = self.engines.ask(self.at(pod)?, commands, ANSWER).await;
        let replies = replies.map_err(|error| failed(in_a_row(commands), error))?;
        for (command, reply) in commands.iter().zip(replies) {
            if let Value::Error(text) = reply {
                return Err(failed(command.to_string(), EngineError::answer(&text)));
            }
        }
        Ok(())
    }

    /// The pod's part in replication, now.
    pub async fn replication(&self, pod: PodId) -> Result<Replication, StepError> {
        let asked = self.engines.replication(self.at(pod)?).await;
        asked.map_err(|error| StepError::Engine { pod, command: "INFO replication".into(), error })
    }

    /// How many of the pod's clients wait for something, if that can be seen.
    pub async fn waiting_clients(&self, pod: PodId) -> Option<u64> {
        self.engines.waiting_clients(self.at(pod).ok()?).await.ok()
    }

    /// Asks for the pod's part in replication until it is as wanted; gives the last answer if it never is.
    pub async fn until(
        &self,
        pod: PodId,
        limit: Duration,
        pace: Duration,
        wanted: impl Fn(&Replication) -> bool,
    ) -> Result<Replication, Option<Replication>> {
        let end = Instant::now() + limit;
        loop {
            let seen = self.replication(pod).await.ok();
            match seen {
                Some(seen) if wanted(&seen) => return Ok(seen),
                seen if Instant::now() >= end => return Err(seen),
                _ => sleep(pace).await,
            }
        }
    }
}

fn in_a_row(commands: &[Command]) -> String {
    commands.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
