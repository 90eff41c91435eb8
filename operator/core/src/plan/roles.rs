//! Role labels: the readers' service, budgets and people go by them. Written only where they are wrong.

use super::draft::Draft;
use super::members::Member;
use super::scene::Scene;
use crate::ids::Role;
use crate::step::Step;

/// Plans labels, not in shards whose primary is being changed: what that changes is seen at the next look.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    for shard in scene.shards().filter(|&shard| scene.primary(shard).is_some()) {
        if draft.has(|step| changes_primary(step, shard)) {
            continue;
        }
        for member in scene.members(shard).filter(|member| !member.pod.departed) {
            if let Some(role) = role(scene, &member).filter(|role| member.pod.role != Some(*role)) {
                draft.step(Step::Label { pod: member.id, role });
            }
        }
    }
}

fn changes_primary(step: &Step, shard: u32) -> bool {
    matches!(step, Step::Failover { pod, .. } | Step::HandOver { to: pod, .. } | Step::SeeOff { to: pod, .. } | Step::Promote { pod, .. } if pod.shard == shard)
}

/// The role of a pod in a shard whose primary is up. A pod that is down has none to be told, but loses that of the primary.
fn role(scene: &Scene, member: &Member) -> Option<Role> {
    if scene.primary(member.id.shard).is_some_and(|primary| primary.id == member.id) {
        return Some(Role::Primary);
    }
    (member.facts().is_some() || member.pod.role == Some(Role::Primary)).then_some(Role::Replica)
}
