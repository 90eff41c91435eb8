//! The container with the server. No shell, no script: the image may consist of the program alone.

use super::{Parts, resources};
use crate::resolve::config::HANDOVER_SECONDS;
use ironkeep_api::{EngineType, Mode, names};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, Lifecycle, LifecycleHandler,
    ObjectFieldSelector, Probe, SecurityContext, SleepAction, TCPSocketAction, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The container.
pub fn server(parts: &Parts) -> Container {
    let spec = &parts.cluster.spec;
    Container {
        name: names::CONTAINER.to_owned(),
        image: Some(parts.image.to_owned()),
        image_pull_policy: spec.engine.image_pull_policy.map(|policy| policy.as_str().to_owned()),
        command: Some(vec![spec.engine.kind.program().to_owned()]),
        args: Some(arguments(parts)),
        env: Some(vec![address()]),
        ports: Some(ports(spec.mode)),
        resources: spec.resources.as_ref().map(resources),
        volume_mounts: Some(mounts()),
        // A port that takes connections is all that is asked: who is in sync is the operator's question, and a server
        // that loads its data for an hour must not be killed for it.
        readiness_probe: Some(probe(1, 1, 2)),
        liveness_probe: Some(probe(10, 5, 6)),
        lifecycle: Some(Lifecycle {
            pre_stop: Some(LifecycleHandler {
                sleep: Some(SleepAction { seconds: HANDOVER_SECONDS }),
                ..LifecycleHandler::default()
            }),
            ..Lifecycle::default()
        }),
        security_context: Some(security()),
        ..Container::default()
    }
}

/// Everything that is a path or an address of its own is an argument, the rest is in the file.
fn arguments(parts: &Parts) -> Vec<String> {
    let spec = &parts.cluster.spec;
    let mut arguments = vec![
        format!("{}/{}", names::CONFIG_DIR, names::CONFIG_FILE),
        "--dir".to_owned(),
        names::DATA_DIR.to_owned(),
    ];
    let announce: &[&str] = match spec.mode {
        _ if spec.engine.kind == EngineType::Ironkeep => &[],
        Mode::Cluster => &["--cluster-announce-ip", "--replica-announce-ip"],
        Mode::Replication => &["--replica-announce-ip"],
        Mode::Standalone => &[],
    };
    arguments.extend(announce.iter().flat_map(|option| [(*option).to_owned(), "$(POD_IP)".to_owned()]));
    arguments
}

fn address() -> EnvVar {
    EnvVar {
        name: "POD_IP".to_owned(),
        value_from: Some(EnvVarSource {
            field_ref: Some(ObjectFieldSelector { field_path: "status.podIP".to_owned(), api_version: None }),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    }
}

fn ports(mode: Mode) -> Vec<ContainerPort> {
    let port = |name: &str, number: u16| ContainerPort {
        name: Some(name.to_owned()),
        container_port: number.into(),
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    };
    let mut ports = vec![port("client", names::CLIENT_PORT)];
    if mode == Mode::Cluster {
        ports.push(port("bus", names::BUS_PORT));
    }
    ports
}

fn mounts() -> Vec<VolumeMount> {
    let mount = |name: &str, path: &str| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        ..VolumeMount::default()
    };
    let config = VolumeMount { read_only: Some(true), ..mount(names::CONFIG_VOLUME, names::CONFIG_DIR) };
    vec![config, mount(names::DATA_VOLUME, names::DATA_DIR)]
}

fn probe(period: i32, timeout: i32, failures: i32) -> Probe {
    Probe {
        tcp_socket: Some(TCPSocketAction {
            port: IntOrString::Int(names::CLIENT_PORT.into()),
            ..TCPSocketAction::default()
        }),
        period_seconds: Some(period),
        timeout_seconds: Some(timeout),
        failure_threshold: Some(failures),
        ..Probe::default()
    }
}

fn security() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(true),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
        ..SecurityContext::default()
    }
}
