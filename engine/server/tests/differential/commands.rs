//! The templates of the commands that are compared; see `rig/grammar.rs` for how to read them.

use std::collections::HashSet;

/// How often each is taken, and its template.
pub const TEMPLATES: &[(usize, &str)] = &[
    (20, "APPEND key value"),
    (8, "DECR key"),
    (8, "DECRBY key int"),
    (8, "DELIFEQ key value"),
    (25, "GET key"),
    (8, "GETDEL key"),
    (20, "GETEX key [EX sec|PX ms|EXAT at|PXAT atms|PERSIST]"),
    (15, "GETRANGE key index index"),
    (8, "GETSET key value"),
    (10, "INCR key"),
    (12, "INCRBY key int"),
    (25, "INCRBYFLOAT key float"),
    (20, "LCS key key [LEN] [IDX] [MINMATCHLEN small] [WITHMATCHLEN]"),
    (10, "MGET {key}"),
    (10, "MSET {key value}"),
    (6, "MSETEX numkeys {key value} [NX|XX] [EX sec|PX ms|EXAT at|PXAT atms|KEEPTTL]"),
    (4, "MSETEX 1 key value [NX|XX] [EX sec|PX ms|EXAT at|PXAT atms|KEEPTTL]"),
    (4, "MSETEX 2 key value key value [NX|XX] [EX sec|PX ms|EXAT at|PXAT atms|KEEPTTL]"),
    (6, "MSETNX {key value}"),
    (5, "PSETEX key ms value"),
    (50, "SET key value [NX|XX|IFEQ value] [GET] [EX sec|PX ms|EXAT at|PXAT atms|KEEPTTL]"),
    (5, "SETEX key sec value"),
    (5, "SETNX key value"),
    (15, "SETRANGE key offset value"),
    (8, "STRLEN key"),
    (5, "SUBSTR key index index"),
    (15, "BITCOUNT key [index index [BYTE|BIT]|index]"),
    (10, "BITFIELD key {(GET encoding fieldoffset|SET encoding fieldoffset int|INCRBY encoding fieldoffset int)}"),
    (
        25,
        "BITFIELD key {[OVERFLOW (WRAP|SAT|FAIL)] (GET encoding fieldoffset|SET encoding fieldoffset int|INCRBY \
         encoding fieldoffset int)}",
    ),
    (6, "BITFIELD_RO key [GET encoding fieldoffset] [GET encoding fieldoffset]"),
    (12, "BITOP (AND|OR|XOR) key {key}"),
    (4, "BITOP NOT key key"),
    (12, "BITPOS key bit [index [index [BYTE|BIT]]]"),
    (8, "GETBIT key bitoffset"),
    (12, "SETBIT key bitoffset bit"),
    (12, "COPY key key [DB db] [REPLACE]"),
    (6, "DEL {key}"),
    (6, "EXISTS {key}"),
    (10, "EXPIRE key sec [NX|XX|GT|LT] [NX|XX|GT|LT]"),
    (8, "EXPIREAT key at [NX|XX|GT|LT] [XX]"),
    (5, "EXPIRETIME key"),
    (2, "KEYS pattern"),
    (2, "MEMORY USAGE key [SAMPLES count]"),
    (8, "MOVE key db"),
    (8, "OBJECT ENCODING key"),
    (1, "OBJECT FREQ key"),
    (1, "OBJECT HELP"),
    (2, "OBJECT IDLETIME key"),
    (2, "OBJECT REFCOUNT key"),
    (6, "PERSIST key"),
    (10, "PEXPIRE key ms [NX|XX|GT|LT] [NX|XX|GT|LT]"),
    (8, "PEXPIREAT key atms [NX|XX|GT|LT] [XX]"),
    (6, "PEXPIRETIME key"),
    (6, "PTTL key"),
    (2, "RANDOMKEY"),
    (10, "RENAME key key"),
    (8, "RENAMENX key key"),
    (4, "SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]"),
    (4, "TOUCH {key}"),
    (6, "TTL key"),
    (6, "TYPE key"),
    (4, "UNLINK {key}"),
    (8, "DBSIZE"),
    (1, "FLUSHDB [SYNC|ASYNC]"),
    (4, "SWAPDB db db"),
    (8, "SELECT db"),
    (1, "FLUSHALL [SYNC|ASYNC]"),
    (12, "MULTI"),
    (12, "EXEC"),
    (3, "DISCARD"),
    (14, "WATCH {key}"),
    (3, "UNWATCH"),
    (3, "PING [value]"),
    (3, "ECHO value"),
    (1, "NOSUCHCOMMAND {value}"),
    (1, "OBJECT NOSUCH key"),
];

/// The names of all these commands, with the sub-command where there is one.
pub fn names() -> HashSet<String> {
    let name = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let len = if ["MEMORY", "OBJECT"].contains(&words[0]) { 2 } else { 1 };
        words[..len].join(" ")
    };
    TEMPLATES.iter().map(|(_, text)| name(text)).collect()
}
