//! What the operator asks of this machine: to show objects and pods, and to change them.

use super::super::failed;
use super::super::home::{self, Home};
use super::super::kubelet::Wish;
use super::super::pods::LocalPod;
use super::{MOST_EVENTS, Machine};
use crate::platform::{Outcome, Platform, PlatformError, Sight};
use futures::future::join_all;
use ironkeep_api::{ValkeyClusterStatus, names};
use ironkeep_core::desired::Object;
use ironkeep_core::report::Event;
use ironkeep_core::{ObjectRef, PodId, Role};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a port may take to say that it is there.
const PROBE: Duration = Duration::from_millis(100);

impl Platform for Machine {
    async fn look(&self) -> Outcome<Sight> {
        self.settle();
        let probes = self.with_pods(|pods| {
            let probe = |pod: &LocalPod| probe(pod.ip.filter(|_| pod.pid.is_some()));
            pods.iter().map(|(name, pod)| (name.clone(), probe(pod))).collect::<Vec<_>>()
        });
        let (pods, probes): (Vec<_>, Vec<_>) = probes.into_iter().unzip();
        let ready: BTreeMap<_, _> = pods.into_iter().zip(join_all(probes).await).collect();
        let state = self.0.state.lock();
        let pods = state.pods.iter().filter_map(|(name, pod)| {
            let (shard, ordinal) = names::parse_pod(&self.0.cluster, name)?;
            Some((PodId::new(shard, ordinal), pod.observed(name, ready.get(name) == Some(&true))))
        });
        Ok(Sight { objects: state.objects.clone(), pods: pods.collect(), volumes: state.volumes.clone() })
    }

    async fn apply(&self, object: &Object) -> Outcome<()> {
        if object.reference.kind == "ConfigMap" {
            write_config(&self.0.home, object)?;
        }
        self.0.state.lock().objects.insert(object.reference.clone(), object.value.clone());
        self.remember()?;
        self.settle();
        Ok(())
    }

    async fn delete(&self, object: &ObjectRef) -> Outcome<()> {
        self.0.state.lock().objects.remove(object);
        self.remember()?;
        self.settle();
        Ok(())
    }

    async fn label(&self, pod: &str, role: Role) -> Outcome<()> {
        match self.0.state.lock().pods.get_mut(pod) {
            Some(pod) => pod.role = Some(role),
            None => return Err(PlatformError::Failed(format!("there is no pod {pod}"))),
        }
        Ok(())
    }

    async fn grow(&self, claim: &str, bytes: u64) -> Outcome<()> {
        match self.0.state.lock().volumes.values_mut().find(|volume| volume.claim == claim) {
            Some(volume) => (volume.asked, volume.has) = (bytes, bytes),
            None => return Err(PlatformError::Failed(format!("there is no volume claim {claim}"))),
        }
        Ok(())
    }

    async fn evict(&self, pod: &str, uid: &str) -> Outcome<()> {
        match self.0.state.lock().pods.get(pod).filter(|pod| pod.uid == uid) {
            Some(pod) => pod.wish(Wish::End),
            None => return Err(PlatformError::NotNow(format!("pod {pod} is another one by now"))),
        }
        self.0.changed.notify_one();
        Ok(())
    }

    async fn set_status(&self, status: &ValkeyClusterStatus) -> Outcome<()> {
        self.0.state.lock().status.clone_from(status);
        Ok(())
    }

    async fn tell(&self, events: Vec<Event>) {
        let mut state = self.0.state.lock();
        for event in events {
            tracing::info!(kind = ?event.kind, reason = event.reason, message = event.message, "event");
            state.events.push_back(event);
        }
        let surplus = state.events.len().saturating_sub(MOST_EVENTS);
        state.events.drain(..surplus);
    }
}

/// Whether a server takes connections.
async fn probe(ip: Option<Ipv4Addr>) -> bool {
    let Some(ip) = ip else { return false };
    let at = SocketAddr::from((ip, names::CLIENT_PORT));
    timeout(PROBE, TcpStream::connect(at)).await.is_ok_and(|connected| connected.is_ok())
}

fn write_config(home: &Home, map: &Object) -> Outcome<()> {
    let directory = home.config(&map.reference.name);
    let about = directory.display().to_string();
    std::fs::create_dir_all(&directory).map_err(failed(&about))?;
    for (key, text) in map.value["data"].as_object().into_iter().flatten() {
        let plain = !key.contains('/') && !key.starts_with('.');
        let Some(text) = text.as_str().filter(|_| plain) else {
            return Err(PlatformError::Failed(format!("{about}: {key:?} is no name of a file with text")));
        };
        home::write(&directory.join(key), text.as_bytes()).map_err(failed(&about))?;
    }
    Ok(())
}
