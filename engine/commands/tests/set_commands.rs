//! The commands on sets: replies, effects, events, forms.

mod common;

use common::Rig;
use ironkeep_commands::event::Classes;
use ironkeep_wire::client::Value;
use std::collections::BTreeSet;

const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const SYNTAX: &str = "-ERR syntax error";

/// The members that a reply shows.
fn members(reply: Value) -> BTreeSet<Vec<u8>> {
    let (Value::Array(items) | Value::Set(items)) = reply else { panic!("no members: {reply:?}") };
    let all: BTreeSet<Vec<u8>> = items
        .iter()
        .map(|item| match item {
            Value::Bulk(bytes) => bytes.clone(),
            other => panic!("no member: {other:?}"),
        })
        .collect();
    assert_eq!(all.len(), items.len(), "a member twice");
    all
}

fn events(rig: &mut Rig) -> Vec<String> {
    rig.events().iter().map(|event| format!("{} {}", event.name, event.key.escape_ascii())).collect()
}

#[test]
fn members_come_and_go() {
    let mut rig = Rig::new();
    rig.check("SADD s 1 2 3 2", ":3", &["SADD s 1 2 3 2"]);
    assert_eq!(rig.turn.dirty, 3);
    rig.check("SADD s 1", ":0", &[]);
    rig.replies(&[
        ("OBJECT ENCODING s", "$6|intset"),
        ("SCARD s", ":3"),
        ("SISMEMBER s 2", ":1"),
        ("SISMEMBER s 02", ":0"),
        ("SMISMEMBER s 3 x 1", "*3|:1|:0|:1"),
        ("SMISMEMBER none x y", "*2|:0|:0"),
        ("SADD s x", ":1"),
        ("OBJECT ENCODING s", "$8|listpack"),
        ("TYPE s", "+set"),
        ("SCARD none", ":0"),
        ("SISMEMBER none x", ":0"),
        ("SMEMBERS none", "*0"),
    ]);
    assert_eq!(rig.run3("SMEMBERS none"), "~0");
    rig.check("SREM s 1 x y", ":2", &["SREM s 1 x y"]);
    rig.check("SREM s y", ":0", &[]);
    rig.check("SREM s 2 3 4", ":2", &["SREM s 2 3 4"]);
    rig.replies(&[("EXISTS s", ":0"), ("SREM s 2", ":0")]);
}

#[test]
fn other_types_are_refused() {
    let mut rig = Rig::new();
    rig.replies(&[("SET t x", "+OK"), ("SADD s a", ":1")]);
    for line in [
        "SADD t a",
        "SREM t a",
        "SISMEMBER t a",
        "SMISMEMBER t a",
        "SCARD t",
        "SMEMBERS t",
        "SPOP t",
        "SPOP t 0",
        "SRANDMEMBER t",
        "SRANDMEMBER t 0",
        "SMOVE t s a",
        "SMOVE s t a",
        "SMOVE s t x",
        "SINTER s t",
        "SINTER none t",
        "SINTERSTORE s s t",
        "SINTERCARD 2 s t",
        "SUNION s t",
        "SUNION none t",
        "SUNIONSTORE d t",
        "SDIFF s t",
        "SDIFF t",
        "SDIFFSTORE d s t",
        "SSCAN t 0 NOSUCHOPTION",
        "GET s",
        "APPEND s x",
    ] {
        rig.check(line, WRONG_TYPE, &[]);
    }
    rig.check("SMOVE none t a", ":0", &[]);
    // A destination may hold anything.
    rig.check("SUNIONSTORE t s", ":1", &["SUNIONSTORE t s"]);
    assert_eq!(rig.run("SMEMBERS t"), "*1|$1|a");
}

#[test]
fn events_come_in_order() {
    let mut rig = Rig::new();
    // All but that a key was not there.
    rig.rules.notify = Classes::from_bits(u32::MAX ^ 1 << 11);
    let mut check = |line: &str, expected: &[&str]| {
        rig.run(line);
        assert_eq!(events(&mut rig), expected, "events of {line}");
    };
    check("SADD s a b c", &["new s", "sadd s"]);
    check("SADD s a", &[]);
    check("SREM s c", &["srem s"]);
    check("SMOVE s d a", &["srem s", "new d", "sadd d"]);
    check("SADD d b", &["sadd d"]);
    check("SMOVE s d b", &["srem s", "del s"]);
    check("SINTERSTORE e d d", &["new e", "sinterstore e"]);
    check("SUNIONSTORE e d", &["sunionstore e"]);
    check("SDIFFSTORE e d none", &["sdiffstore e"]);
    check("SDIFFSTORE e d d", &["del e"]);
    check("SINTERSTORE e d none", &[]);
    check("SPOP d 1", &["spop d"]);
    check("SPOP d", &["spop d", "del d"]);
    check("SADD d a b", &["new d", "sadd d"]);
    check("SPOP d 5", &["spop d", "del d"]);
}

#[test]
fn a_member_moves() {
    let mut rig = Rig::new();
    rig.run("SADD a 1 2");
    rig.check("SMOVE a b 3", ":0", &[]);
    rig.check("SMOVE a b 1", ":1", &["SMOVE a b 1"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.run("SADD b 2");
    rig.check("SMOVE a b 2", ":1", &["SMOVE a b 2"]);
    assert_eq!(rig.turn.dirty, 1);
    rig.check("SMOVE b b 2", ":1", &[]);
    rig.check("SMOVE b b 3", ":0", &[]);
    rig.replies(&[("EXISTS a", ":0"), ("SMEMBERS b", "*2|$1|1|$1|2")]);
}

#[test]
fn what_chance_takes_is_logged_by_name() {
    let mut rig = Rig::new();
    rig.run("SADD s only");
    rig.check("SPOP s", "$4|only", &["SREM s only"]);
    rig.replies(&[("EXISTS s", ":0"), ("SPOP s", "$-1"), ("SPOP s 3", "*0"), ("SPOP s 3 4", SYNTAX)]);
    assert_eq!(rig.run3("SPOP s"), "_");
    assert_eq!(rig.run3("SPOP s 3"), "~0");
    let wrong = "-ERR value is out of range, must be positive";
    rig.replies(&[("SPOP s -1", wrong), ("SPOP s x", wrong), ("SADD s a b", ":2"), ("SPOP s 0", "*0")]);
    rig.check("SPOP s 2", "*2|$1|a|$1|b", &["UNLINK s"]);
    rig.rules.lazy_overwrite = false;
    rig.run("SADD s 1 2");
    rig.check("SPOP s 100", "*2|$1|1|$1|2", &["DEL s"]);
}

#[test]
fn many_taken_by_chance_are_those_that_go() {
    let mut rig = Rig::new();
    for (size, count) in [(10, 3), (10, 9), (100, 40), (600, 500), (600, 599), (3000, 2500), (3000, 2)] {
        for prefix in ["", "m"] {
            let all: Vec<String> = (0..size).map(|n| format!("{prefix}{n}")).collect();
            rig.run(&format!("SADD s {}", all.join(" ")));
            let before = members(rig.ask("SMEMBERS s"));
            let gone = members(rig.ask(&format!("SPOP s {count}")));
            assert_eq!(gone.len(), count);
            assert_eq!(rig.turn.dirty, count as u64);
            let logged: Vec<String> = rig.effects();
            assert_eq!(logged.len(), count.div_ceil(1024));
            let names = logged.iter().flat_map(|line| line.strip_prefix("SREM s ").unwrap().split(' '));
            assert_eq!(names.map(|name| name.as_bytes().to_vec()).collect::<BTreeSet<_>>(), gone);
            let after = members(rig.ask("SMEMBERS s"));
            assert!(after.is_disjoint(&gone));
            assert_eq!(after.union(&gone).cloned().collect::<BTreeSet<_>>(), before);
            rig.run("DEL s");
        }
    }
}

#[test]
fn members_by_chance() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("SRANDMEMBER none", "$-1"),
        ("SRANDMEMBER none 3", "*0"),
        ("SRANDMEMBER none x", "-ERR value is not an integer or out of range"),
        (
            "SRANDMEMBER none -9223372036854775808",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ),
        ("SRANDMEMBER none 1 2", SYNTAX),
        ("SADD s 1 2 3", ":3"),
        ("SRANDMEMBER s 0", "*0"),
        ("SRANDMEMBER s 7", "*3|$1|1|$1|2|$1|3"),
    ]);
    let all = members(rig.ask("SMEMBERS s"));
    let two = members(rig.ask("SRANDMEMBER s 2"));
    assert!(two.len() == 2 && two.is_subset(&all));
    let Value::Array(many) = rig.ask("SRANDMEMBER s -50") else { panic!("no array") };
    assert_eq!(many.len(), 50);
    assert_eq!(rig.run3("SRANDMEMBER s 3").as_bytes().first(), Some(&b'*'));
}

#[test]
fn no_lots_without_end() {
    let mut rig = Rig::new();
    rig.replies(&[("SADD s a b", ":2"), ("HSET h f v", ":1"), ("ZADD z 1 m", ":1")]);
    rig.rules.longest_reply.bytes = 1000;
    for (command, key) in [("SRANDMEMBER", "s"), ("HRANDFIELD", "h"), ("ZRANDMEMBER", "z")] {
        for count in [-1000, -i64::MAX] {
            let line = format!("{command} {key} {count}");
            rig.rules.longest_reply.closes = false;
            rig.replies(&[(&line, "-ERR value is out of range")]);
            assert!(!rig.turn.cut);
            rig.rules.longest_reply.closes = true;
            assert!((600..1100).contains(&rig.run(&line).len()), "{line}");
            assert!(std::mem::take(&mut rig.turn.cut));
        }
    }
}

#[test]
fn sets_out_of_sets() {
    let mut rig = Rig::new();
    rig.replies(&[("SADD a 1 2 3 4 x", ":5"), ("SADD b 3 4 5 x", ":4"), ("SADD c 4 9 x", ":3")]);
    let mut check = |line: &str, expected: &[&str]| {
        let expected: BTreeSet<Vec<u8>> = expected.iter().map(|word| word.as_bytes().to_vec()).collect();
        assert_eq!(members(rig.ask(line)), expected, "{line}");
        rig.resp3 = true;
        assert!(matches!(rig.ask(line), Value::Set(_)), "{line}");
        rig.resp3 = false;
        let (name, keys) = line.split_once(' ').unwrap();
        rig.check(
            &format!("{name}STORE d {keys}"),
            &format!(":{}", expected.len()),
            &[&format!("{name}STORE d {keys}")],
        );
        assert_eq!(members(rig.ask("SMEMBERS d")), expected, "{line}");
    };
    check("SINTER a", &["1", "2", "3", "4", "x"]);
    check("SINTER a b c", &["4", "x"]);
    check("SINTER a a b", &["3", "4", "x"]);
    check("SUNION a b none c", &["1", "2", "3", "4", "5", "9", "x"]);
    check("SUNION a a", &["1", "2", "3", "4", "x"]);
    check("SDIFF a b", &["1", "2"]);
    check("SDIFF c a none b", &["9"]);
    check("SDIFF b d none", &["3", "4", "5", "x"]);
    rig.replies(&[
        ("SINTER a none", "*0"),
        ("SUNION none none2", "*0"),
        ("SDIFF none a", "*0"),
        ("SDIFF a b a", "*0"),
        ("SINTERCARD 2 a b", ":3"),
        ("SINTERCARD 2 a b LIMIT 2", ":2"),
        ("SINTERCARD 2 a b LIMIT 0", ":3"),
        ("SINTERCARD 2 a none", ":0"),
        ("SINTERCARD 0 a", "-ERR numkeys should be greater than 0"),
        ("SINTERCARD x a", "-ERR numkeys should be greater than 0"),
        ("SINTERCARD 2 a", "-ERR Number of keys can't be greater than number of args"),
        ("SINTERCARD 1 a LIMIT", SYNTAX),
        ("SINTERCARD 1 a b", SYNTAX),
        ("SINTERCARD 1 a LIMIT -1", "-ERR LIMIT can't be negative"),
        ("SINTERCARD 1 a LIMIT x", "-ERR LIMIT can't be negative"),
    ]);
    rig.check("SINTERSTORE none a nothing", ":0", &[]);
    rig.check("SINTERSTORE a a none", ":0", &["SINTERSTORE a a none"]);
    assert_eq!(rig.run("EXISTS a"), ":0");
}

#[test]
fn a_result_has_no_expiry() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("SADD s 1", ":1"),
        ("SET d x PX 1000", "+OK"),
        ("SUNIONSTORE d s", ":1"),
        ("TTL d", ":-1"),
    ]);
    rig.run("PEXPIRE s 10");
    rig.now += 11;
    rig.check("SADD s 2", ":1", &["UNLINK s", "SADD s 2"]);
    assert_eq!(rig.run("SMEMBERS s"), "*1|$1|2");
}

#[test]
fn walks() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("SSCAN none 0 NOSUCHOPTION", "*2|$1|0|*0"),
        ("SSCAN none x", "-ERR invalid cursor"),
        ("SADD s 1 2 13", ":3"),
        ("SSCAN s 0", "*2|$1|0|*3|$1|1|$1|2|$2|13"),
        ("SSCAN s 0 MATCH 1* COUNT 1", "*2|$1|0|*2|$1|1|$2|13"),
        ("SSCAN s 0 COUNT 0", SYNTAX),
        ("SSCAN s 0 COUNT x", "-ERR value is not an integer or out of range"),
        ("SSCAN s 0 TYPE string", SYNTAX),
        ("SSCAN s 0 MATCH", SYNTAX),
        ("SSCAN s 0 NOVALUES", "-ERR NOVALUES option can only be used in HSCAN"),
        ("SSCAN s 0 NOSCORES", "-ERR NOSCORES option can only be used in ZSCAN"),
    ]);
    let all: Vec<String> = (0..2000).map(|n| format!("m{n}")).collect();
    rig.run(&format!("SADD large {}", all.join(" ")));
    let (mut cursor, mut seen, mut calls) = (String::from("0"), BTreeSet::new(), 0);
    loop {
        let Value::Array(parts) = rig.ask(&format!("SSCAN large {cursor} COUNT 50")) else {
            panic!("no array")
        };
        let some = members(parts[1].clone());
        assert!(some.is_disjoint(&seen) && some.len() < 80);
        seen.extend(some);
        (cursor, calls) = (common::text(&parts[0]), calls + 1);
        if cursor == "0" {
            break;
        }
    }
    assert!(seen.len() == 2000 && calls <= 40, "{} in {calls} calls", seen.len());
}
