//! Consumer groups: who gets what, what is pending, and what is logged, as Valkey 9.1 has them.

mod common;

use common::Rig;
use ironkeep_commands::event::Classes;

const NOW: &str = "1000000000";

/// A stream `s` with the entries 1-0 to 3-0 and a group `g` that has read nothing.
fn group() -> Rig {
    let mut rig = Rig::new();
    for ms in 1..=3 {
        rig.run(&format!("XADD s {ms}-0 n {ms}"));
    }
    rig.run("XGROUP CREATE s g 0");
    rig
}

fn delivery(consumer: &str, id: &str, time: &str, count: u32, last: &str) -> String {
    format!("XCLAIM s g {consumer} 0 {id} TIME {time} RETRYCOUNT {count} FORCE JUSTID LASTID {last}")
}

#[test]
fn what_is_read_is_logged_as_delivered() {
    let mut rig = group();
    let entry = |ms| format!("*2|$3|{ms}-0|*2|$1|n|$1|{ms}");
    rig.check(
        "XREADGROUP GROUP g a COUNT 1 STREAMS s >",
        &format!("*1|*2|$1|s|*1|{}", entry(1)),
        &[&delivery("a", "1-0", NOW, 1, "1-0"), "XGROUP SETID s g 1-0 ENTRIESREAD 1"],
    );
    rig.check(
        "XREADGROUP GROUP g b STREAMS s >",
        &format!("*1|*2|$1|s|*2|{}|{}", entry(2), entry(3)),
        &[
            &delivery("b", "2-0", NOW, 1, "2-0"),
            &delivery("b", "3-0", NOW, 1, "3-0"),
            "XGROUP SETID s g 3-0 ENTRIESREAD 3",
        ],
    );
    rig.check("XREADGROUP GROUP g b STREAMS s >", "*-1", &[]);
    // What was delivered before is not told again.
    rig.check("XREADGROUP GROUP g b STREAMS s 2-0", &format!("*1|*2|$1|s|*1|{}", entry(3)), &[]);
    rig.check("XACK s g 1-0 1-0 7-0", ":1", &["XACK s g 1-0 1-0 7-0"]);
    rig.check("XACK s g 1-0", ":0", &[]);
    rig.check("XPENDING s g", "*4|:2|$3|2-0|$3|3-0|*1|*2|$1|b|$1|2", &[]);
    rig.now += 50;
    rig.check("XPENDING s g - + 9 b", "*2|*4|$3|2-0|$1|b|:50|:1|*4|$3|3-0|$1|b|:50|:2", &[]);
    rig.check("XPENDING s g IDLE 51 - + 9", "*0", &[]);
}

#[test]
fn without_acknowledgement_nothing_is_pending() {
    let mut rig = group();
    rig.check(
        "XREADGROUP GROUP g a NOACK COUNT 1 STREAMS s >",
        "*1|*2|$1|s|*1|*2|$3|1-0|*2|$1|n|$1|1",
        &["XGROUP CREATECONSUMER s g a", "XGROUP SETID s g 1-0 ENTRIESREAD 1"],
    );
    rig.check("XPENDING s g", "*4|:0|$-1|$-1|*-1", &[]);
}

#[test]
fn a_group_named_like_the_keyword_is_read() {
    let mut rig = group();
    rig.run("XGROUP CREATE s STREAMS 2-0");
    let reply = "*1|*2|$1|s|*1|*2|$3|3-0|*2|$1|n|$1|3";
    // Only the partitions of its keys are held: it must find them where the command does.
    assert_eq!(rig.run("XREADGROUP COUNT 1 GROUP STREAMS streams STREAMS s >"), reply);
    assert_eq!(
        rig.run("XREADGROUP NOACK GROUP streams STREAMS STREAMS"),
        "-ERR wrong number of arguments for \
                                                                         'xreadgroup' command"
    );
    assert!(
        rig.run("XREADGROUP NOACK GROUP x STREAMS STREAMS s 0").starts_with("-NOGROUP No such key 's' or")
    );
}

#[test]
fn claims() {
    let mut rig = group();
    rig.run("XREADGROUP GROUP g a STREAMS s >");
    rig.now += 100;
    let now = "1000000100";
    rig.check("XCLAIM s g b 101 1-0", "*0", &[]);
    rig.check("XCLAIM s g b 100 1-0 JUSTID", "*1|$3|1-0", &[&delivery("b", "1-0", now, 1, "3-0")]);
    rig.check(
        "XCLAIM s g b 0 2 IDLE 40",
        "*1|*2|$3|2-0|*2|$1|n|$1|2",
        &[&delivery("b", "2", "1000000060", 2, "3-0")],
    );
    rig.check("XCLAIM s g b 0 9-0 LASTID 9-0", "*0", &["XGROUP SETID s g 9-0 ENTRIESREAD 3"]);
    rig.run("XACK s g 3-0");
    rig.check("XCLAIM s g a 0 3-0", "*0", &[]);
    rig.check(
        "XCLAIM s g a 0 3-0 FORCE",
        "*1|*2|$3|3-0|*2|$1|n|$1|3",
        &[&delivery("a", "3-0", now, 2, "9-0")],
    );
    rig.run("XDEL s 1-0");
    rig.check("XCLAIM s g a 0 1-0", "*0", &[&delivery("b", "1-0", now, 1, "9-0")]);
    rig.check("XCLAIM s g a x 1-0", "-ERR Invalid min-idle-time argument for XCLAIM", &[]);
    rig.check("XCLAIM s g a 0 1-0 WHAT", "-ERR Unrecognized XCLAIM option 'WHAT'", &[]);
    rig.check("XCLAIM s h a 0 1-0", "-NOGROUP No such key 's' or consumer group 'h'", &[]);
}

#[test]
fn claims_of_what_has_waited_long() {
    let mut rig = group();
    rig.run("XREADGROUP GROUP g a STREAMS s >");
    rig.run("XDEL s 1-0");
    rig.now += 100;
    let now = "1000000100";
    rig.check(
        "XAUTOCLAIM s g b 50 - COUNT 2",
        "*3|$3|3-0|*1|*2|$3|2-0|*2|$1|n|$1|2|*1|$3|1-0",
        &[&delivery("a", "1-0", NOW, 1, "3-0"), &delivery("b", "2-0", now, 2, "3-0")],
    );
    rig.check(
        "XAUTOCLAIM s g b 50 3-0 JUSTID",
        "*3|$3|0-0|*1|$3|3-0|*0",
        &[&delivery("b", "3-0", now, 1, "3-0")],
    );
    rig.check("XAUTOCLAIM s g b 0 - COUNT 0", "-ERR COUNT must be > 0", &[]);
}

#[test]
fn groups_and_consumers_come_and_go() {
    let mut rig = group();
    let no_key = "-ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the \
                  MKSTREAM option to create an empty stream automatically.";
    rig.replies(&[
        ("XGROUP CREATE s g 0", "-BUSYGROUP Consumer Group name already exists"),
        ("XGROUP CREATE none g 0", no_key),
        ("XGROUP CREATE none g $ MKSTREAM ENTRIESREAD 3", "+OK"),
        ("XLEN none", ":0"),
        ("XGROUP CREATE none h 0 ENTRIESREAD -2", "-ERR value for ENTRIESREAD must be positive or -1"),
        (
            "XGROUP CREATE s h 0 WHAT",
            "-ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP.",
        ),
        ("XGROUP CREATECONSUMER s g a", ":1"),
        ("XGROUP CREATECONSUMER s g a", ":0"),
        ("XGROUP CREATECONSUMER s h a", "-NOGROUP No such consumer group 'h' for key name 's'"),
        ("XGROUP SETID s g 2-0", "+OK"),
        ("XREADGROUP GROUP g a STREAMS s >", "*1|*2|$1|s|*1|*2|$3|3-0|*2|$1|n|$1|3"),
        ("XGROUP DELCONSUMER s g a", ":1"),
        ("XGROUP DELCONSUMER s g a", ":0"),
        ("XGROUP DESTROY s g", ":1"),
        ("XGROUP DESTROY s g", ":0"),
    ]);
}

#[test]
fn events_are_told() {
    let mut rig = Rig::new();
    rig.rules.notify = Classes::from_bits(u32::MAX);
    rig.run("XGROUP CREATE s g 0 MKSTREAM");
    rig.run("XADD s MAXLEN 0 1-0 f v");
    rig.run("XADD s 2-0 f v");
    rig.run("XREADGROUP GROUP g a STREAMS s >");
    rig.run("XDEL s 2-0");
    rig.run("XSETID s 3-0");
    rig.run("XGROUP SETID s g 0");
    rig.run("XGROUP DELCONSUMER s g a");
    rig.run("XGROUP DESTROY s g");
    let names: Vec<_> = rig.events().iter().map(|event| event.name).collect();
    let wanted = "new xgroup-create xadd xtrim xadd xgroup-createconsumer xdel xsetid xgroup-setid \
                  xgroup-delconsumer xgroup-destroy";
    assert_eq!(names, wanted.split_whitespace().collect::<Vec<_>>());
}
