//! What the configuration says to commands, and to the threads that run them, in one place to read it.
//!
//! Takes the live configuration, gives plain data that a thread keeps until the configuration changes.

use crate::server::Server;
use crate::{timeouts, weights};
use ironkeep_commands::event::Classes;
use ironkeep_commands::rules::{LongestReply, Rules, Sizes};
use ironkeep_config::{ClientClass, Live, param};
use ironkeep_keyspace::access::AccessRule;
use ironkeep_values::{hash_map, list, set, stream, zset};

/// Numbers of the configuration, copied once a wake-up.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Commands that take longer go to the command log or the latency monitor; nanoseconds.
    pub slow: u64,
    /// Requests larger than this go there.
    pub large_request: usize,
    /// Replies larger than this go there.
    pub large_reply: usize,
    /// Whether histograms are kept.
    pub track: bool,
    /// Whether the memory of clients has a limit.
    pub weigh: bool,
}

/// What the configuration says to commands, and to the thread that runs them.
pub(crate) fn read_settings(server: &Server, now: i64) -> (Rules, Settings) {
    let live = &server.live;
    let threshold = |param| u64::try_from(live.int(param)).map_or(u64::MAX, |us| us.saturating_mul(1000));
    let size = |param| usize::try_from(live.int(param)).unwrap_or(usize::MAX);
    let rules = Rules {
        access: AccessRule {
            // The numbers of the two LFU policies.
            lfu: matches!(live.number(param::MAXMEMORY_POLICY), 1 | 5),
            seconds: (now / 1000) as u32,
            log_factor: live.size(param::LFU_LOG_FACTOR) as u32,
            decay_minutes: live.size(param::LFU_DECAY_TIME) as u32,
        },
        max_string: size(param::PROTO_MAX_BULK_LEN),
        longest_reply: longest_reply(live),
        lazy_del: live.yes(param::LAZYFREE_LAZY_USER_DEL),
        lazy_overwrite: live.yes(param::LAZYFREE_LAZY_SERVER_DEL),
        lazy_expire: live.yes(param::LAZYFREE_LAZY_EXPIRE),
        // Who imports says what expires, by deleting it.
        remove_expired: !live.yes(param::IMPORT_MODE),
        importing: live.yes(param::IMPORT_MODE),
        notify: Classes::from_bits(live.number(param::NOTIFY_KEYSPACE_EVENTS)),
        sizes: read_sizes(live),
    };
    let settings = Settings {
        slow: threshold(param::COMMANDLOG_EXECUTION_SLOWER_THAN).min(crate::slow::spike(live)),
        large_request: size(param::COMMANDLOG_REQUEST_LARGER_THAN),
        large_reply: size(param::COMMANDLOG_REPLY_LARGER_THAN),
        track: live.yes(param::LATENCY_TRACKING),
        weigh: weights::limit(live).is_some(),
    };
    (rules, settings)
}

/// A reply of any length is bounded if there is a limit for clients.
fn longest_reply(live: &Live) -> LongestReply {
    match usize::try_from(live.output_limit(ClientClass::Normal).hard) {
        Ok(most @ 1..) => LongestReply { bytes: most.max(timeouts::SMALL), closes: true },
        _ => LongestReply::default(),
    }
}

fn read_sizes(live: &Live) -> Sizes {
    let size = |param| usize::try_from(live.size(param)).unwrap_or(usize::MAX);
    Sizes {
        list: list::Limit::of(live.int(param::LIST_MAX_LISTPACK_SIZE)),
        set: set::Limits {
            intset_entries: size(param::SET_MAX_INTSET_ENTRIES),
            listpack_entries: size(param::SET_MAX_LISTPACK_ENTRIES),
            listpack_value: size(param::SET_MAX_LISTPACK_VALUE),
        },
        zset: zset::Limits {
            entries: size(param::ZSET_MAX_LISTPACK_ENTRIES),
            bytes: size(param::ZSET_MAX_LISTPACK_VALUE),
        },
        map: hash_map::Limits {
            entries: size(param::HASH_MAX_LISTPACK_ENTRIES),
            value: size(param::HASH_MAX_LISTPACK_VALUE),
        },
        stream: stream::Limits {
            bytes: size(param::STREAM_NODE_MAX_BYTES),
            entries: size(param::STREAM_NODE_MAX_ENTRIES),
        },
        hll_sparse: size(param::HLL_SPARSE_MAX_BYTES),
    }
}
