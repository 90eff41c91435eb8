//! What was seen: plain data, stamped with the time of looking.
//!
//! A platform (Kubernetes or this machine) tells of objects and pods; the engines tell of themselves. Nothing here
//! is interpreted: that a node says of another that it has failed is kept as its word, not as the truth.

use crate::ids::{NodeId, ObjectRef, PodId, Role};
use crate::slots::Slots;
use crate::step::Step;
use ironkeep_api::ValkeyClusterStatus;
use k8s_openapi::Resource;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Milliseconds since 1970.
pub type Millis = u64;

/// One look at the world.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// When it was taken.
    pub at: Millis,
    /// Objects of the cluster that exist.
    pub objects: BTreeMap<ObjectRef, Value>,
    /// Pods that exist, wanted or not.
    pub pods: BTreeMap<PodId, Pod>,
    /// Volume claims: pod to what it asks for and what it has.
    pub volumes: BTreeMap<PodId, Volume>,
    /// Pods that were primary a while ago, and when clients last came to them, as far as this operator has seen in its
    /// own lifetime.
    pub farewells: BTreeMap<PodId, Farewell>,
    /// The status as it was last written: the operator's only memory.
    pub status: ValkeyClusterStatus,
    /// Steps of earlier plans that were still being carried out when this look began.
    pub under_way: Vec<Step>,
}

/// How a former primary and its clients part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Farewell {
    /// Since when it is no primary any more.
    pub since: Millis,
    /// When it was last seen to be needed: as a primary, or to tell clients where to go.
    pub last: Millis,
}

/// A pod. Unasked until its engine has been asked.
#[derive(Debug, Clone, Default)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its uid: another pod of the same name has another one.
    pub uid: String,
    /// Its address, once it has one.
    pub ip: Option<IpAddr>,
    /// The node it runs on.
    pub node: Option<String>,
    /// The node takes no new pods: a drain is likely.
    pub cordoned: bool,
    /// The container runs.
    pub running: bool,
    /// The kubelet says that it is ready.
    pub ready: bool,
    /// Since when, to the second, where there is a kubelet to say so.
    pub ready_since: Option<Millis>,
    /// It has been deleted and is on its way out.
    pub terminating: bool,
    /// The platform doesn't know it any more, but its process still answers. What has its name there is another pod,
    /// which isn't seen before this one has ended.
    pub departed: bool,
    /// Revision that it was made from.
    pub revision: String,
    /// Role label that it carries.
    pub role: Option<Role>,
    /// Why it doesn't come up: an image that can't be had, no node with room, a crash loop.
    pub trouble: Option<String>,
    /// Since when its engine hasn't answered, as far as this operator has seen in its own lifetime; none while it
    /// answers or says that it is loading. Only replication mode needs it: to give a restarted primary time to come back before another is named.
    pub down_since: Option<Millis>,
    /// What its engine says.
    pub engine: Engine,
}

/// What came back from an engine.
#[derive(Debug, Clone, Default)]
pub enum Engine {
    /// Nobody was asked: the pod has no address yet.
    #[default]
    Unasked,
    /// The connection was refused or reset: nothing listens there.
    Refused,
    /// No answer in time.
    Silent,
    /// It answers, but is still loading its data.
    Loading,
    /// It answers with an error that isn't about loading.
    Error(String),
    /// It answers.
    Up(Box<Facts>),
}

/// What an engine says of itself.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// New for every start of the process.
    pub run_id: String,
    /// Version that it reports.
    pub version: String,
    /// Keys in all databases.
    pub keys: u64,
    /// Its part in replication.
    pub replication: Replication,
    /// Its view of the cluster, in cluster mode.
    pub cluster: Option<ClusterView>,
    /// Values of the parameters that were asked for.
    pub config: BTreeMap<String, String>,
    /// Clients may be paused by an unfinished hand-over: the engine refuses or delays writes.
    pub paused: bool,
    /// How often it has told a client since its start that it is not the one to ask (`MOVED`, `READONLY`).
    pub turned_away: u64,
}

/// `INFO replication`.
#[derive(Debug, Clone, Default)]
pub struct Replication {
    /// Primary (`true`) or replica.
    pub primary: bool,
    /// Replication id: same id, same history.
    pub replid: String,
    /// Bytes of history that it has.
    pub offset: u64,
    /// For a replica: whom it follows, and how well.
    pub upstream: Option<Upstream>,
    /// For a primary: who follows it.
    pub replicas: Vec<Follower>,
}

/// Whom a replica follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Host, as it was told.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The link is up and the first sync is done.
    pub up: bool,
    /// A full sync is in progress.
    pub syncing: bool,
    /// Seconds since it last heard of its primary; none while the link is down.
    pub silent_seconds: Option<u64>,
}

/// Who follows a primary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// Its address.
    pub ip: IpAddr,
    /// Its port.
    pub port: u16,
    /// It is in sync and gets the stream.
    pub online: bool,
    /// What it acknowledged.
    pub offset: u64,
}

/// `CLUSTER NODES` and `CLUSTER INFO` of one node.
#[derive(Debug, Clone, Default)]
pub struct ClusterView {
    /// The node's own id.
    pub me: NodeId,
    /// `cluster_state:ok`.
    pub ok: bool,
    /// `cluster_current_epoch`.
    pub epoch: u64,
    /// All nodes that it knows, itself included.
    pub nodes: BTreeMap<NodeId, Known>,
}

/// What one node knows of another (or of itself).
#[derive(Debug, Clone)]
pub struct Known {
    /// Address that it has for it; none when it has lost it (`noaddr`).
    pub ip: Option<IpAddr>,
    /// Client port.
    pub port: u16,
    /// Primary or replica.
    pub role: Role,
    /// Whom it follows, if it is a replica.
    pub primary: Option<NodeId>,
    /// Suspected to be down (`fail?`).
    pub suspected: bool,
    /// Agreed to be down (`fail`).
    pub failed: bool,
    /// Still shaking hands: the id is provisional.
    pub handshake: bool,
    /// The bus link to it is up.
    pub linked: bool,
    /// Its configuration epoch.
    pub epoch: u64,
    /// Slots that it serves.
    pub slots: Slots,
    /// Slots half moved: to be finished or undone before anything else. Only ever seen of the node itself.
    pub open: Vec<OpenSlot>,
}

/// A slot between two owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSlot {
    /// The slot.
    pub slot: u16,
    /// The other side.
    pub peer: NodeId,
    /// It leaves (`migrating`) or arrives (`importing`).
    pub leaving: bool,
}

/// A pod's volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Name of the claim.
    pub claim: String,
    /// Bytes that the claim asks for.
    pub asked: u64,
    /// Bytes that it has got; 0 until it is bound.
    pub has: u64,
}

impl Observed {
    /// Whether an endpoint slice of the operator leads to this very pod, not to an earlier one of its name or at another
    /// address.
    pub fn leads_to(&self, slice: &str, pod: &Pod) -> bool {
        let reference = ObjectRef {
            api_version: EndpointSlice::API_VERSION.to_owned(),
            kind: EndpointSlice::KIND.to_owned(),
            name: slice.to_owned(),
        };
        let slice = self.objects.get(&reference);
        let part = |path| slice.and_then(|slice| slice.pointer(path)).and_then(Value::as_str);
        let address = part("/endpoints/0/addresses/0").and_then(|address| address.parse().ok());
        part("/metadata/ownerReferences/0/uid") == Some(&pod.uid) && pod.ip.is_some() && pod.ip == address
    }
}

impl Pod {
    /// What the engine says, if it says anything.
    pub fn facts(&self) -> Option<&Facts> {
        match &self.engine {
            Engine::Up(facts) => Some(facts),
            _ => None,
        }
    }

    /// The engine's view of its cluster.
    pub fn view(&self) -> Option<&ClusterView> {
        self.facts()?.cluster.as_ref()
    }

    /// The node id that the engine goes by.
    pub fn node_id(&self) -> Option<&NodeId> {
        Some(&self.view()?.me)
    }
}

impl ClusterView {
    /// What the node knows of itself.
    pub fn myself(&self) -> Option<&Known> {
        self.nodes.get(&self.me)
    }
}
