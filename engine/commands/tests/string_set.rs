//! SET and its kin, with conditions and expiries: replies, errors, and what replicas get.

mod common;

use common::Rig;

const WRONG_INT: &str = "-ERR value is not an integer or out of range";
const SYNTAX: &str = "-ERR syntax error";
/// The time at which a rig begins.
const NOW: i64 = 1_000_000_000;

#[test]
fn conditions_of_set() {
    let mut rig = Rig::new();
    rig.check("SET a 1 XX", "$-1", &[]);
    rig.check("SET a 1 NX NX", "+OK", &["SET a 1 NX NX"]);
    rig.check("SET a 2 NX", "$-1", &[]);
    rig.check("SET a 2 XX", "+OK", &["SET a 2 XX"]);
    rig.check("SET a 3 IFEQ 1", "$-1", &[]);
    rig.check("SET a 3 IFEQ 2", "+OK", &["SET a 3 IFEQ 2"]);
    rig.check("SET nope 3 IFEQ 2", "$-1", &[]);
    assert_eq!(rig.run3("SET a 1 NX"), "_");
    for options in [
        "NX XX",
        "XX NX",
        "IFEQ",
        "IFEQ 1 IFEQ 1",
        "IFEQ 1 NX",
        "NX IFEQ 1",
        "XX IFEQ 1",
        "PERSIST",
        "FOO",
        "EX",
    ] {
        rig.check(&format!("SET a 1 {options}"), SYNTAX, &[]);
    }
}

#[test]
fn set_gets_the_old_value() {
    let mut rig = Rig::new();
    rig.check("SET a 1 GET", "$-1", &["SET a 1"]);
    rig.check("SET a 2 get XX GET KEEPTTL", "$1|1", &["SET a 2 XX KEEPTTL"]);
    rig.check("SET a 3 GET NX", "$1|2", &[]);
    rig.check("SET a 3 GET IFEQ get", "$1|2", &[]);
    rig.check("SET a get GET", "$1|2", &["SET a get"]);
    rig.check("SET a 3 IFEQ get GET", "$3|get", &["SET a 3 IFEQ get"]);
    rig.check("SET fresh 3 GET NX EX 1", "$-1", &[&format!("SET fresh 3 PXAT {}", NOW + 1000)]);
    rig.check("GETSET a 4", "$1|3", &["SET a 4"]);
    rig.check("GETSET nope 4", "$-1", &["SET nope 4"]);
    rig.run("PEXPIRE a 100");
    rig.run("GETSET a 5");
    rig.check("PTTL a", ":-1", &[]);
    // Reading counts, and only where something was asked for.
    let mut rig = Rig::new();
    for line in ["SET a 1", "SET a 1 XX", "SET a 1 GET", "GETSET b 1", "INCR c"] {
        rig.run(line);
    }
    assert_eq!((rig.turn.counts.hits, rig.turn.counts.misses), (1, 1));
}

#[test]
fn expiries_of_set() {
    let mut rig = Rig::new();
    let at = |ms: i64| (NOW + ms).to_string();
    rig.check("set a 1 ex 10", "+OK", &[&format!("set a 1 PXAT {}", at(10_000))]);
    rig.check("set a 1 PX 10 XX", "+OK", &[&format!("SET a 1 PXAT {}", at(10))]);
    rig.check("SET a 1 EXAT 2000000", "+OK", &["SET a 1 PXAT 2000000000"]);
    rig.check("SET a 1 pxat 2000000001", "+OK", &["SET a 1 pxat 2000000001"]);
    rig.check("SET a 2 KEEPTTL", "+OK", &["SET a 2 KEEPTTL"]);
    rig.check("PEXPIRETIME a", ":2000000001", &[]);
    rig.check("SETEX a 5 v", "+OK", &[&format!("SET a v PXAT {}", at(5000))]);
    rig.check("psetex a 5 v", "+OK", &[&format!("SET a v PXAT {}", at(5))]);
    rig.check("SET a 1", "+OK", &["SET a 1"]);
    rig.check("TTL a", ":-1", &[]);
    rig.check("SET a 1 EX 1 EX 2", "+OK", &[&format!("SET a 1 PXAT {}", at(2000))]);
}

#[test]
fn wrong_expiries_of_set() {
    let mut rig = Rig::new();
    for (options, reply) in [
        ("EX 0", "-ERR invalid expire time in 'set' command"),
        ("PX -1", "-ERR invalid expire time in 'set' command"),
        ("EX 9223372036854776", "-ERR invalid expire time in 'set' command"),
        ("PX 9223372036854775807", "-ERR invalid expire time in 'set' command"),
        ("EXAT 9223372036854775807", "-ERR invalid expire time in 'set' command"),
        ("EX x", WRONG_INT),
        ("PXAT 1.5", WRONG_INT),
        // Words are looked at before numbers.
        ("EX x FOO", SYNTAX),
        ("EX 10 PX 10", SYNTAX),
        ("EX 10 KEEPTTL", SYNTAX),
        ("KEEPTTL EX 10", SYNTAX),
        ("PX", SYNTAX),
    ] {
        rig.check(&format!("SET a 1 {options}"), reply, &[]);
    }
    rig.replies(&[
        ("SETEX a 0 v", "-ERR invalid expire time in 'setex' command"),
        ("SETEX a x v", WRONG_INT),
        ("PSETEX a 9223372036854775807 v", "-ERR invalid expire time in 'psetex' command"),
        ("EXISTS a", ":0"),
    ]);
}

#[test]
fn a_time_that_is_past_removes_the_key() {
    let mut rig = Rig::new();
    rig.check("SET a 1 PXAT 5", "+OK", &[]);
    rig.run("SET a old");
    rig.check("SET a 1 EXAT 1", "+OK", &["UNLINK a"]);
    assert_eq!((rig.size(0), rig.turn.counts.expired, rig.turn.dirty), (0, 1, 1));
    rig.run("SET a old");
    rig.rules.lazy_expire = false;
    rig.check(&format!("SET a 1 GET PXAT {NOW}"), "$3|old", &["DEL a"]);
    rig.run("SET a old");
    rig.check("GETEX a EXAT 1", "$3|old", &["DEL a"]);
    assert_eq!(rig.size(0), 0);
    // Where the primary decides, the key stays until it says so.
    rig.rules.remove_expired = false;
    rig.check("SET a 1 PXAT 5", "+OK", &["SET a 1 PXAT 5"]);
    assert_eq!(rig.size(0), 1);
}

#[test]
fn expired_keys_are_as_absent() {
    let mut rig = Rig::new();
    for (line, reply, effects) in [
        ("GET a", "$-1", &["UNLINK a"][..]),
        ("SET a 1 NX", "+OK", &["UNLINK a", "SET a 1 NX"]),
        ("SETNX a 1", ":1", &["UNLINK a", "SETNX a 1"]),
        ("INCR a", ":1", &["UNLINK a", "INCR a"]),
        ("APPEND a x", ":1", &["UNLINK a", "APPEND a x"]),
        ("SET a 1 GET", "$-1", &["UNLINK a", "SET a 1"]),
        ("GETDEL a", "$-1", &["UNLINK a"]),
        ("SETBIT a 0 1", ":0", &["UNLINK a", "SETBIT a 0 1"]),
        ("MSETNX a 1", ":1", &["UNLINK a", "MSETNX a 1"]),
    ] {
        rig.run("SET a 5 PX 10");
        rig.now += 11;
        rig.check(line, reply, effects);
        rig.run("DEL a");
    }
}

#[test]
fn setnx() {
    let mut rig = Rig::new();
    rig.check("SETNX a 1", ":1", &["SETNX a 1"]);
    rig.check("SETNX a 2", ":0", &[]);
    rig.check("GET a", "$1|1", &[]);
}

#[test]
fn getex() {
    let mut rig = Rig::new();
    rig.run("SET a v");
    let at = |ms: i64| (NOW + ms).to_string();
    rig.check("GETEX nope EX 10", "$-1", &[]);
    rig.check("GETEX a", "$1|v", &[]);
    rig.check("GETEX a PERSIST", "$1|v", &[]);
    rig.check("GETEX a EX 10", "$1|v", &[&format!("PEXPIREAT a {}", at(10_000))]);
    rig.check("GETEX a", "$1|v", &[]);
    rig.check("PTTL a", ":10000", &[]);
    rig.check("GETEX a PX 10", "$1|v", &[&format!("PEXPIREAT a {}", at(10))]);
    rig.check("GETEX a EXAT 2000000", "$1|v", &["PEXPIREAT a 2000000000"]);
    rig.check("GETEX a PXAT 2000000", "$1|v", &["UNLINK a"]);
    rig.run("SET a v EX 10");
    rig.check("GETEX a PERSIST", "$1|v", &["PERSIST a"]);
    for options in ["KEEPTTL", "NX", "EX", "EX 1 PERSIST", "PERSIST EX 1", "EX 1 PX 1", "GET"] {
        rig.check(&format!("GETEX a {options}"), SYNTAX, &[]);
    }
    rig.replies(&[
        ("GETEX a EX 0", "-ERR invalid expire time in 'getex' command"),
        ("GETEX nope EX x", WRONG_INT),
    ]);
}

#[test]
fn deletes() {
    let mut rig = Rig::new();
    rig.run("MSET a 1 b x");
    rig.check("GETDEL nope", "$-1", &[]);
    rig.check("GETDEL a", "$1|1", &["DEL a"]);
    rig.check("DELIFEQ b y", ":0", &[]);
    rig.check("delifeq b x", ":1", &["DEL b"]);
    rig.check("DELIFEQ b x", ":0", &[]);
    rig.run("SET n 10");
    rig.check("DELIFEQ n 10", ":1", &["DEL n"]);
    assert_eq!(rig.size(0), 0);
}

#[test]
fn msetex() {
    let mut rig = Rig::new();
    rig.check("MSETEX 2 a 1 b 2", ":1", &["MSETEX 2 a 1 b 2"]);
    rig.check("MSETEX 2 a 3 c 4 NX", ":0", &[]);
    rig.check("MSETEX 2 a 3 c 4 XX", ":0", &[]);
    rig.check("MSETEX 1 a 3 EX 10 xx", ":1", &[&format!("MSETEX 1 a 3 PXAT {} xx", NOW + 10_000)]);
    rig.check("MSETEX 1 a 3 px 5 px 6", ":1", &[&format!("MSETEX 1 a 3 PXAT {}", NOW + 6)]);
    rig.check("MSETEX 1 a 4 KEEPTTL", ":1", &["MSETEX 1 a 4 KEEPTTL"]);
    rig.check("PTTL a", ":6", &[]);
    rig.check("MSETEX 1 a 4 pxat 2000000000", ":1", &["MSETEX 1 a 4 pxat 2000000000"]);
    rig.check("MSETEX 1 c EX NX EXAT 2000000", ":1", &["MSETEX 1 c EX NX PXAT 2000000000"]);
    // A past time is set, and found past later.
    rig.check("MSETEX 1 d 1 EXAT 1", ":1", &["MSETEX 1 d 1 PXAT 1000"]);
    rig.check("GET d", "$-1", &["UNLINK d"]);
    let count = "-ERR invalid numkeys value or out of range";
    for (line, reply) in [
        ("MSETEX 0 a 1", count),
        ("MSETEX x a 1", count),
        ("MSETEX 2147483648 a 1", count),
        ("MSETEX 2147483647 a 1", SYNTAX),
        ("MSETEX 2 a 1", SYNTAX),
        ("MSETEX 1 a 1 b", SYNTAX),
        ("MSETEX 1 a 1 NX XX", SYNTAX),
        ("MSETEX 1 a 1 EX 0", "-ERR invalid expire time in 'msetex' command"),
        ("MSETEX 1 a 1 EX x", WRONG_INT),
        ("MSETEX 1 a 1 GET", SYNTAX),
    ] {
        rig.check(line, reply, &[]);
    }
}
