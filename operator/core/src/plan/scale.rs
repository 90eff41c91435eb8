//! Fewer replicas: which StatefulSets may shrink now.
//!
//! A set is held back as a whole while it would take its shard's primary, or the only pod known to have its data. More
//! replicas need nothing here: new pods join as any pod that came back empty.

use super::farewell;
use super::members::Member;
use super::scene::Scene;

/// Why the set of a shard may not shrink to what is desired yet; none if it may.
pub(super) fn held_back(scene: &Scene, shard: u32) -> Option<String> {
    match scene.primary(shard) {
        Some(primary) if scene.desired.wants(primary.id) => {
            // A replica that is down may be why there are to be fewer; one that is up can be waited for.
            let lags =
                |member: &Member| member.stays_up() && member.id != primary.id && !member.in_sync(&primary);
            if let Some(late) = scene.wanted(shard).find(lags) {
                return Some(format!("shard {shard} keeps its pods until {} is in sync", late.id));
            }
            let mut leaving = scene.members(shard).filter(|member| !scene.desired.wants(member.id));
            leaving.find_map(|member| farewell::held_back(scene, &member))
        }
        Some(primary) => {
            Some(format!("shard {shard} keeps its pods until primary {} has handed over", primary.id))
        }
        None if scene.record(shard).is_some_and(|record| record.primary.is_some()) => {
            Some(format!("shard {shard} keeps its pods until it has a primary again"))
        }
        None => None,
    }
}
