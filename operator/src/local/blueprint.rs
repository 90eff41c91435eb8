//! What a pod of a StatefulSet is on this machine: a program, its arguments, and directories instead of volumes.
//!
//! Pure: takes the StatefulSet and where things are, gives what to start. A pod that needs something which doesn't
//! exist here is refused by name, never started without it.

use super::home::Home;
use crate::platform::{Outcome, PlatformError};
use ironkeep_api::names;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Container, EnvVar, PersistentVolumeClaim, PodSpec, Volume};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

/// Seconds between SIGTERM and SIGKILL where a pod doesn't say.
const GRACE: i64 = 30;

/// What to start for a pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint {
    /// The program's name.
    pub program: String,
    /// The image that would bring it.
    pub image: String,
    /// Its arguments, with this machine's paths and the pod's address.
    pub arguments: Vec<String>,
    /// Its variables.
    pub environment: Vec<(String, String)>,
    /// Directories that must be there.
    pub directories: Vec<PathBuf>,
    /// The claim whose volume it has, and how many bytes that asks for.
    pub claims: Vec<(String, u64)>,
    /// The revision that it is made from.
    pub revision: String,
    /// Time between the wish to end it and SIGTERM.
    pub pre_stop: Duration,
    /// Time between the wish to end it and SIGKILL.
    pub grace: Duration,
}

/// Who the pod is.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// Its name.
    pub pod: &'a str,
    /// Its address.
    pub ip: Ipv4Addr,
}

/// Reads the pod's part of a StatefulSet.
pub fn blueprint(set: &StatefulSet, who: Identity<'_>, home: &Home) -> Outcome<Blueprint> {
    let wrong = |what: &str| PlatformError::Failed(format!("pod {}: {what}", who.pod));
    let spec = set.spec.as_ref().ok_or_else(|| wrong("its StatefulSet has no spec"))?;
    let pod = spec.template.spec.as_ref().ok_or_else(|| wrong("its template has no spec"))?;
    let [container] = pod.containers.as_slice() else { return Err(wrong("must have exactly one container")) };
    let [program, first @ ..] = container.command.as_deref().unwrap_or_default() else {
        return Err(wrong("its container has no command"));
    };
    let claims = spec.volume_claim_templates.as_deref().unwrap_or_default();
    let paths = paths(pod, container, claims, who, home)?;
    let environment = environment(container, who, set)?;
    let given = first.iter().chain(container.args.iter().flatten());
    let mut arguments: Vec<_> =
        given.map(|given| localized(&expanded(given, &environment), &paths)).collect();
    // A pod has a network of its own; here it has to be told which of the addresses is its.
    arguments.extend(["--bind".to_owned(), who.ip.to_string()]);
    let annotations = spec.template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    Ok(Blueprint {
        program: program.clone(),
        image: container.image.clone().unwrap_or_default(),
        arguments,
        environment: environment.into_iter().collect(),
        directories: paths.into_values().collect(),
        claims: claims.iter().map(|claim| (claim_of(claim, who), bytes(claim))).collect(),
        revision: annotations
            .and_then(|all| all.get(names::ANNOTATION_REVISION))
            .cloned()
            .unwrap_or_default(),
        pre_stop: seconds(pre_stop(container)),
        grace: seconds(pod.termination_grace_period_seconds.unwrap_or(GRACE)),
    })
}

/// Where on this machine is what the container finds under a path.
fn paths(
    pod: &PodSpec,
    container: &Container,
    claims: &[PersistentVolumeClaim],
    who: Identity<'_>,
    home: &Home,
) -> Outcome<BTreeMap<String, PathBuf>> {
    let mut paths = BTreeMap::new();
    for mount in container.volume_mounts.iter().flatten() {
        let volume = pod.volumes.iter().flatten().find(|volume| volume.name == mount.name);
        let claim = claims.iter().find(|claim| claim.metadata.name.as_deref() == Some(&mount.name));
        let path = match (claim, volume) {
            (Some(claim), _) => Some(home.volume(&claim_of(claim, who))),
            (None, Some(volume)) => place(volume, who, home),
            (None, None) => None,
        };
        let path = path.ok_or_else(|| {
            PlatformError::Failed(format!("pod {}: no volume like {:?} on this machine", who.pod, mount.name))
        })?;
        paths.insert(mount.mount_path.clone(), path);
    }
    Ok(paths)
}

fn place(volume: &Volume, who: Identity<'_>, home: &Home) -> Option<PathBuf> {
    match (&volume.config_map, &volume.empty_dir) {
        (Some(map), _) => Some(home.config(&map.name)),
        (None, Some(_)) => Some(home.pod(who.pod).join(&volume.name)),
        (None, None) => None,
    }
}

fn claim_of(claim: &PersistentVolumeClaim, who: Identity<'_>) -> String {
    format!("{}-{}", claim.metadata.name.as_deref().unwrap_or_default(), who.pod)
}

fn bytes(claim: &PersistentVolumeClaim) -> u64 {
    let requests = claim.spec.as_ref().and_then(|spec| spec.resources.as_ref()?.requests.as_ref());
    requests.and_then(|requests| ironkeep_core::resolve::bytes(&requests.get("storage")?.0)).unwrap_or(0)
}

fn environment(
    container: &Container,
    who: Identity<'_>,
    set: &StatefulSet,
) -> Outcome<BTreeMap<String, String>> {
    let value = |variable: &EnvVar| -> Option<String> {
        let Some(from) = &variable.value_from else {
            return Some(variable.value.clone().unwrap_or_default());
        };
        match from.field_ref.as_ref()?.field_path.as_str() {
            "status.podIP" => Some(who.ip.to_string()),
            "metadata.name" => Some(who.pod.to_owned()),
            "metadata.namespace" => set.metadata.namespace.clone(),
            _ => None,
        }
    };
    let mut environment = BTreeMap::new();
    for variable in container.env.iter().flatten() {
        let value = value(variable).ok_or_else(|| {
            PlatformError::Failed(format!("pod {}: variable {} has no value here", who.pod, variable.name))
        })?;
        environment.insert(variable.name.clone(), value);
    }
    Ok(environment)
}

/// `$(NAME)` is the variable's value, `$$` a dollar, and what isn't known stays as it is: as Kubernetes does it.
fn expanded(text: &str, environment: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let variable = after.strip_prefix('(').and_then(|inside| inside.split_once(')'));
        match variable {
            _ if after.starts_with('$') => {
                out.push('$');
                rest = &after[1..];
            }
            Some((name, behind)) if environment.contains_key(name) => {
                out.push_str(&environment[name]);
                rest = behind;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out + rest
}

/// The argument, with the path of a mount at its beginning replaced.
fn localized(argument: &str, paths: &BTreeMap<String, PathBuf>) -> String {
    // The longest mount counts, and in order of text it comes last.
    let found = paths.iter().rev().find_map(|(mount, path)| {
        let rest = argument.strip_prefix(mount.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", path.display()))
    });
    found.unwrap_or_else(|| argument.to_owned())
}

fn pre_stop(container: &Container) -> i64 {
    let sleep = container.lifecycle.as_ref().and_then(|l| l.pre_stop.as_ref()?.sleep.as_ref());
    sleep.map_or(0, |sleep| sleep.seconds)
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(seconds.try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn set(data: Value, claims: Value) -> StatefulSet {
        serde_json::from_value(json!({
            "metadata": {"name": "demo-0", "namespace": "here"},
            "spec": {"selector": {}, "serviceName": "x", "volumeClaimTemplates": claims, "template": {
                "metadata": {"annotations": {"ironkeep.io/revision": "r1"}},
                "spec": {
                    "terminationGracePeriodSeconds": 12,
                    "volumes": [{"name": "config", "configMap": {"name": "demo-config"}}, data],
                    "containers": [{
                        "name": "server", "image": "valkey:8.0", "command": ["valkey-server"],
                        "args": ["/etc/ironkeep/server.conf", "--dir", "/data", "--announce", "$(POD_IP)", "/database"],
                        "env": [{"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
                        "volumeMounts": [{"name": "config", "mountPath": "/etc/ironkeep"}, {"name": "data", "mountPath": "/data"}]
                    }]
                }
            }}
        }))
        .unwrap()
    }

    fn read(name: &str, set: &StatefulSet) -> (Outcome<Blueprint>, PathBuf) {
        let path = std::env::temp_dir().join(format!("ironkeep-blueprint-{name}-{}", std::process::id()));
        let home = Home::open(Some(&path), false).unwrap();
        let root = home.path().to_owned();
        let read = blueprint(set, Identity { pod: "demo-0-1", ip: Ipv4Addr::new(127, 1, 2, 3) }, &home);
        home.leave().unwrap();
        (read, root)
    }

    #[test]
    fn a_pod_becomes_a_program_with_paths_and_an_address_of_this_machine() {
        let (read, root) = read("plain", &set(json!({"name": "data", "emptyDir": {}}), Value::Null));
        let read = read.unwrap();
        let root = root.display();
        let expected = [
            &format!("{root}/config/demo-config/server.conf"),
            "--dir",
            &format!("{root}/pods/demo-0-1/data"),
            "--announce",
            "127.1.2.3",
            "/database",
            "--bind",
            "127.1.2.3",
        ];
        assert_eq!(read.arguments, expected);
        assert_eq!(
            (read.program.as_str(), read.image.as_str(), read.revision.as_str()),
            ("valkey-server", "valkey:8.0", "r1")
        );
        assert_eq!((read.pre_stop, read.grace), (Duration::from_secs(3), Duration::from_secs(12)));
        assert!(read.claims.is_empty());
    }

    #[test]
    fn claims_become_directories_that_outlive_the_pod() {
        let claim =
            json!([{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}]);
        let (read, root) = read("claims", &set(json!({"name": "other", "emptyDir": {}}), claim));
        let read = read.unwrap();
        assert_eq!(read.claims, [("data-demo-0-1".to_owned(), 1 << 30)]);
        assert!(read.directories.contains(&root.join("volumes/data-demo-0-1")));
    }

    #[test]
    fn what_this_machine_does_not_have_is_refused_by_name() {
        let (read, _) =
            read("secret", &set(json!({"name": "data", "secret": {"secretName": "s"}}), Value::Null));
        assert!(read.unwrap_err().to_string().contains("no volume like \"data\""));
    }

    #[test]
    fn variables_are_expanded_as_kubernetes_does() {
        let known = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        for (text, result) in
            [("$(A)-$(A)", "1-1"), ("$(B)", "$(B)"), ("$$(A)", "$(A)"), ("a$", "a$"), ("$(A", "$(A")]
        {
            assert_eq!(expanded(text, &known), result);
        }
    }
}
