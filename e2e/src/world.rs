//! The Kubernetes under test: what the tests read of it, write to it and wait for.
//!
//! Every wait has a bound and says what it waited for.

use ironkeep_api::{ValkeyCluster, names};
use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim, Pod};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use std::future::Future;
use std::time::{Duration, Instant};

/// Anything that went wrong, in words.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server, or the way to it.
    #[error("Kubernetes: {0}")]
    Kube(#[from] kube::Error),
    /// A file or a program.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// Something took too long.
    #[error("waited {0:?} in vain for {1}")]
    Late(Duration, String),
    /// Something is not as it must be.
    #[error("{0}")]
    Wrong(String),
}

/// What functions here give.
pub type Outcome<T> = Result<T, Error>;

/// A moment; the tests are about times, so they may look at the clock.
#[allow(clippy::disallowed_methods, reason = "tests of times look at the clock; the operator does not")]
pub fn now() -> Instant {
    Instant::now()
}

/// Waits until `ready` gives something, asking it every 20 ms, for `bound` at most.
pub async fn wait<T, F>(what: &str, bound: Duration, mut ready: impl FnMut() -> F) -> Outcome<T>
where
    F: Future<Output = Outcome<Option<T>>>,
{
    let begun = now();
    loop {
        if let Some(found) = ready().await? {
            return Ok(found);
        }
        if begun.elapsed() > bound {
            return Err(Error::Late(bound, what.to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One namespace of the Kubernetes under test.
#[derive(Clone)]
pub struct World {
    /// The client.
    pub client: Client,
    /// The namespace.
    pub namespace: String,
}

impl World {
    /// Makes the namespace if it isn't there.
    pub async fn open(client: &Client, namespace: &str) -> Outcome<Self> {
        let body: Namespace = typed(json!({"metadata": {"name": namespace}}))?;
        match Api::<Namespace>::all(client.clone()).create(&PostParams::default(), &body).await {
            Ok(_) => {}
            Err(kube::Error::Api(refused)) if refused.code == 409 => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self { client: client.clone(), namespace: namespace.to_owned() })
    }

    /// The clusters of this namespace.
    pub fn clusters(&self) -> Api<ValkeyCluster> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The pods of this namespace.
    pub fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Applies a ValkeyCluster as `kubectl apply` does.
    pub async fn apply(&self, manifest: &Value) -> Outcome<ValkeyCluster> {
        let name = manifest["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let params = PatchParams::apply("e2e").force();
        Ok(self.clusters().patch(&name, &params, &Patch::Apply(manifest)).await?)
    }

    /// Changes a part of a ValkeyCluster.
    pub async fn merge(&self, name: &str, part: &Value) -> Outcome<ValkeyCluster> {
        Ok(self.clusters().patch(name, &PatchParams::default(), &Patch::Merge(part)).await?)
    }

    /// Waits until the status says that this generation is ready and nothing is on its way.
    pub async fn settled(&self, name: &str, bound: Duration) -> Outcome<ValkeyCluster> {
        wait(&format!("{name} to be Ready"), bound, || async {
            let cluster = self.clusters().get(name).await?;
            Ok(is_settled(&cluster).then_some(cluster))
        })
        .await
    }

    /// Pods of a cluster, by name.
    pub async fn pods_of(&self, cluster: &str) -> Outcome<Vec<Pod>> {
        let labels = format!("{}={cluster}", names::LABEL_CLUSTER);
        let mut pods = self.pods().list(&ListParams::default().labels(&labels)).await?.items;
        pods.sort_by_key(ResourceExt::name_any);
        Ok(pods)
    }

    /// Deletes a pod: plainly, or at once without waiting for it to end.
    pub async fn delete_pod(&self, name: &str, forced: bool) -> Outcome<()> {
        let params = if forced { DeleteParams::default().grace_period(0) } else { DeleteParams::default() };
        self.pods().delete(name, &params).await?;
        Ok(())
    }

    /// Deletes a cluster and waits until none of its pods is left.
    pub async fn remove(&self, name: &str) -> Outcome<()> {
        let deleted = self.clusters().delete(name, &DeleteParams::default()).await;
        match deleted {
            Ok(_) => {}
            Err(kube::Error::Api(refused)) if refused.code == 404 => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        wait(&format!("the pods of {name} to go"), Duration::from_secs(90), || async {
            Ok(self.pods_of(name).await?.is_empty().then_some(()))
        })
        .await?;
        let labels = ListParams::default().labels(&format!("{}={name}", names::LABEL_CLUSTER));
        let claims: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &self.namespace);
        claims.delete_collection(&DeleteParams::default(), &labels).await?;
        Ok(())
    }
}

/// Whether a status speaks of the present spec, is Ready, and has nothing on its way.
pub fn is_settled(cluster: &ValkeyCluster) -> bool {
    let Some(status) = &cluster.status else { return false };
    let is = |kind: &str, wanted: &str| status.condition(kind).is_some_and(|c| c.status == wanted);
    status.observed_generation == cluster.metadata.generation
        && is("Ready", "True")
        && is("Progressing", "False")
        && !is("Degraded", "True")
}

/// A typed object from its JSON.
pub fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Outcome<T> {
    serde_json::from_value(value).map_err(|error| Error::Wrong(error.to_string()))
}
