//! INFO cpu.

use super::Call;
use super::lines::Lines;
use crate::sys::process;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let busy: u64 = call.lane.server.lanes().map(|lane| lane.stats.busy.get() / 1000).sum();
    let mut seconds = |name: &str, micros: u64| {
        out.add(name, format_args!("{}.{:06}", micros / 1_000_000, micros % 1_000_000));
    };
    let (own, children, main) = (process::own_times(), process::child_times(), process::main_thread_times());
    seconds("used_cpu_sys", own.system);
    seconds("used_cpu_user", own.user);
    seconds("used_cpu_sys_children", children.system);
    seconds("used_cpu_user_children", children.user);
    seconds("used_cpu_sys_main_thread", main.system);
    seconds("used_cpu_user_main_thread", main.user);
    seconds("used_active_time_main_thread", busy);
}
