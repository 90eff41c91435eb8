//! INFO persistence. Nothing is saved or loaded yet: the fields say so.

use super::Call;
use super::lines::Lines;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    let changes: u64 = server.lanes().map(|lane| lane.stats.dirty.get()).sum();
    out.add_all(
        &["loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age"],
        0,
    );
    out.add("current_fork_perc", "0.00");
    out.add_all(&["current_save_keys_processed", "current_save_keys_total"], 0);
    out.add("rdb_changes_since_last_save", changes);
    out.add("rdb_bgsave_in_progress", 0);
    out.add("rdb_last_save_time", server.started / 1000);
    out.add("rdb_last_bgsave_status", "ok");
    out.add_all(&["rdb_last_bgsave_time_sec", "rdb_current_bgsave_time_sec"], -1);
    out.add_all(
        &["rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded"],
        0,
    );
    out.add_all(&["aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled"], 0);
    out.add_all(&["aof_last_rewrite_time_sec", "aof_current_rewrite_time_sec"], -1);
    out.add("aof_last_bgrewrite_status", "ok");
    out.add_all(&["aof_rewrites", "aof_rewrites_consecutive_failures"], 0);
    out.add("aof_last_write_status", "ok");
    out.add_all(
        &[
            "aof_last_cow_size",
            "module_fork_in_progress",
            "module_fork_last_cow_size",
            "slot_migration_fork_in_progress",
        ],
        0,
    );
}
