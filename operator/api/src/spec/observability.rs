//! How clients and Prometheus find the servers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::bounded;

/// The service that clients connect to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Service {
    /// Who can reach it. Mode cluster has `ClusterIP` only, because clients are redirected to pod addresses.
    #[serde(default, rename = "type")]
    pub kind: ServiceType,

    /// Annotations of it, as load balancers want them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "bounded::text_map::<32, 4096>")]
    pub annotations: BTreeMap<String, String>,
}

/// Who can reach a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ServiceType {
    /// Pods of the same Kubernetes cluster.
    #[default]
    ClusterIP,
    /// Whoever reaches a node.
    NodePort,
    /// Whoever reaches the load balancer.
    LoadBalancer,
}

impl ServiceType {
    /// The word in a Kubernetes service.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClusterIP => "ClusterIP",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
        }
    }
}

/// Figures for Prometheus.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Metrics {
    /// Whether each pod serves them.
    #[serde(default)]
    pub enabled: bool,

    /// The port they are served on.
    #[serde(default = "metrics_port")]
    #[schemars(range(min = 1024, max = 65535))]
    pub port: i32,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: false, port: metrics_port() }
    }
}

fn metrics_port() -> i32 {
    9121
}
