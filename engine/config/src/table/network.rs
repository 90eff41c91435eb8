//! Parameters of sockets: where the server listens and how connections are accepted.

use crate::{
    checks,
    row::{INT_MAX, Kind, UINT_MAX, Unit, int, memory, number, optional, special, yes_no},
};

area! {
    first 0;
    PORT "port" => int(0, 65535, "6379");
    BIND "bind" => special(Kind::Addresses, "* -::*").multi();
    BIND_SOURCE_ADDR "bind-source-addr" => optional().later("outgoing links");
    UNIXSOCKET "unixsocket" => optional().immutable();
    UNIXSOCKETGROUP "unixsocketgroup" => optional().immutable();
    UNIXSOCKETPERM "unixsocketperm" => number(0, 0o777, Unit::Octal, "0").immutable();
    PROTECTED_MODE "protected-mode" => yes_no("yes");
    TCP_BACKLOG "tcp-backlog" => int(0, INT_MAX, "511").immutable();
    TCP_KEEPALIVE "tcp-keepalive" => int(0, INT_MAX, "300");
    MPTCP "mptcp" => yes_no("no").immutable().later("multipath TCP");
    SOCKET_MARK_ID "socket-mark-id" => int(0, UINT_MAX, "0").immutable().later("socket marks");
    MAX_NEW_CONNECTIONS_PER_CYCLE "max-new-connections-per-cycle" =>
        int(1, 1000, "10").quiet("accept pacing");
    MAX_NEW_TLS_CONNECTIONS_PER_CYCLE "max-new-tls-connections-per-cycle" => int(1, 1000, "1").later("TLS");
    IO_THREADS "io-threads" => int(1, 256, "1");
    PREFETCH_BATCH_MAX_SIZE "prefetch-batch-max-size" => int(0, 128, "16").quiet("key prefetch");
    RDMA_BIND "rdma-bind" => special(Kind::Addresses, "").multi().later("RDMA");
    RDMA_PORT "rdma-port" => int(0, 65535, "0").later("RDMA");
    RDMA_RX_SIZE "rdma-rx-size" => int(64 << 10, 16 << 20, "1048576").immutable().later("RDMA");
    RDMA_COMPLETION_VECTOR "rdma-completion-vector" => int(-1, 1024, "-1").immutable().later("RDMA");
    PROTO_MAX_BULK_LEN "proto-max-bulk-len" => memory(1 << 20, crate::row::LONG_MAX, "536870912");
    AVAILABILITY_ZONE "availability-zone" => crate::row::text("");
    EXTENDED_REDIS_COMPATIBILITY "extended-redis-compatibility" => yes_no("no");
    LOCALE_COLLATE "locale-collate" => crate::row::text("").later("sorting by locale");
    HASH_SEED "hash-seed" => optional().immutable().check(checks::hash_seed);
}
