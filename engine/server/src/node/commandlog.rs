//! COMMANDLOG, and SLOWLOG, which is its list of slow commands.

use super::Call;
use crate::commandlog::Reason;
use ironkeep_commands::help;
use ironkeep_wire::parse_i64;

const WRONG_TYPE: &str = "ERR type should be one of the following: slow, large-request, large-reply";
const WRONG_COUNT: &str = "ERR count should be greater than or equal to -1";

/// COMMANDLOG GET
pub fn get(call: &mut Call<'_, '_>) {
    let Some(count) = count(call.args.at(2)) else { return call.fail(WRONG_COUNT) };
    if let Some(reason) = reason(call, 3) {
        show(call, reason, count);
    }
}

/// COMMANDLOG LEN
pub fn len(call: &mut Call<'_, '_>) {
    if let Some(reason) = reason(call, 2) {
        let len = call.lane.server.figures.commandlog.len(reason);
        call.reply().integer(len as i64);
    }
}

/// COMMANDLOG RESET
pub fn reset(call: &mut Call<'_, '_>) {
    if let Some(reason) = reason(call, 2) {
        call.lane.server.figures.commandlog.reset(reason);
        call.reply().ok();
    }
}

/// SLOWLOG GET
pub fn slowlog_get(call: &mut Call<'_, '_>) {
    let count = match call.args.len() {
        2 => Some(10),
        3 => count(call.args.at(2)),
        _ => {
            let sub = String::from_utf8_lossy(call.args.at(1)).into_owned();
            return call.fail(format!(
                "ERR unknown subcommand or wrong number of arguments for '{sub}'. Try SLOWLOG HELP."
            ));
        }
    };
    match count {
        Some(count) => show(call, Reason::Slow, count),
        None => call.fail(WRONG_COUNT),
    }
}

/// SLOWLOG LEN
pub fn slowlog_len(call: &mut Call<'_, '_>) {
    let len = call.lane.server.figures.commandlog.len(Reason::Slow);
    call.reply().integer(len as i64);
}

/// SLOWLOG RESET
pub fn slowlog_reset(call: &mut Call<'_, '_>) {
    call.lane.server.figures.commandlog.reset(Reason::Slow);
    call.reply().ok();
}

/// A number of entries; -1 stands for all.
fn count(text: &[u8]) -> Option<usize> {
    match parse_i64(text)? {
        -1 => Some(usize::MAX),
        count => usize::try_from(count).ok(),
    }
}

/// The list that an argument names; replies when it names none.
fn reason(call: &mut Call<'_, '_>, at: usize) -> Option<Reason> {
    let reason = Reason::named(call.args.at(at));
    if reason.is_none() {
        call.fail(WRONG_TYPE);
    }
    reason
}

fn show(call: &mut Call<'_, '_>, reason: Reason, count: usize) {
    let entries = call.lane.server.figures.commandlog.newest(reason, count);
    let mut reply = call.reply();
    reply.array_len(entries.len());
    for entry in entries {
        let record = &entry.record;
        reply.array_len(6);
        reply.integer(entry.id);
        reply.integer(record.seconds);
        reply.integer(entry.value);
        reply.array_len(record.args.len());
        record.args.iter().for_each(|arg| reply.bulk(arg));
        reply.bulk(record.addr.as_bytes());
        reply.bulk(&record.name);
    }
}

/// COMMANDLOG HELP
pub fn help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "COMMANDLOG",
        &[
            "GET <count> <type>",
            "    Show the latest <count> entries of this <type> (-1 means all): slow,",
            "    large-request or large-reply. An entry has",
            "    id, time, microseconds (slow) or bytes (the others),",
            "    arguments, address of the client, name of the client",
            "LEN <type>",
            "    Count the entries of this type.",
            "RESET <type>",
            "    Forget the entries of this type.",
        ],
    );
}

/// SLOWLOG HELP
pub fn slowlog_help(call: &mut Call<'_, '_>) {
    help::reply(
        &mut call.reply(),
        "SLOWLOG",
        &[
            "GET [<count>]",
            "    Show the latest <count> slow commands (default: 10, -1 means all). An entry has",
            "    id, time, microseconds, arguments, address of the client, name of the client",
            "LEN",
            "    Count the entries.",
            "RESET",
            "    Forget the entries.",
        ],
    );
}
