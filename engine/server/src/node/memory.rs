//! MEMORY DOCTOR, HELP, MALLOC-STATS, PURGE and STATS, and the figures behind them and INFO memory.

use super::Call;
use super::info::keyspace::{Database, count};
use crate::sys::{jemalloc, memory, process};
use ironkeep_commands::help;
use std::sync::atomic::Ordering::Relaxed;

/// Below this no judgement makes sense.
const TOO_LITTLE: u64 = 5 << 20;
/// One amount compared with another: their ratio and their difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    /// More than one when there is an excess.
    pub ratio: f64,
    /// The excess.
    pub bytes: i64,
}

fn compare(larger: u64, smaller: u64) -> Compared {
    Compared { ratio: larger as f64 / smaller.max(1) as f64, bytes: larger as i64 - smaller as i64 }
}

/// Where the memory is.
pub struct Measured {
    /// What the program holds.
    pub used: u64,
    /// The most that it ever held.
    pub peak: u64,
    /// What it held when it had started.
    pub startup: u64,
    /// What is in memory of the process.
    pub rss: u64,
    /// What the allocator says.
    pub allocator: jemalloc::Figures,
    /// The log.
    pub backlog: u64,
    /// Clients and their buffers.
    pub clients: u64,
    /// All that is not data.
    pub overhead: u64,
    /// Keys of all databases.
    pub databases: Vec<Database>,
}

impl Measured {
    /// Measures.
    pub fn now(call: &mut Call<'_, '_>) -> Self {
        let databases = count(call.held, call.lane.now);
        call.conn.publish(call.lane.now);
        let server = &*call.lane.server;
        let used = memory::used() as u64;
        let startup = server.figures.startup_memory.load(Relaxed);
        let clients: usize = server.clients.list().iter().map(|client| client.memory()).sum();
        let (clients, backlog) = (clients as u64, server.feed.size() as u64);
        let tables: usize = databases.iter().map(|db| db.overhead).sum();
        Self {
            used,
            peak: server.totals.peak_memory.fetch_max(used, Relaxed).max(used),
            startup,
            rss: process::resident(),
            allocator: jemalloc::figures(),
            backlog,
            clients,
            overhead: startup + backlog + clients + tables as u64,
            databases,
        }
    }

    /// What the data takes.
    pub fn dataset(&self) -> u64 {
        self.used.saturating_sub(self.overhead)
    }

    /// Its share of all that is not there from the start.
    pub fn dataset_percent(&self) -> f64 {
        self.dataset() as f64 * 100.0 / self.used.saturating_sub(self.startup).max(1) as f64
    }

    /// What is lost inside of pages.
    pub fn fragmentation(&self) -> Compared {
        compare(self.allocator.active, self.allocator.allocated)
    }

    /// Pages that the allocator keeps.
    pub fn allocator_rss(&self) -> Compared {
        compare(self.allocator.resident, self.allocator.active)
    }

    /// What is in memory and not of the allocator.
    pub fn rss_overhead(&self) -> Compared {
        compare(self.rss, self.allocator.resident)
    }

    /// All of that together.
    pub fn total_fragmentation(&self) -> Compared {
        compare(self.rss, self.used)
    }

    fn keys(&self) -> usize {
        self.databases.iter().map(|db| db.keys).sum()
    }
}

/// MEMORY STATS
pub fn stats(call: &mut Call<'_, '_>) {
    let all = Measured::now(call);
    let dbs: Vec<(usize, Database)> =
        all.databases.iter().copied().enumerate().filter(|(_, db)| db.keys + db.overhead > 0).collect();
    let mut out = Map { call, pairs: Vec::new() };
    for (name, value) in [
        ("peak.allocated", all.peak),
        ("total.allocated", all.used),
        ("startup.allocated", all.startup),
        ("replication.backlog", all.backlog),
        ("replicas.repl.buffer", 0),
        ("clients.slaves", 0),
        ("clients.normal", all.clients),
        ("cluster.links", 0),
        ("cluster.slot_import", 0),
        ("cluster.slot_export", 0),
        ("aof.buffer", 0),
        ("lua.caches", 0),
        ("functions.caches", 0),
    ] {
        out.int(name, value as i64);
    }
    for (nth, db) in dbs {
        out.pairs.push((format!("db.{nth}"), Figure::Database(db)));
    }
    out.totals(&all);
    out.reply();
}

enum Figure {
    Int(i64),
    Double(f64),
    Database(Database),
}

struct Map<'m, 'a, 'h> {
    call: &'m mut Call<'a, 'h>,
    pairs: Vec<(String, Figure)>,
}

impl Map<'_, '_, '_> {
    fn int(&mut self, name: &str, value: i64) {
        self.pairs.push((name.to_owned(), Figure::Int(value)));
    }

    fn double(&mut self, name: &str, value: f64) {
        self.pairs.push((name.to_owned(), Figure::Double(value)));
    }

    fn totals(&mut self, all: &Measured) {
        let (lut, keys) = (all.databases.iter().map(|db| db.overhead).sum::<usize>(), all.keys());
        let net = all.used.saturating_sub(all.startup) as i64;
        self.int("overhead.db.hashtable.lut", lut as i64);
        self.int("overhead.db.hashtable.rehashing", 0);
        self.int("overhead.total", all.overhead as i64);
        self.int("db.dict.rehashing.count", 0);
        self.int("keys.count", keys as i64);
        self.int("keys.bytes-per-key", net.checked_div(keys as i64).unwrap_or(0));
        self.int("dataset.bytes", all.dataset() as i64);
        self.double("dataset.percentage", all.dataset_percent());
        self.double("peak.percentage", all.used as f64 * 100.0 / all.peak.max(1) as f64);
        self.int("allocator.allocated", all.allocator.allocated as i64);
        self.int("allocator.active", all.allocator.active as i64);
        self.int("allocator.resident", all.allocator.resident as i64);
        self.int("allocator.muzzy", all.allocator.muzzy as i64);
        for (ratio, bytes, value) in [
            ("allocator-fragmentation.ratio", "allocator-fragmentation.bytes", all.fragmentation()),
            ("allocator-rss.ratio", "allocator-rss.bytes", all.allocator_rss()),
            ("rss-overhead.ratio", "rss-overhead.bytes", all.rss_overhead()),
            ("fragmentation", "fragmentation.bytes", all.total_fragmentation()),
        ] {
            self.double(ratio, value.ratio);
            self.int(bytes, value.bytes);
        }
    }

    fn reply(self) {
        let mut reply = self.call.reply();
        reply.map_len(self.pairs.len());
        for (name, figure) in self.pairs {
            reply.bulk(name.as_bytes());
            match figure {
                Figure::Int(value) => reply.integer(value),
                Figure::Double(value) => reply.double(value),
                Figure::Database(db) => {
                    reply.map_len(2);
                    reply.bulk(b"overhead.hashtable.main");
                    reply.integer(db.overhead as i64);
                    // Expiries are kept with the keys: there is no second table.
                    reply.bulk(b"overhead.hashtable.expires");
                    reply.integer(0);
                }
            }
        }
    }
}

/// MEMORY DOCTOR
pub fn doctor(call: &mut Call<'_, '_>) {
    let all = Measured::now(call);
    let clients = call.lane.server.clients.len().max(1) as u64;
    let text = diagnosis(&all, clients);
    call.reply().verbatim(*b"txt", text.as_bytes());
}

fn diagnosis(all: &Measured, clients: u64) -> String {
    if all.used < TOO_LITTLE {
        return "This instance is empty or uses very little memory: there is nothing to diagnose yet.\n"
            .into();
    }
    let much = |value: Compared, ratio: f64| value.ratio > ratio && value.bytes > 10 << 20;
    let findings = [
        (
            all.peak as f64 / all.used as f64 > 1.5,
            "Peak memory: this instance once used more than one and a half times what it uses now. Pages of that \
             time may still be held by the allocator; MEMORY PURGE gives them back.",
        ),
        (
            much(all.total_fragmentation(), 1.4),
            "High total RSS: the process takes more than 1.4 times the memory that the data and its management \
             need.",
        ),
        (
            much(all.fragmentation(), 1.1),
            "High allocator fragmentation: more than a tenth of the pages in use is empty between values.",
        ),
        (
            much(all.allocator_rss(), 1.1),
            "High allocator RSS: the allocator holds many pages that nobody uses. MEMORY PURGE gives them back.",
        ),
        (
            much(all.rss_overhead(), 1.1),
            "High process RSS: much of the memory of the process is not of the allocator.",
        ),
        (
            all.clients / clients > 200 * 1024,
            "Big client buffers: clients take more than 200 kB each. CLIENT LIST shows which of them do not read \
             their replies, or send very large requests.",
        ),
    ];
    let found: Vec<&str> = findings.iter().filter(|(holds, _)| *holds).map(|(_, text)| *text).collect();
    if found.is_empty() {
        return "No memory problem was found in this instance.\n".into();
    }
    let list: String = found.iter().map(|text| format!(" * {text}\n\n")).collect();
    format!("Memory problems were found in this instance:\n\n{list}")
}

/// MEMORY MALLOC-STATS
pub fn malloc_stats(call: &mut Call<'_, '_>) {
    let report = jemalloc::report();
    call.reply().verbatim(*b"txt", &report);
}

/// MEMORY PURGE
pub fn purge(call: &mut Call<'_, '_>) {
    if jemalloc::purge() {
        call.reply().ok();
    } else {
        call.fail("ERR Error purging dirty pages");
    }
}

/// MEMORY HELP
pub fn help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "MEMORY",
        &[
            "DOCTOR",
            "    Report memory problems.",
            "MALLOC-STATS",
            "    Show the report of the memory allocator.",
            "PURGE",
            "    Give pages that are not used back to the system.",
            "STATS",
            "    Show what the memory of the server is used for.",
            "USAGE <key> [SAMPLES <count>]",
            "    Show how many bytes <key> and its value take. Of nested values up to <count>",
            "    are looked at (default: 5, 0 means all).",
        ],
    );
}
