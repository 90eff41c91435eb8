//! Parameters that CONFIG GET shows only by their exact name: switches for tests and for tuning.

use crate::row::{INT_MAX, INT_MIN, LONG_MAX, int, text, yes_no};

const TEST_AIDS: &str = "test aids";
const COPY_AVOIDANCE: &str = "tunable copy avoidance";

area! {
    first super::tls::NEXT;
    USE_EXIT_ON_PANIC "use-exit-on-panic" => yes_no("no").hidden().later(TEST_AIDS);
    ENABLE_DEBUG_ASSERT "enable-debug-assert" => yes_no("no").immutable().hidden().quiet(TEST_AIDS);
    DEBUG_CONTEXT "debug-context" => text("").hidden().quiet(TEST_AIDS);
    RDB_KEY_SAVE_DELAY "rdb-key-save-delay" => int(INT_MIN, INT_MAX, "0").hidden().later(TEST_AIDS);
    KEY_LOAD_DELAY "key-load-delay" => int(INT_MIN, INT_MAX, "0").hidden().later(TEST_AIDS);
    LOADING_PROCESS_EVENTS_INTERVAL_BYTES "loading-process-events-interval-bytes" =>
        int(1024, INT_MAX, "2097152").hidden().later(TEST_AIDS);
    WATCHDOG_PERIOD "watchdog-period" => int(0, INT_MAX, "0").hidden().later("the software watchdog");
    AOF_DISABLE_AUTO_GC "aof-disable-auto-gc" => yes_no("no").hidden().later("the append-only file");
    LUA_ENABLE_INSECURE_API "lua-enable-insecure-api" =>
        yes_no("no").alias("lua-enable-deprecated-api").hidden().protected().later("scripts");
    IO_THREADS_ALWAYS_ACTIVE "io-threads-always-active" =>
        yes_no("no").hidden().quiet("parking of I/O threads");
    MIN_IO_THREADS_AVOID_COPY_REPLY "min-io-threads-avoid-copy-reply" =>
        int(0, INT_MAX, "7").hidden().quiet(COPY_AVOIDANCE);
    MIN_STRING_SIZE_AVOID_COPY_REPLY "min-string-size-avoid-copy-reply" =>
        int(0, INT_MAX, "16384").hidden().quiet(COPY_AVOIDANCE);
    MIN_STRING_SIZE_AVOID_COPY_REPLY_THREADED "min-string-size-avoid-copy-reply-threaded" =>
        int(0, INT_MAX, "65536").hidden().quiet(COPY_AVOIDANCE);
    CLUSTER_PING_INTERVAL "cluster-ping-interval" => int(0, LONG_MAX, "0").hidden().later("cluster mode");
    CLUSTER_MESSAGE_GOSSIP_PERC "cluster-message-gossip-perc" =>
        int(1, 100, "10").hidden().later("cluster mode");
}
