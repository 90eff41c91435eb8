//! One I/O thread: waits for its sockets, and has what came in read (`traffic`), run (`pipeline`) and answered.
//!
//! Sockets that are ready together are read from together, and the keys of their requests loaded together. All
//! that one connection sent is answered with one write. Must not run commands itself: [`Lane`] does.

use crate::blocked::Alarms;
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::lane::{Lane, Request};
use crate::lanes::LaneHandle;
use crate::mailbox::{Home, Mailbox, Message, Stream};
use crate::node::transaction::stop_watching;
use crate::pipeline::BATCH;
use crate::pubsub;
use crate::recent::Recent;
use crate::server::Server;
use crate::share::Share;
use crate::sys::area::Area;
use crate::sys::epoll::{Event, Poll};
use crate::tracking::{Flight, Tracker};
use crate::traffic::{Got, READ};
use crate::{complaints, monitors, timeouts, tracking};
use ironkeep_config::param;
use ironkeep_keyspace::space::Held;
use ironkeep_wire::Arg;
use parking_lot::Mutex;
use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

/// Connections that are read from before the first of them is answered.
const GROUP: usize = 16;
/// First requests longer than this are not looked at ahead: what they cost lies elsewhere.
const SHORT: usize = 512;
const MAILBOX: u64 = u64::MAX;

/// An I/O thread.
pub struct Worker {
    pub(crate) lane: Lane,
    pub(crate) poll: Poll,
    /// This thread, as others see it.
    pub(crate) me: Arc<LaneHandle>,
    pub(crate) conns: Vec<Option<Box<Conn>>>,
    /// Messages that were taken while a connection was moved.
    pub(crate) post: Vec<Message>,
    /// Connections that may have more to run or to read though no event will say so.
    pub(crate) again: Vec<u64>,
    /// The turn of the connection that is served.
    pub(crate) turn: Share,
    /// Room for one read of each connection of a group.
    arena: Area,
    arrived: Vec<(Event, Result<Got, Close>)>,
    pub(crate) places: Vec<Arg>,
    pub(crate) batch: Vec<Request>,
    /// The commands that were looked up last.
    pub(crate) recent: Recent,
    /// Messages that are in outputs and have not been written.
    flights: Vec<Flight>,
    /// When clients that wait have waited long enough.
    pub(crate) alarms: Alarms,
    /// What the connections weigh, while there is a limit.
    pub(crate) weight: usize,
    pub(crate) weighs: bool,
    /// Whether clients of this thread may have been closed for their weight.
    pub(crate) doomed: bool,
    stopping: bool,
    sharing: bool,
    leaving: bool,
}

/// Why a connection ends.
pub(crate) enum Close {
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

impl Worker {
    /// A worker for an I/O thread.
    pub fn new(server: Arc<Server>, me: Arc<LaneHandle>, seed: u64) -> io::Result<Self> {
        let poll = Poll::new(256)?;
        poll.add(me.mailbox.fd(), MAILBOX)?;
        Ok(Self {
            lane: Lane::new(server, Arc::clone(&me.stats), seed),
            poll,
            me,
            conns: Vec::new(),
            post: Vec::new(),
            again: Vec::new(),
            turn: Share::default(),
            arena: Area::new(GROUP * READ)?,
            arrived: Vec::with_capacity(GROUP),
            places: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            recent: Recent::default(),
            flights: Vec::new(),
            alarms: Alarms::default(),
            weight: 0,
            weighs: false,
            doomed: false,
            stopping: false,
            sharing: false,
            leaving: false,
        })
    }

    /// Serves until it is told to stop.
    pub fn serve(mut self) -> io::Result<()> {
        while !self.stopping {
            let busy = self.leaving || !self.again.is_empty() || !self.post.is_empty();
            let count = self.poll.wait(if busy { 0 } else { self.alarms.patience() })?;
            self.lane.begin();
            self.turn.begin(self.lane.tick);
            if self.lane.settings.weigh != self.weighs {
                self.follow_limit();
            }
            self.ring();
            self.serve_again();
            for first in (0..count).step_by(GROUP) {
                self.serve_group(first..count.min(first + GROUP));
            }
            self.lane.end();
            if self.weighs {
                self.show_weight();
            }
            if self.sharing || self.leaving || !self.post.is_empty() {
                self.move_on();
            }
            self.lane.tell_gathered();
        }
        Ok(())
    }

    pub(crate) fn read_mail(&mut self) {
        let mut pushed = Vec::new();
        let mut mail = std::mem::take(&mut self.post);
        mail.extend(self.me.mailbox.take());
        for message in mail {
            self.follow(message, &mut pushed);
        }
        // All that was pushed to a client goes out with one write.
        pushed.sort_unstable();
        pushed.dedup();
        for (token, id) in pushed {
            self.with(token, id, Self::flush);
        }
        self.flights.clear();
    }

    /// Does what a message says; notes to whom something was pushed.
    fn follow(&mut self, message: Message, pushed: &mut Vec<(u64, u64)>) {
        match message {
            Message::Accept(stream) => self.accept(stream),
            Message::Close { id, token } => self.with(token, id, |_, _| Err(Close::Gone)),
            Message::Push { id, token, bytes } => {
                self.with(token, id, |_, conn| {
                    conn.output.push(&bytes);
                    Ok(())
                });
                pushed.push((token, id));
            }
            Message::Tell { id, token, notice, flight } => {
                self.with(token, id, |worker, conn| {
                    conn.info.tracker.arrived(notice.size());
                    let mut text = Vec::new();
                    notice.write(conn.resp3, conn.is(flag::SUBSCRIBED), &mut text);
                    conn.output.push(&text);
                    if conn.pending() < timeouts::SMALL { Ok(()) } else { worker.flush(conn) }
                });
                pushed.push((token, id));
                self.flights.push(flight);
            }
            Message::Overflow { id, token } => self.with(token, id, |worker, conn| {
                let server = &worker.lane.server;
                server.totals.output_limit.fetch_add(1, Relaxed);
                complaints::output_limit(server, conn, worker.lane.now, false);
                Err(Close::Gone)
            }),
            Message::Unblock { id, token, answer } => {
                self.with(token, id, |worker, conn| worker.unblock(conn, answer));
            }
            Message::Resume => self.resume_all(),
            Message::Sweep => self.sweep(),
            Message::Stop => self.stopping = true,
            Message::Adopt(moved) => {
                self.adopt(moved.conn);
                moved.mail.into_iter().for_each(|message| self.follow(message, pushed));
            }
            // Not before all mail has been read: some may be for those who go.
            Message::Share => self.sharing = true,
            Message::Leave => self.leaving = true,
        }
    }

    /// Closes those whose time is over.
    fn sweep(&mut self) {
        for token in 0..self.conns.len() {
            let Some(conn) = &mut self.conns[token] else { continue };
            if timeouts::is_overdue(&self.lane.server, conn, self.lane.now)
                && let Some(conn) = self.conns[token].take()
            {
                self.put_back(token as u64, conn, Err(Close::Gone));
            }
        }
    }

    /// Does something with a connection if it is still the one that is meant.
    fn with(&mut self, token: u64, id: u64, work: impl FnOnce(&mut Self, &mut Conn) -> Result<(), Close>) {
        let Some(mut conn) = self.conns.get_mut(token as usize).and_then(Option::take) else { return };
        let result = if conn.info.id == id { work(self, &mut conn) } else { Ok(()) };
        self.put_back(token, conn, result);
    }

    /// Ends the turn of a connection.
    pub(crate) fn put_back(&mut self, token: u64, mut conn: Box<Conn>, result: Result<(), Close>) {
        self.turn.begin(self.lane.tick);
        if let Err(Close::Failed(error)) = &result {
            crate::verbose!("Reading from or writing to client: {error}");
        }
        if result.is_ok() && !(conn.is(flag::CLOSING) && conn.pending() == 0) {
            // A wait that somebody has ended already needs none: it would ring again and again until the answer is here.
            if let Some(parked) = conn.parked.as_ref().filter(|parked| parked.waiter.is_waiting()) {
                self.alarms.set(parked.deadline, token);
            }
            conn.publish(self.lane.now);
            if self.weighs && self.weigh(&mut conn) {
                self.show_weight();
            }
            self.conns[token as usize] = Some(conn);
            if self.doomed {
                self.bury();
            }
            return;
        }
        self.unweigh(&mut conn);
        stop_watching(&mut Held::none(&self.lane.server.space), &mut conn);
        monitors::leave(&self.lane.server, &mut conn);
        tracking::leave(&self.lane.server, &mut conn);
        pubsub::leave(&self.lane.server, &mut conn);
        self.forsake(&mut conn);
        // Replies that it did not get must not reach the next client.
        self.lane.out.clear();
        self.lane.server.clients.remove(conn.info.id);
        self.me.load.fetch_sub(1, Relaxed);
        self.lane.server.clients.give_token(token as u32);
        let info = Arc::clone(&conn.info);
        drop(conn);
        self.lane.server.walk.left(&info);
    }

    fn accept(&mut self, stream: Stream) {
        let server = &self.lane.server;
        let token = server.clients.take_token();
        let unix = matches!(stream, Stream::Unix(_));
        let locked = !server.config.get(param::REQUIREPASS).bytes().is_empty();
        let info =
            Arc::new(describe(server, &stream, &self.me.mailbox, u64::from(token), self.lane.now, locked));
        let flags = if locked { flag::LOCKED } else { 0 } | if unix { flag::UNIX } else { 0 };
        let conn = Box::new(Conn::new(stream, Arc::clone(&info), flags));
        if self.poll.add(conn.fd(), u64::from(token)).is_err() {
            self.me.load.fetch_sub(1, Relaxed);
            return server.clients.give_token(token);
        }
        conn.publish(self.lane.now);
        server.clients.add(info);
        *self.place(u64::from(token)) = Some(conn);
    }

    /// The place of a connection.
    pub(crate) fn place(&mut self, token: u64) -> &mut Option<Box<Conn>> {
        let index = token as usize;
        if index >= self.conns.len() {
            self.conns.resize_with(index + 1, || None);
        }
        &mut self.conns[index]
    }

    /// Goes on with what the number of threads has to do with.
    #[cold]
    fn move_on(&mut self) {
        self.read_mail();
        if std::mem::take(&mut self.sharing) {
            self.share();
        }
        self.stopping |= self.leaving && self.leave();
    }

    /// Reads from the connections of some events, then answers them.
    fn serve_group(&mut self, events: std::ops::Range<usize>) {
        // What was sent before a request was is done before it is answered; and no bytes are waiting to be run then,
        // whose connection a message may close.
        if events.clone().any(|nth| self.poll.event(nth).token == MAILBOX) {
            self.read_mail();
        }
        let mut arena = std::mem::take(&mut self.arena);
        let mut arrived = std::mem::take(&mut self.arrived);
        for (nth, slot) in events.zip(arena.chunks_exact_mut(READ)) {
            let event = self.poll.event(nth);
            arrived.push((event, self.receive_event(event, slot)));
        }
        self.look_ahead(&arena, &arrived);
        for ((event, got), slot) in arrived.drain(..).zip(arena.chunks_exact(READ)) {
            self.serve_event(event, got, slot);
        }
        self.arena = arena;
        self.arrived = arrived;
    }

    fn receive_event(&mut self, event: Event, slot: &mut [u8]) -> Result<Got, Close> {
        let token = event.token as usize;
        let Some(mut conn) = self.conns.get_mut(token).and_then(Option::take) else {
            return Ok(Got::Nothing);
        };
        let reads = event.readable && (!conn.choked || event.broken);
        let got = if reads { self.receive(&mut conn, slot) } else { Ok(Got::Nothing) };
        self.conns[token] = Some(conn);
        got
    }

    /// Starts to load what the first requests of several connections will need.
    fn look_ahead(&mut self, arena: &[u8], arrived: &[(Event, Result<Got, Close>)]) {
        if arrived.len() < 2 {
            return;
        }
        let mut hashes = [(0, 0); GROUP];
        let mut count = 0;
        for ((event, got), slot) in arrived.iter().zip(arena.chunks_exact(READ)) {
            let Ok(Got::Bytes(length @ 1..=SHORT)) = got else { continue };
            let Some(Some(conn)) = self.conns.get(event.token as usize) else { continue };
            let db = conn.db;
            if conn.input.is_empty()
                && let Some(hash) = self.first_hash(&slot[..*length])
            {
                hashes[count] = (db, hash);
                count += 1;
            }
        }
        if count > 1 {
            self.lane.prefetch(&hashes[..count]);
        }
    }

    fn serve_event(&mut self, event: Event, got: Result<Got, Close>, slot: &[u8]) {
        // The connection may have been closed by an earlier event of the same wake-up.
        let Some(mut conn) = self.conns.get_mut(event.token as usize).and_then(Option::take) else { return };
        // Whom another thread has killed must not run another command.
        let mut result = if conn.info.killed.load(Relaxed) { Err(Close::Gone) } else { Ok(()) };
        if event.writable && conn.pending() > 0 && result.is_ok() {
            result = self.write_on(&mut conn);
        }
        if result.is_ok() {
            result = match got {
                // The end may lie right behind what was read, and no other event would tell.
                Ok(Got::Bytes(count)) => {
                    self.answer(&mut conn, &slot[..count], count == slot.len() || event.broken)
                }
                Ok(Got::Nothing) => Ok(()),
                Err(close) => Err(close),
            };
        }
        self.put_back(event.token, conn, result);
    }

    /// Goes on with connections that have more to run, or whose sockets may hold more, than one turn allowed.
    fn serve_again(&mut self) {
        for token in std::mem::take(&mut self.again) {
            let Some(mut conn) = self.conns.get_mut(token as usize).and_then(Option::take) else { continue };
            conn.set(flag::AGAIN, false);
            // Going on with one that does not take its replies is up to the one who unchokes.
            let result = if conn.choked { Ok(()) } else { self.run_waiting(&mut conn) };
            self.put_back(token, conn, result);
        }
    }

    fn resume_all(&mut self) {
        self.lane.serve_held_back();
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
}

pub(crate) fn describe(
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
        mailbox: Home::new(Arc::clone(mailbox)),
        token,
        names: Mutex::default(),
        user: Mutex::new((!locked).then_some("default")),
        active: now.into(),
        db: 0.into(),
        flags: 0.into(),
        queued: (-1).into(),
        watched: 0.into(),
        watch: OnceLock::new(),
        parked: Mutex::default(),
        tracker: Tracker::default(),
        resp: 2.into(),
        input: 0.into(),
        input_room: 0.into(),
        output: 0.into(),
        output_room: 0.into(),
        queue_size: 0.into(),
        subscriptions: Default::default(),
        subscriptions_size: 0.into(),
        watch_size: 0.into(),
        command: 0.into(),
        total_in: 0.into(),
        total_out: 0.into(),
        total_commands: 0.into(),
        killed: false.into(),
        leaving: 0.into(),
    }
}
