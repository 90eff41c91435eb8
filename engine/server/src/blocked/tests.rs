//! Waiting for keys, with stand-ins for the commands that will: one takes a string, one hands it on to another key.

use super::Answer;
use crate::bin::Bin;
use crate::clients::ClientInfo;
use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::mailbox::{Mailbox, Message, Stream};
use crate::server::Server;
use crate::stats::LaneStats;
use crate::worker::describe;
use ironkeep_commands::spec::{self, Spec};
use ironkeep_commands::turn::Wait;
use ironkeep_commands::{Ctx, Look, OwnedArgs};
use ironkeep_config::{Config, Host};
use ironkeep_keyspace::space::PARTITIONS;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The first of its keys that there is.
fn take(ctx: &mut Ctx<'_>) {
    for at in 1..ctx.args.len() {
        let key = ctx.key(at);
        if let Some(place) = ctx.find(&key, Look::Write) {
            ctx.reply_text(&key, place).unwrap();
            ctx.remove(&key, place, false);
            return ctx.removed(&key);
        }
    }
    let keys = (1..ctx.args.len()).collect();
    wait_or_nil(ctx, keys);
}

/// Renames its first key to its second.
fn hand_on(ctx: &mut Ctx<'_>) {
    let (from, to) = (ctx.key(1), ctx.key(2));
    let Some(place) = ctx.find(&from, Look::Write) else { return wait_or_nil(ctx, vec![1]) };
    let entry = ctx.take(&from, place);
    ctx.removed(&from);
    let place = ctx.find(&to, Look::Write);
    ctx.put_entry(&to, place, entry.rebuilt(Some(to.bytes), None));
    ctx.changed(&to);
    ctx.reply.simple("MOVED");
}

fn wait_or_nil(ctx: &mut Ctx<'_>, keys: Vec<usize>) {
    if !ctx.wait_for(Wait { keys, fits: |entry| entry.is_some(), deadline: 0 }) {
        ctx.reply.null_array();
    }
}

struct Client {
    lane: Lane,
    conn: Box<Conn>,
    mailbox: Arc<Mailbox>,
    _peer: UnixStream,
}

fn server() -> Arc<Server> {
    let config = Config::new(&Host { io_threads: 1, dir: b"/".to_vec() });
    Arc::new(Server::new(config, [1; 16], "0".repeat(40), Bin::open().unwrap().0))
}

impl Client {
    fn new(server: &Arc<Server>) -> Self {
        let (stream, peer) = UnixStream::pair().unwrap();
        let mailbox = Arc::new(Mailbox::new().unwrap());
        let stream = Stream::Unix(stream);
        let info: Arc<ClientInfo> = Arc::new(describe(server, &stream, &mailbox, 0, 0, false));
        server.clients.add(Arc::clone(&info));
        let lane = Lane::new(Arc::clone(server), Arc::new(LaneStats::default()), info.id);
        Self { lane, conn: Box::new(Conn::new(stream, info, 0)), mailbox, _peer: peer }
    }

    /// Runs a command of the table.
    fn run(&mut self, words: &[&str]) -> String {
        let owned = OwnedArgs::collect(words.iter().map(|word| word.as_bytes()));
        let found = spec::find(&owned.args());
        self.lane.run(&mut self.conn, owned.args(), found, None);
        self.reply()
    }

    /// Runs a stand-in; the row says where its keys are.
    fn run_as(&mut self, row: &str, function: fn(&mut Ctx<'_>), keys: &[&str]) -> String {
        let words = [&["stand-in"], keys].concat();
        let owned = OwnedArgs::collect(words.iter().map(|word| word.as_bytes()));
        let spec: &'static Spec = spec::lookup(row.as_bytes()).unwrap();
        assert!(self.lane.call_data(&mut self.conn, owned.args(), spec, function));
        self.reply()
    }

    fn take(&mut self, keys: &[&str]) -> String {
        self.run_as("mget", take, keys)
    }

    fn reply(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.lane.out)).unwrap()
    }

    fn is_blocked(&self) -> bool {
        self.conn.info.waits_for().is_some()
    }

    /// The reply that somebody else made for this client, and the end of its wait.
    fn served(&mut self) -> Option<String> {
        let mut mail = self.mailbox.take();
        assert!(mail.len() <= 1);
        let Some(Message::Unblock { answer: Answer::Served(reply), .. }) = mail.pop() else { return None };
        self.conn.set(flag::BLOCKED, false);
        *self.conn.info.parked.lock() = None;
        Some(String::from_utf8(reply).unwrap())
    }
}

fn nobody_waits(server: &Server) -> bool {
    (0..PARTITIONS as u16).all(|p| server.space.lock(p).waiting.is_empty())
}

#[test]
fn who_came_first_is_served_first() {
    let server = server();
    let (mut a, mut b, mut c) = (Client::new(&server), Client::new(&server), Client::new(&server));
    assert_eq!((a.take(&["k"]), b.take(&["k"])), (String::new(), String::new()));
    assert!(a.is_blocked() && b.is_blocked());
    assert_eq!(c.run(&["set", "k", "1"]), "+OK\r\n");
    // It was gone before anybody else could see it.
    assert_eq!(c.run(&["get", "k"]), "$-1\r\n");
    assert_eq!((a.served(), b.served()), (Some("$1\r\n1\r\n".into()), None));
    assert!(!a.is_blocked() && b.is_blocked());
    // Who waits again stands at the end.
    assert_eq!(a.take(&["k"]), "");
    c.run(&["set", "k", "2"]);
    assert_eq!((a.served(), b.served()), (None, Some("$1\r\n2\r\n".into())));
    c.run(&["mset", "k", "3", "l", "4"]);
    assert_eq!(a.served(), Some("$1\r\n3\r\n".into()));
    assert!(nobody_waits(&server));
    assert_eq!(c.run(&["get", "l"]), "$1\r\n4\r\n");
}

#[test]
fn any_of_several_keys_will_do_and_none_is_left_behind() {
    let server = server();
    let (mut a, mut b) = (Client::new(&server), Client::new(&server));
    let keys = ["k1", "k2", "k3", "k4", "k1"];
    for key in ["k3", "k1"] {
        assert_eq!(a.take(&keys), "");
        b.run(&["set", key, "v"]);
        assert_eq!(a.served(), Some("$1\r\nv\r\n".into()));
        assert!(nobody_waits(&server));
    }
    // Of keys that come together it takes the first that it named.
    assert_eq!(a.take(&keys), "");
    b.run(&["mset", "k4", "4", "k2", "2"]);
    assert_eq!(a.served(), Some("$1\r\n2\r\n".into()));
    assert_eq!(b.run(&["exists", "k2", "k4"]), ":1\r\n");
}

#[test]
fn what_is_served_can_serve_others() {
    let server = server();
    let (mut a, mut b, mut c) = (Client::new(&server), Client::new(&server), Client::new(&server));
    assert_eq!(a.run_as("rename", hand_on, &["k1", "k2"]), "");
    assert_eq!(b.run_as("rename", hand_on, &["k2", "k3"]), "");
    c.run(&["set", "k1", "v"]);
    assert_eq!((a.served(), b.served()), (Some("+MOVED\r\n".into()), Some("+MOVED\r\n".into())));
    assert_eq!(c.run(&["get", "k3"]), "$1\r\nv\r\n");
    assert_eq!(c.run(&["exists", "k1", "k2"]), ":0\r\n");
}

#[test]
fn a_transaction_serves_when_it_is_done_and_never_waits() {
    let server = server();
    let (mut a, mut b) = (Client::new(&server), Client::new(&server));
    assert_eq!(a.take(&["k"]), "");
    let mut transact = |commands: &[&[&str]]| {
        b.run(&["multi"]);
        commands.iter().for_each(|words| drop(b.run(words)));
        b.run(&["exec"])
    };
    transact(&[&["set", "k", "1"], &["del", "k"]]);
    assert!(a.is_blocked());
    let reply = transact(&[&["set", "k", "1"], &["append", "k", "2"], &["get", "k"]]);
    assert!(reply.ends_with("$2\r\n12\r\n"));
    assert_eq!(a.served(), Some("$2\r\n12\r\n".into()));
    a.conn.set(flag::IN_EXEC, true);
    assert_eq!(a.take(&["k"]), "*-1\r\n");
    assert!(nobody_waits(&server));
}

#[test]
fn who_waits_no_more_gets_nothing() {
    let server = server();
    let (mut a, mut b, mut c) = (Client::new(&server), Client::new(&server), Client::new(&server));
    assert_eq!((a.take(&["k"]), b.take(&["k"])), (String::new(), String::new()));
    assert!(a.conn.info.unblock(false) && !a.conn.info.unblock(true));
    server.clients.kill(&b.conn.info);
    c.run(&["set", "k", "v"]);
    assert_eq!(c.run(&["get", "k"]), "$1\r\nv\r\n");
    assert!(matches!(a.mailbox.take()[..], [Message::Unblock { answer: Answer::TimedOut, .. }]));
    assert!(matches!(b.mailbox.take()[..], [Message::Close { .. }]));
}

#[test]
fn keys_that_come_with_another_database_count() {
    let server = server();
    let (mut a, mut b) = (Client::new(&server), Client::new(&server));
    assert_eq!(a.take(&["k"]), "");
    b.run(&["select", "1"]);
    b.run(&["set", "k", "v"]);
    assert!(a.is_blocked());
    b.run(&["swapdb", "0", "1"]);
    assert_eq!(a.served(), Some("$1\r\nv\r\n".into()));
    assert_eq!(a.take(&["k"]), "");
    b.run(&["set", "k", "w"]);
    b.run(&["move", "k", "0"]);
    assert_eq!(a.served(), Some("$1\r\nw\r\n".into()));
}

#[test]
fn a_pause_holds_back_those_who_wait() {
    let server = server();
    let (mut a, mut b) = (Client::new(&server), Client::new(&server));
    assert_eq!(a.take(&["k"]), "");
    b.run(&["multi"]);
    b.run(&["client", "pause", "100000", "write"]);
    b.run(&["set", "k", "v"]);
    b.run(&["exec"]);
    assert!(a.is_blocked());
    b.run(&["client", "unpause"]);
    b.lane.serve_held_back();
    assert_eq!(a.served(), Some("$1\r\nv\r\n".into()));
}

#[test]
fn the_log_tells_the_change_before_what_it_led_to() {
    let server = server();
    server.feed.attach();
    let (mut a, mut b) = (Client::new(&server), Client::new(&server));
    assert_eq!(a.take(&["k"]), "");
    b.run(&["set", "k", "v"]);
    let mut log = Vec::new();
    server.feed.read(0, usize::MAX, &mut log).unwrap();
    let log = String::from_utf8(log).unwrap();
    let (set, taken) = (log.find("$3\r\nset").unwrap(), log.find("stand-in").unwrap());
    assert!(set < taken && !log.contains("MULTI"), "{log}");
    assert!(a.served().is_some());
}

/// Threads that write and threads that wait, for keys of which each hides several others: nothing is lost, nothing is
/// given twice, and nobody waits for ever.
#[test]
fn every_value_reaches_one_who_waits() {
    const EACH: usize = 400;
    let server = server();
    let names = ["k1", "k2", "k3", "k4", "k5", "k6"];
    let taken = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..3)
            .map(|nth| {
                let server = &server;
                scope.spawn(move || {
                    let mut client = Client::new(server);
                    let mut taken = Vec::new();
                    while taken.len() < EACH {
                        let mut keys = names;
                        keys.rotate_left(nth * 2);
                        let first = client.take(&keys);
                        let reply = match first.is_empty() {
                            false => first,
                            true => std::iter::repeat_with(|| {
                                std::thread::yield_now();
                                client.served()
                            })
                            .find_map(|reply| reply)
                            .unwrap(),
                        };
                        taken.push(reply);
                    }
                    taken
                })
            })
            .collect();
        for nth in 0..3 {
            let server = &server;
            scope.spawn(move || {
                let mut client = Client::new(server);
                for value in 0..EACH {
                    let (name, value) = (names[nth * 2 + value % 2], format!("{nth}-{value}"));
                    while client.run(&["set", name, &value, "nx"]).starts_with('$') {
                        std::thread::yield_now();
                    }
                }
            });
        }
        takers.into_iter().flat_map(|taker| taker.join().unwrap()).collect::<Vec<_>>()
    });
    let mut unique = taken.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((taken.len(), unique.len()), (3 * EACH, 3 * EACH));
    assert!(nobody_waits(&server));
    // Nobody's thread was there to count those who stopped waiting.
    assert!(server.gates.load(Relaxed) != 0);
}
