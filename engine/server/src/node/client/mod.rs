//! CLIENT: what a connection tells about itself, and how it wants to be treated.
//!
//! Commands on several clients are in `list.rs`, pauses in `pausing.rs`.

mod filter;
mod help;
mod list;
mod pausing;
mod tracking;

pub use help::help;
pub use list::{info, kill, list};
pub use pausing::{pause, unpause};
pub use tracking::{caching, getredir, tracking, trackinginfo};

use super::Call;
use crate::conn::flag;
use ironkeep_config::param;
use ironkeep_wire::parse_i64;

/// What a client is told whose name is not plain.
pub const BAD_NAME: &str = "ERR Client names cannot contain spaces, newlines or special characters.";

/// Whether a text may stand in a line of CLIENT LIST.
pub fn is_plain(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_graphic)
}

/// CLIENT ID
pub fn id(call: &mut Call<'_, '_>) {
    let id = call.conn.info.id as i64;
    call.reply().integer(id);
}

/// CLIENT SETNAME name
pub fn setname(call: &mut Call<'_, '_>) {
    let name = call.args.at(2);
    if !is_plain(name) {
        return call.fail(BAD_NAME);
    }
    call.conn.info.names.lock().name = name.to_vec();
    call.reply().ok();
}

/// CLIENT GETNAME
pub fn getname(call: &mut Call<'_, '_>) {
    let name = call.conn.info.names.lock().name.clone();
    match name.is_empty() {
        true => call.reply().null(),
        false => call.reply().bulk(&name),
    }
}

/// CLIENT SETINFO LIB-NAME|LIB-VER text
pub fn setinfo(call: &mut Call<'_, '_>) {
    let (attribute, text) = (String::from_utf8_lossy(call.args.at(2)), call.args.at(3));
    let is_name = call.args.is(2, "lib-name");
    if !is_name && !call.args.is(2, "lib-ver") {
        return call.fail(format!("ERR Unrecognized option '{attribute}'"));
    }
    if !is_plain(text) {
        return call.fail(format!("ERR {attribute} cannot contain spaces, newlines or special characters."));
    }
    {
        let mut names = call.conn.info.names.lock();
        let place = if is_name { &mut names.lib_name } else { &mut names.lib_ver };
        *place = text.to_vec();
    }
    call.reply().ok();
}

/// CLIENT CAPA capability ...; those that nobody knows are no fault.
pub fn capa(call: &mut Call<'_, '_>) {
    if (2..call.args.len()).any(|at| call.args.is(at, "redirect")) {
        call.conn.info.names.lock().redirect = true;
    }
    call.reply().ok();
}

/// CLIENT REPLY ON|OFF|SKIP; what these flags do, `careful.rs` knows.
pub fn reply(call: &mut Call<'_, '_>) {
    if call.args.is(2, "on") {
        call.conn.set(flag::SILENT | flag::SKIP | flag::SKIP_NEXT, false);
        call.reply().ok();
    } else if call.args.is(2, "off") {
        call.conn.set(flag::SILENT, true);
    } else if call.args.is(2, "skip") {
        let silent = call.conn.is(flag::SILENT);
        call.conn.set(flag::SKIP_NEXT, !silent);
    } else {
        call.fail("ERR syntax error");
    }
}

/// CLIENT NO-EVICT ON|OFF
pub fn no_evict(call: &mut Call<'_, '_>) {
    switch(call, flag::NO_EVICT);
}

/// CLIENT NO-TOUCH ON|OFF
pub fn no_touch(call: &mut Call<'_, '_>) {
    switch(call, flag::NO_TOUCH);
}

/// CLIENT IMPORT-SOURCE ON|OFF
pub fn import_source(call: &mut Call<'_, '_>) {
    if !call.lane.server.live.yes(param::IMPORT_MODE) && !call.args.is(2, "off") {
        return call.fail("ERR Server is not in import mode");
    }
    switch(call, flag::IMPORT_SOURCE);
}

fn switch(call: &mut Call<'_, '_>, flag: u32) {
    let on = call.args.is(2, "on");
    if !on && !call.args.is(2, "off") {
        return call.fail("ERR syntax error");
    }
    call.conn.set(flag, on);
    call.reply().ok();
}

/// CLIENT UNBLOCK id [TIMEOUT|ERROR]; who waits for the end of a pause is not meant.
pub fn unblock(call: &mut Call<'_, '_>) {
    if call.args.len() > 4 {
        return call.fail("ERR wrong number of arguments for 'client|unblock' command");
    }
    let with_error = call.args.len() == 4 && call.args.is(3, "error");
    if call.args.len() == 4 && !with_error && !call.args.is(3, "timeout") {
        return call.fail("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    let Some(id) = parse_i64(call.args.at(2)) else {
        return call.fail("ERR value is not an integer or out of range");
    };
    let info = u64::try_from(id).ok().and_then(|id| call.lane.server.clients.get(id));
    let woken = info.is_some_and(|info| info.unblock(with_error));
    call.reply().integer(woken.into());
}
