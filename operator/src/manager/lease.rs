//! The Lease in the API: taken, renewed, and given back at the end.
//!
//! Writes carry the resource version that was read, so that of two candidates one loses. Decides nothing: `election`
//! does.

use super::election::{Candidate, Claim, DEADLINE, DURATION, POLL, RENEWAL, Verdict};
use ironkeep_api::names;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, PostParams};
use kube::core::ObjectMeta;
use kube::{Client, ResourceExt};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// The longest that one request about the Lease may take.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How soon a renewal that failed is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Our place in the election.
pub struct Election {
    api: Api<Lease>,
    candidate: Candidate,
    start: Instant,
    held: Option<Lease>,
}

impl Election {
    /// Stands for election in this namespace, under this name.
    pub fn new(client: Client, namespace: &str, name: String) -> Self {
        let api = Api::namespaced(client, namespace);
        Self { api, candidate: Candidate::new(name), start: Instant::now(), held: None }
    }

    /// Waits until we lead.
    pub async fn win(&mut self) {
        let mut told = String::new();
        loop {
            match self.attempt().await {
                Ok(None) => return,
                Ok(Some(leader)) if leader != told => {
                    tracing::info!(leader, "standing by");
                    told = leader;
                }
                Ok(Some(_)) => {}
                Err(error) => tracing::warn!(error, "the lease can't be had"),
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Renews for as long as that works. Ends when we no longer lead, and says why.
    pub async fn hold(&mut self) -> String {
        let mut renewed = Instant::now();
        let mut pause = RENEWAL;
        loop {
            tokio::time::sleep(pause).await;
            let begun = Instant::now();
            // Whatever is under way at the deadline doesn't count: others may lead from then on.
            match tokio::time::timeout_at(renewed + DEADLINE, self.attempt()).await {
                Ok(Ok(None)) => (renewed, pause) = (begun, RENEWAL),
                Ok(Ok(Some(leader))) => return format!("lost the lease to {leader}"),
                Ok(Err(error)) => {
                    tracing::warn!(error, "the lease wasn't renewed, trying again");
                    pause = RETRY;
                }
                Err(_) => return format!("the lease couldn't be renewed for {DEADLINE:?}"),
            }
        }
    }

    /// Gives the Lease back, so that the next one needn't wait.
    pub async fn release(mut self) {
        match self.give_back().await {
            Ok(()) => tracing::info!("the lease was given back"),
            Err(error) => tracing::warn!(error, "the lease wasn't given back"),
        }
    }

    async fn give_back(&mut self) -> Result<(), String> {
        let held = match self.held.take() {
            Some(lease) => Some(lease),
            // The stop came while a renewal was under way.
            None => bounded(self.api.get_opt(names::MANAGER)).await?,
        };
        let Some(mut lease) = held.filter(|lease| read(lease).holder == self.candidate.name()) else {
            return Ok(());
        };
        lease.spec = Some(claim_of(&lease, "", Duration::from_secs(1)));
        bounded(self.api.replace(names::MANAGER, &PostParams::default(), &lease)).await.map(drop)
    }

    /// Tries to take or to renew the Lease. Gives the name of the leader if that isn't us.
    async fn attempt(&mut self) -> Result<Option<String>, String> {
        let found = match self.held.take() {
            Some(lease) => Some(lease),
            None => bounded(self.api.get_opt(names::MANAGER)).await?,
        };
        let claim = found.as_ref().map(read);
        if self.candidate.judge(claim.as_ref(), self.start.elapsed()) == Verdict::StandBy {
            return Ok(Some(claim.map(|claim| claim.holder).unwrap_or_default()));
        }
        let parameters = PostParams::default();
        let written = match found {
            Some(mut lease) => {
                lease.spec = Some(claim_of(&lease, self.candidate.name(), DURATION));
                bounded(self.api.replace(names::MANAGER, &parameters, &lease)).await?
            }
            None => {
                let metadata = ObjectMeta { name: Some(names::MANAGER.to_owned()), ..ObjectMeta::default() };
                let mut lease = Lease { metadata, spec: None };
                lease.spec = Some(claim_of(&lease, self.candidate.name(), DURATION));
                bounded(self.api.create(&parameters, &lease)).await?
            }
        };
        self.held = Some(written);
        Ok(None)
    }
}

/// A request about the Lease, with its bound in time.
async fn bounded<T>(request: impl Future<Output = kube::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, request).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {PATIENCE:?}")),
    }
}

fn read(lease: &Lease) -> Claim {
    let spec = lease.spec.clone().unwrap_or_default();
    Claim {
        holder: spec.holder_identity.unwrap_or_default(),
        duration: Duration::from_secs(
            spec.lease_duration_seconds.unwrap_or_default().max(1).unsigned_abs().into(),
        ),
        renewed: lease.resource_version().unwrap_or_default(),
    }
}

/// What to write: a change of holder is counted and dated.
fn claim_of(lease: &Lease, holder: &str, duration: Duration) -> LeaseSpec {
    let before = lease.spec.clone().unwrap_or_default();
    let now = Some(MicroTime(Timestamp::now()));
    let changes = before.holder_identity.as_deref() != Some(holder);
    LeaseSpec {
        holder_identity: Some(holder.to_owned()),
        lease_duration_seconds: Some(duration.as_secs() as i32),
        acquire_time: if changes { now.clone() } else { before.acquire_time },
        renew_time: now,
        lease_transitions: Some(before.lease_transitions.unwrap_or_default().saturating_add(changes.into())),
        ..LeaseSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_holder_is_counted_and_a_renewal_is_not() {
        let mut lease = Lease::default();
        lease.spec = Some(claim_of(&lease, "a", DURATION));
        let first = lease.spec.clone().unwrap();
        assert_eq!(first.lease_transitions, Some(1));
        lease.spec = Some(claim_of(&lease, "a", DURATION));
        let renewed = lease.spec.clone().unwrap();
        assert_eq!((renewed.lease_transitions, &renewed.acquire_time), (Some(1), &first.acquire_time));
        assert_eq!(read(&lease).holder, "a");
        assert_eq!(read(&lease).duration, DURATION);
        assert_eq!(claim_of(&lease, "b", DURATION).lease_transitions, Some(2));
    }

    #[test]
    fn a_lease_that_says_nothing_is_free() {
        assert_eq!(read(&Lease::default()).holder, "");
        assert!(read(&Lease::default()).duration >= Duration::from_secs(1));
    }
}
