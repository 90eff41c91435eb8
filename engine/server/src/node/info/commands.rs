//! INFO commandstats, errorstats, latencystats.

use super::Call;
use super::lines::Lines;
use crate::node::latency::histogram::Sum;
use ironkeep_commands::spec::TABLE;
use ironkeep_config::param;

pub(super) fn stats(call: &mut Call<'_, '_>, out: &mut Lines) {
    for spec in TABLE.iter() {
        let sum = |of: fn(&crate::stats::CommandStats) -> u64| -> u64 {
            call.lane.server.lanes().map(|lane| of(lane.stats.of(spec))).sum()
        };
        let (calls, micros) = (sum(|stats| stats.calls.get()), sum(|stats| stats.nanos.get()) / 1000);
        let (rejected, failed) = (sum(|stats| stats.rejected.get()), sum(|stats| stats.failed.get()));
        if calls + rejected + failed == 0 {
            continue;
        }
        let each = if calls == 0 { 0.0 } else { micros as f64 / calls as f64 };
        out.add(
            &format!("cmdstat_{}", spec.full_name),
            format_args!(
                "calls={calls},usec={micros},usec_per_call={each:.2},rejected_calls={rejected},failed_calls={failed}"
            ),
        );
    }
}

pub(super) fn errors(call: &mut Call<'_, '_>, out: &mut Lines) {
    for (code, count) in call.lane.server.totals.by_code() {
        // What could break the line is shown in another way, as in Valkey.
        let code = code.replace(['#', ':', '\n', '\r'], "_");
        out.add(&format!("errorstat_{code}"), format_args!("count={count}"));
    }
}

pub(super) fn latencies(call: &mut Call<'_, '_>, out: &mut Lines) {
    let server = &*call.lane.server;
    let percentiles = server.config.get(param::LATENCY_TRACKING_INFO_PERCENTILES);
    for spec in TABLE.iter() {
        let sum = Sum::of(server, spec);
        if sum.total() == 0 {
            continue;
        }
        let values: Vec<String> = percentiles
            .percentiles()
            .iter()
            .map(|percent| format!("p{percent}={:.3}", sum.at_percentile(*percent) as f64 / 1000.0))
            .collect();
        out.add(&format!("latency_percentiles_usec_{}", spec.full_name), values.join(","));
    }
}
