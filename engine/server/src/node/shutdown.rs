//! SHUTDOWN, and the signals that ask for the same.

use super::Call;
use crate::control::Order;
use crate::server::Server;
use crate::{notice, warning};
use ironkeep_config::Param;

/// The bits of `shutdown-on-sigterm` and `shutdown-on-sigint`.
mod want {
    pub const SAVE: u32 = 1;
    pub const NOSAVE: u32 = 2;
    pub const NOW: u32 = 4;
    pub const FORCE: u32 = 8;
    pub const SAFE: u32 = 16;
    pub const FAILOVER: u32 = 32;
}

const NO_SAVING: &str = "saving is not built into this version of Ironkeep: nothing was saved. Use SHUTDOWN NOSAVE to end without";

/// SHUTDOWN
pub fn shutdown(call: &mut Call<'_, '_>) {
    let Some((flags, abort)) = parse(call) else { return call.fail("ERR syntax error") };
    if flags & want::FAILOVER != 0 {
        return call.fail("ERR SHUTDOWN FAILOVER is only supported in cluster mode.");
    }
    if abort {
        return call.fail("ERR No shutdown in progress.");
    }
    if flags & want::SAVE != 0 && flags & want::FORCE == 0 {
        return call.fail(format!("ERR {NO_SAVING}"));
    }
    notice!("User requested shutdown... (user request from '{}')", call.conn.info.addr);
    // There is no reply: the connection ends with the server.
    call.lane.server.order(Order::Shutdown);
}

/// The flags, and whether ABORT is among them; none when they contradict each other.
fn parse(call: &Call<'_, '_>) -> Option<(u32, bool)> {
    let (mut flags, mut abort) = (0, false);
    for word in call.args.iter().skip(1) {
        flags |= match word.to_ascii_lowercase().as_slice() {
            b"save" => want::SAVE,
            b"nosave" => want::NOSAVE,
            b"now" => want::NOW,
            b"force" => want::FORCE,
            b"safe" => want::SAFE,
            b"failover" => want::FAILOVER,
            b"abort" => {
                abort = true;
                0
            }
            _ => return None,
        };
    }
    let both = want::SAVE | want::NOSAVE;
    (!(abort && flags != 0) && flags & both != both).then_some((flags, abort))
}

/// What a signal asks for; says whether the server is to end.
pub fn on_signal(server: &Server, signal: &str, settings: Param) -> bool {
    notice!("Received {signal} scheduling shutdown...");
    let flags = server.live.number(settings);
    if flags & want::SAVE != 0 && flags & want::FORCE == 0 {
        warning!("{signal} received but {} asks for saving, and {NO_SAVING}.", settings.name());
        return false;
    }
    notice!("User requested shutdown...");
    true
}
