//! The log, replayed in its order into a real Valkey, must give the data that we have.
//!
//! Several clients on several I/O threads write to few keys at the same time: single commands, transactions, commands
//! on whole databases, keys that expire. Meanwhile the log is read from inside. Then it is audited (no reads, no
//! relative times, transactions whole) and replayed, and values and expiries are compared.
//!
//! `IRONKEEP_SEED` and `IRONKEEP_REPLAY_BATCHES` in the environment make other and longer runs.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

mod audit;
mod data;
mod inside;
mod load;
#[path = "../rig/mod.rs"]
mod rig;
mod streams;

use inside::{Inside, Reader};
use ironkeep_wire::client::Value;
use parking_lot::Mutex;
use rig::grammar::Command;
use rig::link::Link;
use rig::node::Node;
use rig::{number_from_environment, shown, shown_command};

const DATABASES: i64 = 4;
const CLIENTS: u64 = 6;
const BATCHES: u64 = 500;
const ROUNDS: u64 = 4;
/// Far less than the load writes: the ring goes round while it is read.
const RING: &str = "1mb";
/// Keeps strings short whatever offset is written to.
const SHORT: [&str; 2] = ["--proto-max-bulk-len", "1mb"];
/// Commands that are replayed at once.
const AT_ONCE: usize = 1000;

#[test]
fn replayed_log_gives_the_same_data() {
    let Some(valkey) = Node::valkey(&["--import-mode", "yes", SHORT[0], SHORT[1]]) else { return };
    let seed = number_from_environment("IRONKEEP_SEED", 7);
    let batches = number_from_environment("IRONKEEP_REPLAY_BATCHES", BATCHES);
    eprintln!("IRONKEEP_SEED={seed} IRONKEEP_REPLAY_BATCHES={batches}");
    let inside =
        Inside::start(&["--io-threads", "4", "--hz", "100", "--repl-backlog-size", RING, SHORT[0], SHORT[1]]);
    let reader = Mutex::new(Reader::attach(&inside.server));
    let mut replica = importer(&valkey);
    let (mut keys, mut transactions) = (0, 0);
    for round in 0..ROUNDS {
        std::thread::scope(|scope| {
            for nth in 0..CLIENTS {
                let (link, reader) = (inside.connect(), &reader);
                let seed = seed.wrapping_mul(1000).wrapping_add(round * CLIENTS + nth);
                scope.spawn(move || load::run(link, nth, seed, batches, || reader.lock().read()));
            }
        });
        let ours = data::settled(&mut inside.connect());
        let bytes = {
            let mut reader = reader.lock();
            reader.read();
            std::mem::take(&mut reader.bytes)
        };
        let log = audit::commands(&bytes);
        transactions += audit::check(&log);
        eprintln!("{} keys after {} commands in {} bytes of log", ours.len(), log.len(), bytes.len());
        replay(&mut replica, &log);
        data::assert_same(&ours, &data::all(&mut importer(&valkey)));
        keys += ours.len();
    }
    assert!(transactions > batches && keys > 20, "hardly a test: {transactions} transactions, {keys} keys");
}

/// A client for which keys live as long as the log says: it sees those that have expired, and nothing removes them.
fn importer(valkey: &Node) -> Link {
    let mut link = valkey.connect();
    assert_eq!(link.ask(&["CLIENT", "IMPORT-SOURCE", "ON"]), Value::Simple(b"OK".to_vec()));
    link
}

fn replay(link: &mut Link, log: &[Command]) {
    for part in log.chunks(AT_ONCE) {
        part.iter().for_each(|command| link.send(command));
        for command in part {
            let (reply, bytes) = link.reply();
            assert!(!failed(&reply), "{} was answered with {}", shown_command(command), shown(&bytes));
        }
    }
}

/// Reading leaves nothing in the log, and whoever does not read it costs nothing.
#[test]
fn reads_are_not_logged() {
    let inside = Inside::start(&["--io-threads", "2"]);
    let mut link = inside.connect();
    link.ask(&["MSET", "a", "1", "b", "2"]);
    link.ask(&["HSET", "h", "f", "1"]);
    assert_eq!((inside.server.feed.end(), inside.server.feed.size()), (0, 0));
    let mut reader = Reader::attach(&inside.server);
    for line in [
        "GET a",
        "MGET a b c",
        "STRLEN a",
        "GETRANGE a 0 -1",
        "LCS a b",
        "BITCOUNT a",
        "BITFIELD a GET u8 0",
        "BITFIELD_RO a GET u8 0",
        "GETEX a",
        "EXISTS a",
        "TTL a",
        "TYPE a",
        "KEYS *",
        "SCAN 0",
        "RANDOMKEY",
        "DBSIZE",
        "TOUCH a",
        "OBJECT ENCODING a",
        "XREAD STREAMS nothing 0",
        "XLEN nothing",
        "SET a 5 NX",
        "DEL nothing",
        "PERSIST a",
        "EXPIRE nothing 10",
        "MULTI",
        "GET a",
        "EXEC",
        "WATCH a",
        "UNWATCH",
        "HGET h f",
        "HMGET h f g",
        "HGETALL h",
        "HKEYS h",
        "HVALS h",
        "HLEN h",
        "HSTRLEN h f",
        "HEXISTS h f",
        "HRANDFIELD h 2",
        "HSCAN h 0",
        "HTTL h FIELDS 1 f",
        "HPEXPIRETIME h FIELDS 1 f",
        "HGETEX h FIELDS 1 f",
        "HGETEX h PERSIST FIELDS 1 f",
        "HGETDEL h FIELDS 1 nothing",
        "HSETNX h f 2",
        "HSETEX h FNX FIELDS 1 f 2",
        "HEXPIRE h 10 XX FIELDS 1 f",
        "HPERSIST h FIELDS 1 f",
        "HDEL h nothing",
    ] {
        link.ask(&line.split(' ').collect::<Vec<_>>());
    }
    reader.read();
    assert_eq!(reader.bytes, b"");
    link.ask(&["DEL", "a"]);
    reader.read();
    assert_eq!(
        audit::commands(&reader.bytes),
        [vec![b"SELECT".to_vec(), b"0".to_vec()], vec![b"DEL".to_vec(), b"a".to_vec()]]
    );
}

/// A reader that is too far behind is told so.
#[test]
#[should_panic(expected = "the log has gone on without its reader")]
fn a_slow_reader_is_told() {
    let inside = Inside::start(&["--io-threads", "2", "--repl-backlog-size", "16kb"]);
    let mut reader = Reader::attach(&inside.server);
    let value = "x".repeat(1000);
    let mut link = inside.connect();
    for _ in 0..100 {
        link.ask(&["SET", "k", &value]);
    }
    reader.read();
}

fn failed(reply: &Value) -> bool {
    match reply {
        Value::Error(_) => true,
        Value::Array(all) => all.iter().any(failed),
        _ => false,
    }
}
