//! INFO replication. There are no replicas yet: the fields say so.

use super::Call;
use super::lines::Lines;
use ironkeep_config::param;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    let (start, end) = (server.feed.start(), server.feed.end());
    let active = server.feed.size() > 0;
    out.add("role", "master");
    out.add_all(&["connected_slaves", "replicas_waiting_psync"], 0);
    out.add("master_failover_state", "no-failover");
    out.add("master_replid", &server.run_id);
    out.add("master_replid2", "0".repeat(40));
    out.add("master_repl_offset", end);
    out.add("second_repl_offset", -1);
    out.add("repl_backlog_active", u8::from(active));
    out.add("repl_backlog_size", server.live.size(param::REPL_BACKLOG_SIZE));
    // Offsets of the stream are counted from one.
    out.add("repl_backlog_first_byte_offset", if active { start + 1 } else { 0 });
    out.add("repl_backlog_histlen", end - start);
}
