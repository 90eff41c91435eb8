//! One I/O thread: waits for its sockets, reads, has requests run, writes replies.
//!
//! All that one connection sent is answered with one write. Must not run commands itself: [`Lane`] does.

use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::lane::{Lane, Request};
use crate::mailbox::{Mailbox, Message, Stream};
use crate::node::transaction::stop_watching;
use crate::server::Server;
use crate::stats::LaneStats;
use crate::sys::epoll::{Event, Poll};
use crate::sys::socket;
use ironkeep_commands::spec::{self, Found, Shape};
use ironkeep_commands::{Args, OwnedArgs};
use ironkeep_config::{ClientClass, param};
use ironkeep_keyspace::space::Held;
use ironkeep_wire::{Arg, Limits, ProtocolError, Step};
use parking_lot::Mutex;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes read at once from a socket that has no request pending.
const READ: usize = 64 * 1024;
/// Requests that are prefetched together.
const BATCH: usize = 32;
/// Replies that wait are sent when they reach this much, though more requests are there.
const FLUSH: usize = 256 * 1024;
/// A client that does not read its replies is not read from while more than this waits for it.
const CHOKE: usize = 64 * 1024 * 1024;
const MAILBOX: u64 = u64::MAX;

/// An I/O thread.
pub struct Worker {
    lane: Lane,
    poll: Poll,
    mailbox: Arc<Mailbox>,
    index: usize,
    conns: Vec<Option<Box<Conn>>>,
    free: Vec<u32>,
    input: Vec<u8>,
    places: Vec<Arg>,
    batch: Vec<Request>,
    stopping: bool,
}

/// Why a connection ends.
enum Close {
    /// The client is gone, or said goodbye.
    Gone,
    /// Something of the above, to be logged.
    Failed(io::Error),
}

impl From<io::Error> for Close {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What stopped a run through the buffer.
enum Stop {
    /// All complete requests have run.
    Done,
    /// The connection closes or waits: what is left stays.
    Hold,
}

impl Worker {
    /// A worker for the I/O thread number `index`.
    pub fn new(
        server: Arc<Server>,
        stats: Arc<LaneStats>,
        mailbox: Arc<Mailbox>,
        index: usize,
        seed: u64,
    ) -> io::Result<Self> {
        let poll = Poll::new(256)?;
        poll.add(mailbox.fd(), MAILBOX)?;
        Ok(Self {
            lane: Lane::new(server, stats, seed),
            poll,
            mailbox,
            index,
            conns: Vec::new(),
            free: Vec::new(),
            input: vec![0; READ],
            places: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            stopping: false,
        })
    }

    /// Serves until it is told to stop.
    pub fn serve(mut self) -> io::Result<()> {
        while !self.stopping {
            let count = self.poll.wait(-1)?;
            self.lane.begin();
            for nth in 0..count {
                let event = self.poll.event(nth);
                if event.token == MAILBOX {
                    self.read_mail();
                } else {
                    self.serve_event(event);
                }
            }
            self.lane.end();
        }
        Ok(())
    }

    fn read_mail(&mut self) {
        for message in self.mailbox.take() {
            match message {
                Message::Accept(stream) => self.accept(stream),
                Message::Close { id, token } => self.with(token, id, |_, _| Err(Close::Gone)),
                Message::Push { id, token, bytes } => self.with(token, id, |worker, conn| {
                    conn.output.extend_from_slice(&bytes);
                    worker.flush(conn)
                }),
                Message::Resume => self.resume_all(),
                Message::Stop => self.stopping = true,
            }
        }
    }

    /// Does something with a connection if it is still the one that is meant.
    fn with(&mut self, token: u64, id: u64, work: impl FnOnce(&mut Self, &mut Conn) -> Result<(), Close>) {
        let Some(mut conn) = self.conns.get_mut(token as usize).and_then(Option::take) else { return };
        let result = if conn.info.id == id { work(self, &mut conn) } else { Ok(()) };
        self.put_back(token, conn, result);
    }

    fn put_back(&mut self, token: u64, mut conn: Box<Conn>, result: Result<(), Close>) {
        if let Err(Close::Failed(error)) = &result {
            crate::verbose!("Reading from or writing to client: {error}");
        }
        if result.is_ok() && !(conn.is(flag::CLOSING) && conn.pending() == 0) {
            conn.publish(self.lane.now);
            self.conns[token as usize] = Some(conn);
            return;
        }
        stop_watching(&mut Held::none(&self.lane.server.space), &mut conn);
        self.lane.server.clients.remove(conn.info.id);
        self.lane.server.lanes()[self.index].load.fetch_sub(1, Relaxed);
        self.free.push(token as u32);
    }

    fn accept(&mut self, stream: Stream) {
        let token = self.free.pop().unwrap_or(self.conns.len() as u32);
        let server = &self.lane.server;
        let unix = matches!(stream, Stream::Unix(_));
        let locked = !server.config.get(param::REQUIREPASS).bytes().is_empty();
        let info = Arc::new(describe(server, &stream, &self.mailbox, u64::from(token), self.lane.now, locked));
        let flags = if locked { flag::LOCKED } else { 0 } | if unix { flag::UNIX } else { 0 };
        let conn = Box::new(Conn::new(stream, Arc::clone(&info), flags));
        if self.poll.add(conn.fd(), u64::from(token)).is_err() {
            server.lanes()[self.index].load.fetch_sub(1, Relaxed);
            self.free.push(token);
            return;
        }
        conn.publish(self.lane.now);
        server.clients.add(info);
        if token as usize == self.conns.len() {
            self.conns.push(Some(conn));
        } else {
            self.conns[token as usize] = Some(conn);
        }
    }

    fn serve_event(&mut self, event: Event) {
        // The connection may have been closed by an earlier event of the same wake-up.
        let Some(mut conn) = self.conns.get_mut(event.token as usize).and_then(Option::take) else { return };
        let mut result = Ok(());
        if event.writable {
            result = self.flush(&mut conn);
            if result.is_ok() && conn.choked && conn.pending() < CHOKE / 2 {
                conn.choked = false;
                result = self.run_waiting(&mut conn);
            }
        }
        if event.readable && result.is_ok() {
            result = if conn.choked && !event.broken { Ok(()) } else { self.read(&mut conn) };
        }
        self.put_back(event.token, conn, result);
    }

    fn resume_all(&mut self) {
        for token in 0..self.conns.len() {
            let paused = |conn: &Option<Box<Conn>>| conn.as_ref().is_some_and(|c| c.is(flag::PAUSED));
            if paused(&self.conns[token])
                && let Some(mut conn) = self.conns[token].take()
            {
                conn.set(flag::PAUSED, false);
                let result = self.run_waiting(&mut conn);
                self.put_back(token as u64, conn, result);
            }
        }
    }

    /// Reads once, and runs what is complete.
    fn read(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let fresh = conn.input.is_empty();
        let count = if fresh {
            socket::read(conn.fd(), &mut self.input)
        } else {
            conn.input.reserve(conn.want.max(READ / 4));
            socket::read_into(conn.fd(), &mut conn.input)
        };
        let count = match count {
            Ok(0) => return Err(Close::Gone),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.lane.stats.input.add(count as u64);
        self.lane.stats.reads.add(1);
        conn.bytes_in += count as u64;
        if fresh {
            let input = std::mem::take(&mut self.input);
            let used = self.run(conn, &input[..count]);
            if let Ok(used) = used {
                conn.input.extend_from_slice(&input[used..count]);
            }
            self.input = input;
            used?;
        } else {
            self.run_own(conn)?;
        }
        self.finish(conn)
    }

    /// Runs what a connection had to leave waiting.
    fn run_waiting(&mut self, conn: &mut Conn) -> Result<(), Close> {
        self.run_own(conn)?;
        self.finish(conn)
    }

    /// Runs the requests in the connection's own buffer.
    fn run_own(&mut self, conn: &mut Conn) -> Result<(), Close> {
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
    fn finish(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let limit = self.lane.server.live.size(param::CLIENT_QUERY_BUFFER_LIMIT);
        if conn.input.len() as u64 > limit {
            self.lane.server.totals.query_limit.fetch_add(1, Relaxed);
            return Err(Close::Gone);
        }
        self.flush(conn)
    }

    /// Runs all complete requests at the front of `buffer` and gives how many bytes they were.
    fn run(&mut self, conn: &mut Conn, buffer: &[u8]) -> Result<usize, Close> {
        let mut at = 0;
        conn.want = 1;
        while at < buffer.len() {
            let (used, stop) = self.run_batch(conn, buffer, at)?;
            at = used;
            if let Stop::Hold = stop {
                break;
            }
            if self.lane.out.len() >= FLUSH {
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
        let limits = Limits {
            max_bulk_len: self.lane.rules.max_string,
            authenticated: !locked,
            ..Limits::default()
        };
        // What a client may send can change with every request before it has authenticated.
        let most = if locked { 1 } else { BATCH };
        while batch.len() < most {
            let first = places.len();
            match conn.decoder.decode(&buffer[at..], &mut places, &limits) {
                Ok(Step::Request { end }) => {
                    let args = Args::new(&buffer[at..at + end], &places[first..]);
                    let found = spec::find(&args);
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
        if batch.len() > 1 {
            self.lane.prefetch(conn, &batch);
        }
        let held = self.run_requests(conn, buffer, &places, &batch);
        batch.clear();
        places.clear();
        self.batch = batch;
        self.places = places;
        if let Some(from) = held {
            return Ok((from, Stop::Hold));
        }
        match tail {
            Tail::Full => Ok((at, Stop::Done)),
            Tail::End => Ok((at, if at < buffer.len() { Stop::Hold } else { Stop::Done })),
            Tail::Inline(end, args) => Ok(self.run_inline(conn, at, end, &args)),
            Tail::Bad(error) => {
                let line = format!("ERR Protocol error: {error}");
                conn.reply(&mut self.lane.out).error(line);
                conn.set(flag::CLOSING, true);
                Ok((buffer.len(), Stop::Hold))
            }
        }
    }

    /// Runs the requests of a batch; gives the offset of the first that must wait, if one must.
    fn run_requests(&mut self, conn: &mut Conn, buffer: &[u8], places: &[Arg], batch: &[Request]) -> Option<usize> {
        for request in batch {
            if conn.flags & (flag::CLOSING | flag::PAUSED) != 0 {
                return Some(request.start);
            }
            let (first, count) = request.places;
            let args = Args::new(&buffer[request.start..request.end], &places[first..first + count]);
            self.lane.run(conn, args, request.found, request.hash);
            if conn.is(flag::PAUSED) {
                // The command was told to wait: it has not run.
                return Some(request.start);
            }
        }
        self.lane.stats.processed.add(batch.len() as u64);
        conn.is(flag::CLOSING).then_some(buffer.len())
    }

    fn run_inline(&mut self, conn: &mut Conn, start: usize, end: usize, args: &[Vec<u8>]) -> (usize, Stop) {
        let owned = OwnedArgs::collect(args.iter().map(Vec::as_slice));
        let args = owned.args();
        let found = spec::find(&args);
        self.lane.run(conn, args, found, None);
        match conn.flags & (flag::CLOSING | flag::PAUSED) {
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

    /// Writes the replies, and keeps what the socket has no room for.
    fn flush(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let mut sent = 0;
        if conn.pending() == 0 && !self.lane.out.is_empty() {
            sent = self.write(conn, 0)?;
        }
        if sent < self.lane.out.len() {
            conn.output.extend_from_slice(&self.lane.out[sent..]);
        }
        self.lane.out.clear();
        if self.lane.out.capacity() > 16 * FLUSH {
            self.lane.out.shrink_to(FLUSH);
        }
        if conn.pending() == 0 && !conn.awaits_room {
            return Ok(());
        }
        self.drain(conn)?;
        self.wait_for_room(conn)?;
        self.check_limits(conn)
    }

    fn write(&mut self, conn: &mut Conn, from: usize) -> Result<usize, Close> {
        match socket::write(conn.fd(), &self.lane.out[from..]) {
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
            match socket::write(conn.fd(), &conn.output[conn.sent..]) {
                Ok(count) => {
                    conn.sent += count;
                    self.count_output(conn, count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        if conn.pending() == 0 {
            conn.output = Vec::new();
            conn.sent = 0;
        } else if conn.sent > conn.output.len() / 2 {
            conn.output.drain(..conn.sent);
            conn.sent = 0;
        }
        Ok(())
    }

    fn wait_for_room(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let awaits = conn.pending() > 0;
        let choked = conn.choked || conn.pending() > CHOKE;
        if awaits != conn.awaits_room || choked != conn.choked {
            self.poll.change(conn.fd(), conn.info.token, !choked, awaits)?;
            conn.awaits_room = awaits;
            conn.choked = choked;
        }
        Ok(())
    }

    /// Closes a client whose replies wait for too long or are too many.
    fn check_limits(&mut self, conn: &mut Conn) -> Result<(), Close> {
        let limit = self.lane.server.live.output_limit(ClientClass::Normal);
        let pending = conn.pending() as u64;
        let mut over = limit.hard != 0 && pending > limit.hard;
        if limit.soft != 0 && pending > limit.soft {
            let since = *conn.soft_since.get_or_insert(self.lane.now);
            over |= self.lane.now - since >= limit.soft_seconds.saturating_mul(1000) as i64;
        } else {
            conn.soft_since = None;
        }
        if over {
            self.lane.server.totals.output_limit.fetch_add(1, Relaxed);
            return Err(Close::Gone);
        }
        Ok(())
    }
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

fn describe(
    server: &Server,
    stream: &Stream,
    mailbox: &Arc<Mailbox>,
    token: u64,
    now: i64,
    locked: bool,
) -> ClientInfo {
    use std::os::fd::AsRawFd;
    let none = || "?:0".to_owned();
    let (fd, addr, laddr) = match stream {
        Stream::Tcp(tcp) => (
            tcp.as_raw_fd(),
            tcp.peer_addr().map_or_else(|_| none(), |a| a.to_string()),
            tcp.local_addr().map_or_else(|_| none(), |a| a.to_string()),
        ),
        Stream::Unix(unix) => {
            let path = server.config.get(param::UNIXSOCKET).string().into_owned();
            (unix.as_raw_fd(), format!("{path}:0"), format!("{path}:0"))
        }
    };
    ClientInfo {
        id: server.clients.next_id(),
        fd,
        addr,
        laddr,
        unix: matches!(stream, Stream::Unix(_)),
        created: now,
        mailbox: Arc::clone(mailbox),
        token,
        names: Mutex::default(),
        user: Mutex::new((!locked).then_some("default")),
        active: now.into(),
        db: 0.into(),
        flags: 0.into(),
        queued: (-1).into(),
        watched: 0.into(),
        resp: 2.into(),
        input: 0.into(),
        input_room: 0.into(),
        output: 0.into(),
        queue_size: 0.into(),
        command: 0.into(),
        total_in: 0.into(),
        total_out: 0.into(),
        total_commands: 0.into(),
        killed: false.into(),
    }
}
