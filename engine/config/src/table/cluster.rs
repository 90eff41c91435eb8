//! Parameters of cluster mode.
//!
//! Cluster mode itself is refused until it is built. Its knobs are kept: configuration files set them whether
//! or not the mode is on.

use crate::{
    checks, choices,
    row::{INT_MAX, LONG_MAX, ULONG_MAX, Unit, int, memory, number, one_of, optional, text, yes_no},
};

const FEATURE: &str = "cluster mode";

area! {
    first super::replication::NEXT;
    CLUSTER_ENABLED "cluster-enabled" => yes_no("no").immutable().later(FEATURE);
    CLUSTER_DATABASES "cluster-databases" => int(1, INT_MAX, "1").immutable().quiet(FEATURE);
    CLUSTER_CONFIG_FILE "cluster-config-file" =>
        text("nodes.conf").immutable().check(checks::cluster_config_file).quiet(FEATURE);
    CLUSTER_CONFIG_SAVE_BEHAVIOR "cluster-config-save-behavior" =>
        one_of(choices::CONFIG_SAVE_BEHAVIOR, "sync").quiet(FEATURE);
    CLUSTER_PORT "cluster-port" => int(0, 65535, "0").immutable().quiet(FEATURE);
    CLUSTER_NODE_TIMEOUT "cluster-node-timeout" => int(0, LONG_MAX, "15000").quiet(FEATURE);
    CLUSTER_REQUIRE_FULL_COVERAGE "cluster-require-full-coverage" => yes_no("yes").quiet(FEATURE);
    CLUSTER_ALLOW_READS_WHEN_DOWN "cluster-allow-reads-when-down" => yes_no("no").quiet(FEATURE);
    CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN "cluster-allow-pubsubshard-when-down" => yes_no("yes").quiet(FEATURE);
    CLUSTER_ALLOW_REPLICA_MIGRATION "cluster-allow-replica-migration" => yes_no("yes").quiet(FEATURE);
    CLUSTER_MIGRATION_BARRIER "cluster-migration-barrier" => int(0, INT_MAX, "1").quiet(FEATURE);
    CLUSTER_REPLICA_NO_FAILOVER "cluster-replica-no-failover" =>
        yes_no("no").alias("cluster-slave-no-failover").quiet(FEATURE);
    CLUSTER_REPLICA_VALIDITY_FACTOR "cluster-replica-validity-factor" =>
        int(0, INT_MAX, "10").alias("cluster-slave-validity-factor").quiet(FEATURE);
    CLUSTER_MANUAL_FAILOVER_TIMEOUT "cluster-manual-failover-timeout" =>
        int(1, INT_MAX, "5000").quiet(FEATURE);
    CLUSTER_LINK_SENDBUF_LIMIT "cluster-link-sendbuf-limit" => memory(0, ULONG_MAX, "0").quiet(FEATURE);
    CLUSTER_BLACKLIST_TTL "cluster-blacklist-ttl" => int(0, ULONG_MAX, "60").quiet(FEATURE);
    CLUSTER_SLOT_STATS_ENABLED "cluster-slot-stats-enabled" => yes_no("no").quiet(FEATURE);
    CLUSTER_SLOT_MIGRATION_LOG_MAX_LEN "cluster-slot-migration-log-max-len" =>
        int(0, LONG_MAX, "1000").quiet(FEATURE);
    SLOT_MIGRATION_MAX_FAILOVER_REPL_BYTES "slot-migration-max-failover-repl-bytes" =>
        number(-1, LONG_MAX, Unit::SignedMemory, "0").quiet(FEATURE);
    CLUSTER_PREFERRED_ENDPOINT_TYPE "cluster-preferred-endpoint-type" =>
        one_of(choices::ENDPOINT_TYPE, "ip").quiet(FEATURE);
    CLUSTER_ANNOUNCE_IP "cluster-announce-ip" => optional().check(checks::announced_ip).quiet(FEATURE);
    CLUSTER_ANNOUNCE_CLIENT_IPV4 "cluster-announce-client-ipv4" =>
        optional().check(checks::ipv4).quiet(FEATURE);
    CLUSTER_ANNOUNCE_CLIENT_IPV6 "cluster-announce-client-ipv6" =>
        optional().check(checks::ipv6).quiet(FEATURE);
    CLUSTER_ANNOUNCE_HOSTNAME "cluster-announce-hostname" =>
        optional().check(checks::announced_hostname).quiet(FEATURE);
    CLUSTER_ANNOUNCE_HUMAN_NODENAME "cluster-announce-human-nodename" =>
        optional().check(checks::announced_nodename).quiet(FEATURE);
    CLUSTER_ANNOUNCE_PORT "cluster-announce-port" => int(0, 65535, "0").quiet(FEATURE);
    CLUSTER_ANNOUNCE_TLS_PORT "cluster-announce-tls-port" => int(0, 65535, "0").quiet(FEATURE);
    CLUSTER_ANNOUNCE_BUS_PORT "cluster-announce-bus-port" => int(0, 65535, "0").quiet(FEATURE);
    CLUSTER_ANNOUNCE_CLIENT_PORT "cluster-announce-client-port" => int(0, 65535, "0").quiet(FEATURE);
    CLUSTER_ANNOUNCE_CLIENT_TLS_PORT "cluster-announce-client-tls-port" => int(0, 65535, "0").quiet(FEATURE);
}
