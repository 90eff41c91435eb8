//! The string commands: replies and errors, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const WRONG_INT: &str = "-ERR value is not an integer or out of range";
const SYNTAX: &str = "-ERR syntax error";

#[test]
fn counters() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("INCR n", ":1"),
        ("INCRBY n 41", ":42"),
        ("DECR n", ":41"),
        ("DECRBY n -1", ":42"),
        ("DECRBY n -9223372036854775808", "-ERR decrement would overflow"),
        ("INCRBY n 9223372036854775807", "-ERR increment or decrement would overflow"),
        ("INCRBY n 1.5", WRONG_INT),
        ("SET n -9223372036854775808", "+OK"),
        ("DECR n", "-ERR increment or decrement would overflow"),
        ("SET n 007", "+OK"),
        ("INCR n", WRONG_INT),
        ("SET n \" 7\"", "+OK"),
        ("INCR n", WRONG_INT),
    ]);
    rig.check("INCR fresh", ":1", &["INCR fresh"]);
    rig.run("PEXPIRE fresh 1000");
    rig.run("INCR fresh");
    rig.check("PTTL fresh", ":1000", &[]);
}

#[test]
fn floats() {
    let mut rig = Rig::new();
    rig.check("INCRBYFLOAT f 0.1", "$3|0.1", &["SET f 0.1 KEEPTTL"]);
    rig.check("INCRBYFLOAT f 0.2", "$3|0.3", &["SET f 0.3 KEEPTTL"]);
    // The digits of an 80-bit float.
    let sum = "10000000000.29999999981373549";
    rig.check("incrbyfloat f 1e10", &format!("$29|{sum}"), &[&format!("SET f {sum} KEEPTTL")]);
    rig.replies(&[
        ("INCRBYFLOAT f nan", "-ERR value is not a valid float"),
        ("INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity"),
        ("INCRBYFLOAT f x", "-ERR value is not a valid float"),
        ("SET f 10", "+OK"),
        ("INCRBYFLOAT f -5", "$1|5"),
        ("OBJECT ENCODING f", "$6|embstr"),
        ("INCR f", ":6"),
        ("SET f 1x", "+OK"),
        ("INCRBYFLOAT f 1", "-ERR value is not a valid float"),
    ]);
    // The longest sum is longer than what an entry keeps inside of it.
    let reply = rig.run("INCRBYFLOAT huge 1e4900");
    assert!(reply.starts_with("$4901|1000") || reply.starts_with("$4901|9999"), "{}", &reply[..20]);
    assert_eq!(rig.run("STRLEN huge"), ":4901");
}

#[test]
fn ranges() {
    let mut rig = Rig::new();
    rig.replies(
        &[
            ("GETRANGE nope 0 -1", "$0|"),
            ("SET s \"This is a string\"", "+OK"),
            ("GETRANGE s 0 3", "$4|This"),
            ("GETRANGE s -3 -1", "$3|ing"),
            ("SUBSTR s 0 -1", "$16|This is a string"),
            ("GETRANGE s 10 100", "$6|string"),
            ("GETRANGE s 5 3", "$0|"),
            ("GETRANGE s -1 -5", "$0|"),
            ("GETRANGE s -9223372036854775808 9223372036854775807", "$16|This is a string"),
            ("GETRANGE s x 1", WRONG_INT),
            ("SET n 1234", "+OK"),
            ("GETRANGE n 1 2", "$2|23"),
            ("STRLEN n", ":4"),
            ("STRLEN nope", ":0"),
        ]
        .map(|(line, reply)| (line, reply.trim_end_matches('|'))),
    );
}

#[test]
fn appends_and_overwrites() {
    let mut rig = Rig::new();
    rig.check("APPEND a 12", ":2", &["APPEND a 12"]);
    rig.check("OBJECT ENCODING a", "$3|int", &[]);
    rig.check("APPEND a 3", ":3", &["APPEND a 3"]);
    rig.replies(&[
        ("OBJECT ENCODING a", "$3|raw"),
        ("INCR a", ":124"),
        ("OBJECT ENCODING a", "$3|int"),
        ("SETRANGE a 1 x", ":3"),
        ("GET a", "$3|1x4"),
        ("OBJECT ENCODING a", "$3|raw"),
        ("SETRANGE a 5 yz", ":7"),
        ("GET a", "$7|1x4\0\0yz"),
        ("SETRANGE a 2 \"\"", ":7"),
        ("SETRANGE nope 2 \"\"", ":0"),
        ("EXISTS nope", ":0"),
        ("SETRANGE new 3 a", ":4"),
        ("GET new", "$4|\0\0\0a"),
        ("SETRANGE a -1 x", "-ERR offset is out of range"),
        ("SETRANGE a x x", WRONG_INT),
    ]);
    rig.check("SETRANGE a 2 \"\"", ":7", &[]);
    rig.check("APPEND a \"\"", ":7", &["APPEND a "]);
}

#[test]
fn strings_have_a_longest_length() {
    let mut rig = Rig::new();
    rig.rules.max_string = 10;
    let too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    rig.run("SET a 12345678");
    for line in [
        "APPEND a 123",
        "SETRANGE a 8 123",
        "SETRANGE nope 10 x",
        "SETRANGE a 9223372036854775807 x",
        "SETRANGE a 9223372036854775806 xyz",
    ] {
        rig.check(line, too_long, &[]);
    }
    rig.replies(&[("APPEND a 90", ":10"), ("SETRANGE b 9 x", ":10"), ("EXISTS nope", ":0")]);
    // A primary may say what it likes, up to what memory can be asked for.
    rig.rules.max_string = usize::MAX;
    rig.check("SETRANGE a 9223372036854775807 x", too_long, &[]);
}

#[test]
fn strings_grow_from_entry_to_object() {
    let mut rig = Rig::new();
    let mut model = String::new();
    rig.run("SETEX s 100 \"\"");
    for i in 0..3000 {
        let piece = i.to_string();
        model.push_str(&piece);
        assert_eq!(rig.raw(&["APPEND", "s", &piece]), format!(":{}", model.len()));
    }
    assert_eq!(rig.run("GET s"), format!("${}|{model}", model.len()));
    rig.replies(&[("TTL s", ":100"), ("OBJECT ENCODING s", "$3|raw"), ("SETRANGE s 1 xx", ":10890")]);
    assert_eq!(rig.run("GETRANGE s 0 3"), "$4|0xx3");
    // Longer than what a client may set inside of an entry, and back.
    let long = "v".repeat(5000);
    rig.raw(&["SET", "s", &long]);
    assert_eq!((rig.run("STRLEN s"), rig.run("TTL s")), (":5000".into(), ":-1".into()));
    rig.replies(&[("APPEND s w", ":5001"), ("SET s 1", "+OK"), ("OBJECT ENCODING s", "$3|int")]);
}

#[test]
fn many_at_once() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("MSET a 1 b x a 2", "+OK"),
        ("MGET a nope b", "*3|$1|2|$-1|$1|x"),
        ("MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"),
        ("MSETNX a 1 b", "-ERR wrong number of arguments for 'msetnx' command"),
    ]);
    assert_eq!(rig.run3("MGET a nope"), "*2|$1|2|_");
    rig.check("MSETNX c 1 a 3", ":0", &[]);
    rig.check("EXISTS c", ":0", &[]);
    rig.check("MSETNX c 1 d 2 c 3", ":1", &["MSETNX c 1 d 2 c 3"]);
    assert_eq!(rig.run("GET c"), "$1|3");
    rig.run("PEXPIRE a 1000");
    rig.run("MSET a 1");
    rig.check("PTTL a", ":-1", &[]);
}

#[test]
fn encodings() {
    let mut rig = Rig::new();
    for (key, len, name) in [
        // Eight bytes of header, two terminators, and headers of the two strings: 128 at most.
        ("k", 112, "$6|embstr"),
        ("k", 113, "$3|raw"),
        ("a-key-of-32-bytes-is-a-long-name", 79, "$6|embstr"),
        ("a-key-of-32-bytes-is-a-long-name", 80, "$3|raw"),
        ("k", 5000, "$3|raw"),
    ] {
        rig.raw(&["SET", key, &"x".repeat(len)]);
        assert_eq!(rig.raw(&["OBJECT", "ENCODING", key]), name, "{key} {len}");
    }
    rig.raw(&["SETEX", "k", "10", &"x".repeat(105)]);
    assert_eq!(rig.run("OBJECT ENCODING k"), "$3|raw");
    rig.replies(&[
        ("SET k 01", "+OK"),
        ("OBJECT ENCODING k", "$6|embstr"),
        ("SETRANGE k 0 1", ":2"),
        ("OBJECT ENCODING k", "$3|raw"),
        ("SET k 02", "+OK"),
        ("OBJECT ENCODING k", "$6|embstr"),
        ("SET k 12345678901234567890", "+OK"),
        ("OBJECT ENCODING k", "$6|embstr"),
        ("SET k -9223372036854775808", "+OK"),
        ("OBJECT ENCODING k", "$3|int"),
    ]);
}

#[test]
fn common_subsequences() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("MSET a ohmytext b mynewtext n 5", "+OK"),
        ("LCS a b", "$6|mytext"),
        ("LCS a b LEN", ":6"),
        ("LCS a b IDX", "*4|$7|matches|*2|*2|*2|:4|:7|*2|:5|:8|*2|*2|:2|:3|*2|:0|:1|$3|len|:6"),
        ("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN", "*4|$7|matches|*1|*3|*2|:4|:7|*2|:5|:8|:4|$3|len|:6"),
        ("LCS a nope IDX", "*4|$7|matches|*0|$3|len|:0"),
        ("LCS a nope", "$0"),
        ("LCS n n", "$1|5"),
        ("LCS a b IDX MINMATCHLEN -1 MINMATCHLEN 9223372036854775807", "*4|$7|matches|*0|$3|len|:6"),
        ("LCS a b MINMATCHLEN x", WRONG_INT),
        ("LCS a b MINMATCHLEN", SYNTAX),
        ("LCS a b FOO", SYNTAX),
        ("LCS a b LEN IDX", "-ERR If you want both the length and indexes, please just use IDX."),
    ]);
    assert!(rig.run3("LCS a b IDX").starts_with("%2|$7|matches|*2|"));
    rig.rules.max_string = 4 * 9 * 10 - 1;
    let too_large = "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
    rig.replies(&[("LCS a b", too_large), ("LCS a b LEN", too_large)]);
    rig.rules.max_string += 1;
    rig.check("LCS a b", "$6|mytext", &[]);
}

#[test]
fn wrong_numbers_of_arguments() {
    for line in ["GET", "SET a", "APPEND a", "MSETEX 1 a", "LCS a", "SETRANGE a 1", "GETEX", "DELIFEQ a"] {
        let name = line.split(' ').next().unwrap_or_default().to_lowercase();
        assert_eq!(Rig::new().run(line), format!("-ERR wrong number of arguments for '{name}' command"));
    }
}
