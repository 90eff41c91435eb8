//! The engines' configuration parameters: which version has which, and what each takes.
//!
//! Facts about Redis 7.0 to 8.0 and Valkey 8.0 to 9.1, in `parameters/table.txt`. A version between two known ones is
//! treated as the older one, so that nothing is accepted that it doesn't have.

mod kind;

use kind::Kind;
use std::{collections::BTreeMap, sync::LazyLock};

use crate::{spec::EngineType, version::Version};

static TABLE: LazyLock<BTreeMap<&'static str, Vec<Row>>> =
    LazyLock::new(|| parse(include_str!("parameters/table.txt")));

/// One line of the table. A parameter has several when what it takes has changed.
struct Row {
    redis: Versions,
    valkey: Versions,
    kind: Kind,
}

/// Which versions of an engine have a parameter.
#[derive(Clone, Copy)]
enum Versions {
    None,
    Between(Version, Version),
}

const OLDEST: Version = Version::new(0, 0);
const NEWEST: Version = Version::new(u16::MAX, u16::MAX);

/// Why a server would not start with a parameter; none if it would.
pub fn refusal(engine: EngineType, version: Version, name: &str, value: &str) -> Option<String> {
    let Some(rows) = TABLE.get(name) else { return Some(unknown(engine, version)) };
    match rows.iter().find(|row| row.has(engine, version)) {
        Some(row) => row.kind.refusal(value),
        None => Some(unknown(engine, version)),
    }
}

/// The line of a configuration file that sets a parameter. Lists are written as words, anything else as one.
pub fn config_line(name: &str, value: &str) -> String {
    let is_list = TABLE.get(name).is_some_and(|rows| rows.iter().any(|row| row.kind.is_list()));
    if is_list && !value.is_empty() {
        return format!("{name} {value}");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/%+,@*~".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return format!("{name} {value}");
    }
    format!("{name} \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unknown(engine: EngineType, version: Version) -> String {
    format!("{engine} {version} has no such parameter")
}

impl Row {
    fn has(&self, engine: EngineType, version: Version) -> bool {
        let (versions, version) = match engine {
            EngineType::Redis => (self.redis, version),
            EngineType::Valkey => (self.valkey, version),
            EngineType::Ironkeep => (self.valkey, NEWEST),
        };
        match versions {
            Versions::None => false,
            Versions::Between(first, last) => first <= version && version <= last,
        }
    }
}

/// Reads the table. Lines that can't be read are left out; a test holds that there are none.
fn parse(text: &'static str) -> BTreeMap<&'static str, Vec<Row>> {
    let mut table: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, row) in lines(text).filter_map(parse_line) {
        table.entry(name).or_default().push(row);
    }
    table
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn parse_line(line: &'static str) -> Option<(&'static str, Row)> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let (redis, valkey) = (versions(words.next()?)?, versions(words.next()?)?);
    let kind = Kind::parse(words.next()?)?;
    words.next().is_none().then_some((name, Row { redis, valkey, kind }))
}

fn versions(word: &str) -> Option<Versions> {
    let end = |text: &str, default| if text.is_empty() { Some(default) } else { text.parse().ok() };
    match word {
        "-" => Some(Versions::None),
        "all" => Some(Versions::Between(OLDEST, NEWEST)),
        _ => {
            let (first, last) = word.split_once("..")?;
            Some(Versions::Between(end(first, OLDEST)?, end(last, NEWEST)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserved;

    fn check(engine: EngineType, version: &str, name: &str, value: &str) -> Option<String> {
        refusal(engine, version.parse().expect("a version"), name, value)
    }

    #[test]
    fn every_line_of_the_table_can_be_read_and_is_for_users() {
        let text = include_str!("parameters/table.txt");
        for line in lines(text) {
            let (name, _) = parse_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(reserved(name), None, "{name}");
        }
        assert!(TABLE.len() > 120);
    }

    #[test]
    fn versions_decide_what_there_is() {
        use EngineType::{Ironkeep, Redis, Valkey};
        assert_eq!(check(Valkey, "9.1", "cluster-databases", "2"), None);
        assert_eq!(check(Valkey, "9.0.3", "cluster-databases", "2"), None);
        assert_eq!(
            check(Valkey, "8.1", "cluster-databases", "2").as_deref(),
            Some("valkey 8.1 has no such parameter")
        );
        assert_eq!(
            check(Redis, "8.0", "cluster-databases", "2").as_deref(),
            Some("redis 8.0 has no such parameter")
        );
        assert_eq!(check(Ironkeep, "0.1.0", "cluster-databases", "2"), None);
        assert_eq!(check(Redis, "7.2", "maxmemory-samples", "100"), None);
        assert!(check(Redis, "8.2", "maxmemory-samples", "100").is_some());
        assert!(check(Valkey, "9.0", "log-format", "json").is_some());
        assert_eq!(check(Valkey, "9.1", "log-format", "json"), None);
    }

    #[test]
    fn lines_are_written_so_that_engines_read_the_same() {
        assert_eq!(config_line("maxmemory", "100mb"), "maxmemory 100mb");
        assert_eq!(config_line("save", "900 1 300 10"), "save 900 1 300 10");
        assert_eq!(config_line("save", ""), "save \"\"");
        assert_eq!(
            config_line("proc-title-template", r#"{title} "x\""#),
            r#"proc-title-template "{title} \"x\\\"""#
        );
    }
}
