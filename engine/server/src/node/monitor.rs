//! MONITOR: shows every command to those who watch, once it has run.
//!
//! Must not show passwords, nor commands of administrators.

use super::Call;
use crate::commandlog::is_secret;
use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::server::gate;
use crate::sys::clock;
use crate::{monitors, repr};
use ironkeep_commands::Args;
use ironkeep_commands::spec::{Flags, Spec};
use ironkeep_config::param;
use std::sync::atomic::Ordering::Relaxed;

/// MONITOR
pub fn monitor(call: &mut Call<'_, '_>) {
    if call.conn.is(flag::IN_EXEC) {
        return call.fail("ERR MONITOR isn't allowed for DENY BLOCKING client");
    }
    // Who watches already gets no reply.
    if !call.conn.is(flag::MONITOR) {
        monitors::join(&call.lane.server, call.conn);
        call.reply().ok();
    }
}

/// Shows a command to those who watch.
pub fn feed(lane: &mut Lane, conn: &Conn, spec: &Spec, args: Args<'_>) {
    let hidden = spec.flags.has(Flags::SKIP_MONITOR) || spec.flags.has(Flags::ADMIN);
    if lane.server.gates.load(Relaxed) & gate::MONITOR != 0 && !hidden {
        let client = if conn.is(flag::UNIX) {
            format!("unix:{}", lane.server.config.get(param::UNIXSOCKET).string())
        } else {
            conn.info.addr.clone()
        };
        lane.server.monitors.send(&line(clock::wall_us(), conn.db, &client, spec, args).into());
    }
}

fn line(now_us: i64, db: u32, client: &str, spec: &Spec, args: Args<'_>) -> Vec<u8> {
    let (seconds, micros) = (now_us / 1_000_000, now_us % 1_000_000);
    let mut line = format!("+{seconds}.{micros:06} [{db} {client}]").into_bytes();
    for (at, arg) in args.iter().enumerate() {
        line.push(b' ');
        repr::append(&mut line, if is_secret(spec, args, at) { b"(redacted)" } else { arg });
    }
    line.extend_from_slice(b"\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_commands::OwnedArgs;
    use ironkeep_commands::spec::by_full_name;

    fn shown(words: &[&str]) -> String {
        let owned = OwnedArgs::collect(words.iter().map(|word| word.as_bytes()));
        let spec = by_full_name(words[0].as_bytes()).unwrap();
        String::from_utf8(line(1_339_518_083_107_412, 2, "127.0.0.1:60866", spec, owned.args())).unwrap()
    }

    #[test]
    fn shows_time_database_address_and_arguments() {
        assert_eq!(shown(&["keys", "*\n"]), "+1339518083.107412 [2 127.0.0.1:60866] \"keys\" \"*\\n\"\r\n");
    }

    #[test]
    fn hides_passwords() {
        assert!(shown(&["auth", "me", "secret"]).ends_with("\"auth\" \"(redacted)\" \"(redacted)\"\r\n"));
        assert!(
            shown(&["hello", "3", "AUTH", "u", "p", "setname", "n"])
                .ends_with("\"3\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"setname\" \"n\"\r\n")
        );
    }
}
