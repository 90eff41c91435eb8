//! INFO threads: what each I/O thread does.

use super::Call;
use super::lines::Lines;
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    for (nth, lane) in call.lane.server.lanes.serving().enumerate() {
        let stats = &lane.stats;
        out.add(
            &format!("io_thread_{nth}"),
            format_args!(
                "clients={},reads={},writes={},commands={},input_bytes={},output_bytes={},wakes={},busy_usec={}",
                lane.load.load(Relaxed),
                stats.reads.get(),
                stats.writes.get(),
                stats.processed.get(),
                stats.input.get(),
                stats.output.get(),
                stats.wakes.get(),
                stats.busy.get() / 1000,
            ),
        );
    }
}
