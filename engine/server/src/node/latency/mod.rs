//! LATENCY: what the latency monitor has seen, and histograms of all commands.

mod doctor;
mod graph;
pub mod histogram;

pub use doctor::doctor;
pub use histogram::histogram;

use super::Call;
use ironkeep_commands::help;

/// LATENCY HISTORY
pub fn history(call: &mut Call<'_, '_>) {
    let series = call.lane.server.figures.latency.event(call.args.at(2));
    let samples = series.map(|(_, series)| series.samples).unwrap_or_default();
    let mut reply = call.reply();
    reply.array_len(samples.len());
    for sample in samples {
        reply.array_len(2);
        reply.integer(sample.seconds);
        reply.integer(sample.millis);
    }
}

/// LATENCY LATEST
pub fn latest(call: &mut Call<'_, '_>) {
    let events = call.lane.server.figures.latency.events();
    let mut reply = call.reply();
    reply.array_len(events.len());
    for (name, series) in events {
        let (seconds, millis) = series.samples.last().map_or((0, 0), |last| (last.seconds, last.millis));
        reply.array_len(6);
        reply.bulk(name.as_bytes());
        for number in [seconds, millis, series.max, series.sum, series.count] {
            reply.integer(number);
        }
    }
}

/// LATENCY GRAPH
pub fn graph(call: &mut Call<'_, '_>) {
    let name = call.args.at(2);
    match call.lane.server.figures.latency.event(name) {
        Some((name, series)) => {
            let text = graph::draw(name, &series, call.lane.now / 1000);
            call.reply().verbatim(*b"txt", text.as_bytes());
        }
        None => {
            let name = String::from_utf8_lossy(name);
            call.fail(format!("ERR No samples available for event '{name}'"));
        }
    }
}

/// LATENCY RESET
pub fn reset(call: &mut Call<'_, '_>) {
    let latency = &call.lane.server.figures.latency;
    let count = match call.args.len() {
        2 => latency.reset(None),
        _ => call.args.iter().skip(2).map(|name| latency.reset(Some(name))).sum(),
    };
    call.reply().integer(count as i64);
}

/// LATENCY HELP
pub fn help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "LATENCY",
        &[
            "DOCTOR",
            "    Report latency problems, with advice.",
            "GRAPH <event>",
            "    Draw the latest spikes of the <event> class.",
            "HISTORY <event>",
            "    Show the latest spikes of the <event> class with their times.",
            "LATEST",
            "    Show the last spike of every event class.",
            "RESET [<event> ...]",
            "    Forget the spikes of these event classes (default: of all).",
            "HISTOGRAM [COMMAND ...]",
            "    Show how many calls of these commands (default: of all) took how long.",
        ],
    );
}
