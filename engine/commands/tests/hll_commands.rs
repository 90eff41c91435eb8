//! The commands on HyperLogLogs: replies and effects, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const NOT_ONE: &str = "-WRONGTYPE Key is not a valid HyperLogLog string value.";
const CORRUPT: &str = "-INVALIDOBJ Corrupted HLL object detected";

#[test]
fn counts() {
    let mut rig = Rig::new();
    rig.check("PFADD h", ":1", &["PFADD h"]);
    rig.check("PFADD h", ":0", &[]);
    rig.check("PFADD h a b c", ":1", &["PFADD h a b c"]);
    assert_eq!(rig.turn.dirty, 3);
    rig.check("PFADD h a b c", ":0", &[]);
    let runs = "Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603";
    rig.replies(&[("PFDEBUG DECODE h", &format!("$44|{runs}")), ("STRLEN h", ":27")]);
}

#[test]
fn a_count_is_kept_until_the_next_change() {
    let mut rig = Rig::new();
    rig.run("PFADD h a b c");
    rig.check("PFCOUNT h", ":3", &["PFCOUNT h"]);
    rig.check("PFCOUNT h", ":3", &[]);
    rig.replies(&[("GETRANGE h 8 15", "$8|\u{3}\0\0\0\0\0\0\0"), ("PFADD h d", ":1")]);
    rig.check("PFCOUNT h", ":4", &["PFCOUNT h"]);
    rig.replies(&[("PFCOUNT none", ":0"), ("PFADD other d e", ":1"), ("EXPIRE h 100", ":1")]);
    rig.check("PFCOUNT h none other", ":5", &[]);
    rig.run("PFADD h z");
    assert_eq!(rig.run("TTL h"), ":100");
}

#[test]
fn merges() {
    let mut rig = Rig::new();
    rig.replies(&[("PFADD a 1 2 3", ":1"), ("PFADD b 3 4", ":1")]);
    rig.check("PFMERGE d a none b", "+OK", &["PFMERGE d a none b"]);
    rig.replies(&[("PFCOUNT d", ":4"), ("PFDEBUG ENCODING d", "+sparse"), ("PFDEBUG TODENSE b", ":1")]);
    rig.check("PFDEBUG TODENSE b", ":0", &[]);
    rig.check("PFMERGE a b", "+OK", &["PFMERGE a b"]);
    rig.replies(&[
        ("PFDEBUG ENCODING a", "+dense"),
        ("STRLEN a", ":12304"),
        ("PFCOUNT a", ":4"),
        ("PFMERGE new", "+OK"),
        ("PFCOUNT new", ":0"),
        ("PFDEBUG DECODE new", "$7|Z:16384"),
        ("PFDEBUG DECODE a", "-ERR HLL encoding is not sparse"),
    ]);
}

#[test]
fn grows_dense_at_the_limit() {
    let mut rig = Rig::new();
    rig.rules.sizes.hll_sparse = 60;
    for n in 0..40 {
        rig.run(&format!("PFADD h element{n}"));
    }
    rig.replies(&[("PFDEBUG ENCODING h", "+dense"), ("PFCOUNT h", ":40"), ("STRLEN h", ":12304")]);
}

#[test]
fn what_is_no_hyperloglog_is_refused() {
    let mut rig = Rig::new();
    rig.replies(&[("SET t text", "+OK"), ("SET n 12", "+OK"), ("SADD s 1", ":1"), ("PFADD h a", ":1")]);
    for (key, error) in [
        ("t", NOT_ONE),
        ("n", NOT_ONE),
        ("s", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ] {
        for line in ["PFADD KEY x", "PFCOUNT KEY", "PFCOUNT h KEY", "PFMERGE KEY h", "PFMERGE d KEY"] {
            rig.check(&line.replace("KEY", key), error, &[]);
        }
    }
    rig.run("APPEND h hello");
    rig.replies(&[
        ("PFCOUNT h", CORRUPT),
        ("PFCOUNT h n2", CORRUPT),
        ("PFMERGE d h", CORRUPT),
        ("EXISTS d", ":0"),
    ]);
    rig.replies(&[
        ("PFADD k a", ":1"),
        ("SETRANGE k 4 x", ":21"),
        ("PFCOUNT k", NOT_ONE),
        ("SETRANGE k 4 \"\\x00\"", ":21"),
        ("PFADD k b", NOT_ONE),
    ]);
}

#[test]
fn what_a_failed_addition_left_is_logged() {
    let mut rig = Rig::new();
    // The last registers are missing.
    let runs = [b"HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80".as_slice(), &[0x5f, 0xff]].concat();
    rig.bytes(&[b"SET", b"h", &runs]);
    let mut changed = 0;
    for n in 0..100 {
        let elements = [format!("a{n}"), format!("b{n}"), format!("c{n}")];
        let before = rig.bytes(&[b"GET", b"h"]);
        let line = format!("PFADD h {}", elements.join(" "));
        let failed = rig.run(&line) == CORRUPT;
        let logged = rig.effects();
        if rig.bytes(&[b"GET", b"h"]) == before {
            assert!(logged.is_empty(), "{logged:?}");
        } else {
            let expected = if failed { "SET h " } else { "PFADD h " };
            assert!(logged.len() == 1 && logged[0].starts_with(expected), "{logged:?}");
            changed += usize::from(failed);
        }
    }
    assert!(changed > 0);
}

#[test]
fn debugging() {
    let mut rig = Rig::new();
    rig.run("PFADD h 1 2 3");
    rig.replies(&[
        ("PFDEBUG NOSUCH none", "-ERR The specified key does not exist"),
        ("PFDEBUG NOSUCH h", "-ERR Unknown PFDEBUG subcommand 'NOSUCH'"),
        ("PFDEBUG SIMD maybe", "-ERR Argument must be ON or OFF"),
        ("PFDEBUG SIMD on", "+disabled"),
    ]);
    let registers = rig.run("PFDEBUG GETREG h");
    assert!(registers.starts_with("*16384|:0|"));
    assert_eq!(registers.split('|').filter(|register| *register != ":0").count(), 1 + 3);
    assert_eq!(rig.effects(), ["PFDEBUG GETREG h"]);
    assert_eq!(rig.run("PFDEBUG ENCODING h"), "+dense");
}
