//! CLIENT PAUSE and UNPAUSE.

use super::Call;
use crate::conn::flag;
use crate::pause::Scope;
use ironkeep_keyspace::space::Held;
use ironkeep_wire::parse_i64;
use std::sync::Arc;

/// CLIENT PAUSE milliseconds [WRITE|ALL]
pub fn pause(call: &mut Call<'_, '_>) {
    let scope = match call.args.len() {
        3 => Scope::All,
        4 if call.args.is(3, "all") => Scope::All,
        4 if call.args.is(3, "write") => Scope::Write,
        4 => return call.fail("ERR CLIENT PAUSE mode must be WRITE or ALL"),
        _ => Scope::All,
    };
    match end(call.args.at(2), call.lane.now) {
        Err(line) => call.fail(line),
        Ok(end) => {
            let server = Arc::clone(&call.lane.server);
            server.pause.begin(&server, scope, end, call.lane.now);
            // Who runs a command now has finished it when every partition was free once. A transaction holds some.
            if !call.conn.is(flag::IN_EXEC) {
                drop(Held::all(&server.space));
            }
            call.reply().ok();
        }
    }
}

/// When so many milliseconds will have passed.
fn end(text: &[u8], now: i64) -> Result<i64, &'static str> {
    match parse_i64(text) {
        None => Err("ERR timeout is not an integer or out of range"),
        Some(..0) => Err("ERR timeout is negative"),
        Some(time) => now.checked_add(time).ok_or("ERR timeout is out of range"),
    }
}

/// CLIENT UNPAUSE
pub fn unpause(call: &mut Call<'_, '_>) {
    let server = Arc::clone(&call.lane.server);
    server.pause.end(&server);
    call.reply().ok();
}
