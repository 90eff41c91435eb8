//! The words that enumerations and flag sets accept.
//!
//! A word's number is fixed here: the server may compare numbers on its hot path. In flag sets the number is
//! a bit.

use crate::row::Choice;

macro_rules! choices {
    ($($(#[$doc:meta])* $list:ident = $($name:literal $number:literal),+;)+) => {
        $($(#[$doc])* pub static $list: &[Choice] = &[$(Choice { name: $name, number: $number }),+];)+
    };
}

choices! {
    /// `maxmemory-policy`.
    MAXMEMORY_POLICY = "volatile-lru" 0, "volatile-lfu" 1, "volatile-random" 2, "volatile-ttl" 3,
        "allkeys-lru" 4, "allkeys-lfu" 5, "allkeys-random" 6, "noeviction" 7;
    /// `syslog-facility`.
    SYSLOG_FACILITY = "user" 8, "local0" 0, "local1" 1, "local2" 2, "local3" 3, "local4" 4, "local5" 5,
        "local6" 6, "local7" 7;
    /// `loglevel`.
    LOGLEVEL = "debug" 0, "verbose" 1, "notice" 2, "warning" 3, "nothing" 4;
    /// `supervised`.
    SUPERVISED = "upstart" 3, "systemd" 2, "auto" 1, "no" 0;
    /// `appendfsync`.
    APPENDFSYNC = "everysec" 2, "always" 1, "no" 0;
    /// `shutdown-on-sigint` and `shutdown-on-sigterm`.
    SHUTDOWN_ON_SIGNAL = "default" 0, "save" 1, "nosave" 2, "now" 4, "force" 8, "safe" 16, "failover" 32;
    /// `repl-diskless-load`.
    REPL_DISKLESS_LOAD = "disabled" 0, "on-empty-db" 1, "swapdb" 2, "flush-before-load" 3;
    /// `tls-auth-clients`.
    TLS_AUTH_CLIENTS = "no" 0, "yes" 1, "optional" 2;
    /// `tls-auth-clients-user`.
    TLS_AUTH_CLIENTS_USER = "CN" 1, "URI" 2, "off" 0;
    /// `oom-score-adj`: "relative" is another word for "yes".
    OOM_SCORE_ADJ = "no" 0, "yes" 1, "relative" 1, "absolute" 2;
    /// `acl-pubsub-default`.
    ACL_PUBSUB_DEFAULT = "allchannels" 1, "resetchannels" 0;
    /// `enable-protected-configs`, `enable-debug-command` and `enable-module-command`.
    PROTECTED_ACTION = "no" 0, "yes" 1, "local" 2;
    /// `cluster-preferred-endpoint-type`.
    ENDPOINT_TYPE = "ip" 0, "hostname" 1, "unknown-endpoint" 2;
    /// `cluster-config-save-behavior`.
    CONFIG_SAVE_BEHAVIOR = "sync" 0, "best-effort" 1;
    /// `propagation-error-behavior`.
    PROPAGATION_ERROR = "ignore" 0, "panic" 1, "panic-on-replicas" 2;
    /// `log-format`.
    LOG_FORMAT = "legacy" 0, "logfmt" 1, "json" 2;
    /// `log-timestamp-format`.
    LOG_TIMESTAMP_FORMAT = "legacy" 0, "iso8601" 1, "milliseconds" 2;
    /// `rdb-version-check`.
    RDB_VERSION_CHECK = "strict" 0, "relaxed" 1;
}

/// The bits of `shutdown-on-sigint` and `shutdown-on-sigterm` that exclude each other.
pub(crate) const SHUTDOWN_SAVE: u32 = 1;
pub(crate) const SHUTDOWN_NOSAVE: u32 = 2;

/// Event classes of `notify-keyspace-events` in the order in which CONFIG GET shows them. The first ten are
/// what `A` stands for.
pub const EVENTS: [(u8, u32); 14] = [
    (b'g', 1 << 2),
    (b'$', 1 << 3),
    (b'l', 1 << 4),
    (b's', 1 << 5),
    (b'h', 1 << 6),
    (b'z', 1 << 7),
    (b'x', 1 << 8),
    (b'e', 1 << 9),
    (b't', 1 << 10),
    (b'd', 1 << 13),
    (b'n', 1 << 14),
    (b'K', 1 << 0),
    (b'E', 1 << 1),
    (b'm', 1 << 11),
];

/// The bits that `A` stands for.
pub const EVENTS_ALL: u32 = 0x27fc;
