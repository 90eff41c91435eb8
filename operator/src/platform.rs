//! What the operator needs of the place where pods live: Kubernetes, or this machine.
//!
//! A platform shows objects and pods and carries out the steps that are about them. It knows nothing of engines, decides
//! nothing, and remembers nothing that a restart of the operator would miss.

use ironkeep_api::ValkeyClusterStatus;
use ironkeep_core::desired::Object;
use ironkeep_core::observed::{Pod, Volume};
use ironkeep_core::report::Event;
use ironkeep_core::{ObjectRef, PodId, Role};
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;

/// What a platform shows of one cluster. The pods' engines are still unasked.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// Objects of the cluster that exist.
    pub objects: BTreeMap<ObjectRef, Value>,
    /// Pods that exist.
    pub pods: BTreeMap<PodId, Pod>,
    /// Volume claims that exist.
    pub volumes: BTreeMap<PodId, Volume>,
}

/// Why a platform couldn't do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// It was refused for now and will be possible later: a disruption budget, a conflict.
    #[error("not now: {0}")]
    NotNow(String),
    /// Anything else, in words that a person can act on.
    #[error("{0}")]
    Failed(String),
}

/// What a platform's operations give.
pub type Outcome<T> = Result<T, PlatformError>;

/// The place where the pods of one cluster live.
pub trait Platform: Clone + Send + Sync + 'static {
    /// Shows what exists now.
    fn look(&self) -> impl Future<Output = Outcome<Sight>> + Send;
    /// Makes an object, or brings it to what is desired.
    fn apply(&self, object: &Object) -> impl Future<Output = Outcome<()>> + Send;
    /// Removes an object.
    fn delete(&self, object: &ObjectRef) -> impl Future<Output = Outcome<()>> + Send;
    /// Writes a pod's role label.
    fn label(&self, pod: &str, role: Role) -> impl Future<Output = Outcome<()>> + Send;
    /// Lets a volume claim ask for more.
    fn grow(&self, claim: &str, bytes: u64) -> impl Future<Output = Outcome<()>> + Send;
    /// Asks for a pod to be evicted, if it is still the one with this uid.
    fn evict(&self, pod: &str, uid: &str) -> impl Future<Output = Outcome<()>> + Send;
    /// Writes the status.
    fn set_status(&self, status: &ValkeyClusterStatus) -> impl Future<Output = Outcome<()>> + Send;
    /// Tells people what happened. Never fails: an event that can't be told is logged.
    fn tell(&self, events: Vec<Event>) -> impl Future<Output = ()> + Send;
}
