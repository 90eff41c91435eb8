//! Parameters of persistence: snapshots and the append-only file.
//!
//! Turning either on is refused where data would be thought safe and is not; the knobs that only matter once
//! it is on are kept quietly.

use crate::{
    checks, choices,
    row::{INT_MAX, Kind, LONG_MAX, int, memory, one_of, special, text, yes_no},
};

const SNAPSHOTS: &str = "snapshots";
const AOF: &str = "the append-only file";

area! {
    first super::defrag::NEXT;
    SAVE "save" => special(Kind::SavePoints, "3600 1 300 100 60 10000").multi().quiet(SNAPSHOTS);
    DBFILENAME "dbfilename" => text("dump.rdb").protected().check(checks::dbfilename).quiet(SNAPSHOTS);
    RDBCOMPRESSION "rdbcompression" => yes_no("yes").quiet(SNAPSHOTS);
    RDBCHECKSUM "rdbchecksum" => yes_no("yes").immutable().quiet(SNAPSHOTS);
    RDB_VERSION_CHECK "rdb-version-check" => one_of(choices::RDB_VERSION_CHECK, "strict").quiet(SNAPSHOTS);
    RDB_DEL_SYNC_FILES "rdb-del-sync-files" => yes_no("no").quiet(SNAPSHOTS);
    RDB_SAVE_INCREMENTAL_FSYNC "rdb-save-incremental-fsync" => yes_no("yes").quiet(SNAPSHOTS);
    STOP_WRITES_ON_BGSAVE_ERROR "stop-writes-on-bgsave-error" => yes_no("yes").quiet(SNAPSHOTS);
    APPENDONLY "appendonly" => yes_no("no").deny_loading().later(AOF);
    APPENDFILENAME "appendfilename" =>
        text("appendonly.aof").immutable().check(checks::appendfilename).quiet(AOF);
    APPENDDIRNAME "appenddirname" =>
        text("appendonlydir").immutable().check(checks::appenddirname).quiet(AOF);
    APPENDFSYNC "appendfsync" => one_of(choices::APPENDFSYNC, "everysec").quiet(AOF);
    NO_APPENDFSYNC_ON_REWRITE "no-appendfsync-on-rewrite" => yes_no("no").quiet(AOF);
    AUTO_AOF_REWRITE_PERCENTAGE "auto-aof-rewrite-percentage" => int(0, INT_MAX, "100").quiet(AOF);
    AUTO_AOF_REWRITE_MIN_SIZE "auto-aof-rewrite-min-size" => memory(0, LONG_MAX, "67108864").quiet(AOF);
    AOF_LOAD_TRUNCATED "aof-load-truncated" => yes_no("yes").quiet(AOF);
    AOF_USE_RDB_PREAMBLE "aof-use-rdb-preamble" => yes_no("yes").quiet(AOF);
    AOF_TIMESTAMP_ENABLED "aof-timestamp-enabled" => yes_no("no").quiet(AOF);
    AOF_REWRITE_INCREMENTAL_FSYNC "aof-rewrite-incremental-fsync" => yes_no("yes").quiet(AOF);
}
