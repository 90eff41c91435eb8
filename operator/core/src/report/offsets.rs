//! Offsets move with every write of a client; a status that followed them would never be at rest.
//!
//! They are told with whatever else changes, and lag only where it is worth a look, in steps that double.

use ironkeep_api::{ShardStatus, ValkeyClusterStatus};

/// Bytes from which on a replica's lag is told.
const WORTH_A_LOOK: i64 = 1 << 20;

/// The new status; the old one if nothing has changed but offsets.
pub fn settle(mut new: ValkeyClusterStatus, old: &ValkeyClusterStatus) -> ValkeyClusterStatus {
    for replica in new.shards.iter_mut().flat_map(|shard| &mut shard.replicas) {
        replica.lag = replica.lag.and_then(rounded);
    }
    let mut calm = new.clone();
    for shard in &mut calm.shards {
        if let Some(old) = old.shards.iter().find(|old| old.index == shard.index) {
            take_over(shard, old);
        }
    }
    if calm == *old { calm } else { new }
}

/// Puts the offsets that were told last in the place of those seen now.
fn take_over(shard: &mut ShardStatus, old: &ShardStatus) {
    shard.offset = old.offset;
    for replica in &mut shard.replicas {
        if let Some(old) = old.replicas.iter().find(|old| old.pod == replica.pod) {
            replica.offset = old.offset;
        }
    }
}

/// The lag down to a power of two; none if it isn't worth a look.
fn rounded(lag: i64) -> Option<i64> {
    (lag >= WORTH_A_LOOK).then(|| 1 << lag.ilog2())
}
