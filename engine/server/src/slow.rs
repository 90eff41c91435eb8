//! What is noted of a command that took long or was large: entries of the command log, latency spikes.

use crate::commandlog::{Reason, Record, shortened, wire_size};
use crate::conn::Conn;
use crate::lane::Lane;
use ironkeep_commands::Args;
use ironkeep_commands::spec::{Flags, Spec};
use ironkeep_config::{Live, Param, param};
use std::sync::Arc;

/// From how many nanoseconds on something is a latency spike.
pub fn spike(live: &Live) -> u64 {
    match live.size(param::LATENCY_MONITOR_THRESHOLD) {
        0 => u64::MAX,
        millis => millis.saturating_mul(1_000_000),
    }
}

/// Notes a command for which one of the thresholds was reached.
pub fn note(lane: &Lane, conn: &Conn, spec: &Spec, args: Args<'_>, nanos: u64, reply: usize) {
    let event = if spec.flags.has(Flags::FAST) { "fast-command" } else { "command" };
    lane.server.figures.note_spike(&lane.server.live, event, nanos, lane.now / 1000);
    if spec.flags.has(Flags::SKIP_COMMANDLOG) {
        return;
    }
    let mut record = None;
    let micros = i64::try_from(nanos / 1000).unwrap_or(i64::MAX);
    let lists = [
        (
            Reason::Slow,
            micros,
            param::COMMANDLOG_EXECUTION_SLOWER_THAN,
            param::COMMANDLOG_SLOW_EXECUTION_MAX_LEN,
        ),
        (
            Reason::LargeRequest,
            wire_size(args) as i64,
            param::COMMANDLOG_REQUEST_LARGER_THAN,
            param::COMMANDLOG_LARGE_REQUEST_MAX_LEN,
        ),
        (
            Reason::LargeReply,
            reply as i64,
            param::COMMANDLOG_REPLY_LARGER_THAN,
            param::COMMANDLOG_LARGE_REPLY_MAX_LEN,
        ),
    ];
    for (reason, value, threshold, most) in lists {
        let most = lane.server.live.size(most) as usize;
        if most > 0 && reaches(&lane.server.live, value, threshold) {
            let record = record.get_or_insert_with(|| Arc::new(describe(lane, conn, spec, args)));
            lane.server.figures.commandlog.push(reason, most, value, record);
        }
    }
}

fn reaches(live: &Live, value: i64, threshold: Param) -> bool {
    let threshold = live.int(threshold);
    threshold >= 0 && value >= threshold
}

fn describe(lane: &Lane, conn: &Conn, spec: &Spec, args: Args<'_>) -> Record {
    Record {
        seconds: lane.now / 1000,
        args: shortened(spec, args),
        addr: conn.info.addr.clone(),
        name: conn.info.names.lock().name.clone(),
    }
}
