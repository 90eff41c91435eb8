//! AUTH, HELLO, PING, ECHO, SELECT, RESET, QUIT.

use super::{Call, transaction};
use crate::conn::flag;
use ironkeep_config::param;
use ironkeep_wire::parse_i64;

/// PING
pub fn ping(call: &mut Call<'_, '_>) {
    match call.args.len() {
        1 => call.reply().simple("PONG"),
        2 => {
            let text = call.args.at(1);
            call.reply().bulk(text);
        }
        _ => call.fail("ERR wrong number of arguments for 'ping' command"),
    }
}

/// ECHO
pub fn echo(call: &mut Call<'_, '_>) {
    let text = call.args.at(1);
    call.reply().bulk(text);
}

/// QUIT
pub fn quit(call: &mut Call<'_, '_>) {
    call.conn.set(flag::CLOSING, true);
    call.reply().ok();
}

/// SELECT
pub fn select(call: &mut Call<'_, '_>) {
    match parse_i64(call.args.at(1)) {
        None => call.fail("ERR value is not an integer or out of range"),
        Some(db) if (0..i64::from(call.lane.server.space.databases())).contains(&db) => {
            call.conn.db = db as u32;
            call.reply().ok();
        }
        Some(_) => call.fail("ERR DB index is out of range"),
    }
}

/// RESET
pub fn reset(call: &mut Call<'_, '_>) {
    transaction::abandon(call);
    let kept = call.conn.flags & (flag::UNIX | flag::CLOSING);
    call.conn.flags = kept;
    call.conn.db = 0;
    call.conn.resp3 = false;
    *call.conn.info.names.lock() = Default::default();
    let locked = !password(call).is_empty();
    call.conn.set(flag::LOCKED, locked);
    *call.conn.info.user.lock() = (!locked).then_some("default");
    call.reply().simple("RESET");
}

fn password(call: &Call<'_, '_>) -> Vec<u8> {
    call.lane.server.config.get(param::REQUIREPASS).bytes().to_vec()
}

/// AUTH
pub fn auth(call: &mut Call<'_, '_>) {
    let (user, pass) = match call.args.len() {
        2 => (&b"default"[..], call.args.at(1)),
        3 => (call.args.at(1), call.args.at(2)),
        _ => return call.fail("ERR syntax error"),
    };
    if call.args.len() == 2 && password(call).is_empty() {
        return call.fail(
            "ERR AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        );
    }
    if log_in(call, user, pass) {
        call.reply().ok();
    } else {
        call.fail("WRONGPASS invalid username-password pair or user is disabled.");
    }
}

/// Compares without telling by its duration where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y)) == 0
}

fn log_in(call: &mut Call<'_, '_>, user: &[u8], pass: &[u8]) -> bool {
    let wanted = password(call);
    let right = user == b"default" && (wanted.is_empty() || same(&wanted, pass));
    if right {
        call.conn.set(flag::LOCKED, false);
        *call.conn.info.user.lock() = Some("default");
    } else {
        call.lane.server.totals.denied.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    right
}

/// HELLO
pub fn hello(call: &mut Call<'_, '_>) {
    call.fail("ERR this command is not built yet");
}
