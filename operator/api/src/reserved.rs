//! Parameters of the engine that belong to the operator: a spec that sets one is refused.
//!
//! Names as every supported engine spells them, old spellings included.

/// Parameters by name, with what to use instead or why it is ours.
const NAMES: [(&str, &str); 50] = [
    ("port", CONNECTIONS),
    ("bind", CONNECTIONS),
    ("bind-source-addr", CONNECTIONS),
    ("unixsocket", CONNECTIONS),
    ("unixsocketperm", CONNECTIONS),
    ("unixsocketgroup", CONNECTIONS),
    ("protected-mode", CONNECTIONS),
    ("mptcp", CONNECTIONS),
    ("repl-mptcp", CONNECTIONS),
    ("dir", FILES),
    ("dbfilename", FILES),
    ("appendfilename", FILES),
    ("appenddirname", FILES),
    ("include", FILES),
    ("aclfile", "users belong in spec.users"),
    ("user", "users belong in spec.users"),
    ("requirepass", "users belong in spec.users"),
    ("primaryuser", "users belong in spec.users"),
    ("primaryauth", "users belong in spec.users"),
    ("masteruser", "users belong in spec.users"),
    ("masterauth", "users belong in spec.users"),
    ("daemonize", PROCESS),
    ("supervised", PROCESS),
    ("pidfile", PROCESS),
    ("chroot", PROCESS),
    ("logfile", PROCESS),
    ("syslog-enabled", PROCESS),
    ("syslog-ident", PROCESS),
    ("syslog-facility", PROCESS),
    ("shutdown-on-sigterm", PROCESS),
    ("shutdown-on-sigint", PROCESS),
    ("shutdown-timeout", "use spec.terminationGracePeriodSeconds"),
    ("replicaof", REPLICATION),
    ("slaveof", REPLICATION),
    ("replica-announce-ip", REPLICATION),
    ("slave-announce-ip", REPLICATION),
    ("replica-announce-port", REPLICATION),
    ("slave-announce-port", REPLICATION),
    ("replica-announced", REPLICATION),
    ("replica-priority", REPLICATION),
    ("slave-priority", REPLICATION),
    ("replica-read-only", REPLICATION),
    ("slave-read-only", REPLICATION),
    ("replica-serve-stale-data", REPLICATION),
    ("slave-serve-stale-data", REPLICATION),
    ("extended-redis-compatibility", "the operator tells engines apart by it"),
    ("rename-command", "the operator needs the commands by their names"),
    ("loadmodule", "modules are part of an image, see spec.engine.image"),
    ("rdma-bind", CONNECTIONS),
    ("rdma-port", CONNECTIONS),
];

/// Families of parameters by how their names begin.
const PREFIXES: [(&str, &str); 2] = [("tls-", "encryption belongs in spec.tls"), ("cluster-", REPLICATION)];

/// Parameters of these families that anybody may set.
const EXCEPTIONS: [&str; 8] = [
    "cluster-allow-pubsubshard-when-down",
    "cluster-allow-reads-when-down",
    "cluster-databases",
    "cluster-link-sendbuf-limit",
    "cluster-require-full-coverage",
    "cluster-slot-migration-log-max-len",
    "cluster-slot-stats-enabled",
    "cluster-compatibility-sample-ratio",
];

const CONNECTIONS: &str = "the operator decides where servers listen";
const FILES: &str = "the operator decides where files are";
const PROCESS: &str = "the operator decides how the process runs";
const REPLICATION: &str = "the operator decides who replicates from whom";

/// Why a user may not set a parameter; none if he may.
pub fn reserved(parameter: &str) -> Option<&'static str> {
    let by_name = || NAMES.iter().find(|(name, _)| *name == parameter);
    let by_family = || PREFIXES.iter().find(|(prefix, _)| parameter.starts_with(prefix));
    let why = by_name().or_else(by_family).map(|(_, why)| *why);
    why.filter(|_| !EXCEPTIONS.contains(&parameter))
}

/// The same as a CEL expression that holds for a key `k` that users may set.
pub(crate) fn free_in_cel() -> String {
    let list = |names: Vec<&str>| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let names = list(NAMES.iter().map(|(name, _)| *name).collect());
    let exceptions = list(EXCEPTIONS.to_vec());
    let family = PREFIXES.map(|(prefix, _)| format!("k.startsWith('{prefix}')")).join(" || ");
    format!("!(k in [{names}]) && (!({family}) || k in [{exceptions}])")
}
