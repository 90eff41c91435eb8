//! The commands on hashes that are not about time: replies, errors, effects and events, as Valkey 9.1 gives them.

mod common;

use common::Rig;
use ironkeep_commands::event::Classes;
use ironkeep_wire::client::Value;
use std::collections::BTreeSet;

const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const SYNTAX: &str = "-ERR syntax error";
const WRONG_INT: &str = "-ERR value is not an integer or out of range";

#[test]
fn fields_are_set_and_seen() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("HSET h a 1 b two", ":2"),
        ("HSET h a 2 c 3", ":1"),
        ("HMSET h d 4", "+OK"),
        ("HSETNX h a 9", ":0"),
        ("HSETNX h e 5", ":1"),
        ("HSETNX new e 5", ":1"),
        ("HGET h a", "$1|2"),
        ("HGET h nothing", "$-1"),
        ("HGET nothing a", "$-1"),
        ("HMGET h a nothing b", "*3|$1|2|$-1|$3|two"),
        ("HMGET nothing a b", "*2|$-1|$-1"),
        ("HLEN h", ":5"),
        ("HLEN nothing", ":0"),
        ("HSTRLEN h b", ":3"),
        ("HSTRLEN h nothing", ":0"),
        ("HEXISTS h a", ":1"),
        ("HEXISTS h nothing", ":0"),
        ("HGETALL new", "*2|$1|e|$1|5"),
        ("HKEYS h", "*5|$1|a|$1|b|$1|c|$1|d|$1|e"),
        ("HVALS h", "*5|$1|2|$3|two|$1|3|$1|4|$1|5"),
        ("HGETALL nothing", "*0"),
        ("HKEYS nothing", "*0"),
        ("TYPE h", "+hash"),
        ("OBJECT ENCODING h", "$8|listpack"),
        ("HSET h a", "-ERR wrong number of arguments for 'hset' command"),
        ("HSET h a 1 b", "-ERR wrong number of arguments for 'hset' command"),
        ("HMSET h a 1 b", "-ERR wrong number of arguments for 'hmset' command"),
    ]);
    assert_eq!(rig.run3("HGETALL new"), "%1|$1|e|$1|5");
    assert_eq!(rig.run3("HGETALL nothing"), "%0");
    assert_eq!(rig.run3("HGET h nothing"), "_");
    rig.check("HSET h a 1 x 2", ":1", &["HSET h a 1 x 2"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.check("HSETNX h a 1", ":0", &[]);
    rig.run("HSET long field xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert_eq!(rig.run("OBJECT ENCODING long"), "$9|hashtable");
}

#[test]
fn other_types_are_refused() {
    let mut rig = Rig::new();
    rig.run("SET s 1");
    for line in [
        "HSET s a 1",
        "HMSET s a 1",
        "HSETNX s a 1",
        "HGET s a",
        "HMGET s a",
        "HGETALL s",
        "HLEN s",
        "HSTRLEN s a",
        "HEXISTS s a",
        "HDEL s a",
        "HINCRBY s a 1",
        "HINCRBYFLOAT s a 1",
        "HRANDFIELD s",
        "HRANDFIELD s 1",
        "HSCAN s 0 NONSENSE",
        "HGETDEL s FIELDS 1 a",
        "HGETEX s FIELDS 1 a",
        "HGETEX s EX -1 FIELDS 1 a",
        "HSETEX s XX EX -1 FIELDS 1 a b",
        "HEXPIRE s 1 FIELDS 1 a",
        "HPERSIST s FIELDS 1 a",
        "HTTL s FIELDS 1 a",
    ] {
        rig.check(line, WRONG_TYPE, &[]);
    }
    assert_eq!(rig.run("GET s"), "$1|1");
}

#[test]
fn fields_are_deleted_and_the_key_with_the_last() {
    let mut rig = Rig::new();
    rig.run("HSET h a 1 b 2 c 3");
    rig.check("HDEL h x", ":0", &[]);
    rig.check("HDEL h a x a", ":1", &["HDEL h a x a"]);
    rig.check("HDEL h b c b", ":2", &["HDEL h b c b"]);
    assert_eq!((rig.turn.dirty, rig.size(0)), (2, 0));
    rig.check("HDEL h b", ":0", &[]);
    rig.run("HSET h a 1 b 2");
    rig.replies(&[
        ("HGETDEL h NAMES 1 a", SYNTAX),
        ("HGETDEL h FIELDS x a", WRONG_INT),
        ("HGETDEL h FIELDS 2 a", MISCOUNTED),
        ("HGETDEL h FIELDS 0 a", MISCOUNTED),
        ("HGETDEL nothing FIELDS 2 a b", "*2|$-1|$-1"),
        ("HGETDEL h FIELDS 2 a a", "*2|$1|1|$-1"),
    ]);
    rig.check("HGETDEL h fields 2 x b", "*2|$-1|$1|2", &["HGETDEL h fields 2 x b"]);
    rig.check("HGETDEL h FIELDS 1 b", "*1|$-1", &[]);
    assert_eq!(rig.size(0), 0);
}

const MISCOUNTED: &str = "-ERR numfields should be greater than 0 and match the provided number of fields";

#[test]
fn counters() {
    let mut rig = Rig::new();
    rig.check("HINCRBY h n 5", ":5", &["HINCRBY h n 5"]);
    rig.replies(&[
        ("HINCRBY h n -7", ":-2"),
        ("HSET h word x max 9223372036854775807 spaced \" 1\"", ":3"),
        ("HINCRBY h word 1", "-ERR hash value is not an integer"),
        ("HINCRBY h spaced 1", "-ERR hash value is not an integer"),
        ("HINCRBY h n x", WRONG_INT),
        ("HINCRBY h max 1", "-ERR increment or decrement would overflow"),
        ("HINCRBY h max -1", ":9223372036854775806"),
        ("HINCRBYFLOAT h word 1", "-ERR hash value is not a float"),
        ("HINCRBYFLOAT h n x", "-ERR value is not a valid float"),
        ("HINCRBYFLOAT h n inf", "-ERR value is NaN or Infinity"),
    ]);
    rig.check("HINCRBYFLOAT h n 0.5", "$4|-1.5", &["HSET h n -1.5"]);
    rig.check("HINCRBYFLOAT h new 3.0", "$1|3", &["HSET h new 3"]);
    rig.check("HINCRBYFLOAT fresh f 0.1", "$3|0.1", &["HSET fresh f 0.1"]);
}

#[test]
fn events_come_after_the_change() {
    let mut rig = Rig::new();
    // Hashes, generic, new.
    rig.rules.notify = Classes::from_bits(1 << 6 | 1 << 2 | 1 << 14);
    for (line, events) in [
        ("HSET h a 1 b 2", "new h, hset h"),
        ("HSETNX h a 1", ""),
        ("HSETNX h c 1", "hset h"),
        ("HINCRBY h a 1", "hincrby h"),
        ("HINCRBYFLOAT h a 1", "hincrbyfloat h"),
        ("HDEL h x", ""),
        ("HDEL h a", "hdel h"),
        ("HGETDEL h FIELDS 1 b", "hdel h"),
        ("HDEL h c", "hdel h, del h"),
        ("HSETEX h EX 10 FIELDS 2 a 1 b 2", "new h, hset h, hexpire h"),
        ("HSETEX h FIELDS 1 c 3", "hset h"),
        ("HEXPIRE h 10 NX FIELDS 2 a b", ""),
        ("HEXPIRE h 10 FIELDS 2 a b", "hexpire h"),
        ("HPERSIST h FIELDS 2 a x", "hpersist h"),
        ("HPERSIST h FIELDS 1 a", ""),
        ("HGETEX h PX 10 FIELDS 2 a x", "hexpire h"),
        ("HGETEX h PERSIST FIELDS 2 a x", "hpersist h"),
        ("HGETEX h EX 0 FIELDS 1 a", "hexpired h"),
        ("HEXPIRE h 0 FIELDS 1 b", "hexpired h"),
        ("HSETEX h EX 0 FIELDS 1 c 1", "hset h, hexpire h, hexpired h, del h"),
        ("HSETEX h EX 0 FIELDS 1 c 1", "new h, hset h, hexpire h, hexpired h, del h"),
    ] {
        rig.events();
        rig.run(line);
        let told: Vec<_> = rig.events().iter().map(|event| format!("{} h", event.name)).collect();
        assert_eq!(told.join(", "), events, "{line}");
    }
    assert_eq!(rig.size(0), 0);
}

#[test]
fn random_fields() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("HRANDFIELD nothing", "$-1"),
        ("HRANDFIELD nothing 3", "*0"),
        ("HSET h a 1", ":1"),
        ("HRANDFIELD h", "$1|a"),
        ("HRANDFIELD h 5 WITHVALUES", "*2|$1|a|$1|1"),
        ("HRANDFIELD h -2", "*2|$1|a|$1|a"),
        ("HRANDFIELD h 0", "*0"),
        ("HRANDFIELD h x", WRONG_INT),
        ("HRANDFIELD h 1 VALUES", SYNTAX),
        ("HRANDFIELD h 1 WITHVALUES 1", SYNTAX),
        (
            "HRANDFIELD h -9223372036854775808",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ),
        ("HRANDFIELD h -9223372036854775807 WITHVALUES", "-ERR value is out of range"),
    ]);
    assert_eq!(rig.run3("HRANDFIELD h -2 WITHVALUES"), "*2|*2|$1|a|$1|1|*2|$1|a|$1|1");
    for size in [20, 2000] {
        (0..size).for_each(|n| drop(rig.run(&format!("HSET big{size} f{n} {n}"))));
        for (count, distinct) in [(7, 7), (-40, 2), (size * 2, size as usize)] {
            let Value::Array(fields) = rig.ask(&format!("HRANDFIELD big{size} {count}")) else { panic!() };
            let all: BTreeSet<_> = fields.iter().map(common::text).collect();
            assert!(all.len() >= distinct && all.iter().all(|name| name.starts_with('f')), "{count}");
            assert_eq!(fields.len(), if count < 0 { 40 } else { distinct });
        }
    }
}

#[test]
fn walks() {
    let mut rig = Rig::new();
    rig.replies(&[
        ("HSET h a 1 b 2", ":2"),
        ("HSCAN h 0", "*2|$1|0|*4|$1|a|$1|1|$1|b|$1|2"),
        ("HSCAN h 0 MATCH b COUNT 1", "*2|$1|0|*2|$1|b|$1|2"),
        ("HSCAN h 0 NOVALUES", "*2|$1|0|*2|$1|a|$1|b"),
        ("HSCAN nothing 0 NONSENSE", "*2|$1|0|*0"),
        ("HSCAN h x", "-ERR invalid cursor"),
        ("HSCAN h 0 COUNT 0", SYNTAX),
        ("HSCAN h 0 TYPE hash", SYNTAX),
        ("HSCAN h 0 NOSCORES", "-ERR NOSCORES option can only be used in ZSCAN"),
    ]);
    (0..1000).for_each(|n| drop(rig.run(&format!("HSET big f{n} {n}"))));
    let (mut seen, mut cursor) = (BTreeSet::new(), "0".to_owned());
    loop {
        let Value::Array(parts) = rig.ask(&format!("HSCAN big {cursor} COUNT 50 NOVALUES")) else { panic!() };
        let Value::Array(names) = &parts[1] else { panic!() };
        assert!(names.len() < 400, "one step gives {}", names.len());
        seen.extend(names.iter().map(common::text));
        cursor = common::text(&parts[0]);
        if cursor == "0" {
            break;
        }
    }
    assert_eq!(seen.len(), 1000);
}
