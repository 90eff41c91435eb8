//! What a failed part leaves behind for people: objects, events and logs, in a folder of its own.

use crate::world::World;
use std::path::Path;
use tokio::process::Command;

/// What is asked of kubectl, and the file that the answer goes to.
const QUESTIONS: [(&str, &[&str]); 5] = [
    (
        "objects.yaml",
        &[
            "get",
            "valkeyclusters,statefulsets,pods,services,endpointslices,configmaps,poddisruptionbudgets,pvc",
            "-o",
            "yaml",
        ],
    ),
    ("events.txt", &["get", "events", "--sort-by=.lastTimestamp"]),
    ("pods.txt", &["get", "pods", "-o", "wide"]),
    ("engines.log", &["logs", "--prefix", "--tail=400", "-l", "app.kubernetes.io/component=server"]),
    (
        "engines-before.log",
        &["logs", "--prefix", "--previous", "--tail=200", "-l", "app.kubernetes.io/component=server"],
    ),
];

/// Gathers the evidence; what can't be had is left out with the reason in its place.
pub async fn gather(world: &World, operator_namespace: &str, folder: &Path, part: &str) {
    let folder = folder.join(part.replace(' ', "-"));
    if let Err(error) = std::fs::create_dir_all(&folder) {
        eprintln!("no evidence: {}: {error}", folder.display());
        return;
    }
    for (file, question) in QUESTIONS {
        keep(&folder.join(file), &world.namespace, question).await;
    }
    let logs = ["logs", "--tail=2000", "-l", "app.kubernetes.io/name=ironkeep-operator"];
    keep(&folder.join("operator.log"), operator_namespace, &logs).await;
    eprintln!("evidence: {}", folder.display());
}

async fn keep(file: &Path, namespace: &str, question: &[&str]) {
    let answer = Command::new("kubectl").args(["-n", namespace]).args(question).output().await;
    let bytes = match answer {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => output.stderr,
        Err(error) => error.to_string().into_bytes(),
    };
    if let Err(error) = std::fs::write(file, bytes) {
        eprintln!("{}: {error}", file.display());
    }
}
