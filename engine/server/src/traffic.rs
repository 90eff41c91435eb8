//! Bytes between sockets and requests: reading, writing, and the limits of both.
//!
//! A connection that has nothing unfinished reads into the thread's buffers and keeps none of its own.

use crate::conn::{Conn, flag};
use crate::pipeline::FLUSH;
use crate::sys::socket;
use crate::worker::{Close, Worker};
use crate::{complaints, timeouts};
use std::io;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes read at once from a socket.
pub const READ: usize = 32 * 1024;
/// Reads in a row for one connection before others get their turn.
const TURNS: usize = 8;
/// A client that does not read its replies is not read from while more than this waits for it.
const CHOKE: usize = 64 * 1024 * 1024;

/// What a read gave.
pub enum Got {
    /// So many bytes.
    Bytes(usize),
    /// Nothing for now.
    Nothing,
}

impl Worker {
    /// Whether requests of the connection may be left that had no time to run.
    fn is_stopped(&self, conn: &Conn) -> bool {
        !conn.input.is_empty() && self.turn.is_over()
    }

    /// Reads once into a buffer of the thread.
    pub(crate) fn receive(&self, conn: &mut Conn, buffer: &mut [u8]) -> Result<Got, Close> {
        let count = socket::receive(conn.fd(), buffer);
        self.received(conn, count)
    }

    fn received(&self, conn: &mut Conn, count: io::Result<usize>) -> Result<Got, Close> {
        match count {
            Ok(0) => {
                complaints::gone(&self.lane.server, conn, self.lane.now);
                Err(Close::Gone)
            }
            Ok(count) => {
                self.lane.stats.input.add(count as u64);
                self.lane.stats.reads.add(1);
                conn.bytes_in += count as u64;
                Ok(Got::Bytes(count))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Got::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs what was read into a buffer of the thread, then, if that was `full`, whatever else the socket has.
    pub(crate) fn answer(&mut self, conn: &mut Conn, bytes: &[u8], full: bool) -> Result<(), Close> {
        if conn.input.is_empty() {
            let used = self.run(conn, bytes)?;
            conn.input.extend_from_slice(&bytes[used..]);
        } else {
            add(conn, bytes);
            self.run_own(conn)?;
        }
        self.finish(conn)?;
        if full || self.is_stopped(conn) { self.read_on(conn) } else { Ok(()) }
    }

    /// Reads and runs until the socket is empty; gives others their turn after a while.
    pub(crate) fn read_on(&mut self, conn: &mut Conn) -> Result<(), Close> {
        for _ in 0..TURNS {
            if conn.choked {
                // Going on is up to the one who unchokes.
                return Ok(());
            }
            if self.turn.is_over() {
                break;
            }
            make_room(conn);
            let room = conn.input.capacity() - conn.input.len();
            let count = socket::receive_into(conn.fd(), &mut conn.input);
            let count = match self.received(conn, count)? {
                Got::Bytes(count) => count,
                Got::Nothing => {
                    if conn.input.is_empty() {
                        conn.input = Vec::new();
                    }
                    return Ok(());
                }
            };
            if self.weighs {
                self.weigh_growing(conn)?;
            }
            self.run_own(conn)?;
            self.finish(conn)?;
            if count < room && !self.is_stopped(conn) {
                return Ok(());
            }
        }
        if !conn.is(flag::AGAIN) {
            debug_assert!(!self.again.contains(&conn.info.token), "twice would be two turns at a time");
            conn.set(flag::AGAIN, true);
            self.again.push(conn.info.token);
        }
        Ok(())
    }

    /// Runs what a connection had to leave waiting, then what its socket holds.
    pub(crate) fn run_waiting(&mut self, conn: &mut Conn) -> Result<(), Close> {
        self.run_own(conn)?;
        self.finish(conn)?;
        self.read_on(conn)
    }

    /// Sends what waits, now that there is room; goes on with a client that had stopped reading.
    pub(crate) fn write_on(&mut self, conn: &mut Conn) -> Result<(), Close> {
        self.flush(conn)?;
        if conn.choked && conn.pending() < CHOKE / 2 {
            conn.choked = false;
            return self.run_waiting(conn);
        }
        Ok(())
    }

    /// Runs the requests in the connection's own buffer. One that is too large must not slip through because its last
    /// part came in one piece: the limit is looked at before.
    fn run_own(&mut self, conn: &mut Conn) -> Result<(), Close> {
        self.check_sent(conn)?;
        let mut input = std::mem::take(&mut conn.input);
        let used = self.run(conn, &input)?;
        if used == input.len() {
            // An idle connection keeps no buffer.
            return Ok(());
        }
        input.drain(..used);
        if input.capacity() > 4 * READ && input.len() + conn.want < input.capacity() / 4 {
            input.shrink_to(input.len() + conn.want);
        }
        conn.input = input;
        Ok(())
    }

    /// Sends what can be sent and checks the limits, once the requests have run.
    pub(crate) fn finish(&mut self, conn: &mut Conn) -> Result<(), Close> {
        self.check_sent(conn)?;
        self.flush(conn)
    }

    /// Closes a client whose unfinished request is larger than a client may send.
    fn check_sent(&self, conn: &Conn) -> Result<(), Close> {
        let server = &self.lane.server;
        if timeouts::sent_too_much(server, conn) {
            server.totals.query_limit.fetch_add(1, Relaxed);
            complaints::query_limit(server, conn, self.lane.now);
            return Err(Close::Gone);
        }
        Ok(())
    }

    /// Writes the replies, and keeps what the socket has no room for.
    pub(crate) fn flush(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let mut sent = 0;
        // Who gets its reply can count on it that all who want to know of the change are being told.
        self.lane.tell_gathered();
        if conn.is(flag::CHANGED) {
            conn.set(flag::CHANGED, false);
            conn.publish(self.lane.now);
        }
        if self.lane.out.len() > timeouts::SMALL || self.lane.turn.cut {
            self.check_limits(conn, self.lane.out.len())?;
        }
        if conn.pending() == 0 && !self.lane.out.is_empty() {
            sent = self.write(conn, 0)?;
        }
        if sent < self.lane.out.len() {
            conn.output.push(&self.lane.out[sent..]);
        }
        self.lane.out.clear();
        if self.lane.out.capacity() > 4 * FLUSH {
            self.lane.out.shrink_to(FLUSH);
        }
        if conn.pending() == 0 {
            return Ok(());
        }
        self.drain(conn)?;
        conn.choked |= conn.pending() > CHOKE;
        self.check_limits(conn, 0)?;
        if self.weighs { self.weigh_growing(conn) } else { Ok(()) }
    }

    fn write(&mut self, conn: &mut Conn, from: usize) -> Result<usize, Close> {
        match socket::send(conn.fd(), &self.lane.out[from..]) {
            Ok(count) => {
                self.count_output(conn, count);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    fn count_output(&self, conn: &mut Conn, count: usize) {
        self.lane.stats.output.add(count as u64);
        self.lane.stats.writes.add(1);
        conn.bytes_out += count as u64;
    }

    /// Writes replies that had to wait.
    fn drain(&mut self, conn: &mut Conn) -> Result<(), Close> {
        while conn.pending() > 0 {
            match socket::send(conn.fd(), conn.output.front()) {
                Ok(count) => {
                    conn.output.advance(count);
                    self.count_output(conn, count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Closes a client whose replies, with so many `fresh` bytes, wait for too long or are too many, or were cut off
    /// because they would be.
    fn check_limits(&mut self, conn: &mut Conn, fresh: usize) -> Result<(), Close> {
        let (server, now) = (&self.lane.server, self.lane.now);
        let cut = std::mem::take(&mut self.lane.turn.cut);
        if timeouts::is_over_limit(server, conn, conn.pending() + fresh, now) || cut {
            server.totals.output_limit.fetch_add(1, Relaxed);
            complaints::output_limit(server, conn, now, false);
            self.lane.out.clear();
            self.lane.out.shrink_to(FLUSH);
            return Err(Close::Gone);
        }
        Ok(())
    }
}

/// Adds bytes to those that wait, with room for more as in `make_room`, but of what is known to come a part at a time.
fn add(conn: &mut Conn, bytes: &[u8]) {
    if conn.input.capacity() - conn.input.len() < bytes.len() {
        let part = conn.input.len() / 16;
        let ahead = if conn.want > 1 { part.min(conn.want) } else { part };
        conn.input.reserve_exact(bytes.len().max(ahead));
    }
    conn.input.extend_from_slice(bytes);
}

/// Makes room for what comes: as much as is known to come or, when that isn't known, a part of what is there, so that
/// it is not copied too often. Not the double: that would count as memory of the client.
fn make_room(conn: &mut Conn) {
    let known = conn.want > 1;
    let needed = if known { conn.want } else { READ / 2 };
    if conn.input.capacity() - conn.input.len() < needed {
        conn.input.reserve_exact(if known { needed } else { needed.max(conn.input.len() / 16) });
    }
}
