//! Installs the operator as people do: `helm upgrade --install`.

use crate::arguments::Arguments;
use crate::world::{Error, Outcome, wait};
use k8s_openapi::api::apps::v1::Deployment;
use kube::{Api, Client};
use std::time::Duration;
use tokio::process::Command;

/// Where the operator is installed.
pub const NAMESPACE: &str = "ironkeep-system";
/// The release, and so the deployment.
pub const RELEASE: &str = "ironkeep-operator";

/// Installs or upgrades, and waits until the operator is available.
pub async fn install(client: &Client, arguments: &Arguments) -> Outcome<()> {
    let mut helm = Command::new(&arguments.helm);
    helm.args(["upgrade", "--install", RELEASE]).arg(&arguments.chart);
    helm.args(["--namespace", NAMESPACE, "--create-namespace"]);
    for value in &arguments.values {
        helm.args(["--set", value]);
    }
    let output = helm.output().await.map_err(|error| Error::Io("helm".into(), error))?;
    if !output.status.success() {
        return Err(Error::Wrong(format!("helm: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    wait("the operator to be available", Duration::from_secs(60), || async {
        let found = deployments.get_opt(RELEASE).await?;
        let status = found.and_then(|d| d.status).unwrap_or_default();
        Ok((status.available_replicas.unwrap_or(0) > 0).then_some(()))
    })
    .await
}
