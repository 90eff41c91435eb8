//! Parameters of replication.
//!
//! Becoming a replica, or promising writes on replicas, is refused until replication is built; knobs are
//! kept.

use crate::{
    checks, choices,
    row::{INT_MAX, Kind, LONG_MAX, int, memory, one_of, optional, special, yes_no},
};

const FEATURE: &str = "replication";

area! {
    first super::persistence::NEXT;
    REPLICAOF "replicaof" => special(Kind::Primary, "").immutable().multi().alias("slaveof").later(FEATURE);
    PRIMARYAUTH "primaryauth" => optional().alias("masterauth").sensitive().quiet(FEATURE);
    PRIMARYUSER "primaryuser" => optional().alias("masteruser").sensitive().quiet(FEATURE);
    REPL_BACKLOG_SIZE "repl-backlog-size" => memory(1, LONG_MAX, "10485760").check(checks::repl_backlog_size);
    REPL_BACKLOG_TTL "repl-backlog-ttl" => int(0, LONG_MAX, "3600").quiet(FEATURE);
    REPL_DISABLE_TCP_NODELAY "repl-disable-tcp-nodelay" => yes_no("no").quiet(FEATURE);
    REPL_DISKLESS_LOAD "repl-diskless-load" =>
        one_of(choices::REPL_DISKLESS_LOAD, "disabled").deny_loading().quiet(FEATURE);
    REPL_DISKLESS_SYNC "repl-diskless-sync" => yes_no("yes").quiet(FEATURE);
    REPL_DISKLESS_SYNC_DELAY "repl-diskless-sync-delay" => int(0, INT_MAX, "5").quiet(FEATURE);
    REPL_DISKLESS_SYNC_MAX_REPLICAS "repl-diskless-sync-max-replicas" => int(0, INT_MAX, "0").quiet(FEATURE);
    REPL_MPTCP "repl-mptcp" => yes_no("no").immutable().later("multipath TCP");
    REPL_PING_REPLICA_PERIOD "repl-ping-replica-period" =>
        int(1, INT_MAX, "10").alias("repl-ping-slave-period").quiet(FEATURE);
    REPL_TIMEOUT "repl-timeout" => int(1, INT_MAX, "60").quiet(FEATURE);
    DUAL_CHANNEL_REPLICATION_ENABLED "dual-channel-replication-enabled" => yes_no("no").quiet(FEATURE);
    REPLICA_ANNOUNCE_IP "replica-announce-ip" => optional().alias("slave-announce-ip").quiet(FEATURE);
    REPLICA_ANNOUNCE_PORT "replica-announce-port" =>
        int(0, 65535, "0").alias("slave-announce-port").quiet(FEATURE);
    REPLICA_ANNOUNCED "replica-announced" => yes_no("yes").quiet(FEATURE);
    REPLICA_IGNORE_DISK_WRITE_ERRORS "replica-ignore-disk-write-errors" => yes_no("no").quiet(FEATURE);
    REPLICA_IGNORE_MAXMEMORY "replica-ignore-maxmemory" =>
        yes_no("yes").alias("slave-ignore-maxmemory").quiet(FEATURE);
    REPLICA_LAZY_FLUSH "replica-lazy-flush" => yes_no("yes").alias("slave-lazy-flush").quiet(FEATURE);
    REPLICA_PRIORITY "replica-priority" => int(0, INT_MAX, "100").alias("slave-priority").quiet(FEATURE);
    REPLICA_READ_ONLY "replica-read-only" => yes_no("yes").alias("slave-read-only").quiet(FEATURE);
    REPLICA_SERVE_STALE_DATA "replica-serve-stale-data" =>
        yes_no("yes").alias("slave-serve-stale-data").quiet(FEATURE);
    MIN_REPLICAS_TO_WRITE "min-replicas-to-write" =>
        int(0, INT_MAX, "0").alias("min-slaves-to-write").later(FEATURE);
    MIN_REPLICAS_MAX_LAG "min-replicas-max-lag" =>
        int(0, INT_MAX, "10").alias("min-slaves-max-lag").quiet(FEATURE);
    PROPAGATION_ERROR_BEHAVIOR "propagation-error-behavior" =>
        one_of(choices::PROPAGATION_ERROR, "ignore").quiet(FEATURE);
}
