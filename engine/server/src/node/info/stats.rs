//! INFO stats.

use super::Call;
use super::lines::Lines;
use crate::cron::sums;
use crate::pubsub::Kind;
use crate::server::Server;
use crate::stats::LaneStats;
use ironkeep_commands::spec::TABLE;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    traffic(server, out);
    keys(server, call.lane.now, out);
    unbuilt(out);
    out.add("tracking_total_keys", server.tracking.keys());
    out.add("tracking_total_items", server.tracking.items());
    out.add("tracking_total_prefixes", server.tracking.prefixes());
    errors(server, out);
    io(server, out);
}

fn sum(server: &Server, of: fn(&LaneStats) -> u64) -> u64 {
    let lanes: u64 = server.lanes().map(|lane| of(&lane.stats)).sum();
    lanes + of(&server.figures.background)
}

fn total(number: &AtomicU64) -> u64 {
    number.load(Relaxed)
}

fn traffic(server: &Server, out: &mut Lines) {
    let (sums, rates) = (sums(server), server.figures.samples.lock().rates());
    out.add("total_connections_received", total(&server.totals.connections));
    out.add("total_commands_processed", sums.commands);
    out.add("instantaneous_ops_per_sec", rates.commands as u64);
    out.add("total_net_input_bytes", sums.input);
    out.add("total_net_output_bytes", sums.output);
    out.add_all(
        &[
            "total_net_repl_input_bytes",
            "total_net_repl_output_bytes",
            "total_net_cluster_slot_import_bytes",
            "total_net_cluster_slot_export_bytes",
        ],
        0,
    );
    out.add_two("instantaneous_input_kbps", rates.input / 1024.0);
    out.add_two("instantaneous_output_kbps", rates.output / 1024.0);
    out.add_all(&["instantaneous_input_repl_kbps", "instantaneous_output_repl_kbps"], "0.00");
    out.add("rejected_connections", total(&server.totals.refused));
    out.add_all(&["sync_full", "sync_partial_ok", "sync_partial_err"], 0);
}

fn keys(server: &Server, now: i64, out: &mut Lines) {
    let (expiry, evicting) = (&server.figures.expiry, &server.figures.evicting);
    out.add("expired_keys", sum(server, |stats| stats.expired.get()));
    out.add("expired_fields", sum(server, |stats| stats.expired_fields.get()));
    out.add_two("expired_stale_perc", total(&expiry.stale) as f64 / 10_000.0);
    let stale_fields = total(&expiry.stale_fields) as f64 / 10_000.0;
    out.add_two("expired_keys_with_volatile_items_stale_perc", stale_fields);
    out.add("expired_time_cap_reached_count", total(&expiry.capped));
    out.add("expire_cycle_cpu_milliseconds", total(&expiry.micros) / 1000);
    out.add("evicted_keys", sum(server, |stats| stats.evicted.get()));
    out.add("evicted_clients", total(&server.totals.evicted_clients));
    out.add("evicted_scripts", 0);
    let since = evicting.since.load(Relaxed);
    let current = if since == 0 { 0 } else { (now * 1000 - since).max(0) / 1000 };
    out.add("total_eviction_exceeded_time", evicting.total.load(Relaxed) / 1000 + current);
    out.add("current_eviction_exceeded_time", current);
    out.add("keyspace_hits", sum(server, |stats| stats.hits.get()));
    out.add("keyspace_misses", sum(server, |stats| stats.misses.get()));
    out.add("pubsub_channels", server.pubsub.len(Kind::Channel));
    out.add("pubsub_patterns", server.pubsub.len(Kind::Pattern));
    out.add("pubsubshard_channels", server.pubsub.len(Kind::Shard));
}

/// INFO debug: what only those want to see who look for a fault.
pub(super) fn debug(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    let most = |of: fn(&LaneStats) -> u64| server.lanes().map(|lane| of(&lane.stats)).max().unwrap_or(0);
    out.add("eventloop_duration_aof_sum", 0);
    out.add("eventloop_duration_cron_sum", server.figures.background.busy.get() / 1000);
    out.add("eventloop_duration_max", most(|stats| stats.longest.get()).div_ceil(1000));
    out.add("eventloop_cmd_per_cycle_max", most(|stats| stats.most.get()));
    out.add_all(&["io_threaded_reads_pending", "io_threaded_writes_pending"], 0);
}

/// What there is none of yet.
fn unbuilt(out: &mut Lines) {
    out.add_all(
        &[
            "latest_fork_usec",
            "total_forks",
            "migrate_cached_sockets",
            "slave_expires_tracked_keys",
            "active_defrag_hits",
            "active_defrag_misses",
            "active_defrag_key_hits",
            "active_defrag_key_misses",
            "total_active_defrag_time",
            "current_active_defrag_time",
        ],
        0,
    );
}

fn errors(server: &Server, out: &mut Lines) {
    out.add("unexpected_error_replies", 0);
    out.add("total_error_replies", total(&server.totals.errors));
    out.add("dump_payload_sanitizations", 0);
}

fn io(server: &Server, out: &mut Lines) {
    let (sums, rates) = (sums(server), server.figures.samples.lock().rates());
    let (reads, writes) = (sum(server, |stats| stats.reads.get()), sum(server, |stats| stats.writes.get()));
    out.add("total_reads_processed", reads);
    out.add("total_writes_processed", writes);
    // Every read and write is done by an I/O thread.
    out.add("io_threaded_reads_processed", reads);
    out.add("io_threaded_writes_processed", writes);
    out.add_all(
        &[
            "io_threaded_freed_objects",
            "io_threaded_accept_processed",
            "io_threaded_poll_processed",
            "io_threaded_total_prefetch_batches",
            "io_threaded_total_prefetch_entries",
        ],
        0,
    );
    out.add("client_query_buffer_limit_disconnections", total(&server.totals.query_limit));
    out.add("client_output_buffer_limit_disconnections", total(&server.totals.output_limit));
    out.add_all(&["reply_buffer_shrinks", "reply_buffer_expands"], 0);
    let in_commands = |stats: &LaneStats| TABLE.iter().map(|spec| stats.of(spec).nanos.get()).sum::<u64>();
    out.add("eventloop_cycles", sums.wakes);
    out.add("eventloop_duration_sum", sums.busy);
    out.add("eventloop_duration_cmd_sum", sum(server, in_commands) / 1000);
    out.add("instantaneous_eventloop_cycles_per_sec", rates.wakes as u64);
    out.add("instantaneous_eventloop_duration_usec", rates.busy_each as u64);
    out.add("acl_access_denied_auth", total(&server.totals.denied));
    out.add_all(
        &[
            "acl_access_denied_cmd",
            "acl_access_denied_key",
            "acl_access_denied_channel",
            "acl_access_denied_tls_cert",
            "acl_access_denied_db",
        ],
        0,
    );
}
