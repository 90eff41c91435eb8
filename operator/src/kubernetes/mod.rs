//! The platform "Kubernetes": looks into the store that the watches fill, writes through the API.
//!
//! The answer to every write goes into the store at once, so that the next pass sees it even if the watch lags behind.
//! Decides nothing about clusters; the one thing it refuses is to take over an object that belongs to somebody else.

mod errors;
mod events;
mod kinds;
mod lean;
mod owner;
mod pods;
mod watch;
mod world;

pub use events::Teller;
pub use watch::Watches;
pub use world::{Key, World};

use crate::platform::{Outcome, Platform, PlatformError, Sight};
use errors::{ask, gone_is_fine};
use ironkeep_api::conditions::reasons;
use ironkeep_api::{ValkeyCluster, ValkeyClusterStatus, names};
use ironkeep_core::desired::Object;
use ironkeep_core::report::{Event, EventType};
use ironkeep_core::{ObjectRef, PodId, Role};
use k8s_openapi::api::core::v1::{ObjectReference, Pod};
use kinds::Kind;
use kube::api::{Api, DeleteParams, EvictParams, Patch, PatchParams, Preconditions};
use kube::core::DynamicObject;
use kube::runtime::events::{Event as Told, EventType as Tone};
use kube::{Client, Resource, ResourceExt};
use owner::Owner;
use serde_json::{Value, json};
use std::sync::Arc;

/// What the platforms of all clusters share.
pub struct Shared {
    /// The API.
    pub client: Client,
    /// What is known.
    pub world: Arc<World>,
    /// Tells events.
    pub teller: Teller,
}

impl Shared {
    /// Tells that a cluster can't be read, beside the cluster.
    pub fn tell_unreadable(&self, key: &Key, json: &[u8], error: &serde_json::Error) {
        let cluster: Value = serde_json::from_slice(json).unwrap_or_default();
        let about = ObjectReference {
            api_version: Some(Kind::ValkeyCluster.api_version()),
            kind: Some(Kind::ValkeyCluster.as_str().to_owned()),
            namespace: Some(key.namespace.clone()),
            name: Some(key.name.clone()),
            uid: cluster["metadata"]["uid"].as_str().map(str::to_owned),
            ..ObjectReference::default()
        };
        let message = format!("this version of the operator can't read the object: {error}");
        let kind = EventType::Warning;
        self.teller.tell(about, told(Event { kind, reason: reasons::SPEC_INVALID.to_owned(), message }));
    }
}

/// The place of one cluster.
#[derive(Clone)]
pub struct Kubernetes {
    shared: Arc<Shared>,
    key: Key,
    uid: String,
    about: ObjectReference,
}

impl Kubernetes {
    /// The place of this cluster.
    pub fn new(shared: Arc<Shared>, key: Key, cluster: &ValkeyCluster) -> Self {
        Self { shared, key, uid: cluster.uid().unwrap_or_default(), about: cluster.object_ref(&()) }
    }

    fn api(&self, kind: Kind) -> Api<DynamicObject> {
        Api::namespaced_with(self.shared.client.clone(), &self.key.namespace, &kind.resource())
    }

    /// Keeps what the API answered to a write.
    fn keep(&self, kind: Kind, object: DynamicObject) {
        let Some(version) = watch::version(kind, &object) else { return };
        match lean::lean(kind, object) {
            Ok(json) => drop(self.shared.world.put(version, json)),
            Err(error) => tracing::warn!(%error, kind = kind.as_str(), "an answer can't be read"),
        }
    }

    /// Changes an object that a StatefulSet made. One that is gone meanwhile needs no change.
    async fn merge(&self, kind: Kind, name: &str, what: &str, patch: Value) -> Outcome<()> {
        let parameters =
            PatchParams { field_manager: Some(names::MANAGER.to_owned()), ..PatchParams::default() };
        let (api, patch) = (self.api(kind), Patch::Merge(patch));
        let request = async { gone_is_fine(api.patch(name, &parameters, &patch).await) };
        if let Some(object) = ask(what, request).await? {
            self.keep(kind, object);
        }
        Ok(())
    }

    /// Refuses to write to what is somebody else's.
    async fn must_be_ours(&self, kind: Kind, reference: &ObjectRef) -> Outcome<()> {
        let known = self.shared.world.get(&self.key, kind, &reference.name);
        let existing = match known {
            Some(json) => parse(reference, &json)?,
            // The watches only show what carries our labels.
            None => {
                let found =
                    ask(&format!("read {reference}"), self.api(kind).get_opt(&reference.name)).await?;
                let Some(found) = found else { return Ok(()) };
                serde_json::to_value(found).map_err(|error| unreadable(reference, &error))?
            }
        };
        match owner::owner(&existing, &self.key.name, &self.uid) {
            Owner::Us => Ok(()),
            Owner::Predecessor => Err(PlatformError::NotNow(format!(
                "{reference} of a deleted cluster of the same name is still being removed"
            ))),
            Owner::Other(who) => {
                Err(PlatformError::Failed(format!("{reference} exists already and belongs to {who}")))
            }
        }
    }
}

fn parse(reference: &ObjectRef, json: &[u8]) -> Outcome<Value> {
    serde_json::from_slice(json).map_err(|error| unreadable(reference, &error))
}

fn unreadable(reference: &ObjectRef, error: &serde_json::Error) -> PlatformError {
    PlatformError::Failed(format!("{reference} can't be read: {error}"))
}

fn made(reference: &ObjectRef) -> Outcome<Kind> {
    Kind::made(reference)
        .ok_or_else(|| PlatformError::Failed(format!("{reference}: objects of this kind aren't made")))
}

impl Platform for Kubernetes {
    async fn look(&self) -> Outcome<Sight> {
        let mut sight = Sight::default();
        let world = &self.shared.world;
        for (kind, name, json) in world.all(&self.key) {
            let reference = kind.reference(&name);
            let id = |found: Option<(u32, u32)>| found.map(|(shard, ordinal)| PodId::new(shard, ordinal));
            match kind {
                Kind::ValkeyCluster => {}
                Kind::Pod => {
                    let Some(id) = id(names::parse_pod(&self.key.name, &name)) else { continue };
                    let pod =
                        serde_json::from_slice(&json).map_err(|error| unreadable(&reference, &error))?;
                    sight.pods.insert(id, pods::pod(pod, |node| world.is_cordoned(node)));
                }
                Kind::Claim => {
                    let Some(id) = id(names::parse_claim(&self.key.name, &name)) else { continue };
                    let claim =
                        serde_json::from_slice(&json).map_err(|error| unreadable(&reference, &error))?;
                    sight.volumes.insert(id, pods::volume(&name, &claim));
                }
                _ => drop(sight.objects.insert(reference.clone(), parse(&reference, &json)?)),
            }
        }
        Ok(sight)
    }

    async fn apply(&self, object: &Object) -> Outcome<()> {
        let reference = &object.reference;
        let kind = made(reference)?;
        self.must_be_ours(kind, reference).await?;
        let parameters = PatchParams::apply(names::MANAGER).force();
        let (api, patch) = (self.api(kind), Patch::Apply(&object.value));
        let applied =
            ask(&format!("apply {reference}"), api.patch(&reference.name, &parameters, &patch)).await?;
        self.keep(kind, applied);
        Ok(())
    }

    async fn delete(&self, object: &ObjectRef) -> Outcome<()> {
        let kind = made(object)?;
        self.must_be_ours(kind, object).await?;
        let api = self.api(kind);
        let request = async { gone_is_fine(api.delete(&object.name, &DeleteParams::background()).await) };
        let answer = ask(&format!("delete {object}"), request).await?;
        if let Some(leaving) = answer.and_then(|answer| answer.left()) {
            self.keep(kind, leaving);
        }
        Ok(())
    }

    async fn label(&self, pod: &str, role: Role) -> Outcome<()> {
        let patch = json!({"metadata": {"labels": {(names::LABEL_ROLE): role.label()}}});
        self.merge(Kind::Pod, pod, &format!("label pod {pod}"), patch).await
    }

    async fn grow(&self, claim: &str, bytes: u64) -> Outcome<()> {
        let patch = json!({"spec": {"resources": {"requests": {"storage": bytes.to_string()}}}});
        self.merge(Kind::Claim, claim, &format!("grow volume claim {claim}"), patch).await
    }

    async fn evict(&self, pod: &str, uid: &str) -> Outcome<()> {
        let preconditions = Preconditions { uid: Some(uid.to_owned()), resource_version: None };
        let options = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        let parameters = EvictParams { delete_options: Some(options), ..EvictParams::default() };
        let api: Api<Pod> = Api::namespaced(self.shared.client.clone(), &self.key.namespace);
        let request = async { gone_is_fine(api.evict(pod, &parameters).await) };
        ask(&format!("evict pod {pod}"), request).await.map(drop)
    }

    async fn set_status(&self, status: &ValkeyClusterStatus) -> Outcome<()> {
        let kind = Kind::ValkeyCluster;
        let patch = json!({
            "apiVersion": kind.api_version(),
            "kind": kind.as_str(),
            // A cluster of the same name that was made since has another uid, and a status of its own.
            "metadata": {"name": self.key.name, "uid": self.uid},
            "status": status,
        });
        let parameters = PatchParams::apply(names::MANAGER).force();
        let (api, patch) = (self.api(kind), Patch::Apply(&patch));
        let request = async { gone_is_fine(api.patch_status(&self.key.name, &parameters, &patch).await) };
        if let Some(written) = ask("write the status", request).await? {
            self.keep(kind, written);
        }
        Ok(())
    }

    async fn tell(&self, events: Vec<Event>) {
        for event in events {
            self.shared.teller.tell(self.about.clone(), told(event));
        }
    }
}

fn told(event: Event) -> Told {
    Told {
        type_: match event.kind {
            EventType::Normal => Tone::Normal,
            EventType::Warning => Tone::Warning,
        },
        reason: event.reason,
        action: "Reconcile".to_owned(),
        note: Some(event.message),
        secondary: None,
    }
}

/// For tests of those who read the store.
#[cfg(test)]
pub mod testing {
    use super::{Key, Kind, World};

    /// Puts a ValkeyCluster's JSON into the store.
    pub fn put_cluster(world: &World, name: &str, json: &[u8]) {
        let key = Key { namespace: "n".to_owned(), name: name.to_owned() };
        let version =
            super::world::Version { key, kind: Kind::ValkeyCluster, name: name.to_owned(), number: 0 };
        world.put(version, json.to_vec());
    }
}
