//! AUTH, HELLO, PING, ECHO, SELECT, RESET, QUIT.

use super::{Call, client, transaction};
use crate::careful::cut;
use crate::conn::flag;
use crate::monitors;
use crate::pubsub;
use crate::server::Server;
use crate::tracking;
use ironkeep_config::param;
use ironkeep_wire::parse_i64;
use std::sync::atomic::Ordering::Relaxed;

/// The version of Redis that is told with `extended-redis-compatibility`.
const REDIS_VERSION: &str = "7.2.4";

/// PING
pub fn ping(call: &mut Call<'_, '_>) {
    let listens = call.conn.is(flag::SUBSCRIBED) && !call.conn.resp3;
    match call.args.len() {
        // Among messages a reply must look like one.
        1 | 2 if listens => {
            let text = call.args.at(1);
            let mut reply = call.reply();
            reply.array_len(2);
            reply.bulk(b"pong");
            reply.bulk(text);
        }
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
        Some(db) if i32::try_from(db).is_err() => {
            call.fail("ERR value is out of range, value must between -2147483648 and 2147483647");
        }
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
    monitors::leave(&call.lane.server, call.conn);
    tracking::leave(&call.lane.server, call.conn);
    pubsub::leave(&call.lane.server, call.conn);
    let known = call.conn.is(flag::KNOWN) || !call.conn.is(flag::LOCKED);
    call.conn.flags &= flag::UNIX | flag::CLOSING | flag::AGAIN;
    call.conn.set(flag::KNOWN, known);
    call.conn.db = 0;
    call.conn.resp3 = false;
    // The library behind the connection stays the same.
    call.conn.info.names.lock().name.clear();
    let locked = needs_password(&call.lane.server);
    call.conn.set(flag::LOCKED, locked);
    *call.conn.info.user.lock() = (!locked).then_some("default");
    call.reply().simple("RESET");
}

/// Whether clients must authenticate.
pub fn needs_password(server: &Server) -> bool {
    !server.config.get(param::REQUIREPASS).bytes().is_empty()
}

/// AUTH
pub fn auth(call: &mut Call<'_, '_>) {
    let (user, pass) = match call.args.len() {
        2 => (&b"default"[..], call.args.at(1)),
        3 => (call.args.at(1), call.args.at(2)),
        _ => return call.fail("ERR syntax error"),
    };
    if call.args.len() == 2 && !needs_password(&call.lane.server) {
        return call.fail(
            "ERR AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        );
    }
    if log_in(call, user, pass) {
        call.reply().ok();
    } else {
        call.fail(WRONG_PASSWORD);
    }
}

const WRONG_PASSWORD: &str = "WRONGPASS invalid username-password pair or user is disabled.";

/// Compares without telling by its duration where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y)) == 0
}

fn log_in(call: &mut Call<'_, '_>, user: &[u8], pass: &[u8]) -> bool {
    let value = call.lane.server.config.get(param::REQUIREPASS);
    let wanted = value.bytes();
    let right = user == b"default" && (wanted.is_empty() || same(wanted, pass));
    if right {
        call.conn.set(flag::LOCKED, false);
        *call.conn.info.user.lock() = Some("default");
    } else {
        call.lane.server.totals.denied.fetch_add(1, Relaxed);
    }
    right
}

/// What HELLO asks for.
#[derive(Default)]
struct Greeting<'a> {
    version: Option<i64>,
    login: Option<(&'a [u8], &'a [u8])>,
    name: Option<&'a [u8]>,
}

/// HELLO
pub fn hello(call: &mut Call<'_, '_>) {
    let greeting = match parse_greeting(call) {
        Ok(greeting) => greeting,
        Err(line) => return call.fail(line),
    };
    if let Some((user, pass)) = greeting.login
        && !log_in(call, user, pass)
    {
        return call.fail(WRONG_PASSWORD);
    }
    if call.conn.is(flag::LOCKED) {
        return call.fail(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH \
             <user> <pass> option can be used to authenticate the client and select the RESP protocol version at \
             the same time",
        );
    }
    if let Some(name) = greeting.name {
        call.conn.info.names.lock().name = name.to_vec();
    }
    if let Some(version) = greeting.version {
        call.conn.resp3 = version == 3;
    }
    introduce(call);
}

fn parse_greeting<'a>(call: &Call<'a, '_>) -> Result<Greeting<'a>, Vec<u8>> {
    let args = call.args;
    let mut greeting = Greeting::default();
    if args.len() > 1 {
        let version = parse_i64(args.at(1));
        greeting.version = Some(version.ok_or("ERR Protocol version is not an integer or out of range")?);
        if !matches!(version, Some(2 | 3)) {
            return Err("NOPROTO unsupported protocol version".into());
        }
    }
    let mut at = 2;
    while at < args.len() {
        let more = args.len() - 1 - at;
        if args.is(at, "auth") && more >= 2 {
            greeting.login = Some((args.at(at + 1), args.at(at + 2)));
            at += 3;
        } else if args.is(at, "setname") && more >= 1 {
            if !client::is_plain(args.at(at + 1)) {
                return Err(client::BAD_NAME.into());
            }
            greeting.name = Some(args.at(at + 1));
            at += 2;
        } else {
            let option = cut(args.at(at), usize::MAX);
            return Err([b"ERR Syntax error in HELLO option '", option, b"'"].concat());
        }
    }
    Ok(greeting)
}

/// Says who we are.
fn introduce(call: &mut Call<'_, '_>) {
    let server = &call.lane.server;
    let zone = server.config.get(param::AVAILABILITY_ZONE);
    let zone = zone.bytes();
    let (name, version) = match server.live.yes(param::EXTENDED_REDIS_COMPATIBILITY) {
        true => ("redis", REDIS_VERSION),
        false => ("valkey", crate::VALKEY_VERSION),
    };
    let (id, proto) = (call.conn.info.id as i64, if call.conn.resp3 { 3 } else { 2 });
    let mut reply = call.reply();
    reply.map_len(7 + usize::from(!zone.is_empty()));
    for (key, value) in [("server", name), ("version", version)] {
        reply.bulk(key.as_bytes());
        reply.bulk(value.as_bytes());
    }
    for (key, value) in [("proto", proto), ("id", id)] {
        reply.bulk(key.as_bytes());
        reply.integer(value);
    }
    for (key, value) in [("mode", "standalone"), ("role", "master")] {
        reply.bulk(key.as_bytes());
        reply.bulk(value.as_bytes());
    }
    reply.bulk(b"modules");
    reply.array_len(0);
    if !zone.is_empty() {
        reply.bulk(b"availability_zone");
        reply.bulk(zone);
    }
}
