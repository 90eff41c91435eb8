//! One client that writes without regard for others.

use crate::DATABASES;
use crate::rig::grammar::{Command, Grammar};
use crate::rig::link::Link;
use crate::rig::random::Random;
use crate::rig::words::Words;
use ironkeep_wire::client::{Value, encode_command};

/// Commands of one batch, at most.
const BATCH: usize = 20;

/// What is written; `soonms` and `EX 1` are over before the test is.
const WRITES: &[(usize, &str)] = &[
    (
        30,
        "SET key value [NX|XX|IFEQ value] [GET] [PX soonms|EX 1|PX farms|EX farsec|PXAT atms|EXAT at|KEEPTTL]",
    ),
    (4, "SETEX key farsec value"),
    (4, "PSETEX key soonms value"),
    (4, "SETNX key value"),
    (10, "GETEX key [PX soonms|EX farsec|PXAT atms|PERSIST]"),
    (4, "GETDEL key"),
    (4, "GETSET key value"),
    (4, "DELIFEQ key value"),
    (8, "APPEND key value"),
    (8, "SETRANGE key offset value"),
    (5, "INCR key"),
    (5, "DECR key"),
    (5, "INCRBY key small"),
    (5, "DECRBY key small"),
    (8, "INCRBYFLOAT key float"),
    (6, "MSET {key value}"),
    (4, "MSETNX {key value}"),
    (6, "MSETEX 2 key value key value [NX|XX] [PX soonms|EX farsec|EXAT at|KEEPTTL]"),
    (6, "SETBIT key bitoffset bit"),
    (
        6,
        "BITFIELD key {[OVERFLOW (WRAP|SAT|FAIL)] (SET encoding fieldoffset small|INCRBY encoding fieldoffset small)}",
    ),
    (6, "BITOP (AND|OR|XOR) key {key}"),
    (2, "BITOP NOT key key"),
    (8, "COPY key key [DB db] [REPLACE]"),
    (8, "RENAME key key"),
    (6, "RENAMENX key key"),
    (6, "MOVE key db"),
    (6, "DEL {key}"),
    (4, "UNLINK {key}"),
    (8, "EXPIRE key farsec [NX|XX|GT|LT]"),
    (8, "PEXPIRE key soonms [NX|XX|GT|LT]"),
    (4, "EXPIREAT key at [NX|XX|GT|LT]"),
    (4, "PEXPIREAT key atms [NX|XX|GT|LT]"),
    (4, "PERSIST key"),
    (1, "FLUSHDB [ASYNC|SYNC]"),
    (2, "SWAPDB db db"),
    (4, "SELECT db"),
    (4, "GET key"),
    (2, "MGET {key}"),
    (1, "KEYS *"),
    (1, "SCAN 0"),
    (1, "RANDOMKEY"),
    (1, "DBSIZE"),
    (2, "TTL key"),
    (1, "FLUSHALL"),
];

/// Sends so many batches; `after` is called after each.
pub fn run(mut link: Link, nth: u64, seed: u64, batches: u64, after: impl Fn()) {
    let (grammar, words) = (Grammar::new(WRITES), Words::new(12, true, DATABASES));
    let mut random = Random::new(seed);
    for batch in 0..batches {
        let whole = random.chance(40);
        let mut commands: Vec<Command> =
            (0..=random.below(BATCH)).map(|_| grammar.command(&mut random, &words)).collect();
        if whole {
            wrap(&mut commands, nth, batch, &mut random, &words);
        }
        let bytes: Vec<u8> = commands.iter().flat_map(|command| encode_command(command)).collect();
        // In two pieces, so that others come in between.
        let (first, second) = bytes.split_at(random.below(bytes.len()));
        link.write(first).unwrap();
        link.write(second).unwrap();
        for command in &commands {
            let (reply, _) = link.reply();
            let aborted = matches!(&reply, Value::Error(line) if line.starts_with(b"EXECABORT"));
            assert!(!aborted, "the test made a bad transaction with {command:?}");
        }
        after();
    }
}

/// Makes a transaction of commands, with marks at its ends, and perhaps with watched keys.
fn wrap(commands: &mut Vec<Command>, nth: u64, batch: u64, random: &mut Random, words: &Words) {
    let mark = |end: &str| -> Command {
        ["SET".to_owned(), format!("{end}:{nth}"), batch.to_string()].map(String::into_bytes).to_vec()
    };
    let mut all = Vec::new();
    if random.chance(30) {
        all.push(vec![b"WATCH".to_vec(), words.word("key", random)]);
    }
    all.extend([vec![b"MULTI".to_vec()], mark("begin")]);
    all.append(commands);
    all.extend([mark("end"), vec![b"EXEC".to_vec()]]);
    *commands = all;
}
