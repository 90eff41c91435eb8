//! Watches: from the API into the store, and from there a word to whoever looks after the cluster that changed.
//!
//! One watch a kind and namespace, filtered by label. It never ends by itself: what fails is tried again, from where it
//! was, or by a new list. What the store already knew wakes nobody.

use super::kinds::Kind;
use super::lean::lean;
use super::world::{Key, Version, World};
use crate::manager::backoff::backoff;
use futures::{Stream, StreamExt};
use ironkeep_api::names;
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt};
use serde_json::Value;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::watch as channel;

/// Objects of one page of a list: bounds the memory that a list takes.
const PAGE: u32 = 100;

/// Is told which cluster has changed.
pub type Wake = Arc<dyn Fn(&Key) + Send + Sync>;

/// What all watches share.
#[derive(Clone)]
pub struct Watches {
    client: Client,
    world: Arc<World>,
    wake: Wake,
    missing: channel::Sender<usize>,
}

impl Watches {
    /// Starts all watches, in these namespaces or in all.
    /// Gives how many of them have still to be filled for the first time.
    pub fn start(
        client: Client,
        world: Arc<World>,
        wake: Wake,
        namespaces: &[String],
    ) -> channel::Receiver<usize> {
        let scopes: Vec<Option<String>> =
            if namespaces.is_empty() { vec![None] } else { namespaces.iter().cloned().map(Some).collect() };
        let (missing, left) = channel::channel(1 + scopes.len() * Kind::ALL.len());
        let watches = Self { client, world, wake, missing };
        for scope in scopes {
            for kind in Kind::ALL {
                tokio::spawn(watches.clone().objects(kind, scope.clone()));
            }
        }
        tokio::spawn(watches.nodes());
        left
    }

    fn filled(&self) {
        self.missing.send_modify(|missing| *missing = missing.saturating_sub(1));
    }

    async fn objects(self, kind: Kind, scope: Option<String>) {
        let resource = kind.resource();
        let api = match &scope {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &resource),
            None => Api::all_with(self.client.clone(), &resource),
        };
        let mut filled = false;
        let mut listed = BTreeSet::new();
        let mut events = pin!(persistent(watcher(api, settings(selector(kind))), kind.as_str(), never));
        while let Some(event) = events.next().await {
            match event {
                Event::Init => listed.clear(),
                Event::InitApply(object) => {
                    let version = self.take_in(kind, object);
                    listed.extend(version.map(|version| (version.key, version.name)));
                }
                Event::InitDone => {
                    let changed = self.world.keep_only(kind, scope.as_deref(), &std::mem::take(&mut listed));
                    changed.iter().for_each(|key| (self.wake)(key));
                    if !std::mem::replace(&mut filled, true) {
                        self.filled();
                    }
                }
                Event::Apply(object) => drop(self.take_in(kind, object)),
                Event::Delete(object) => {
                    if let Some(version) = version(kind, &object).filter(|version| self.world.remove(version))
                    {
                        (self.wake)(&version.key);
                    }
                }
            }
        }
    }

    fn take_in(&self, kind: Kind, object: DynamicObject) -> Option<Version> {
        let version = version(kind, &object)?;
        match lean(kind, object) {
            Ok(json) => {
                if self.world.put(version.clone(), json) {
                    (self.wake)(&version.key);
                }
            }
            Err(error) => {
                tracing::warn!(%error, kind = kind.as_str(), name = version.name, "an object can't be read")
            }
        }
        Some(version)
    }

    /// Nodes, for one bit of each. An operator that may not see nodes does without.
    async fn nodes(self) {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "Node"));
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
        let mut filled = false;
        let mut listed = BTreeSet::new();
        let mut events = pin!(persistent(watcher(api, settings(None)), "Node", is_forbidden));
        while let Some(event) = events.next().await {
            match event {
                Event::Init => listed.clear(),
                Event::InitApply(node) => {
                    self.take_in_node(&node);
                    listed.insert(node.name_any());
                }
                Event::InitDone => {
                    self.world.keep_nodes(&std::mem::take(&mut listed));
                    if !std::mem::replace(&mut filled, true) {
                        self.filled();
                    }
                }
                Event::Apply(node) => self.take_in_node(&node),
                Event::Delete(node) => drop(self.world.cordon(&node.name_any(), false)),
            }
        }
        tracing::warn!("nodes can't be watched: no hand-over ahead of a drain, only at the eviction itself");
        if !filled {
            self.filled();
        }
    }

    fn take_in_node(&self, node: &DynamicObject) {
        let cordoned = node.data.pointer("/spec/unschedulable").and_then(Value::as_bool).unwrap_or(false);
        if self.world.cordon(&node.name_any(), cordoned) {
            self.world.keys().iter().for_each(|key| (self.wake)(key));
        }
    }
}

/// The events of a watch that goes on after errors, except after those at which it is given up.
fn persistent<S>(
    events: S,
    what: &'static str,
    give_up: fn(&watcher::Error) -> bool,
) -> impl Stream<Item = Event<DynamicObject>>
where
    S: Stream<Item = watcher::Result<Event<DynamicObject>>>,
{
    let events = Box::pin(events);
    futures::stream::unfold((events, 0), move |(mut events, mut failures)| async move {
        loop {
            match events.next().await? {
                Ok(event) => {
                    // A list that breaks off half-way has begun well each time.
                    failures = if matches!(event, Event::Init) { failures } else { 0 };
                    return Some((event, (events, failures)));
                }
                Err(error) if give_up(&error) => {
                    tracing::warn!(%error, kind = what, "a watch is given up");
                    return None;
                }
                Err(error) => {
                    tracing::warn!(%error, kind = what, "a watch broke off and is tried again");
                    tokio::time::sleep(backoff(failures, what)).await;
                    failures = failures.saturating_add(1);
                }
            }
        }
    })
}

fn never(_: &watcher::Error) -> bool {
    false
}

fn is_forbidden(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::InitialListFailed(kube::Error::Api(status)) if status.code == 403)
}

fn settings(selector: Option<String>) -> watcher::Config {
    watcher::Config { label_selector: selector, page_size: Some(PAGE), ..watcher::Config::default() }
}

/// What is asked for of a kind: only what belongs to a ValkeyCluster.
fn selector(kind: Kind) -> Option<String> {
    match kind {
        Kind::ValkeyCluster => None,
        Kind::Pod | Kind::Claim => Some(names::LABEL_CLUSTER.to_owned()),
        // Kubernetes' own slices copy the labels of their services.
        Kind::EndpointSlice => Some(made_with(names::LABEL_SLICE_MANAGED_BY)),
        _ => Some(made_with(names::LABEL_MANAGED_BY)),
    }
}

/// What carries our name in this label.
fn made_with(label: &str) -> String {
    format!("{label}={},{}", names::MANAGER, names::LABEL_CLUSTER)
}

/// Whose an object is, and which version of it this is.
pub fn version(kind: Kind, object: &DynamicObject) -> Option<Version> {
    let namespace = object.namespace()?;
    let name = object.metadata.name.clone()?;
    let cluster = match kind {
        Kind::ValkeyCluster => name.clone(),
        _ => object.labels().get(names::LABEL_CLUSTER)?.clone(),
    };
    let number = object.resource_version().and_then(|text| text.parse().ok()).unwrap_or(0);
    Some(Version { key: Key { namespace, name: cluster }, kind, name, number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(labels: Value) -> DynamicObject {
        let metadata = json!({"name": "c-0-0", "namespace": "n", "resourceVersion": "12", "labels": labels});
        serde_json::from_value(json!({ "metadata": metadata })).unwrap()
    }

    #[test]
    fn an_object_belongs_to_the_cluster_on_its_label() {
        let found = version(Kind::Pod, &object(json!({"ironkeep.io/cluster": "c"}))).unwrap();
        assert_eq!((found.key.to_string().as_str(), found.name.as_str(), found.number), ("n/c", "c-0-0", 12));
        assert!(version(Kind::Pod, &object(json!({}))).is_none());
        assert_eq!(version(Kind::ValkeyCluster, &object(json!({}))).unwrap().key.name, "c-0-0");
    }

    #[test]
    fn only_what_is_ours_is_asked_for() {
        for kind in Kind::ALL {
            let selector = selector(kind);
            assert_eq!(selector.is_none(), kind == Kind::ValkeyCluster);
            assert_eq!(selector.is_some_and(|s| s.contains("managed-by=ironkeep-operator")), kind.is_made());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_goes_on_after_errors_and_ends_where_it_is_told_to() {
        let refused = |code| {
            let status = kube::core::Status { code, ..Default::default() };
            Err(watcher::Error::InitialListFailed(kube::Error::Api(Box::new(status))))
        };
        let events =
            futures::stream::iter([refused(500), Ok(Event::Init), Ok(Event::InitDone), refused(403)])
                .chain(futures::stream::pending());
        let seen: Vec<_> = persistent(events, "Node", is_forbidden).collect().await;
        assert_eq!(seen.len(), 2);
    }
}
