//! What the configuration and the state of the server say to commands.
//!
//! Plain data, copied together when something changes. Must not know where it comes from.

use crate::event::Classes;
use crate::fault::Fault;
use crate::turn::Turn;
use ironkeep_keyspace::access::AccessRule;
use ironkeep_values::{hash_map, list, set, stream, zset};
use ironkeep_wire::Reply;

/// What commands go by.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How accesses are counted.
    pub access: AccessRule,
    /// The longest string (`proto-max-bulk-len`).
    pub max_string: usize,
    /// How long a reply may become that nothing else bounds.
    pub longest_reply: LongestReply,
    /// `lazyfree-lazy-user-del`: DEL frees in the background.
    pub lazy_del: bool,
    /// `lazyfree-lazy-server-del`: so do implicit deletions (RENAME, SET over a key).
    pub lazy_overwrite: bool,
    /// `lazyfree-lazy-expire`: so does expiry.
    pub lazy_expire: bool,
    /// Whether expired keys are removed when met. Not on replicas or while an import runs.
    pub remove_expired: bool,
    /// `import-mode`: for clients that import, keys live until they are deleted.
    pub importing: bool,
    /// `notify-keyspace-events`.
    pub notify: Classes,
    /// How large the small forms of values may be.
    pub sizes: Sizes,
}

/// How long a reply may become that nothing else bounds: one of members by chance, as many as a client says.
#[derive(Clone, Copy, Debug)]
pub struct LongestReply {
    /// Bytes.
    pub bytes: usize,
    /// Whether a client is closed that would get a longer one (`client-output-buffer-limit`).
    pub closes: bool,
}

impl Default for LongestReply {
    /// Without a limit in the configuration: Valkey goes on until memory ends.
    fn default() -> Self {
        Self { bytes: 1 << 30, closes: false }
    }
}

impl LongestReply {
    /// Whether the reply that was begun at `start` has become too long.
    #[inline]
    pub fn is_exceeded(&self, reply: &Reply<'_>, start: usize) -> bool {
        reply.position() - start > self.bytes
    }

    /// Ends such a reply: nobody gets what is there of it, or an error takes its place.
    pub fn give_up(&self, reply: &mut Reply<'_>, start: usize, turn: &mut Turn) -> Result<(), Fault> {
        if self.closes {
            turn.cut = true;
            return Ok(());
        }
        reply.truncate(start);
        Err(Fault::Other("ERR value is out of range"))
    }
}

/// How large the small forms of values may be.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// `list-max-listpack-size`
    pub list: list::Limit,
    /// `set-max-intset-entries`, `set-max-listpack-entries`, `set-max-listpack-value`
    pub set: set::Limits,
    /// `zset-max-listpack-entries`, `zset-max-listpack-value`
    pub zset: zset::Limits,
    /// `hash-max-listpack-entries`, `hash-max-listpack-value`
    pub map: hash_map::Limits,
    /// `stream-node-max-bytes`, `stream-node-max-entries`
    pub stream: stream::Limits,
    /// `hll-sparse-max-bytes`
    pub hll_sparse: usize,
}

impl Default for Sizes {
    /// Valkey's defaults.
    fn default() -> Self {
        Self {
            list: list::Limit::of(-2),
            set: set::Limits { intset_entries: 512, listpack_entries: 128, listpack_value: 64 },
            zset: zset::Limits { entries: 128, bytes: 64 },
            map: hash_map::Limits { entries: 512, value: 64 },
            stream: stream::Limits { bytes: 4096, entries: 100 },
            hll_sparse: 3000,
        }
    }
}
