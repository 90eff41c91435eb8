//! WAIT and WAITAOF: waiting until writes are on replicas and on disk.
//!
//! There are no replicas and there is no append-only file yet: nobody ever confirms anything, and who asks for more
//! than nothing waits until the time is over.

use super::Call;
use crate::blocked;
use crate::conn::flag;
use ironkeep_wire::{Reply, parse_i64};

const NOT_INTEGER: &str = "ERR value is not an integer or out of range";

/// WAIT numreplicas timeout
pub fn wait(call: &mut Call<'_, '_>) {
    let wanted = parse_i64(call.args.at(1)).ok_or(NOT_INTEGER);
    match wanted.and_then(|replicas| Ok((replicas, deadline(call.args.at(2), call.lane.now)?))) {
        Err(line) => call.fail(line),
        Ok((..=0, _)) => call.reply().integer(0),
        Ok(_) if call.conn.is(flag::IN_EXEC) => call.reply().integer(0),
        Ok((_, deadline)) => blocked::park(call.conn, call.args, deadline),
    }
}

/// WAITAOF numlocal numreplicas timeout
pub fn wait_aof(call: &mut Call<'_, '_>) {
    match parse_aof(call) {
        Err(line) => call.fail(line),
        Ok((1.., _, _)) => {
            call.fail("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
        }
        Ok((_, 0, _)) => reply_aof(&mut call.reply()),
        Ok(_) if call.conn.is(flag::IN_EXEC) => reply_aof(&mut call.reply()),
        Ok((_, _, deadline)) => blocked::park(call.conn, call.args, deadline),
    }
}

/// Files of this server, and of replicas, that have the writes of a client.
pub fn reply_aof(reply: &mut Reply<'_>) {
    reply.array_len(2);
    reply.integer(0);
    reply.integer(0);
}

fn parse_aof(call: &Call<'_, '_>) -> Result<(i64, i64, i64), &'static str> {
    let local = parse_i64(call.args.at(1)).ok_or(NOT_INTEGER)?;
    if !(0..=1).contains(&local) {
        return Err("ERR value is out of range, value must between 0 and 1");
    }
    let replicas = parse_i64(call.args.at(2)).filter(|replicas| *replicas >= 0);
    let replicas = replicas.ok_or("ERR value is out of range, must be positive")?;
    Ok((local, replicas, deadline(call.args.at(3), call.lane.now)?))
}

/// When so many milliseconds will have passed; zero stays zero: never.
fn deadline(text: &[u8], now: i64) -> Result<i64, &'static str> {
    match parse_i64(text) {
        None => Err("ERR timeout is not an integer or out of range"),
        Some(..0) => Err("ERR timeout is negative"),
        Some(0) => Ok(0),
        Some(time) => now.checked_add(time).ok_or("ERR timeout is out of range"),
    }
}
