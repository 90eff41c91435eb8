//! INFO memory.

use super::Call;
use super::lines::{Lines, human};
use crate::node::memory::Measured;
use crate::sys::{jemalloc, process};
use ironkeep_config::param;
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let all = Measured::now(call);
    let live = &call.lane.server.live;
    out.add_bytes("used_memory", all.used);
    out.add_bytes("used_memory_rss", all.rss);
    out.add_bytes("used_memory_peak", all.peak);
    out.add(
        "used_memory_peak_perc",
        format_args!("{:.2}%", all.used as f64 * 100.0 / all.peak.max(1) as f64),
    );
    out.add("used_memory_overhead", all.overhead);
    out.add("used_memory_startup", all.startup);
    out.add("used_memory_dataset", all.dataset());
    out.add("used_memory_dataset_perc", format_args!("{:.2}%", all.dataset_percent()));
    out.add("allocator_allocated", all.allocator.allocated);
    out.add("allocator_active", all.allocator.active);
    out.add("allocator_resident", all.allocator.resident);
    out.add("allocator_muzzy", all.allocator.muzzy);
    out.add_bytes("total_system_memory", process::machine_memory());
    scripts(out);
    out.add_bytes("maxmemory", live.size(param::MAXMEMORY));
    out.add("maxmemory_policy", call.lane.server.config.get(param::MAXMEMORY_POLICY).choice());
    fragmentation(&all, out);
    out.add("mem_not_counted_for_evict", 0);
    out.add("mem_replication_backlog", all.backlog);
    out.add_all(&["mem_total_replication_buffers"], all.backlog);
    out.add_all(&["mem_replicas_repl_buffer", "mem_clients_slaves"], 0);
    out.add("mem_clients_normal", all.clients);
    out.add_all(
        &["mem_cluster_links", "mem_cluster_slot_import", "mem_cluster_slot_export", "mem_aof_buffer"],
        0,
    );
    out.add("mem_allocator", format_args!("jemalloc-{}", jemalloc::version()));
    out.add_all(&["mem_overhead_db_hashtable_rehashing", "active_defrag_running"], 0);
    let freeing = &call.lane.server.bin.freeing;
    out.add("lazyfree_pending_objects", freeing.pending.load(Relaxed));
    out.add("lazyfreed_objects", freeing.freed.load(Relaxed));
}

/// Scripts take no memory: there is no engine for them yet.
fn scripts(out: &mut Lines) {
    out.add_all(&["used_memory_lua", "used_memory_vm_eval"], 0);
    out.add("used_memory_lua_human", human(0));
    out.add_all(
        &[
            "used_memory_scripts_eval",
            "number_of_cached_scripts",
            "number_of_functions",
            "number_of_libraries",
            "used_memory_vm_functions",
        ],
        0,
    );
    out.add_bytes("used_memory_vm_total", 0);
    out.add("used_memory_functions", 0);
    out.add_bytes("used_memory_scripts", 0);
}

fn fragmentation(all: &Measured, out: &mut Lines) {
    let pairs = [
        ("allocator_frag_ratio", "allocator_frag_bytes", all.fragmentation()),
        ("allocator_rss_ratio", "allocator_rss_bytes", all.allocator_rss()),
        ("rss_overhead_ratio", "rss_overhead_bytes", all.rss_overhead()),
        ("mem_fragmentation_ratio", "mem_fragmentation_bytes", all.total_fragmentation()),
    ];
    for (ratio, bytes, value) in pairs {
        out.add_two(ratio, value.ratio);
        out.add(bytes, value.bytes);
    }
}
