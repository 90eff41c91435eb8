//! Former primaries stay until their clients have found the new one.
//!
//! A client that is told where to go loses nothing; one that talks to an address that is gone waits for its own
//! time-outs. Many ask for the whole map when they are told, and ask a node that may be gone as well: for as long as that
//! takes them, they come back. So who was primary isn't taken away while clients still come, up to a bound.

use super::members::Member;
use super::scene::Scene;
use crate::observed::Millis;

/// How long nobody may have come.
const QUIET: Millis = 2_000;
/// How long a former primary stays for clients that never learn: longer than stock clients dial an address that is gone.
const PATIENCE: Millis = 60_000;

/// Why a pod isn't to be taken away yet, if it is a former primary whose clients still come.
pub(super) fn held_back(scene: &Scene, member: &Member) -> Option<String> {
    let farewell = scene.observed.farewells.get(&member.id)?;
    let ago = |moment| scene.observed.at.saturating_sub(moment);
    let visited = member.stays_up() && ago(farewell.last) < QUIET && ago(farewell.since) < PATIENCE;
    visited.then(|| format!("{} stays until clients have found the new primary", member.id))
}
