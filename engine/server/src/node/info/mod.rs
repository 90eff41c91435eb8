//! INFO: the state of the server as text, in sections with the names and fields of Valkey.
//!
//! Every section is a function from what it needs to lines. Must not change anything.

mod clients;
mod commands;
mod cpu;
pub mod keyspace;
pub mod lines;
mod memory;
mod persistence;
mod replication;
mod server;
mod stats;
mod threads;

use super::Call;
use lines::Lines;
use std::collections::BTreeSet;

/// A section: its name, its title, whether plain INFO shows it, and what writes it.
struct Section {
    name: &'static str,
    title: &'static str,
    default: bool,
    write: fn(&mut Call<'_, '_>, &mut Lines),
}

const fn section(
    name: &'static str,
    title: &'static str,
    default: bool,
    write: fn(&mut Call<'_, '_>, &mut Lines),
) -> Section {
    Section { name, title, default, write }
}

/// All sections, in the order in which they are shown.
static SECTIONS: [Section; 18] = [
    section("server", "Server", true, server::write),
    section("tls", "TLS", false, server::tls),
    section("clients", "Clients", true, clients::write),
    section("memory", "Memory", true, memory::write),
    section("persistence", "Persistence", true, persistence::write),
    section("threads", "Threads", false, threads::write),
    section("stats", "Stats", true, stats::write),
    section("replication", "Replication", true, replication::write),
    section("cpu", "CPU", true, cpu::write),
    section("modules", "Modules", true, nothing),
    section("commandstats", "Commandstats", false, commands::stats),
    section("errorstats", "Errorstats", true, commands::errors),
    section("latencystats", "Latencystats", false, commands::latencies),
    section("cluster", "Cluster", true, |_, out| out.add("cluster_enabled", 0)),
    section("cluster_info", "Cluster Info", false, nothing),
    section("scriptingengines", "Scripting Engines", false, scripting),
    section("keyspace", "Keyspace", true, keyspace::write),
    section("debug", "Debug", false, stats::debug),
];

/// Sections that "all" leaves out.
const ONLY_BY_NAME: [&str; 1] = ["debug"];

/// INFO
pub fn info(call: &mut Call<'_, '_>) {
    // What this thread has counted in this wake-up is to be seen.
    let lane = &mut *call.lane;
    lane.stats.take(&mut lane.turn.counts);
    let wanted = wanted(call.args.iter().skip(1));
    let mut out = Lines::default();
    for section in SECTIONS.iter().filter(|section| wanted.contains(section.name)) {
        out.begin(section.title);
        (section.write)(call, &mut out);
    }
    let text = out.into_text();
    call.reply().verbatim(*b"txt", text.as_bytes());
}

/// The names of the sections that the arguments ask for.
fn wanted<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> BTreeSet<&'static str> {
    let of = |choose: fn(&Section) -> bool| {
        SECTIONS.iter().filter(move |section| choose(section)).map(|section| section.name)
    };
    let defaults = |section: &Section| section.default;
    let mut wanted = BTreeSet::new();
    if names.len() == 0 {
        wanted.extend(of(defaults));
    }
    for name in names {
        match name.to_ascii_lowercase().as_slice() {
            b"default" => wanted.extend(of(defaults)),
            b"all" | b"everything" => wanted.extend(of(|section| !ONLY_BY_NAME.contains(&section.name))),
            b"module_list" => drop(wanted.insert("modules")),
            other => wanted.extend(
                SECTIONS.iter().map(|section| section.name).filter(|known| known.as_bytes() == other),
            ),
        }
    }
    wanted
}

fn nothing(_: &mut Call<'_, '_>, _: &mut Lines) {}

fn scripting(_: &mut Call<'_, '_>, out: &mut Lines) {
    for name in ["engines_count", "engines_total_used_memory", "engines_total_memory_overhead"] {
        out.add(name, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(asked: &[&str]) -> Vec<&'static str> {
        let asked: Vec<&[u8]> = asked.iter().map(|name| name.as_bytes()).collect();
        wanted(asked.into_iter()).into_iter().collect()
    }

    #[test]
    fn sections_are_chosen_by_name_and_by_set() {
        assert_eq!(names(&["CPU", "cpu", "nonsense"]), ["cpu"]);
        assert!(names(&[]).contains(&"errorstats") && !names(&[]).contains(&"commandstats"));
        assert_eq!(names(&["default"]), names(&[]));
        assert!(names(&["all"]).contains(&"latencystats") && !names(&["everything"]).contains(&"debug"));
        assert!(names(&["default", "commandstats"]).len() > names(&["default"]).len());
    }
}
