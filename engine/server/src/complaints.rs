//! What the log says when a client is closed for what it did: words and levels of Valkey.

use crate::client_line::{Names, line};
use crate::conn::Conn;
use crate::log::{Level, wants};
use crate::server::Server;
use crate::{repr, verbose, warning};
use ironkeep_config::param;
use ironkeep_wire::ProtocolError;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Bytes of a request that are shown.
const SAMPLE: usize = 128;
/// The first bytes of a query buffer that are shown.
const FIRST: usize = 64;
/// Seconds between two warnings of an attack.
const ATTACK_PAUSE: i64 = 60;

fn names(server: &Server) -> Names {
    if server.live.yes(param::HIDE_USER_DATA_FROM_LOG) { Names::Hidden } else { Names::Shown }
}

fn describe(server: &Server, conn: &Conn, now: i64) -> String {
    conn.publish(now);
    line(&conn.info, now, 0, names(server))
}

/// The client has closed its end.
pub fn gone(server: &Server, conn: &Conn, now: i64) {
    if wants(Level::Verbose) {
        verbose!("Client closed connection {}", describe(server, conn, now));
    }
}

/// More bytes wait to be run than are allowed.
pub fn query_limit(server: &Server, conn: &Conn, now: i64) {
    let client = describe(server, conn, now);
    if names(server) == Names::Hidden {
        return warning!("Closing client that reached max query buffer length: {client}");
    }
    let mut first = Vec::new();
    repr::append(&mut first, &conn.input[..conn.input.len().min(FIRST)]);
    let first = String::from_utf8_lossy(&first);
    warning!("Closing client that reached max query buffer length: {client} (qbuf initial bytes: {first})");
}

/// More bytes wait to be sent than are allowed, or for too long. `swept` when nothing was written just now.
pub fn output_limit(server: &Server, conn: &Conn, now: i64, swept: bool) {
    let what = if swept { "closed" } else { "scheduled to be closed ASAP" };
    warning!("Client {} {what} for overcoming of output buffer limits.", describe(server, conn, now));
}

/// What a client sent is no request; `rest` is what has not been understood.
pub fn protocol(server: &Server, conn: &Conn, now: i64, error: ProtocolError, rest: &[u8]) {
    if !wants(Level::Verbose) {
        return;
    }
    let client = describe(server, conn, now);
    let sample = if names(server) == Names::Hidden { "*redacted*".to_owned() } else { sample(rest) };
    verbose!("Protocol error ({}) from client: {client}. Query buffer: {sample}", error.log_text());
}

fn sample(rest: &[u8]) -> String {
    let print = |bytes: &[u8]| -> String {
        bytes.iter().map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' }).collect()
    };
    if rest.len() < SAMPLE {
        return format!("'{}'", print(rest));
    }
    let half = SAMPLE / 2;
    let (head, tail) = (print(&rest[..half]), print(&rest[rest.len() - half..]));
    format!("'{head}' (... more {} bytes ...) '{tail}'", rest.len() - SAMPLE)
}

/// Somebody makes a browser speak to this port: warns once a minute.
pub fn attack(conn: &Conn, now: i64) {
    static LAST: AtomicI64 = AtomicI64::new(i64::MIN / 2);
    let seconds = now / 1000;
    if (seconds - LAST.load(Relaxed)).abs() <= ATTACK_PAUSE {
        return;
    }
    LAST.store(seconds, Relaxed);
    warning!(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Ironkeep, \
         which is what cross protocol scripting does. Connection from {} aborted.",
        conn.info.addr
    );
}
