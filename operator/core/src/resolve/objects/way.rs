//! The way of clients to the primary in replication mode: where their service leads to.
//!
//! An endpoint slice of the operator's own, written once when the primary changes. A selector by labels would take two
//! writes and two looks of Kubernetes' own controller, which also tells every node that a pod is about to end; a kube-proxy
//! that has written its rules for that waits a second by default until it does so again, and so would the clients.
//!
//! The slice belongs to the pod that it leads to and goes with it, whether or not an operator is there: nobody is led to
//! an address that somebody else has by then.
//!
//! A second slice, the byway, leads to a replica as Kubernetes leads to pods that are about to end: only while nobody else
//! is there. So where the primary's pod goes at once, clients are with its heir before anybody has written anything.

use super::{Parts, object};
use crate::desired::{Desired, Object};
use crate::ids::{PodId, Role};
use crate::observed::{Observed, Pod};
use ironkeep_api::{Mode, names};
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use std::net::IpAddr;

/// The way as it is to stay: to the pod that the status names, if clients have been led to it. That is done by the step
/// that makes it primary, not here: what came back in its place is no primary yet.
pub fn way(parts: &Parts) -> Option<Object> {
    if parts.cluster.spec.mode != Mode::Replication {
        return None;
    }
    let primary = parts.observed.status.shards.first()?.primary.as_deref()?;
    let pod = parts.observed.pods.values().find(|pod| pod.name == primary)?;
    let namespace = parts.cluster.metadata.namespace.clone();
    let slice = slice(names::primary_slice(parts.name()), parts.name(), namespace, pod, always())?;
    let is_led = parts.observed.leads_to(&slice.reference.name, pod) || pod.role == Some(Role::Primary);
    // That of a pod that is gone goes, too.
    (is_led && !pod.departed).then_some(slice)
}

/// The way to a pod that is primary now.
pub fn way_to(desired: &Desired, observed: &Observed, pod: PodId) -> Option<Object> {
    let (name, namespace) = (names::primary_slice(&desired.name), Some(desired.namespace.clone()));
    slice(name, &desired.name, namespace, observed.pods.get(&pod)?, always())
}

/// The byway to an heir.
pub fn byway_to(desired: &Desired, observed: &Observed, heir: PodId) -> Option<Object> {
    let (name, namespace) = (names::heir_slice(&desired.name), Some(desired.namespace.clone()));
    slice(name, &desired.name, namespace, observed.pods.get(&heir)?, if_nobody_else())
}

/// Whoever is primary is to be reached, even while a probe fails: nobody else takes writes.
fn always() -> EndpointConditions {
    EndpointConditions { ready: Some(true), ..EndpointConditions::default() }
}

/// As of a pod that is about to end and still serves: led to where nobody is ready.
fn if_nobody_else() -> EndpointConditions {
    EndpointConditions { ready: Some(false), serving: Some(true), terminating: Some(true) }
}

fn slice(
    name: String,
    cluster: &str,
    namespace: Option<String>,
    pod: &Pod,
    conditions: EndpointConditions,
) -> Option<Object> {
    let address = pod.ip?;
    let mut labels = names::labels(cluster);
    labels.insert(names::LABEL_SERVICE.to_owned(), names::service(cluster));
    labels.insert(names::LABEL_SLICE_MANAGED_BY.to_owned(), names::MANAGER.to_owned());
    let owner = OwnerReference {
        api_version: "v1".to_owned(),
        kind: "Pod".to_owned(),
        name: pod.name.clone(),
        uid: pod.uid.clone(),
        ..OwnerReference::default()
    };
    let target = ObjectReference {
        kind: Some("Pod".to_owned()),
        name: Some(pod.name.clone()),
        namespace: namespace.clone(),
        uid: Some(pod.uid.clone()),
        ..ObjectReference::default()
    };
    let endpoint = Endpoint {
        addresses: vec![address.to_string()],
        conditions: Some(conditions),
        node_name: pod.node.clone(),
        target_ref: Some(target),
        ..Endpoint::default()
    };
    let port = EndpointPort {
        name: Some("client".to_owned()),
        port: Some(names::CLIENT_PORT.into()),
        protocol: Some("TCP".to_owned()),
        ..EndpointPort::default()
    };
    let slice = EndpointSlice {
        address_type: if matches!(address, IpAddr::V4(_)) { "IPv4" } else { "IPv6" }.to_owned(),
        endpoints: vec![endpoint],
        ports: Some(vec![port]),
        metadata: ObjectMeta {
            name: Some(name.clone()),
            namespace,
            labels: Some(labels),
            owner_references: Some(vec![owner]),
            ..ObjectMeta::default()
        },
    };
    Some(object(&name, &slice))
}
