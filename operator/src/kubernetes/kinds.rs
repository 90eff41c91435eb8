//! The kinds of objects that the operator reads and writes, and how each is addressed.
//!
//! The only list of them: what isn't here can't be applied, because nobody would see it afterwards.

use ironkeep_core::ObjectRef;
use kube::core::{ApiResource, GroupVersionKind};

/// A kind of object that is kept in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What users write.
    ValkeyCluster,
    /// The pods of the StatefulSets.
    Pod,
    /// The volume claims of the pods.
    Claim,
    /// One a shard.
    StatefulSet,
    /// For clients, readers and names.
    Service,
    /// Where the service for clients leads to, where the operator says so itself.
    EndpointSlice,
    /// The configuration file.
    ConfigMap,
    /// What the pods run as.
    ServiceAccount,
    /// What evictions must leave.
    Budget,
    /// Who may talk to the pods.
    NetworkPolicy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ValkeyCluster,
        Self::Pod,
        Self::Claim,
        Self::StatefulSet,
        Self::Service,
        Self::EndpointSlice,
        Self::ConfigMap,
        Self::ServiceAccount,
        Self::Budget,
        Self::NetworkPolicy,
    ];

    /// Group, version, kind and plural.
    fn names(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::ValkeyCluster => ("ironkeep.io", "v1alpha1", "ValkeyCluster", "valkeyclusters"),
            Self::Pod => ("", "v1", "Pod", "pods"),
            Self::Claim => ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
            Self::StatefulSet => ("apps", "v1", "StatefulSet", "statefulsets"),
            Self::Service => ("", "v1", "Service", "services"),
            Self::EndpointSlice => ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
            Self::ConfigMap => ("", "v1", "ConfigMap", "configmaps"),
            Self::ServiceAccount => ("", "v1", "ServiceAccount", "serviceaccounts"),
            Self::Budget => ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
            Self::NetworkPolicy => ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
        }
    }

    /// The word that people use.
    pub fn as_str(self) -> &'static str {
        self.names().2
    }

    /// As in a manifest.
    pub fn api_version(self) -> String {
        let (group, version, ..) = self.names();
        if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
    }

    /// As the client addresses it.
    pub fn resource(self) -> ApiResource {
        let (group, version, kind, plural) = self.names();
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
    }

    /// The kind of an object that the operator makes. None for what it doesn't make itself.
    pub fn made(object: &ObjectRef) -> Option<Self> {
        Self::ALL
            .into_iter()
            .filter(|kind| kind.is_made())
            .find(|kind| kind.as_str() == object.kind && kind.api_version() == object.api_version)
    }

    /// Whether the operator makes objects of this kind itself. Pods and claims are made by StatefulSets.
    pub fn is_made(self) -> bool {
        !matches!(self, Self::ValkeyCluster | Self::Pod | Self::Claim)
    }

    /// The reference of an object of this kind.
    pub fn reference(self, name: &str) -> ObjectRef {
        ObjectRef { api_version: self.api_version(), kind: self.as_str().to_owned(), name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_made_is_found_by_its_reference() {
        for kind in Kind::ALL {
            let found = Kind::made(&kind.reference("x"));
            assert_eq!(found, kind.is_made().then_some(kind));
        }
        let secret = ObjectRef { api_version: "v1".into(), kind: "Secret".into(), name: "x".into() };
        assert_eq!(Kind::made(&secret), None);
    }

    #[test]
    fn a_kind_of_another_group_is_another_kind() {
        let foreign = ObjectRef {
            api_version: "serving.knative.dev/v1".into(),
            kind: "Service".into(),
            name: "x".into(),
        };
        assert_eq!(Kind::made(&foreign), None);
    }
}
