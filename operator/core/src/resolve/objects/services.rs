//! Services: one that names every pod, one for clients, in replication mode one for readers.
//!
//! In cluster mode any pod will do for clients, because it redirects; in replication mode only the primary takes writes,
//! and where the service leads to is said by a slice of the operator's own: see `way.rs`.

use super::{Parts, object, some_map};
use crate::desired::Object;
use ironkeep_api::{Mode, names};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The services.
pub fn services(parts: &Parts) -> Vec<Object> {
    let (clients, pods) = (names::service(parts.name()), names::selector(parts.name()));
    if parts.cluster.spec.mode != Mode::Replication {
        return vec![headless(parts), service(parts, clients, Some(pods))];
    }
    let mut replicas = pods;
    replicas.insert(names::LABEL_ROLE.to_owned(), names::ROLE_REPLICA.to_owned());
    let readers = service(parts, names::replicas_service(parts.name()), Some(replicas));
    vec![headless(parts), service(parts, clients, None), readers]
}

/// Names pods before they are ready: they find each other by it when they come up.
fn headless(parts: &Parts) -> Object {
    let name = names::headless_service(parts.name());
    let mut ports = vec![port("client", names::CLIENT_PORT)];
    if parts.cluster.spec.mode == Mode::Cluster {
        ports.push(port("bus", names::BUS_PORT));
    }
    let service = Service {
        metadata: parts.metadata(name.clone()),
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: Some(true),
            selector: Some(names::selector(parts.name())),
            ports: Some(ports),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    object(&name, &service)
}

fn service(parts: &Parts, name: String, pods: Option<BTreeMap<String, String>>) -> Object {
    let wanted = &parts.cluster.spec.service;
    let mut metadata = parts.metadata(name.clone());
    metadata.annotations = some_map(&wanted.annotations);
    let service = Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some(wanted.kind.as_str().to_owned()),
            selector: pods,
            ports: Some(vec![port("client", names::CLIENT_PORT)]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    object(&name, &service)
}

fn port(name: &str, number: u16) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        port: number.into(),
        target_port: Some(IntOrString::Int(number.into())),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    }
}
