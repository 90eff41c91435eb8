//! Parameters that a running engine takes on without a restart, and how the engine spells their values.
//!
//! A parameter is here only if every supported engine has it, can change it at any time, and shows it in a spelling
//! that can be foretold; with a default only if it is the same in all. All others take a restart to change, which is
//! never wrong, only slower. Tests ask real servers whether this table is true.

use ironkeep_api::quantity;
use std::collections::BTreeMap;

/// A parameter.
struct Row {
    /// Its name, as every supported engine knows it.
    name: &'static str,
    /// Other names for it.
    aliases: &'static [&'static str],
    /// How its values are spelt.
    kind: Kind,
    /// What it is when the spec doesn't say; none where engines differ or set it themselves.
    default: Option<&'static str>,
}

/// How values are spelt.
#[derive(Clone, Copy)]
enum Kind {
    /// Bytes, with units like `100mb`.
    Memory,
    /// A whole number.
    Number,
    /// A word of a fixed list.
    Word,
}

use Kind::{Memory, Number, Word};

const ROWS: &[Row] = &[
    row("active-expire-effort", Number, "1"),
    row("appendfsync", Word, "everysec"),
    row("auto-aof-rewrite-min-size", Memory, "67108864"),
    row("auto-aof-rewrite-percentage", Number, "100"),
    row("cluster-allow-reads-when-down", Word, "no"),
    row("cluster-require-full-coverage", Word, "yes"),
    row("hash-max-listpack-entries", Number, "512").or(&["hash-max-ziplist-entries"]),
    row("hash-max-listpack-value", Memory, "64").or(&["hash-max-ziplist-value"]),
    row("latency-monitor-threshold", Number, "0"),
    row("lfu-decay-time", Number, "1"),
    row("lfu-log-factor", Number, "10"),
    row("list-compress-depth", Number, "0"),
    row("list-max-listpack-size", Number, "-2").or(&["list-max-ziplist-size"]),
    row("loglevel", Word, "notice"),
    // The engine lowers it to what the process may open.
    row("maxclients", Number, "10000").no_default(),
    row("maxmemory", Memory, "0"),
    row("maxmemory-policy", Word, "noeviction"),
    row("maxmemory-samples", Number, "5"),
    row("min-replicas-max-lag", Number, "10").or(&["min-slaves-max-lag"]),
    row("min-replicas-to-write", Number, "0").or(&["min-slaves-to-write"]),
    row("no-appendfsync-on-rewrite", Word, "no"),
    // Valkey's is ten times Redis's.
    row("repl-backlog-size", Memory, "10485760").no_default(),
    row("repl-backlog-ttl", Number, "3600"),
    row("repl-diskless-sync-delay", Number, "5"),
    row("repl-ping-replica-period", Number, "10").or(&["repl-ping-slave-period"]),
    row("repl-timeout", Number, "60"),
    row("set-max-intset-entries", Number, "512"),
    row("slowlog-log-slower-than", Number, "10000").or(&["commandlog-execution-slower-than"]),
    row("slowlog-max-len", Number, "128").or(&["commandlog-slow-execution-max-len"]),
    row("stop-writes-on-bgsave-error", Word, "yes"),
    row("stream-node-max-bytes", Memory, "4096"),
    row("stream-node-max-entries", Number, "100"),
    row("tcp-keepalive", Number, "300"),
    row("timeout", Number, "0"),
    row("zset-max-listpack-entries", Number, "128").or(&["zset-max-ziplist-entries"]),
    row("zset-max-listpack-value", Memory, "64").or(&["zset-max-ziplist-value"]),
];

const fn row(name: &'static str, kind: Kind, default: &'static str) -> Row {
    Row { name, aliases: &[], kind, default: Some(default) }
}

impl Row {
    const fn or(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn no_default(mut self) -> Self {
        self.default = None;
        self
    }
}

/// The name under which a parameter is kept: that of the table for one of its aliases, else its own.
pub fn name_of(parameter: &str) -> &str {
    find(parameter).map_or(parameter, |row| row.name)
}

/// All of them: what to ask a running engine for.
pub fn live_parameters() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name)
}

/// Whether a running engine takes a parameter on.
pub fn is_live(parameter: &str) -> bool {
    find(parameter).is_some()
}

/// The values that a running engine should show. Without a word in the spec a parameter goes back to its default.
///
/// # Errors
/// Name and value of a parameter that can't have this value.
pub fn values(config: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, (String, String)> {
    let mut values = BTreeMap::new();
    for row in ROWS {
        match (config.get(row.name), row.default) {
            (Some(given), _) => {
                let value = spell(row.kind, given).ok_or_else(|| (row.name.to_owned(), given.clone()))?;
                values.insert(row.name.to_owned(), value);
            }
            (None, Some(default)) => {
                values.insert(row.name.to_owned(), default.to_owned());
            }
            (None, None) => {}
        }
    }
    Ok(values)
}

fn find(parameter: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == parameter || row.aliases.contains(&parameter))
}

fn spell(kind: Kind, value: &str) -> Option<String> {
    let value = value.trim().trim_matches('"');
    match kind {
        Memory => quantity::memory(value).map(|n| n.to_string()),
        Number => value.parse::<i64>().ok().map(|n| n.to_string()),
        Word => {
            (!value.is_empty() && !value.contains(char::is_whitespace)).then(|| value.to_ascii_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn spells_values_as_engines_show_them() {
        let given =
            config(&[("maxmemory", "100mb"), ("maxmemory-policy", "AllKeys-LRU"), ("timeout", "007")]);
        let values = values(&given).unwrap();
        assert_eq!(values["maxmemory"], "104857600");
        assert_eq!(values["maxmemory-policy"], "allkeys-lru");
        assert_eq!(values["timeout"], "7");
        assert_eq!(values["loglevel"], "notice");
        assert!(!values.contains_key("maxclients"));
    }

    #[test]
    fn names_the_parameter_that_is_wrong() {
        let wrong = values(&config(&[("maxmemory", "lots")]));
        assert_eq!(wrong, Err(("maxmemory".to_owned(), "lots".to_owned())));
        assert!(values(&config(&[("timeout", "1.5")])).is_err());
        assert!(values(&config(&[("loglevel", "")])).is_err());
        assert!(values(&config(&[("maxmemory", "99999999999gb")])).is_err());
    }

    #[test]
    fn rows_are_sorted_and_no_name_is_there_twice() {
        assert!(ROWS.is_sorted_by(|a, b| a.name < b.name));
        let names: Vec<_> = ROWS.iter().flat_map(|row| row.aliases.iter().chain([&row.name])).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len());
    }
}
