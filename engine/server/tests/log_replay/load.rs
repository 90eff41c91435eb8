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
    (20, "HSET hkey {field value}"),
    (3, "HMSET hkey {field value}"),
    (4, "HSETNX hkey field value"),
    (8, "HDEL hkey {field}"),
    (6, "HINCRBY hkey field small"),
    (8, "HINCRBYFLOAT hkey field float"),
    (
        30,
        "HSETEX hkey [NX|XX] [FNX|FXX] [PX soonms|EX 1|PX farms|EX farsec|PXAT atms|EXAT at|KEEPTTL] FIELDS 2 field \
         value field value",
    ),
    (8, "HGETEX hkey [PX soonms|EX farsec|PXAT atms|EXAT at|PERSIST] FIELDS 2 field field"),
    (4, "HGETDEL hkey FIELDS 2 field field"),
    (4, "HEXPIRE hkey farsec [NX|XX|GT|LT] FIELDS 2 field field"),
    (6, "HPEXPIRE hkey soonms [NX|XX|GT|LT] FIELDS 2 field field"),
    (3, "HEXPIREAT hkey at [NX|XX|GT|LT] FIELDS 2 field field"),
    (3, "HPEXPIREAT hkey atms [NX|XX|GT|LT] FIELDS 2 field field"),
    (4, "HPERSIST hkey FIELDS 2 field field"),
    (2, "HGETALL hkey"),
    (4, "COPY hkey hkey [DB db] [REPLACE]"),
    (3, "RENAME hkey hkey"),
    (2, "MOVE hkey db"),
    (2, "DEL hkey"),
    (14, "SADD key {member}"),
    (6, "SREM key {member}"),
    (6, "SMOVE key key member"),
    (6, "SPOP key [small]"),
    (3, "SINTERSTORE key {key}"),
    (4, "SUNIONSTORE key {key}"),
    (3, "SDIFFSTORE key {key}"),
    (6, "PFADD key {member}"),
    (4, "PFMERGE {key}"),
    (4, "PFCOUNT {key}"),
    (1, "PFDEBUG (TODENSE|GETREG) key"),
    (10, "LPUSH list {element}"),
    (10, "RPUSH list {element}"),
    (3, "LPUSHX list element"),
    (6, "LPOP list [small]"),
    (6, "RPOP list [small]"),
    (4, "LINSERT list (BEFORE|AFTER) element element"),
    (4, "LREM list small element"),
    (4, "LSET list small element"),
    (2, "LTRIM list small index"),
    (6, "LMOVE list list (LEFT|RIGHT) (LEFT|RIGHT)"),
    (3, "RPOPLPUSH list list"),
    (4, "LMPOP 2 list list (LEFT|RIGHT) [COUNT small]"),
    (4, "BLPOP {list} moment"),
    (4, "BRPOP {list} moment"),
    (4, "BLMOVE list list (LEFT|RIGHT) (LEFT|RIGHT) moment"),
    (2, "BRPOPLPUSH list list moment"),
    (4, "BLMPOP moment 2 list list (LEFT|RIGHT) [COUNT small]"),
    (6, "SORT list [BY template] [LIMIT small small] [GET template] [DESC] [ALPHA] [STORE list]"),
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
    (12, "XADD stream [NOMKSTREAM] [(MAXLEN|MINID) [~|=] small] (*|newid) {field value}"),
    (20, "XADD stream * {field value}"),
    (4, "XTRIM stream (MAXLEN|MINID) [~|=] small"),
    (4, "XTRIM stream MAXLEN ~ small LIMIT small"),
    (4, "XDEL stream {id}"),
    (2, "XSETID stream id"),
    (10, "XGROUP CREATE stream group (id|$) [MKSTREAM]"),
    (3, "XGROUP SETID stream group (id|$)"),
    (1, "XGROUP DESTROY stream group"),
    (2, "XGROUP DELCONSUMER stream group consumer"),
    (20, "XREADGROUP GROUP group consumer [COUNT pelcount] [BLOCK soonms] [NOACK] STREAMS stream >"),
    (8, "XREADGROUP GROUP group consumer [BLOCK soonms] STREAMS stream stream > >"),
    (8, "XREAD BLOCK soonms STREAMS stream $"),
    (8, "XACK stream group {id}"),
    (8, "XCLAIM stream group consumer 0 {id} [IDLE idle|TIME atms] [RETRYCOUNT count] [FORCE] [LASTID id]"),
    (8, "XAUTOCLAIM stream group consumer 0 - [COUNT pelcount] [JUSTID]"),
    (3, "DEL stream"),
    (2, "RENAME stream stream"),
    (1, "FLUSHDB [ASYNC|SYNC]"),
    (2, "SWAPDB db db"),
    (4, "SELECT db"),
    (30, "ZADD zkey [NX|XX] [GT|LT] [CH] {score zmember}"),
    (5, "ZADD zkey [XX] INCR score zmember"),
    (8, "ZINCRBY zkey score zmember"),
    (8, "ZREM zkey {zmember}"),
    (4, "ZPOPMIN zkey [small]"),
    (4, "ZPOPMAX zkey [small]"),
    (4, "ZMPOP 2 zkey zkey (MIN|MAX) [COUNT small]"),
    (3, "BZPOPMIN {zkey} 0.001"),
    (3, "BZPOPMAX {zkey} 0.001"),
    (3, "BZMPOP 0.001 2 zkey zkey (MIN|MAX) [COUNT small]"),
    (2, "ZREMRANGEBYRANK zkey rank rank"),
    (2, "ZREMRANGEBYSCORE zkey scoreend scoreend"),
    (3, "ZRANGESTORE zkey zkey rank rank [REV]"),
    (3, "ZUNIONSTORE zkey 2 zkey zkey [WEIGHTS score score] [AGGREGATE (SUM|MIN|MAX)]"),
    (3, "ZINTERSTORE zkey 2 zkey zkey [AGGREGATE (SUM|MIN|MAX)]"),
    (3, "ZDIFFSTORE zkey 2 zkey zkey"),
    (2, "DEL zkey"),
    (3, "PEXPIRE zkey soonms"),
    (3, "COPY zkey zkey [REPLACE]"),
    (8, "GEOADD geokey [NX|XX] [CH] {longitude latitude zmember}"),
    (4, "GEOSEARCHSTORE geokey geokey FROMLONLAT 14 14 BYRADIUS length unit"),
    (2, "GEORADIUS geokey 14 14 length unit [STORE geokey] [STOREDIST zkey]"),
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
