//! LATENCY DOCTOR: what was seen, in words, with advice.

use super::super::Call;
use crate::server::Server;
use ironkeep_config::param;

/// LATENCY DOCTOR
pub fn doctor(call: &mut Call<'_, '_>) {
    let text = report(&call.lane.server, call.lane.now / 1000);
    call.reply().verbatim(*b"txt", text.as_bytes());
}

fn report(server: &Server, now: i64) -> String {
    let events = server.figures.latency.events();
    let threshold = server.live.size(param::LATENCY_MONITOR_THRESHOLD);
    if events.is_empty() {
        let text = if threshold == 0 {
            "Latency monitoring is off in this instance. \"CONFIG SET latency-monitor-threshold <milliseconds>\" \
             turns it on.\n"
        } else {
            "No latency spike was observed in the lifetime of this instance. All is well.\n"
        };
        return text.to_owned();
    }
    let mut text = "Latency spikes were observed in this instance.\n\n".to_owned();
    for (nth, (name, series)) in events.iter().enumerate() {
        let (summary, count) = (series.summary(now), series.samples.len());
        text.push_str(&format!(
            "{}. {name}: {count} latency spikes (average {}ms, mean deviation {}ms, period {:.2} sec). \
             Worst all time event {}ms.\n",
            nth + 1,
            summary.mean,
            summary.deviation,
            summary.period as f64 / count as f64,
            series.max
        ));
    }
    text.push_str("\nWhat may help:\n\n");
    let names: Vec<&str> = events.iter().map(|(name, _)| *name).collect();
    for advice in advice(server, &names, threshold) {
        text.push_str(&format!("- {advice}\n"));
    }
    text
}

fn advice(server: &Server, events: &[&str], threshold: u64) -> Vec<String> {
    let mut all = Vec::new();
    let micros = threshold.saturating_mul(1000);
    let slow = server.live.int(param::COMMANDLOG_EXECUTION_SLOWER_THAN);
    let kept = server.live.size(param::COMMANDLOG_SLOW_EXECUTION_MAX_LEN);
    if events.contains(&"command") {
        if slow < 0 || kept == 0 {
            all.push(format!(
                "The log of slow commands is off. \"CONFIG SET commandlog-execution-slower-than {micros}\" turns it \
                 on."
            ));
        } else if slow as u64 / 1000 > threshold {
            all.push(format!(
                "The log of slow commands begins above the threshold of the latency monitor. \"CONFIG SET \
                 commandlog-execution-slower-than {micros}\" makes them the same."
            ));
        }
        all.push("COMMANDLOG GET -1 SLOW shows which commands take long.".to_owned());
    }
    if events.contains(&"fast-command") {
        all.push(
            "Commands that do little took long: the machine is busy, or the process gets too little of its \
             processors."
                .to_owned(),
        );
    }
    if events.iter().any(|name| name.starts_with("eviction") || *name == "expire-cycle") {
        all.push("Many keys are given up at once: spread their expiry, or raise maxmemory.".to_owned());
    }
    all
}
