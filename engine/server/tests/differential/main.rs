//! Random commands to our server and to a real Valkey: every reply must be the same, byte for byte.
//!
//! Three clients take turns on few keys in few databases. The commands come from templates and are spoiled now and
//! then: words left out, doubled, swapped, replaced. What cannot be equal (the order of KEYS, times to live) is
//! compared as far as it goes. At the end the data are compared.
//!
//! `IRONKEEP_SEED` and `IRONKEEP_DIFF_COMMANDS` in the environment make other and longer runs; with `IRONKEEP_DIFF_MINUTES`
//! (`make differential`) it is time that ends them.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

mod commands;
mod compare;
mod duel;
mod encoding;
#[path = "../rig/mod.rs"]
mod rig;
mod sorted_sets;
mod spoil;
mod steps;
mod stream_times;
mod streams;

use duel::Duel;
use ironkeep_commands::spec::{Run, TABLE};
use rig::number_from_environment;
use std::time::{Duration, Instant};

/// What both servers are told. Lists become quicklists by their length with one protocol, by their size with the other.
fn options(protocol: u8) -> [&'static str; 10] {
    let most_in_list = if protocol == 2 { "7" } else { "-1" };
    [
        "--proto-max-bulk-len",
        "1mb",
        "--enable-debug-command",
        "yes",
        "--loglevel",
        "notice",
        "--list-max-listpack-size",
        most_in_list,
        // Nodes of few entries, so that trimming by whole nodes has some.
        "--stream-node-max-entries",
        "5",
    ]
}

const COMMANDS: u64 = 300_000;
/// Commands that take seconds, and answer OK whatever the data.
const TOO_SLOW: &[&str] = &["PFSELFTEST"];

#[test]
fn answers_like_valkey_in_resp2() {
    compare_with_valkey(2, 20_240_902);
}

#[test]
fn answers_like_valkey_in_resp3() {
    compare_with_valkey(3, 20_240_903);
}

/// A data command that the templates do not know would never be compared.
#[test]
fn knows_all_data_commands() {
    let known = commands::names();
    let missing: Vec<_> = TABLE
        .iter()
        .filter(|spec| matches!(spec.run, Run::Data(_)))
        .map(|spec| spec.full_name.to_uppercase().replace('|', " "))
        .filter(|name| !known.contains(name) && !TOO_SLOW.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "commands that are never compared: {missing:?}");
}

fn compare_with_valkey(protocol: u8, seed: u64) {
    let seed = number_from_environment("IRONKEEP_SEED", seed);
    let minutes = number_from_environment("IRONKEEP_DIFF_MINUTES", 0);
    let most = if minutes > 0 { u64::MAX } else { COMMANDS };
    let commands = number_from_environment("IRONKEEP_DIFF_COMMANDS", most);
    let Some(mut duel) = Duel::new(protocol, seed, &options(protocol)) else { return };
    eprintln!("RESP{protocol}: IRONKEEP_SEED={seed}");
    let began = now();
    let is_time = || minutes > 0 && now() - began >= Duration::from_secs(60 * minutes);
    while duel.commands < commands && !is_time() && !duel.has_enough() {
        duel.step();
    }
    duel.compare_data();
    eprintln!("RESP{protocol}: {} commands", duel.commands);
    duel.report();
}

#[allow(clippy::disallowed_methods, reason = "how long it goes on is for who runs it to say")]
fn now() -> Instant {
    Instant::now()
}
