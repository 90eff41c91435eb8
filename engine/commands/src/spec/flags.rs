//! The two bit sets of a row: what a command does and may do (`Flags`), and the ACL categories that it is
//! in (`Acl`). Both are plain constants with names; nothing here knows a single command.

use super::bits::bit_set;

bit_set! {
    /// What the server has to know of a command before it runs it.
    pub struct Flags: u32 {
        /// Changes the data set.
        WRITE = "write",
        /// Reads keys and changes nothing.
        READONLY = "readonly",
        /// May need memory: refused when `maxmemory` is reached and nothing can be evicted.
        DENYOOM = "denyoom",
        /// Came from a module.
        MODULE = "module",
        /// For administrators.
        ADMIN = "admin",
        /// Publish and subscribe.
        PUBSUB = "pubsub",
        /// Not allowed in scripts.
        NOSCRIPT = "noscript",
        /// May make the client wait.
        BLOCKING = "blocking",
        /// Allowed while the data set is being loaded.
        LOADING = "loading",
        /// Allowed on a replica that has lost its primary and does not serve stale data.
        STALE = "stale",
        /// Not shown to MONITOR.
        SKIP_MONITOR = "skip_monitor",
        /// Not recorded in the command log.
        SKIP_COMMANDLOG = "skip_commandlog",
        /// Works in a slot that is being imported without ASKING before it.
        ASKING = "asking",
        /// Constant or logarithmic time.
        FAST = "fast",
        /// Allowed before the client has authenticated.
        NO_AUTH = "no_auth",
        /// Has keys, and is valid without any.
        NO_MANDATORY_KEYS = "no_mandatory_keys",
        /// Refused while an asynchronous load is under way.
        NO_ASYNC_LOADING = "no_async_loading",
        /// Not allowed between MULTI and EXEC.
        NO_MULTI = "no_multi",
        /// The legacy triple of key positions does not tell where all keys are. Derived from the key specs.
        MOVABLE_KEYS = "movablekeys",
        /// Allowed while a script keeps the server busy.
        ALLOW_BUSY = "allow_busy",
    }
    internal {
        /// May have effects although it is no write command.
        MAY_REPLICATE,
        /// Needs `enable-protected-configs`, `enable-debug-command` or the like.
        PROTECTED,
        /// Touches keys that nobody can know beforehand.
        TOUCHES_ARBITRARY_KEYS,
        /// Works on all databases, whichever is selected.
        ALL_DBS,
    }
}

bit_set! {
    /// ACL categories.
    pub struct Acl: u32 {
        /// Keys of any type.
        KEYSPACE = "keyspace",
        /// Reads data.
        READ = "read",
        /// Writes data.
        WRITE = "write",
        /// Sets.
        SET = "set",
        /// Sorted sets.
        SORTEDSET = "sortedset",
        /// Lists.
        LIST = "list",
        /// Hashes.
        HASH = "hash",
        /// Strings.
        STRING = "string",
        /// Bitmaps.
        BITMAP = "bitmap",
        /// HyperLogLogs.
        HYPERLOGLOG = "hyperloglog",
        /// Geographic indexes.
        GEO = "geo",
        /// Streams.
        STREAM = "stream",
        /// Publish and subscribe.
        PUBSUB = "pubsub",
        /// For administrators.
        ADMIN = "admin",
        /// Constant or logarithmic time.
        FAST = "fast",
        /// All that is not fast.
        SLOW = "slow",
        /// May make the client wait.
        BLOCKING = "blocking",
        /// Better kept from applications.
        DANGEROUS = "dangerous",
        /// Affects the connection only.
        CONNECTION = "connection",
        /// MULTI, EXEC and their family.
        TRANSACTION = "transaction",
        /// Scripts and functions.
        SCRIPTING = "scripting",
    }
    internal {}
}

impl Acl {
    /// The categories that a command with `flags` is in without its row saying so, added to those of the row.
    pub const fn with_implied(self, flags: Flags) -> Self {
        const RULES: [(Flags, Acl); 7] = [
            (Flags::WRITE, Acl::WRITE),
            (Flags::READONLY, Acl::READ),
            (Flags::ADMIN, Acl::ADMIN),
            (Flags::ADMIN, Acl::DANGEROUS),
            (Flags::PUBSUB, Acl::PUBSUB),
            (Flags::FAST, Acl::FAST),
            (Flags::BLOCKING, Acl::BLOCKING),
        ];
        let mut acl = self;
        let mut i = 0;
        while i < RULES.len() {
            let (flag, category) = RULES[i];
            // Scripts only read by promise: they stay out of @read.
            let promise_only = category.has(Acl::READ) && self.has(Acl::SCRIPTING);
            if flags.has(flag) && !promise_only {
                acl = acl.and(category);
            }
            i += 1;
        }
        if acl.has(Acl::FAST) { acl } else { acl.and(Acl::SLOW) }
    }
}
