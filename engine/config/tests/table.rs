//! The table against the parameters of Valkey 9.1.2, as its CONFIG GET showed them.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod common;

use common::{config, host, load, set, shown};
use ironkeep_config::{Config, Host, Kind, Support, find, param};
use std::collections::BTreeSet;

/// Names and defaults, one parameter a line.
const DEFAULTS: &str = include_str!("facts/defaults.tsv");

fn facts() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEFAULTS.lines().map(|line| line.split_once('\t').unwrap())
}

#[test]
fn every_name_and_default_is_valkeys() {
    let config = Config::new(&host());
    let ours = config.list(&[b"*"], &|_, _| true);
    let ours: Vec<(&str, String)> =
        ours.iter().map(|(name, value)| (name.as_str(), String::from_utf8(value.clone()).unwrap())).collect();
    let valkeys: Vec<(&str, String)> = facts().map(|(name, value)| (name, value.to_owned())).collect();
    assert_eq!(valkeys.len(), 237);
    assert_eq!(ours, valkeys);
}

#[test]
fn only_threads_and_directory_depend_on_the_host() {
    let usual = Config::new(&host());
    let other = Config::new(&Host { io_threads: 8, dir: b"/data".to_vec() });
    let differ: Vec<&str> = param::all()
        .filter(|param| usual.shown(*param) != other.shown(*param))
        .map(|param| param.name())
        .collect();
    assert_eq!(differ, ["io-threads", "dir"]);
    assert!(other.is_default(param::IO_THREADS));
    assert_eq!(shown(&Config::new(&Host { io_threads: 9999, ..host() }), "io-threads"), "256");
}

#[test]
fn names_are_unique_and_found_in_any_case() {
    let mut names = BTreeSet::new();
    for param in param::all() {
        let row = param.row();
        for name in [Some(row.name), row.alias].into_iter().flatten() {
            assert!(names.insert(name), "{name} twice");
            assert_eq!(find(name.to_uppercase().as_bytes()).unwrap().param, param);
            assert_eq!(find(name.as_bytes()).unwrap().name, name);
        }
    }
    assert_eq!(names.len(), 237 + 16, "237 shown and 16 hidden, aliases included");
    assert!(find(b"no-such-parameter").is_none());
    assert!(find(b"\xff").is_none());
}

#[test]
fn defaults_parse_to_themselves() {
    let config = Config::new(&host());
    for param in param::all().filter(|param| *param != param::DIR) {
        let row = param.row();
        assert_eq!(String::from_utf8(config.shown(param)).unwrap(), row.default, "{}", row.name);
        assert!(config.is_default(param), "{}", row.name);
    }
}

#[test]
fn bounds_hold_at_both_ends() {
    for param in param::all() {
        let row = param.row();
        let Kind::Int { min, max, unit } = row.kind else { continue };
        let written = |number: i128| match unit {
            ironkeep_config::Unit::Octal => format!("{number:o}"),
            ironkeep_config::Unit::MemoryOrPercent if number < 0 => format!("{}%", -number),
            _ => number.to_string(),
        };
        for outside in [min - 1, max + 1] {
            let refused = load(&format!("{} {}", row.name, written(outside)));
            assert!(refused.is_err(), "{} took {outside}", row.name);
        }
        for inside in [min, max] {
            // Plain numbers have 64 bits with a sign, whatever the bound says.
            let reachable = inside <= i128::from(i64::MAX) || unit != ironkeep_config::Unit::Plain;
            let loaded = load(&format!("{} {}", row.name, written(inside)));
            let built = !matches!(row.support, Support::Later(_));
            assert_eq!(
                loaded.is_ok(),
                reachable && (built || written(inside) == row.default),
                "{}",
                row.name
            );
        }
    }
}

#[test]
fn live_numbers_follow_the_values() {
    let config = config("maxmemory 18446744073709551615\nmaxmemory-policy allkeys-lfu\ntimeout 7");
    let live = config.live().clone();
    assert_eq!(live.size(param::MAXMEMORY), u64::MAX);
    assert_eq!(live.number(param::MAXMEMORY_POLICY), 5);
    assert_eq!(live.int(param::TIMEOUT), 7);
    assert!(live.yes(param::LAZYFREE_LAZY_EXPIRE));
    let pairs = [
        ("maxmemory", "1gb"),
        ("maxmemory-policy", "noeviction"),
        ("commandlog-execution-slower-than", "-1"),
        ("lazyfree-lazy-expire", "no"),
        ("client-output-buffer-limit", "pubsub 1kb 2kb 3"),
        ("shutdown-on-sigterm", "now force"),
    ];
    set(&config, &pairs).unwrap();
    assert_eq!(live.size(param::MAXMEMORY), 1 << 30);
    assert_eq!(live.number(param::MAXMEMORY_POLICY), 7);
    assert_eq!(live.int(param::COMMANDLOG_EXECUTION_SLOWER_THAN), -1);
    assert!(!live.yes(param::LAZYFREE_LAZY_EXPIRE));
    assert_eq!(live.number(param::SHUTDOWN_ON_SIGTERM), 12);
    let limit = live.output_limit(ironkeep_config::ClientClass::PubSub);
    assert_eq!((limit.hard, limit.soft, limit.soft_seconds), (1024, 2048, 3));
}
