//! Volumes: a claim that asks for less than it should asks for more. None ever shrinks.

use super::draft::Draft;
use super::scene::Scene;
use crate::step::Step;
use ironkeep_api::conditions::reasons;

/// Plans growth.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    let Some(bytes) = scene.desired.volume_bytes else { return };
    for (&pod, volume) in scene.observed.volumes.iter().filter(|(pod, _)| scene.desired.wants(**pod)) {
        if volume.asked < bytes {
            draft.step(Step::Grow { pod, claim: volume.claim.clone(), bytes });
        } else if volume.has > 0 && volume.has < volume.asked {
            let message =
                format!("volume claim {} grows from {} to {} bytes", volume.claim, volume.has, volume.asked);
            draft.wait(reasons::HEALING, true, message);
        }
    }
}
