//! The commands on lists: replies, errors, effects, events, as Valkey 9.1 gives them.

mod common;

use common::Rig;
use ironkeep_commands::event::Classes;
use ironkeep_values::list::Limit;

#[test]
fn push_and_look() {
    Rig::new().replies(&[
        ("RPUSHX l a", ":0"),
        ("RPUSH l a b", ":2"),
        ("LPUSH l c 12", ":4"),
        ("LPUSHX l x", ":5"),
        ("RPUSHX l y z", ":7"),
        ("LLEN l", ":7"),
        ("LLEN none", ":0"),
        ("LRANGE l 0 -1", "*7|$1|x|$2|12|$1|c|$1|a|$1|b|$1|y|$1|z"),
        ("LRANGE l -2 100", "*2|$1|y|$1|z"),
        ("LRANGE l 5 4", "*0"),
        ("LRANGE l 9223372036854775807 -9223372036854775808", "*0"),
        ("LRANGE none 0 -1", "*0"),
        ("LINDEX l 1", "$2|12"),
        ("LINDEX l -1", "$1|z"),
        ("LINDEX l 7", "$-1"),
        ("LINDEX none x", "$-1"),
        ("LRANGE none x 1", "-ERR value is not an integer or out of range"),
    ]);
}

#[test]
fn wrong_types() {
    let mut rig = Rig::new();
    rig.run("SET s v");
    for line in [
        "LPUSH s a",
        "RPUSHX s a",
        "LPOP s",
        "RPOP s 2",
        "LLEN s",
        "LRANGE s 0 1",
        "LINDEX s x",
        "LSET s x v",
        "LINSERT s BEFORE a b",
        "LREM s 0 a",
        "LTRIM s 0 1",
        "LPOS s a",
        "LMOVE s t LEFT LEFT",
        "LMPOP 2 none s LEFT",
        "BLPOP none s 0",
        "BLMOVE s t LEFT LEFT 0",
    ] {
        rig.check(line, "-WRONGTYPE Operation against a key holding the wrong kind of value", &[]);
    }
    rig.replies(&[
        ("RPUSH l a", ":1"),
        ("LMOVE none s LEFT LEFT", "$-1"),
        ("LMOVE l s LEFT LEFT", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
        ("LLEN l", ":1"),
    ]);
}

#[test]
fn pop() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("RPUSH l a b c d e", ":5"),
        ("LPOP l", "$1|a"),
        ("RPOP l 2", "*2|$1|e|$1|d"),
        ("LPOP l 0", "*0"),
        ("LPOP l 1 2", "-ERR wrong number of arguments for 'lpop' command"),
        ("LPOP l -1", "-ERR value is out of range, must be positive"),
        ("RPOP l x", "-ERR value is out of range, must be positive"),
        ("LPOP none", "$-1"),
        ("LPOP none 3", "*-1"),
        ("RPOP l 9", "*2|$1|c|$1|b"),
        ("EXISTS l", ":0"),
    ]);
    assert_eq!(rig.run3("LPOP none 3"), "_");
}

#[test]
fn pop_from_the_first_of_several() {
    let mut rig = Rig::new();
    rig.run("RPUSH b 1 2 3");
    rig.check("LMPOP 2 a b LEFT", "*2|$1|b|*1|$1|1", &["LPOP b 1"]);
    rig.check("LMPOP 2 a b RIGHT COUNT 9", "*2|$1|b|*2|$1|3|$1|2", &["RPOP b 2"]);
    rig.check("LMPOP 2 a b RIGHT COUNT 9", "*-1", &[]);
    rig.replies(&[
        ("LMPOP 0 a LEFT", "-ERR numkeys should be greater than 0"),
        ("LMPOP x a LEFT", "-ERR numkeys should be greater than 0"),
        ("LMPOP 2 a LEFT", "-ERR syntax error"),
        ("LMPOP 1 a UP", "-ERR syntax error"),
        ("LMPOP 1 a LEFT COUNT", "-ERR syntax error"),
        ("LMPOP 1 a LEFT COUNT 0", "-ERR count should be greater than 0"),
        ("LMPOP 1 a LEFT COUNT 1 COUNT 1", "-ERR syntax error"),
        ("LMPOP 9223372036854775807 a LEFT", "-ERR syntax error"),
    ]);
}

#[test]
fn set_insert_remove_trim() {
    Rig::new().replies(&[
        ("LSET l 0 x", "-ERR no such key"),
        ("RPUSH l a b a c a", ":5"),
        ("LSET l x v", "-ERR value is not an integer or out of range"),
        ("LSET l 5 v", "-ERR index out of range"),
        ("LSET l -6 v", "-ERR index out of range"),
        ("LSET l -1 z", "+OK"),
        ("LINSERT l BEFORE b 1", ":6"),
        ("LINSERT l after c 2", ":7"),
        ("LINSERT l AFTER none 3", ":-1"),
        ("LINSERT none AFTER a 3", ":0"),
        ("LINSERT l BESIDE a 3", "-ERR syntax error"),
        ("LRANGE l 0 -1", "*7|$1|a|$1|1|$1|b|$1|a|$1|c|$1|2|$1|z"),
        ("LREM l -1 a", ":1"),
        ("LREM l 0 none", ":0"),
        ("LREM none 0 a", ":0"),
        (
            "LREM l -9223372036854775808 a",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ),
        ("LTRIM l 1 -2", "+OK"),
        ("LTRIM none 1 -2", "+OK"),
        ("LRANGE l 0 -1", "*4|$1|1|$1|b|$1|c|$1|2"),
        ("LTRIM l 5 1", "+OK"),
        ("EXISTS l", ":0"),
    ]);
}

#[test]
fn places() {
    Rig::new().replies(&[
        ("RPUSH l a b c 1 2 3 c c", ":8"),
        ("LPOS l c", ":2"),
        ("LPOS l c RANK -1", ":7"),
        ("LPOS l c RANK 2 COUNT 0", "*2|:6|:7"),
        ("LPOS l c RANK -1 COUNT 2", "*2|:7|:6"),
        ("LPOS l c COUNT 0 MAXLEN 3", "*1|:2"),
        ("LPOS l c MAXLEN 2", "$-1"),
        ("LPOS l none COUNT 1", "*0"),
        ("LPOS none c", "$-1"),
        ("LPOS none c COUNT 1", "*0"),
        (
            "LPOS l c RANK 0",
            "-ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to \
             start from the end of the list",
        ),
        ("LPOS l c COUNT -1", "-ERR COUNT can't be negative"),
        ("LPOS l c MAXLEN x", "-ERR MAXLEN can't be negative"),
        ("LPOS l c RANK", "-ERR syntax error"),
    ]);
}

#[test]
fn moves() {
    let mut rig = Rig::new();
    rig.run("RPUSH a 1 2 3");
    rig.check("LMOVE a b LEFT RIGHT", "$1|1", &["LMOVE a b LEFT RIGHT"]);
    rig.check("RPOPLPUSH a b", "$1|3", &["RPOPLPUSH a b"]);
    rig.replies(&[
        ("LRANGE b 0 -1", "*2|$1|3|$1|1"),
        ("LMOVE b b LEFT RIGHT", "$1|3"),
        ("LRANGE b 0 -1", "*2|$1|1|$1|3"),
        ("LMOVE a a LEFT LEFT", "$1|2"),
        ("LMOVE a b LEFT LEFT", "$1|2"),
        ("EXISTS a", ":0"),
        ("LMOVE a b LEFT LEFT", "$-1"),
        ("LMOVE a b UP LEFT", "-ERR syntax error"),
        ("LRANGE b 0 -1", "*3|$1|2|$1|1|$1|3"),
    ]);
}

#[test]
fn moving_over_a_list_that_has_expired() {
    let mut rig = Rig::new();
    rig.replies(&[("RPUSH a 1 2", ":2"), ("RPUSH b 9", ":1"), ("PEXPIRE b 5", ":1")]);
    rig.now += 10;
    rig.check("LMOVE a b LEFT LEFT", "$1|1", &["UNLINK b", "LMOVE a b LEFT LEFT"]);
    rig.replies(&[("LRANGE b 0 -1", "*1|$1|1"), ("TTL b", ":-1")]);
}

#[test]
fn changes_are_counted_as_in_valkey() {
    let mut rig = Rig::new();
    for (line, changes) in [
        ("RPUSH l a b c d e f", 6),
        ("LPUSHX l x", 1),
        ("LPOP l 2", 2),
        ("LSET l 0 b", 1),
        ("LMOVE l m LEFT LEFT", 1),
        ("LMOVE l l LEFT LEFT", 1),
        ("LREM l 0 none", 0),
        ("LREM l 0 c", 1),
        ("LTRIM l 0 -1", 0),
        ("LTRIM l 1 1", 2),
        ("LLEN l", 0),
    ] {
        rig.run(line);
        assert_eq!(rig.turn.dirty, changes, "{line}");
    }
}

#[test]
fn events() {
    let mut rig = Rig::new();
    rig.rules.notify = Classes::from_bits(u32::MAX);
    for (line, events) in [
        ("RPUSH l a b", "new l, rpush l"),
        ("LPUSH l c", "lpush l"),
        ("LSET l 0 x", "lset l"),
        ("LINSERT l AFTER a y", "linsert l"),
        ("LREM l 1 y", "lrem l"),
        ("LTRIM l 0 -1", "ltrim l"),
        ("LMOVE l m LEFT RIGHT", "rpush m, lpop l"),
        ("RPOP l 2", "rpop l, del l"),
        ("BLMPOP 0 1 m LEFT", "lpop m, del m"),
        ("LPOP l", ""),
    ] {
        rig.events();
        rig.run(line);
        let told: Vec<String> = rig
            .events()
            .iter()
            .map(|event| format!("{} {}", event.name, String::from_utf8_lossy(&event.key)))
            .filter(|told| told != "new m")
            .collect();
        assert_eq!(told.join(", "), events, "{line}");
    }
}

#[test]
fn encodings() {
    let mut rig = Rig::new();
    rig.rules.sizes.list = Limit::of(4);
    rig.replies(&[
        ("RPUSH l 1 2 3 4", ":4"),
        ("OBJECT ENCODING l", "$8|listpack"),
        ("LINSERT l BEFORE none x", ":-1"),
        ("OBJECT ENCODING l", "$9|quicklist"),
        ("LPOP l", "$1|1"),
        ("OBJECT ENCODING l", "$9|quicklist"),
        ("LPOP l", "$1|2"),
        ("OBJECT ENCODING l", "$8|listpack"),
        ("SORT l STORE m", ":2"),
        ("OBJECT ENCODING m", "$8|listpack"),
    ]);
}
