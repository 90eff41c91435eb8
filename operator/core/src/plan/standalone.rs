//! Standalone mode: nothing can be mended here, but a server that came back without its data is named.

use super::draft::Draft;
use super::scene::Scene;

/// Names what was lost: the process is another one than was last seen, and the keys are gone.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    for shard in scene.shards() {
        let (Some(server), Some(record)) = (scene.primary(shard), scene.record(shard)) else { continue };
        let restarted =
            server.facts().is_some_and(|facts| record.primary_run_id.as_ref() != Some(&facts.run_id));
        if restarted && record.has_data && server.keys() == 0 {
            draft.lose(shard, format!("{} was restarted and came back empty", server.id));
        }
    }
}
