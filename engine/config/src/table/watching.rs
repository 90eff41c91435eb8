//! Parameters of what the server notes about its own work: the command log and latencies.

use crate::row::{Kind, LONG_MAX, int, special, yes_no};

area! {
    first super::hidden::NEXT;
    COMMANDLOG_EXECUTION_SLOWER_THAN "commandlog-execution-slower-than" =>
        int(-1, LONG_MAX, "10000").alias("slowlog-log-slower-than");
    COMMANDLOG_SLOW_EXECUTION_MAX_LEN "commandlog-slow-execution-max-len" =>
        int(0, LONG_MAX, "128").alias("slowlog-max-len");
    COMMANDLOG_REQUEST_LARGER_THAN "commandlog-request-larger-than" => int(-1, LONG_MAX, "1048576");
    COMMANDLOG_LARGE_REQUEST_MAX_LEN "commandlog-large-request-max-len" => int(0, LONG_MAX, "128");
    COMMANDLOG_REPLY_LARGER_THAN "commandlog-reply-larger-than" => int(-1, LONG_MAX, "1048576");
    COMMANDLOG_LARGE_REPLY_MAX_LEN "commandlog-large-reply-max-len" => int(0, LONG_MAX, "128");
    LATENCY_MONITOR_THRESHOLD "latency-monitor-threshold" => int(0, LONG_MAX, "0");
    LATENCY_TRACKING "latency-tracking" => yes_no("yes");
    LATENCY_TRACKING_INFO_PERCENTILES "latency-tracking-info-percentiles" =>
        special(Kind::Percentiles, "50 99 99.9").multi();
}
