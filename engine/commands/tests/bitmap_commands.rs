//! The commands on bits: replies, errors and effects, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const WRONG_INT: &str = "-ERR value is not an integer or out of range";
const SYNTAX: &str = "-ERR syntax error";
const BAD_OFFSET: &str = "-ERR bit offset is not an integer or out of range";

#[test]
fn single_bits() {
    let mut rig = Rig::new();
    rig.check("SETBIT b 7 1", ":0", &["SETBIT b 7 1"]);
    rig.check("SETBIT b 7 1", ":1", &[]);
    rig.check("SETBIT b 7 0", ":1", &["SETBIT b 7 0"]);
    rig.check("SETBIT b 9 0", ":0", &["SETBIT b 9 0"]);
    rig.replies(&[
        ("STRLEN b", ":2"),
        ("GETBIT b 100000", ":0"),
        ("GETBIT nope 1", ":0"),
        ("SET n 1", "+OK"),
        ("GETBIT n 7", ":1"),
        ("GETBIT n 6", ":0"),
        ("SETBIT n 6 1", ":0"),
        ("GET n", "$1|3"),
        ("OBJECT ENCODING n", "$3|raw"),
        ("SETBIT b -1 1", BAD_OFFSET),
        ("SETBIT b 4294967296 1", BAD_OFFSET),
        ("SETBIT b #1 1", BAD_OFFSET),
        ("GETBIT b 9223372036854775807", BAD_OFFSET),
        ("SETBIT b 1 2", "-ERR bit is not an integer or out of range"),
        ("SETBIT b 1 x", "-ERR bit is not an integer or out of range"),
        ("SETBIT far 400000 1", ":0"),
        ("STRLEN far", ":50001"),
        ("BITPOS far 1", ":400000"),
    ]);
}

#[test]
fn counts() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("SET b foobar", "+OK"),
        ("BITCOUNT b", ":26"),
        ("BITCOUNT b 0 0", ":4"),
        ("BITCOUNT b 1", ":22"),
        ("BITCOUNT b -2", ":7"),
        ("BITCOUNT b 1 1 BYTE", ":6"),
        ("BITCOUNT b 5 30 BIT", ":17"),
        ("BITCOUNT b -1 -1 bit", ":0"),
        ("BITCOUNT b -1 -2", ":0"),
        ("BITCOUNT b -100 -200", ":0"),
        ("BITCOUNT b -9223372036854775808 9223372036854775807 BIT", ":26"),
        ("BITCOUNT nope 0 0 BIT", ":0"),
        ("BITCOUNT b x", WRONG_INT),
        ("BITCOUNT b 0 x BIT", WRONG_INT),
        ("BITCOUNT b 0 x FOO", SYNTAX),
        ("BITCOUNT b 0 1 BIT 2", SYNTAX),
    ]);
}

#[test]
fn positions() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("SET b \"\\xff\\xf0\\x00\"", "+OK"),
        ("BITPOS b 0", ":12"),
        ("BITPOS b 1", ":0"),
        ("BITPOS b 1 2", ":-1"),
        ("BITPOS b 0 7 15 BIT", ":12"),
        ("BITPOS b 0 0 9 BIT", ":-1"),
        ("BITPOS b 1 5 5 BIT", ":5"),
        ("BITPOS b 0 -100 -200", ":-1"),
        ("BITPOS b 0 5", ":-1"),
        ("SET full \"\\xff\\xff\"", "+OK"),
        ("BITPOS full 0", ":16"),
        ("BITPOS full 0 1", ":16"),
        ("BITPOS full 0 0 -1", ":-1"),
        ("SET empty \"\"", "+OK"),
        ("BITPOS empty 0", ":-1"),
        ("BITPOS nope 0", ":0"),
        ("BITPOS nope 0 5 6", ":0"),
        ("BITPOS nope 1", ":-1"),
        ("BITPOS b 2", "-ERR The bit argument must be 1 or 0."),
        ("BITPOS b x", WRONG_INT),
        ("BITPOS b 0 x", WRONG_INT),
        ("BITPOS b 0 1 2 FOO", SYNTAX),
        ("BITPOS b 0 1 2 BIT 3", SYNTAX),
    ]);
}

#[test]
fn combines() {
    let mut rig = Rig::new();
    rig.run("MSET a \"\\x0f\\xff\" b \"\\x3c\" n 5 dest old");
    rig.run("PEXPIRE dest 1000");
    rig.check("BITOP AND dest a b", ":2", &["BITOP AND dest a b"]);
    rig.replies(&[
        ("TTL dest", ":-1"),
        ("OBJECT ENCODING dest", "$3|raw"),
        ("BITCOUNT dest", ":2"),
        ("BITOP or dest a b nope", ":2"),
        ("BITCOUNT dest", ":14"),
        ("BITOP XOR dest a b", ":2"),
        ("BITCOUNT dest", ":12"),
        ("BITOP NOT dest a", ":2"),
        ("BITCOUNT dest", ":4"),
        ("BITOP NOT n n", ":1"),
        ("BITOP AND a a nope", ":2"),
        ("GET a", "$2|\0\0"),
        ("BITOP NOT dest a b", "-ERR BITOP NOT must be called with a single source key."),
        ("BITOP DIFF dest a b", SYNTAX),
    ]);
    rig.check("BITOP AND dest nope nope", ":0", &["BITOP AND dest nope nope"]);
    rig.check("EXISTS dest", ":0", &[]);
    rig.check("BITOP AND dest nope nope", ":0", &[]);
    rig.raw(&["SET", "long", &"\x01".repeat(10_000)]);
    rig.replies(&[("BITOP XOR long long b", ":10000"), ("BITCOUNT long", ":10004")]);
}

#[test]
fn fields() {
    let mut rig = Rig::new();
    rig.check("BITFIELD f SET u8 0 255 GET u4 4", "*2|:0|:15", &["BITFIELD f SET u8 0 255 GET u4 4"]);
    rig.check("BITFIELD f GET i8 0 GET u8 #1", "*2|:-1|:0", &[]);
    rig.check("BITFIELD f SET u8 0 255", "*1|:255", &[]);
    rig.check("BITFIELD f", "*0", &[]);
    rig.replies(
        &[
            ("BITFIELD f INCRBY u8 0 1", "*1|:0"),
            ("BITFIELD f OVERFLOW SAT INCRBY u8 0 300 OVERFLOW FAIL INCRBY u8 0 1", "*2|:255|$-1"),
            ("BITFIELD f OVERFLOW SAT SET u8 0 -1 GET u8 0", "*2|:255|:255"),
            ("BITFIELD f OVERFLOW SAT INCRBY i8 #1 -1000 INCRBY i8 #1 1000", "*2|:-128|:127"),
            ("BITFIELD f SET i64 64 -9223372036854775808", "*1|:0"),
            ("BITFIELD f INCRBY i64 64 -1", "*1|:9223372036854775807"),
            (
                "BITFIELD f SET u63 100 9223372036854775807 GET u63 100",
                "*2|:9223372002495037440|:9223372036854775807",
            ),
            ("BITFIELD_RO f GET u63 100 GET u1 99999", "*2|:9223372036854775807|:0"),
            ("BITFIELD_RO nope GET i64 4294967295", "*1|:0"),
            ("BITFIELD_RO f GET u8 0 SET u8 0 1", "-ERR BITFIELD_RO only supports the GET subcommand"),
        ]
        .map(|(line, reply)| (line, reply)),
    );
    assert_eq!(rig.run3("BITFIELD f OVERFLOW FAIL SET u1 0 2"), "*1|_");
    let mut rig = Rig::new();
    rig.check(
        "BITFIELD f SET u8 0 1 SET u8 8 1 SET u8 16 0",
        "*3|:0|:0|:0",
        &["BITFIELD f SET u8 0 1 SET u8 8 1 SET u8 16 0"],
    );
    assert_eq!(rig.turn.dirty, 3);
    // Nothing fits, but the key is there now, and must be elsewhere.
    let line = "BITFIELD new OVERFLOW FAIL SET u1 0 2";
    rig.check(line, "*1|$-1", &[line]);
    rig.check("STRLEN new", ":1", &[]);
}

#[test]
fn errors_of_fields() {
    let kind =
        "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
    let mut rig = Rig::new();
    for (words, reply) in [
        ("GET u64 0", kind),
        ("GET i65 0", kind),
        ("GET i0 0", kind),
        ("GET I8 0", kind),
        ("GET u 0", kind),
        ("GET \"\" 0", kind),
        ("GET u8 -1", BAD_OFFSET),
        ("GET u8 4294967296", BAD_OFFSET),
        ("GET u8 #9223372036854775807", BAD_OFFSET),
        ("GET i64 #288230376151711744", BAD_OFFSET),
        ("SET u8 0 x", WRONG_INT),
        ("OVERFLOW FOO GET u8 0", "-ERR Invalid OVERFLOW type specified"),
        ("GET u8", SYNTAX),
        ("SET u8 0", SYNTAX),
        ("OVERFLOW", SYNTAX),
        ("FOO", SYNTAX),
        ("SET u8 0 1 FOO", SYNTAX),
    ] {
        rig.check(&format!("BITFIELD f {words}"), reply, &[]);
    }
    rig.check("EXISTS f", ":0", &[]);
}
