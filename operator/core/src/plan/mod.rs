//! From what is and what should be to what is to be done now.
//!
//! `plan` is pure. Each file here holds one concern and adds to the plan what it can say now; none reads a clock or
//! remembers anything. A plan without steps, waits and losses means: all is as it should be, nothing is written.
//!
//! What the planner needs from the status, its only memory, is in `scene.rs`. Some plans are to be reported before their
//! steps are applied: see [`Plan::is_told_first`].

mod bootstrap;
mod byway;
mod config;
mod draft;
mod failover;
mod farewell;
mod handover;
mod heal;
mod meet;
mod members;
mod network;
mod objects;
mod ownerless;
mod replication;
mod roles;
mod roll;
mod scale;
mod scene;
mod spread;
mod standalone;
mod storage;
mod waits;

#[cfg(test)]
mod tests;

use crate::desired::Desired;
use crate::ids::{PodId, Role};
use crate::observed::Observed;
use crate::step::Step;
use draft::Draft;
use ironkeep_api::Mode;
use members::Member;
use network::Network;
use scene::Scene;

/// What is to be done now, what is being waited for, and what is lost.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Steps that don't depend on each other.
    pub steps: Vec<Step>,
    /// What has to happen by itself before there is more to do, in words that a status can show.
    pub waits: Vec<Wait>,
    /// Data that is gone, found in this look.
    pub losses: Vec<Loss>,
}

/// Something that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Reason in CamelCase, for a condition.
    pub reason: &'static str,
    /// What exactly, with names.
    pub message: String,
    /// Clients are served nevertheless, with all the copies that the spec asks for being on their way.
    pub serving: bool,
}

/// Data of a shard that no node has any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Whose data.
    pub shard: u32,
    /// What happened, with names.
    pub message: String,
}

impl Plan {
    /// Whether all is as it should be.
    pub fn is_done(&self) -> bool {
        self.steps.is_empty() && self.waits.is_empty()
    }

    /// Whether the status has to be written before the steps are begun, because they change what it is about: they
    /// remove the evidence of a loss, or let a primary take writes that nobody knows of. An operator that dies between
    /// the two leaves a status that says no less than what may have happened.
    pub fn is_told_first(&self) -> bool {
        let changes = |step: &Step| {
            matches!(
                step,
                Step::Promote { .. }
                    | Step::SeeOff { .. }
                    | Step::Follow { .. }
                    | Step::Label { role: Role::Primary, .. }
            )
        };
        !self.losses.is_empty() || self.steps.iter().any(changes)
    }

    /// Whether the first half of a hand-over is to be done.
    pub fn hands_over(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::HandOver { .. }))
    }

    /// The pod that is to become primary of a shard in which nobody is.
    pub fn appointed(&self, shard: u32) -> Option<PodId> {
        self.steps.iter().find_map(|step| match step {
            Step::Promote { pod, .. } if pod.shard == shard => Some(*pod),
            _ => None,
        })
    }
}

/// Decides what to do now.
pub fn plan(desired: &Desired, observed: &Observed) -> Plan {
    let network = Network::new(desired, observed);
    let scene = Scene::new(desired, observed, &network);
    let mut draft = Draft::default();
    objects::plan(&scene, &mut draft);
    storage::plan(&scene, &mut draft);
    config::plan(&scene, &mut draft);
    match desired.mode {
        Mode::Cluster => cluster(&scene, &network, &mut draft),
        Mode::Replication => replication::plan(&scene, &mut draft),
        Mode::Standalone => standalone::plan(&scene, &mut draft),
    }
    handover::plan(&scene, &mut draft);
    roll::plan(&scene, &mut draft);
    roles::plan(&scene, &mut draft);
    byway::plan(&scene, &mut draft);
    waits::plan(&scene, &network, &mut draft);
    spread::plan(&scene, &mut draft);
    draft.finish(desired.paused, &observed.under_way)
}

/// The pod that is primary of each shard and up, as the planner sees it: what the status is to remember.
pub fn primaries(desired: &Desired, observed: &Observed) -> Vec<Option<PodId>> {
    let network = Network::new(desired, observed);
    let scene = Scene::new(desired, observed, &network);
    scene.shards().map(|shard| scene.primary(shard).map(|primary| primary.id)).collect()
}

/// Whether a pod's engine follows another's, is linked, and has all but the last moments.
pub fn is_in_sync(observed: &Observed, replica: PodId, primary: PodId) -> bool {
    let member = |id| observed.pods.get(&id).map(|pod| Member { id, pod });
    member(replica).zip(member(primary)).is_some_and(|(replica, primary)| replica.in_sync(&primary))
}

/// What only a cluster needs: its nodes must be born before they may meet, and know each other before they heal.
fn cluster(scene: &Scene, network: &Network, draft: &mut Draft) {
    if !bootstrap::plan(scene, network, draft) {
        return;
    }
    meet::plan(network, draft);
    failover::plan(scene, network, draft);
    ownerless::plan(scene, network, draft);
    heal::plan(scene, network, draft);
}
