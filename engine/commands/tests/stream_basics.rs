//! Entries of streams: replies, errors and what is logged, as Valkey 9.1 has them.

mod common;

use common::Rig;

const INVALID: &str = "-ERR Invalid stream ID specified as stream command argument";
const SYNTAX: &str = "-ERR syntax error";
const SMALLER: &str = "-ERR The ID specified in XADD is equal or smaller than the target stream top item";

/// A stream `s` with the entries 1-0 to 5-0.
fn five() -> Rig {
    let mut rig = Rig::new();
    rig.rules.sizes.stream.entries = 2;
    for ms in 1..=5 {
        rig.run(&format!("XADD s {ms}-0 n {ms}"));
    }
    rig
}

#[test]
fn entries_get_ids_and_are_logged_with_them() {
    let mut rig = Rig::new();
    rig.check("XADD s * f v", "$12|1000000000-0", &["XADD s 1000000000-0 f v"]);
    rig.check("xadd s * f v", "$12|1000000000-1", &["xadd s 1000000000-1 f v"]);
    rig.now -= 5;
    rig.check("XADD s * f v", "$12|1000000000-2", &["XADD s 1000000000-2 f v"]);
    rig.check("XADD s 1000000000-* f v", "$12|1000000000-3", &["XADD s 1000000000-3 f v"]);
    rig.check("XADD s 1000000001 f v", "$12|1000000001-0", &["XADD s 1000000001 f v"]);
    rig.check(
        "XADD s NOMKSTREAM 2000000000-* f v",
        "$12|2000000000-0",
        &["XADD s NOMKSTREAM 2000000000-0 f v"],
    );
    rig.check("XLEN s", ":6", &[]);
}

#[test]
fn what_cannot_be_added_leaves_nothing() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("XADD s 0-0 f v", "-ERR The ID specified in XADD must be greater than 0-0"),
        ("XADD s NOMKSTREAM * f v", "$-1"),
        ("XADD s 1-0 f", "-ERR wrong number of arguments for 'xadd' command"),
        ("XADD s 1-0 f v g", "-ERR wrong number of arguments for 'xadd' command"),
        ("XADD s - f v", INVALID),
        ("XADD s x f v", INVALID),
        ("EXISTS s", ":0"),
        ("XADD s 5-5 f v", "$3|5-5"),
        ("XADD s 5-5 f v", SMALLER),
        ("XADD s 4-* f v", SMALLER),
        (
            "XADD s 18446744073709551615-18446744073709551615 f v",
            "$41|18446744073709551615-18446744073709551615",
        ),
        ("XADD s * f v", "-ERR The stream has exhausted the last possible ID, unable to add more items"),
        ("SET t x", "+OK"),
        ("XADD t * f v", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
        ("XLEN t", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ]);
}

#[test]
fn trims_are_logged_as_what_they_came_to() {
    let mut rig = five();
    rig.check("XTRIM s MAXLEN ~ 2", ":2", &["XTRIM s MAXLEN = 3"]);
    rig.check("XTRIM s MAXLEN ~ 2", ":0", &[]);
    rig.check("XADD s MAXLEN ~ 3 LIMIT 0 6-0 f v", "$3|6-0", &["XADD s MAXLEN = 4 6-0 f v"]);
    rig.check("XADD s MINID ~ 5 6-* f v", "$3|6-1", &["XADD s MINID = 5-0 6-1 f v"]);
    rig.check("XADD s MAXLEN 2 6-* f v", "$3|6-2", &["XADD s MAXLEN = 2 6-2 f v"]);
    rig.check("XTRIM s MINID = 6-2", ":1", &["XTRIM s MINID = 6-2"]);
    rig.check("XTRIM s MINID ~ 9", ":1", &["XTRIM s MINID = 18446744073709551615-18446744073709551615"]);
    rig.check("EXISTS s", ":1", &[]);
}

#[test]
fn trims_that_make_no_sense() {
    let mut rig = five();
    let both = "-ERR syntax error, MAXLEN and MINID options at the same time are not compatible";
    rig.replies(&[
        ("XTRIM s MAXLEN 1 MINID 1", both),
        ("XTRIM s MAXLEN -1", "-ERR The MAXLEN argument must be >= 0."),
        ("XTRIM s MAXLEN ~ 1 LIMIT -1", "-ERR The LIMIT argument must be >= 0."),
        (
            "XTRIM s MAXLEN = 1 LIMIT 1",
            "-ERR syntax error, LIMIT cannot be used without the special ~ option",
        ),
        ("XTRIM s LIMIT 1", "-ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"),
        ("XTRIM s LIMIT 0", "-ERR syntax error, XTRIM must be called with a trimming strategy"),
        ("XTRIM s MAXLEN x", "-ERR value is not an integer or out of range"),
        ("XTRIM s MINID x", INVALID),
        ("XTRIM s 1 2", SYNTAX),
        ("XLEN s", ":5"),
    ]);
}

#[test]
fn ranges() {
    let mut rig = five();
    let (one, two) = ("*2|$3|1-0|*2|$1|n|$1|1", "*2|$3|2-0|*2|$1|n|$1|2");
    rig.replies(&[
        ("XRANGE s - 2", &format!("*2|{one}|{two}")),
        ("XREVRANGE s 2 -", &format!("*2|{two}|{one}")),
        ("XRANGE s (1-0 (3-0", &format!("*1|{two}")),
        ("XRANGE s - + COUNT 1", &format!("*1|{one}")),
        ("XRANGE s - + COUNT 0", "*-1"),
        ("XRANGE s - + COUNT -1", "*-1"),
        ("XRANGE s + -", "*0"),
        ("XRANGE none - +", "*0"),
        ("XRANGE s - + COUNT", SYNTAX),
        ("XRANGE s (- +", INVALID),
        ("XRANGE s (18446744073709551615-18446744073709551615 +", "-ERR invalid start ID for the interval"),
        ("XRANGE s - (0-0", "-ERR invalid end ID for the interval"),
    ]);
    assert_eq!(rig.run3("XRANGE s - + COUNT 0"), "_");
}

#[test]
fn deleting_and_what_is_remembered_of_it() {
    let mut rig = five();
    rig.check("XDEL s 2-0 2-0 9-9", ":1", &["XDEL s 2-0 2-0 9-9"]);
    rig.check("XDEL s 2-0", ":0", &[]);
    assert_eq!(rig.run("XDEL s 1-0 x"), INVALID);
    rig.replies(&[
        ("XLEN s", ":4"),
        ("XSETID s 1-0", "-ERR The ID specified in XSETID is smaller than current max_deleted_entry_id"),
        ("XSETID s 4-0", "-ERR The ID specified in XSETID is smaller than the target stream top item"),
        (
            "XSETID s 9-0 ENTRIESADDED 1",
            "-ERR The entries_added specified in XSETID is smaller than the target stream length",
        ),
        (
            "XSETID s 9-0 MAXDELETEDID 9-1",
            "-ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
        ),
        ("XSETID s 9-0 ENTRIESADDED -1", "-ERR entries_added must be positive"),
        ("XSETID none 9-0", "-ERR no such key"),
        ("XSETID s 9-0 ENTRIESADDED 10 MAXDELETEDID 3-0", "+OK"),
        ("XADD s 8-0 f v", SMALLER),
    ]);
    let info = rig.run("XINFO STREAM s");
    assert!(info.contains("|$17|last-generated-id|$3|9-0|$20|max-deleted-entry-id|$3|3-0|"), "{info}");
    assert!(info.contains("|$13|entries-added|:10|$23|recorded-first-entry-id|$3|1-0|"), "{info}");
}

#[test]
fn reading_without_waiting() {
    let mut rig = five();
    rig.run("XADD t 7-0 f v");
    rig.replies(&[
        ("XREAD COUNT 1 STREAMS s t none 4 $ 0", "*1|*2|$1|s|*1|*2|$3|5-0|*2|$1|n|$1|5"),
        ("XREAD STREAMS t s + 5", "*1|*2|$1|t|*1|*2|$3|7-0|*2|$1|f|$1|v"),
        ("XREAD STREAMS s $", "*-1"),
        ("XREAD BLOCK 10 STREAMS s $", "*-1"),
        ("XREAD BLOCK -1 STREAMS s $", "-ERR timeout is negative"),
        ("XREAD BLOCK 1.5 STREAMS s $", "-ERR timeout is not an integer or out of range"),
        (
            "XREAD STREAMS s >",
            "-ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> \
          <consumer> option.",
        ),
        (
            "XREAD STREAMS s t 0",
            "-ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be \
          specified.",
        ),
        (
            "XREAD GROUP g c STREAMS s 0",
            "-ERR The GROUP option is only supported by XREADGROUP. You called XREAD \
          instead.",
        ),
        ("XREAD COUNT 1 STREAMS", SYNTAX),
    ]);
    assert_eq!(rig.run3("XREAD STREAMS t 0"), "%1|$1|t|*1|*2|$3|7-0|*2|$1|f|$1|v");
}
