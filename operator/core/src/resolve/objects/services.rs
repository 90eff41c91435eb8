//! Services: one that names every pod, one for clients, in replication mode one for readers.

use super::{Parts, object, some_map};
use crate::desired::Object;
use ironkeep_api::{Mode, names};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The services.
pub fn services(parts: &Parts) -> Vec<Object> {
    let mut all = vec![headless(parts), clients(parts)];
    if parts.cluster.spec.mode == Mode::Replication {
        all.push(service(parts, names::replicas_service(parts.name()), Some(names::ROLE_REPLICA)));
    }
    all
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

/// In cluster mode any pod will do, because it redirects; in replication mode only the primary takes writes.
fn clients(parts: &Parts) -> Object {
    let role = (parts.cluster.spec.mode == Mode::Replication).then_some(names::ROLE_PRIMARY);
    service(parts, names::service(parts.name()), role)
}

fn service(parts: &Parts, name: String, role: Option<&str>) -> Object {
    let wanted = &parts.cluster.spec.service;
    let mut pods = names::selector(parts.name());
    pods.extend(role.map(|role| (names::LABEL_ROLE.to_owned(), role.to_owned())));
    let mut metadata = parts.metadata(name.clone());
    metadata.annotations = some_map(&wanted.annotations);
    let service = Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some(wanted.kind.as_str().to_owned()),
            selector: Some(pods),
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
