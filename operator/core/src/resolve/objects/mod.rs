//! The Kubernetes objects of a cluster, one file a kind.
//!
//! Only fields that the operator owns, none of them null, each spelt as the API server keeps it: what comes back from
//! it is a superset of what is here. Local mode interprets the same objects.

mod budgets;
mod config_map;
mod container;
mod network_policy;
mod placement;
mod pod;
mod service_account;
mod services;
mod stateful_set;
mod way;

pub use way::{byway_to, way_to};

use super::quantity;
use crate::desired::Object;
use crate::ids::ObjectRef;
use crate::observed::Observed;
use ironkeep_api::{ValkeyCluster, names};
use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta, OwnerReference};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the objects are made from.
pub struct Parts<'a> {
    /// The cluster.
    pub cluster: &'a ValkeyCluster,
    /// What exists.
    pub observed: &'a Observed,
    /// Image of the server.
    pub image: &'a str,
    /// Fingerprint that new pods carry.
    pub revision: &'a str,
    /// `server.conf`.
    pub config: &'a str,
}

/// All objects, in the order in which they are first made: what pods need comes before them.
pub fn objects(parts: &Parts) -> Vec<Object> {
    let mut all = vec![
        service_account::account(parts),
        config_map::config_map(parts),
        network_policy::network_policy(parts),
    ];
    all.extend(services::services(parts));
    all.extend(way::way(parts));
    all.extend(budgets::budgets(parts));
    all.extend((0..parts.cluster.spec.shards()).map(|shard| stateful_set::stateful_set(parts, shard)));
    all
}

impl Parts<'_> {
    /// The cluster's name.
    pub fn name(&self) -> &str {
        self.cluster.metadata.name.as_deref().unwrap_or_default()
    }

    /// Metadata of an object that belongs to the whole cluster.
    fn metadata(&self, name: String) -> ObjectMeta {
        ObjectMeta {
            name: Some(name),
            namespace: self.cluster.metadata.namespace.clone(),
            labels: Some(names::labels(self.name())),
            owner_references: self.owner().map(|owner| vec![owner]),
            ..ObjectMeta::default()
        }
    }

    /// Who gets the object deleted with it. Without an API server nothing has a uid, and nobody is owned.
    fn owner(&self) -> Option<OwnerReference> {
        Some(OwnerReference {
            api_version: "ironkeep.io/v1alpha1".to_owned(),
            kind: "ValkeyCluster".to_owned(),
            name: self.name().to_owned(),
            uid: self.cluster.metadata.uid.clone()?,
            controller: Some(true),
            block_owner_deletion: Some(true),
        })
    }
}

/// Turns a typed object into what is applied. Types that can't be written as JSON don't exist among those used here.
fn object<K: k8s_openapi::Resource + Serialize>(name: &str, typed: &K) -> Object {
    let reference =
        ObjectRef { api_version: K::API_VERSION.to_owned(), kind: K::KIND.to_owned(), name: name.to_owned() };
    Object { reference, value: serde_json::to_value(typed).unwrap_or(Value::Null) }
}

fn selector(labels: BTreeMap<String, String>) -> LabelSelector {
    LabelSelector { match_labels: Some(labels), ..LabelSelector::default() }
}

/// The same amounts, spelt as the API server keeps them.
pub fn resources(given: &ResourceRequirements) -> ResourceRequirements {
    type Amounts = BTreeMap<String, Quantity>;
    let spelt = |amounts: &Amounts| -> Amounts {
        amounts
            .iter()
            .map(|(name, amount)| (name.clone(), Quantity(quantity::canonical(&amount.0))))
            .collect()
    };
    ResourceRequirements {
        limits: given.limits.as_ref().map(spelt),
        requests: given.requests.as_ref().map(spelt),
        claims: given.claims.clone(),
    }
}

/// A map as an optional field: none when it is empty.
fn some_map(map: &BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    (!map.is_empty()).then(|| map.clone())
}

/// A list as an optional field: none when it is empty.
fn some_list<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
