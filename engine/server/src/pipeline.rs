//! From bytes to commands: decodes requests, looks ahead so that the waits for memory overlap, runs them in order.
//!
//! Takes the bytes of one connection, gives how many of them were used; replies are in the lane. Must not read or
//! write sockets, but for flushing replies that have grown large.

use crate::ahead::Batch;
use crate::complaints;
use crate::conn::{Conn, flag};
use crate::lane::Request;
use crate::worker::{Close, Worker};
use ironkeep_commands::spec::{self, Found, Shape};
use ironkeep_commands::{Args, OwnedArgs};
use ironkeep_wire::{Decoder, Limits, ProtocolError, Step};

/// Requests that are prefetched together.
pub const BATCH: usize = 32;
/// Places of arguments that a thread keeps room for.
const PLACES: usize = 4096;
/// Replies that wait are sent when they reach this much, though more requests are there.
pub const FLUSH: usize = 64 * 1024;
/// That many bytes of requests may be work for more than one turn.
const MUCH: usize = 4096;

/// What stopped a run through the buffer.
enum Stop {
    /// All complete requests have run.
    Done,
    /// The connection closes or waits, or others are to have their turn: what is left stays.
    Hold,
}

/// What comes after the requests of a batch.
enum Tail {
    /// More requests.
    Full,
    /// Nothing, or an incomplete request.
    End,
    /// An inline request with quotes: its end and its arguments.
    Inline(usize, Vec<Vec<u8>>),
    /// Something that is no request.
    Bad(ProtocolError),
}

impl Worker {
    /// Runs all complete requests at the front of `buffer` and gives how many bytes they were.
    pub(crate) fn run(&mut self, conn: &mut Conn, buffer: &[u8]) -> Result<usize, Close> {
        let mut at = 0;
        conn.want = 1;
        if conn.is(flag::WAITS) {
            return Ok(0);
        }
        if buffer.len() >= MUCH {
            self.turn.expect_much();
        }
        while at < buffer.len() {
            let (used, stop) = self.run_batch(conn, buffer, at)?;
            at = used;
            if let Stop::Hold = stop {
                break;
            }
            if self.is_turn_over(conn) {
                break;
            }
            if self.is_due(conn) {
                self.flush(conn)?;
                if conn.choked {
                    break;
                }
            }
        }
        Ok(at)
    }

    /// Decodes and runs up to a batch of requests from `at` on.
    fn run_batch(&mut self, conn: &mut Conn, buffer: &[u8], at: usize) -> Result<(usize, Stop), Close> {
        let (mut at, mut tail) = (at, Tail::Full);
        let mut places = std::mem::take(&mut self.places);
        let mut batch = std::mem::take(&mut self.batch);
        let locked = conn.is(flag::LOCKED);
        let limits =
            Limits { max_bulk_len: self.lane.rules.max_string, authenticated: !locked, ..Limits::default() };
        // What a client may send can change with every request before it has authenticated.
        let most = if locked { 1 } else { BATCH };
        while batch.len() < most {
            let first = places.len();
            match conn.decoder.decode(&buffer[at..], &mut places, &limits) {
                Ok(Step::Request { end }) => {
                    let args = Args::new(&buffer[at..at + end], &places[first..]);
                    let found = self.recent.find(args);
                    let hash = self.only_key(found, args);
                    let range = (first, places.len() - first);
                    batch.push(Request { start: at, end: at + end, places: range, found, hash });
                    at += end;
                    if at < buffer.len() {
                        continue;
                    }
                    tail = Tail::End;
                }
                Ok(Step::Nothing { end }) => {
                    at += end;
                    if at < buffer.len() {
                        continue;
                    }
                    tail = Tail::End;
                }
                Ok(Step::Inline { end, args }) => tail = Tail::Inline(at + end, args),
                Ok(Step::Incomplete { want }) => {
                    conn.want = want;
                    tail = Tail::End;
                }
                Err(error) => tail = Tail::Bad(error),
            }
            break;
        }
        let ready = Batch { buffer, places: &places, requests: &batch };
        self.lane.look_ahead(conn.db, ready);
        let held = self.run_requests(conn, ready);
        batch.clear();
        places.clear();
        places.shrink_to(PLACES);
        self.batch = batch;
        self.places = places;
        if let Some(left) = held {
            // What comes after it will be decoded again, from its first byte.
            conn.decoder = Decoder::default();
            return Ok(left);
        }
        match tail {
            Tail::Full => Ok((at, Stop::Done)),
            Tail::End => Ok((at, if at < buffer.len() { Stop::Hold } else { Stop::Done })),
            Tail::Inline(end, args) => Ok(self.run_inline(conn, at, end, &args)),
            Tail::Bad(error) => {
                let line = format!("ERR Protocol error: {error}");
                self.lane.server.totals.error(line.as_bytes());
                conn.reply(&mut self.lane.out).error(line);
                complaints::protocol(&self.lane.server, conn, self.lane.now, error, &buffer[at..]);
                conn.set(flag::CLOSING, true);
                Ok((buffer.len(), Stop::Hold))
            }
        }
    }

    /// Runs the requests of a batch; gives the offset of the first that is left, if one is, and how to go on.
    fn run_requests(&mut self, conn: &mut Conn, batch: Batch<'_>) -> Option<(usize, Stop)> {
        for (nth, request) in batch.requests.iter().enumerate() {
            if conn.flags & (flag::CLOSING | flag::WAITS) != 0 {
                return Some((request.start, Stop::Hold));
            }
            self.lane.run(conn, batch.args(request), request.found, request.hash);
            let more = nth + 1 < batch.requests.len();
            if conn.is(flag::WAITS) {
                // A pause: the command has not run. Parked: its answer will come.
                let left = if conn.is(flag::PAUSED) { request.start } else { request.end };
                return Some((left, Stop::Hold));
            }
            if more && self.is_due(conn) {
                // Large replies go out before the next are made: a batch of them would be too much.
                return Some((request.end, Stop::Done));
            }
            if more && self.is_turn_over(conn) {
                return Some((request.end, Stop::Hold));
            }
        }
        conn.is(flag::CLOSING).then_some((batch.buffer.len(), Stop::Hold))
    }

    /// Whether replies are sent though more requests are there. Where they have a limit it is that of all of them: who
    /// asks for more at once gets nothing.
    #[inline]
    fn is_due(&self, conn: &Conn) -> bool {
        let waiting = self.lane.out.len();
        waiting >= FLUSH && waiting as u64 >= self.lane.server.live.output_limit(conn.info.class()).hard
    }

    /// Whether others have their turn though more requests are there. Not where replies have a limit: then those to all
    /// that was read count together.
    #[inline]
    fn is_turn_over(&mut self, conn: &Conn) -> bool {
        self.turn.ends(self.lane.tick) && self.lane.server.live.output_limit(conn.info.class()).hard == 0
    }

    fn run_inline(&mut self, conn: &mut Conn, start: usize, end: usize, args: &[Vec<u8>]) -> (usize, Stop) {
        let owned = OwnedArgs::collect(args.iter().map(Vec::as_slice));
        let args = owned.args();
        let found = spec::find(&args);
        self.lane.run(conn, args, found, None);
        match conn.flags & (flag::CLOSING | flag::WAITS) {
            0 => (end, Stop::Done),
            _ if conn.is(flag::PAUSED) => (start, Stop::Hold),
            _ => (end, Stop::Hold),
        }
    }

    /// The hash of the only key of a command that has one.
    #[inline(always)]
    fn only_key(&self, found: Found, args: Args<'_>) -> Option<u64> {
        let Found::Spec(spec) = found else { return None };
        let Shape::One(at) = spec.key_shape() else { return None };
        if usize::from(at) >= args.len() {
            return None;
        }
        let space = &self.lane.server.space;
        let hash = space.hasher().hash(args.at(at.into()));
        space.prefetch((hash & 255) as u16);
        Some(hash)
    }

    /// Works out where the first request of a connection will look.
    pub(crate) fn first_hash(&mut self, buffer: &[u8]) -> Option<u64> {
        self.places.clear();
        let step = Decoder::default().decode(buffer, &mut self.places, &Limits::default());
        let Ok(Step::Request { .. }) = step else { return None };
        let places = std::mem::take(&mut self.places);
        let args = Args::new(buffer, &places);
        let found = self.recent.find(args);
        let hash = self.only_key(found, args);
        self.places = places;
        self.places.clear();
        hash
    }
}
