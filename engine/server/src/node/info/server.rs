//! INFO server, INFO tls.

use super::Call;
use super::lines::Lines;
use crate::VALKEY_VERSION;
use crate::sys::{clock, process};
use ironkeep_config::param;

/// The version of Redis whose protocol and commands this is compatible with; clients look at it.
const REDIS_VERSION: &str = "7.2.4";

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    let redis = server.live.yes(param::EXTENDED_REDIS_COMPATIBILITY);
    let now = clock::wall_us();
    let up = (now / 1000 - server.started).max(0) / 1000;
    let hz = server.live.size(param::HZ);
    out.add("redis_version", REDIS_VERSION);
    out.add("server_name", "valkey");
    out.add("valkey_version", VALKEY_VERSION);
    out.add("valkey_release_stage", "ga");
    out.add("ironkeep_version", env!("CARGO_PKG_VERSION"));
    out.add("redis_git_sha1", "00000000");
    out.add("redis_git_dirty", 0);
    out.add("redis_build_id", "0");
    out.add(if redis { "redis_mode" } else { "server_mode" }, "standalone");
    out.add("os", process::kernel());
    out.add("arch_bits", usize::BITS);
    out.add("monotonic_clock", clock::name());
    out.add("multiplexing_api", "epoll");
    out.add("gcc_version", "0.0.0");
    out.add("process_id", std::process::id());
    out.add("process_supervised", "no");
    out.add("run_id", &server.run_id);
    out.add("tcp_port", server.config.get(param::PORT).int());
    out.add("server_time_usec", now);
    out.add("uptime_in_seconds", up);
    out.add("uptime_in_days", up / 86_400);
    out.add_all(&["hz", "configured_hz", "clients_hz"], hz);
    out.add("lru_clock", (now / 1_000_000) & 0xff_ffff);
    out.add("executable", std::env::current_exe().unwrap_or_default().display());
    out.add("config_file", server.config.file().unwrap_or(std::path::Path::new("")).display());
    out.add("io_threads_active", u8::from(server.lanes.count() > 1));
    let zone = server.config.get(param::AVAILABILITY_ZONE);
    out.add("availability_zone", zone.string());
    listeners(call, out);
}

fn listeners(call: &Call<'_, '_>, out: &mut Lines) {
    let config = &call.lane.server.config;
    let (port, mut nth) = (config.get(param::PORT).int(), 0);
    if port != 0 {
        let binds: String =
            config.get(param::BIND).addresses().iter().map(|a| format!(",bind={a}")).collect();
        out.add("listener0", format_args!("name=tcp{binds},port={port}"));
        nth = 1;
    }
    let path = config.get(param::UNIXSOCKET);
    if !path.bytes().is_empty() {
        out.add(&format!("listener{nth}"), format_args!("name=unix,bind={}", path.string()));
    }
}

pub(super) fn tls(_: &mut Call<'_, '_>, out: &mut Lines) {
    for which in ["server", "client", "ca"] {
        out.add(&format!("tls_{which}_cert_serial"), "none");
        out.add(&format!("tls_{which}_cert_expires_in_seconds"), 0);
    }
}
