//! DEBUG: looking into the server and disturbing it, for tests.
//!
//! Allowed by `enable-debug-command` only. Sub-commands about parts that are not built say so.

mod digest;
mod looks;
mod populate;
mod protocol;
mod sha1;

use super::Call;
use super::config::is_local;
use crate::conn::Conn;
use crate::server::Server;
use crate::warning;
use ironkeep_commands::help;
use ironkeep_config::{param, parse_memory};
use ironkeep_keyspace::space::Held;
use ironkeep_values::{glob, list};
use ironkeep_wire::parse_i64;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// The longest DEBUG SLEEP, in seconds.
const LONGEST_SLEEP: f64 = 3600.0;

const NOT_ALLOWED: &str = "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", \
you can run it from a local connection, otherwise you need to set this option in the configuration file, and then \
restart the server.";

/// Why a client may not use DEBUG; none if it may.
pub fn refusal(server: &Server, conn: &Conn) -> Option<&'static str> {
    let allowed = match server.config.get(param::ENABLE_DEBUG_COMMAND).choice() {
        "yes" => true,
        "local" => is_local(conn),
        _ => false,
    };
    (!allowed).then_some(NOT_ALLOWED)
}

type Function = fn(&mut Call<'_, '_>);

/// The sub-commands: their names, the fewest and the most arguments after the name, what they do.
const SUBS: [(&str, usize, usize, Function); 19] = [
    ("config-rewrite-force-all", 0, 0, rewrite_all),
    ("digest", 0, 0, digest::all),
    ("digest-value", 0, usize::MAX, digest::values),
    ("error", 1, 1, error),
    ("help", 0, 0, help),
    ("htstats", 1, 2, looks::tables),
    ("htstats-key", 1, 2, looks::table_of_key),
    ("log", 1, 1, log),
    ("object", 1, 2, looks::object),
    ("pause-cron", 1, 1, |call| switch(call, |server| &server.figures.cron_paused)),
    ("populate", 1, 3, populate::populate),
    ("protocol", 1, 1, protocol::protocol),
    ("quicklist-packed-threshold", 1, 1, keep_apart),
    ("replybuffer", 2, 2, reply_buffer),
    ("sdslen", 1, 1, looks::string_length),
    ("set-active-expire", 1, 1, |call| switch(call, |server| &server.figures.active_expire)),
    ("sleep", 1, 1, sleep),
    ("stringmatch-len", 2, 2, string_match),
    ("structsize", 0, 0, looks::struct_sizes),
];

/// Sub-commands of Valkey whose subject is not built, or that would do nothing here.
const UNBUILT: [&str; 33] = [
    "aof-flush-sleep",
    "assert",
    "change-repl-id",
    "client-enforce-reply-list",
    "client-eviction",
    "close-cluster-link-on-packet-drop",
    "crash-and-recover",
    "delay-rdb-client-free-second",
    "dict-resizing",
    "disable-cluster-random-ping",
    "disable-cluster-reconnection",
    "drop-cluster-packet-filter",
    "force-free-primary-async",
    "force-tls-write-error",
    "hashtable-can-abort-shrink",
    "leak",
    "listpack",
    "loadaof",
    "mallctl",
    "mallctl-str",
    "oom",
    "panic",
    "pause-after-fork",
    "protect-client",
    "quicklist",
    "reload",
    "replicate",
    "restart",
    "segfault",
    "set-disable-deny-scripts",
    "set-skip-checksum-validation",
    "slotmigration",
    "stringmatch-test",
];

/// DEBUG
pub fn debug(call: &mut Call<'_, '_>) {
    let name = call.args.at(1).to_ascii_lowercase();
    let count = call.args.len() - 2;
    let known = SUBS.iter().find(|(known, ..)| known.as_bytes() == name);
    match known {
        Some((_, fewest, most, function)) if (*fewest..=*most).contains(&count) => function(call),
        None if UNBUILT.iter().any(|known| known.as_bytes() == name) => unbuilt(call),
        _ => {
            let name = String::from_utf8_lossy(call.args.at(1)).into_owned();
            call.fail(format!(
                "ERR unknown subcommand or wrong number of arguments for '{name}'. Try DEBUG HELP."
            ));
        }
    }
}

fn unbuilt(call: &mut Call<'_, '_>) {
    let name = String::from_utf8_lossy(call.args.at(1)).to_uppercase();
    call.fail(format!("ERR DEBUG {name} is not built into this version of Ironkeep"));
}

/// Sets what is on for any number but zero, as the C function `atoi` reads numbers.
fn switch(call: &mut Call<'_, '_>, of: fn(&Server) -> &AtomicBool) {
    let on = parse_i64(call.args.at(2)).is_some_and(|number| number != 0);
    of(&call.lane.server).store(on, Relaxed);
    call.reply().ok();
}

/// DEBUG SLEEP: keeps everybody from the data, as a server of one thread would.
#[allow(clippy::disallowed_methods)] // sleeping is what is asked for
fn sleep(call: &mut Call<'_, '_>) {
    let text = String::from_utf8_lossy(call.args.at(2));
    let seconds = text.trim().parse::<f64>().unwrap_or(0.0).clamp(0.0, LONGEST_SLEEP);
    let server = std::sync::Arc::clone(&call.lane.server);
    let held = call.held.is_none().then(|| Held::all(&server.space));
    std::thread::sleep(Duration::from_secs_f64(if seconds.is_nan() { 0.0 } else { seconds }));
    drop(held);
    call.reply().ok();
}

/// DEBUG QUICKLIST-PACKED-THRESHOLD: short elements of lists lie alone, as otherwise only those too large for others.
fn keep_apart(call: &mut Call<'_, '_>) {
    // What Valkey allows; nothing above a listpack makes a difference.
    const MOST: u64 = (1 << 32) - (1 << 20);
    match parse_memory(call.args.at(2)).and_then(|bytes| u64::try_from(bytes).ok()) {
        Some(bytes @ ..=MOST) => {
            list::keep_apart(bytes as usize);
            call.reply().ok();
        }
        _ => call.fail("ERR argument must be a memory value bigger than 1 and smaller than 4gb"),
    }
}

/// DEBUG REPLYBUFFER RESIZING: what it turns off in Valkey, a resizing of idle buffers in time, never happens here:
/// a buffer of replies is there while they wait. Its other settings have no meaning here at all.
fn reply_buffer(call: &mut Call<'_, '_>) {
    if call.args.is(2, "resizing") { call.reply().ok() } else { unbuilt(call) }
}

fn log(call: &mut Call<'_, '_>) {
    warning!("DEBUG LOG: {}", String::from_utf8_lossy(call.args.at(2)));
    call.reply().ok();
}

fn error(call: &mut Call<'_, '_>) {
    let text = call.args.at(2);
    call.fail(text);
}

fn string_match(call: &mut Call<'_, '_>) {
    let matches = glob::matches(call.args.at(2), call.args.at(3), false);
    call.reply().integer(i64::from(matches));
}

fn rewrite_all(call: &mut Call<'_, '_>) {
    match call.lane.server.config.rewrite(true) {
        Ok(()) => call.reply().ok(),
        Err(error) => call.fail(format!("ERR CONFIG-REWRITE-FORCE-ALL failed: {error}")),
    }
}

fn help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "DEBUG",
        &[
            "CONFIG-REWRITE-FORCE-ALL",
            "    Like CONFIG REWRITE, but writes also what has its default.",
            "DIGEST",
            "    Show a hash over all keys of all databases.",
            "DIGEST-VALUE <key> [<key> ...]",
            "    Show a hash over each of these values.",
            "ERROR <string>",
            "    Reply with <string> as an error.",
            "HTSTATS <dbid> [full]",
            "    Show figures of the tables of a database.",
            "HTSTATS-KEY <key> [full]",
            "    Show figures of the table that is the value of <key>.",
            "LOG <message>",
            "    Write <message> to the log of the server.",
            "OBJECT <key> [fast]",
            "    Show how the value of <key> is kept.",
            "PAUSE-CRON <0|1>",
            "    Stop what happens periodically.",
            "POPULATE <count> [<prefix>] [<size>]",
            "    Create <count> strings named <prefix>:<number> (default: key). They are not",
            "    replicated.",
            "PROTOCOL <type>",
            "    Reply with a value of this type: string, integer, double, bignum, null, array,",
            "    set, map, attrib, push, verbatim, true, false.",
            "QUICKLIST-PACKED-THRESHOLD <size>",
            "    Keep elements of lists that are about so long or longer apart from others; with 0",
            "    only those that are too large for others.",
            "SDSLEN <key>",
            "    Show the lengths of <key> and of its string.",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    With 0, keys that have expired are removed only when somebody asks for them.",
            "SLEEP <seconds>",
            "    Keep everybody from the data for so long. Decimals are allowed.",
            "STRINGMATCH-LEN <pattern> <string>",
            "    Say whether <string> matches <pattern>.",
            "STRUCTSIZE",
            "    Show the sizes of some structures.",
        ],
    );
}
