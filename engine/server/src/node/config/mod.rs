//! CONFIG GET, SET, REWRITE, RESETSTAT and HELP.

mod apply;

use super::Call;
use crate::conn::{Conn, flag};
use crate::{notice, warning};
use ironkeep_commands::help;
use ironkeep_config::Setter;
use ironkeep_values::glob;
use std::net::{IpAddr, SocketAddr};

/// Whether a client is on this machine.
pub fn is_local(conn: &Conn) -> bool {
    conn.is(flag::UNIX)
        || conn.info.addr.parse::<SocketAddr>().is_ok_and(|addr| match addr.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()),
        })
}

/// CONFIG GET
pub fn get(call: &mut Call<'_, '_>) {
    let patterns: Vec<&[u8]> = call.args.iter().skip(2).collect();
    let matches = |pattern: &[u8], name: &str| glob::matches(pattern, name.as_bytes(), true);
    let found = call.lane.server.config.list(&patterns, &matches);
    let mut reply = call.reply();
    reply.map_len(found.len());
    for (name, value) in found {
        reply.bulk(name.as_bytes());
        reply.bulk(&value);
    }
}

/// CONFIG SET
pub fn set(call: &mut Call<'_, '_>) {
    let words: Vec<&[u8]> = call.args.iter().skip(2).collect();
    if !words.len().is_multiple_of(2) {
        return call.fail("ERR syntax error");
    }
    let pairs: Vec<(&[u8], &[u8])> = words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let server = std::sync::Arc::clone(&call.lane.server);
    let setter = Setter { local: is_local(call.conn), loading: false };
    let result = server.config.set(&pairs, setter, &mut |changes| apply::apply(&server, changes));
    // The commands that come after this one in the same wake-up are to see it.
    call.lane.refresh();
    match result {
        Ok(applied) => {
            applied.warnings.iter().for_each(|line| warning!("{line}"));
            call.reply().ok();
        }
        Err(error) => call.fail(error.to_string()),
    }
}

/// CONFIG REWRITE
pub fn rewrite(call: &mut Call<'_, '_>) {
    match call.lane.server.config.rewrite(false) {
        Ok(()) => {
            notice!("CONFIG REWRITE executed with success.");
            call.reply().ok();
        }
        Err(error) => {
            warning!("CONFIG REWRITE failed: {error}");
            call.fail(error.to_string());
        }
    }
}

/// CONFIG RESETSTAT
pub fn resetstat(call: &mut Call<'_, '_>) {
    let server = &call.lane.server;
    server.lanes().for_each(|lane| lane.stats.reset());
    server.totals.reset();
    server.bin.freeing.freed.store(0, std::sync::atomic::Ordering::Relaxed);
    server.figures.reset();
    call.lane.turn.counts = Default::default();
    call.reply().ok();
}

/// CONFIG HELP
pub fn help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "CONFIG",
        &[
            "GET <pattern> [<pattern> ...]",
            "    Show the parameters whose names match, with their values.",
            "SET <parameter> <value> [<parameter> <value> ...]",
            "    Set parameters: all of them, or none.",
            "RESETSTAT",
            "    Begin the statistics of INFO anew.",
            "REWRITE",
            "    Bring the configuration file up to date.",
        ],
    );
}
