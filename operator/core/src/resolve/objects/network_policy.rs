//! Who may talk to the pods: anybody as a client (the operator is one), only pods of the cluster on the cluster bus.
//!
//! The bus knows no passwords: whoever reaches it can move slots and forget nodes.

use super::{Parts, object, selector};
use crate::desired::Object;
use ironkeep_api::{Mode, names};
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The policy.
pub fn network_policy(parts: &Parts) -> Object {
    let name = names::network_policy(parts.name());
    let own_pods = selector(names::selector(parts.name()));
    let mut ingress =
        vec![NetworkPolicyIngressRule { ports: Some(vec![tcp(names::CLIENT_PORT)]), from: None }];
    if parts.cluster.spec.mode == Mode::Cluster {
        ingress.push(NetworkPolicyIngressRule {
            ports: Some(vec![tcp(names::BUS_PORT)]),
            from: Some(vec![NetworkPolicyPeer {
                pod_selector: Some(own_pods.clone()),
                ..NetworkPolicyPeer::default()
            }]),
        });
    }
    let policy = NetworkPolicy {
        metadata: parts.metadata(name.clone()),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(own_pods),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(ingress),
            egress: None,
        }),
    };
    object(&name, &policy)
}

fn tcp(port: u16) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(port.into())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    }
}
