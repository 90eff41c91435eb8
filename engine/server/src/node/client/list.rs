//! CLIENT INFO, LIST and KILL: commands that look at clients, of any thread.

use super::filter::Filter;
use crate::client_line::{Names, line};
use crate::clients::ClientInfo;
use crate::conn::flag;
use crate::node::Call;
use std::sync::Arc;

/// CLIENT INFO
pub fn info(call: &mut Call<'_, '_>) {
    call.conn.publish(call.lane.now);
    let info = Arc::clone(&call.conn.info);
    let text = lines(call, &[info]);
    call.reply().verbatim(*b"txt", text.as_bytes());
}

/// CLIENT LIST [filter ...]
pub fn list(call: &mut Call<'_, '_>) {
    let filter = match call.args.len() {
        2 => Ok(Filter::default()),
        3 => Err("ERR syntax error".to_owned()),
        _ => Filter::parse(call, false),
    };
    match filter {
        Err(line) => call.fail(line),
        Ok(filter) => {
            let found = matching(call, &filter);
            let text = lines(call, &found);
            call.reply().verbatim(*b"txt", text.as_bytes());
        }
    }
}

/// CLIENT KILL address, or filter ...
pub fn kill(call: &mut Call<'_, '_>) {
    let by_address = call.args.len() == 3;
    let filter = if by_address {
        // With the old form one can kill oneself.
        Ok(Filter::address(call.args.at(2)))
    } else {
        Filter::parse(call, true)
    };
    let filter = match filter {
        Ok(filter) => filter,
        Err(line) => return call.fail(line),
    };
    let found = matching(call, &filter);
    match (by_address, found.len()) {
        (true, 0) => call.fail("ERR No such client"),
        (true, _) => call.reply().ok(),
        (false, count) => call.reply().integer(count as i64),
    }
    for info in found {
        if info.id == call.conn.info.id {
            call.conn.set(flag::CLOSING, true);
        } else {
            call.lane.server.clients.kill(&info);
        }
    }
}

/// The clients that a filter fits, the oldest first.
fn matching(call: &Call<'_, '_>, filter: &Filter<'_>) -> Vec<Arc<ClientInfo>> {
    call.conn.publish(call.lane.now);
    let mut all = call.lane.server.clients.list();
    all.retain(|info| filter.fits(info, call.conn.info.id, call.lane.now));
    all
}

/// A line for each client. Of the one that asks it is known what its command's arguments take.
fn lines(call: &Call<'_, '_>, clients: &[Arc<ClientInfo>]) -> String {
    let own: usize = call.args.iter().map(<[u8]>::len).sum();
    let mut text = String::new();
    for info in clients {
        let args = if info.id == call.conn.info.id { own } else { 0 };
        text.push_str(&line(info, call.lane.now, args, Names::Shown));
        text.push('\n');
    }
    text
}
