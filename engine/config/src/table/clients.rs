//! Parameters of clients: how many, how long, how much they may buffer.

use crate::row::{INT_MAX, Kind, LONG_MAX, UINT_MAX, Unit, int, memory, number, special};

area! {
    first super::network::NEXT;
    MAXCLIENTS "maxclients" => int(1, UINT_MAX, "10000");
    TIMEOUT "timeout" => int(0, INT_MAX, "0");
    CLIENT_QUERY_BUFFER_LIMIT "client-query-buffer-limit" => memory(1 << 20, LONG_MAX, "1073741824");
    CLIENT_OUTPUT_BUFFER_LIMIT "client-output-buffer-limit" =>
        special(Kind::OutputLimits, "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60")
            .multi();
    MAXMEMORY_CLIENTS "maxmemory-clients" =>
        number(-100, LONG_MAX, Unit::MemoryOrPercent, "0");
    TRACKING_TABLE_MAX_KEYS "tracking-table-max-keys" => int(0, LONG_MAX, "1000000");
    BUSY_REPLY_THRESHOLD "busy-reply-threshold" =>
        int(0, LONG_MAX, "5000").alias("lua-time-limit").quiet("scripts");
}
