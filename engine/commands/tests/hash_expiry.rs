//! Fields that expire: the commands that say when, what others make of expired fields, and who removes them.

mod common;

use common::Rig;
use ironkeep_commands::active_expiry::Progress;
use ironkeep_commands::chore::Chore;
use ironkeep_commands::event::Classes;
use ironkeep_commands::field_expiry::{Round, step};
use ironkeep_keyspace::entry::Value;
use ironkeep_keyspace::object::ObjectRef;
use ironkeep_keyspace::space::PARTITIONS;
use ironkeep_keyspace::table::Table;
use proptest::prelude::*;

const SYNTAX: &str = "-ERR syntax error";
const WRONG_INT: &str = "-ERR value is not an integer or out of range";
const MISCOUNTED: &str = "-ERR numfields should be greater than 0 and match the provided number of fields";

/// Removes what has expired; gives what it did and what it logged.
fn expire(rig: &mut Rig, effort: u8, keep_going: &dyn Fn() -> bool) -> (Progress, Vec<String>) {
    expire_from(rig, &mut Round::default(), effort, keep_going)
}

fn expire_from(
    rig: &mut Rig,
    round: &mut Round,
    effort: u8,
    keep_going: &dyn Fn() -> bool,
) -> (Progress, Vec<String>) {
    let (space, rules, now) = (&rig.space, &rig.rules, rig.now);
    rig.turn.effects.clear();
    let turn = &mut rig.turn;
    let mut chore = Chore { space, rules, now, turn, flush: &mut |_| {}, halted: &|| false };
    let progress = step(&mut chore, round, effort, keep_going);
    let log = rig.effects();
    rig.turn.effects.clear();
    (progress, log)
}

#[test]
fn times_are_set_and_told() {
    let mut rig = Rig::new();
    rig.run("HSET h a 1 b 2 c 3");
    rig.check("HEXPIRE h 100 FIELDS 2 a x", "*2|:1|:-2", &["HPEXPIREAT h 1000100000 FIELDS 2 a x"]);
    rig.check("HPEXPIREAT h 1000100400 FIELDS 1 b", "*1|:1", &["HPEXPIREAT h 1000100400 FIELDS 1 b"]);
    rig.replies(&[
        ("HTTL h FIELDS 4 a b c x", "*4|:100|:100|:-1|:-2"),
        ("HPTTL h FIELDS 2 a b", "*2|:100000|:100400"),
        ("HEXPIRETIME h FIELDS 2 a b", "*2|:1000100|:1000100"),
        ("HPEXPIRETIME h FIELDS 2 a b", "*2|:1000100000|:1000100400"),
        ("HTTL nothing FIELDS 1 a", "*1|:-2"),
        ("HTTL h NAMES 1 a", SYNTAX),
        ("HTTL h FIELDS 2 a", SYNTAX),
        ("HTTL h FIELDS x a", WRONG_INT),
        ("OBJECT ENCODING h", "$9|hashtable"),
        ("HEXPIRE nothing 1 FIELDS 2 a b", "*2|:-2|:-2"),
    ]);
    rig.check("HPERSIST h FIELDS 3 a c x", "*3|:1|:-1|:-2", &["HPERSIST h FIELDS 3 a c x"]);
    rig.check("HPERSIST h FIELDS 1 a", "*1|:-1", &[]);
    rig.check("HEXPIRE h 0 FIELDS 2 a x", "*2|:2|:-2", &["HDEL h a"]);
    rig.check("HEXPIREAT h 1 FIELDS 2 b c", "*2|:2|:2", &["HDEL h b c"]);
    assert_eq!((rig.size(0), rig.turn.counts.expired_fields), (0, 3));
}

#[test]
fn conditions_of_hexpire() {
    let mut rig = Rig::new();
    rig.run("HSET h a 1");
    rig.replies(&[
        ("HEXPIRE h 0 XX FIELDS 1 a", "*1|:0"),
        ("HEXPIRE h 100 GT FIELDS 1 a", "*1|:0"),
        ("OBJECT ENCODING h", "$8|listpack"),
        ("HEXPIRE h 100 LT FIELDS 1 a", "*1|:1"),
        ("HEXPIRE h 100 NX FIELDS 1 a", "*1|:0"),
        ("HEXPIRE h 100 LT FIELDS 1 a", "*1|:0"),
        ("HEXPIRE h 99 LT XX FIELDS 1 a", "*1|:1"),
        ("HEXPIRE h 99 GT FIELDS 1 a", "*1|:0"),
        (
            "HEXPIRE h 1 NX XX FIELDS 1 a",
            "-ERR NX and XX, GT or LT options at the same time are not compatible",
        ),
        ("HEXPIRE h 1 GT LT FIELDS 1 a", "-ERR GT and LT options at the same time are not compatible"),
        ("HEXPIRE h 1 ZZ FIELDS 1 a", "-ERR Unsupported option ZZ"),
        ("HEXPIRE h 1 NX NAMES 1 a", MISCOUNTED),
        ("HEXPIRE h 1 FIELDS 2 a", MISCOUNTED),
        ("HEXPIRE h 1 FIELDS -1 a", MISCOUNTED),
        ("HEXPIRE h 1 FIELDS x a", WRONG_INT),
        ("HEXPIRE h x FIELDS 1 a", WRONG_INT),
        ("HEXPIRE h -1 FIELDS 1 a", "-ERR invalid expire time in 'hexpire' command"),
        ("HEXPIREAT h 9223372036854775807 FIELDS 1 a", "-ERR invalid expire time in 'hexpireat' command"),
        ("HPEXPIRE h 9223372036854775807 FIELDS 1 a", "-ERR invalid expire time in 'hpexpire' command"),
        ("HPEXPIREAT h 9223372036854775807 FIELDS 1 a", "*1|:1"),
        ("HPEXPIRETIME h FIELDS 1 a", "*1|:9223372036854775807"),
    ]);
}

#[test]
fn hsetex_sets_with_conditions() {
    let mut rig = Rig::new();
    rig.check(
        "HSETEX h NX FNX EX 100 FIELDS 2 a 1 b 2",
        ":1",
        &["HSETEX h PXAT 1000100000 FIELDS 2 a 1 b 2"],
    );
    rig.check("HSETEX h NX FIELDS 1 a 1", ":0", &[]);
    rig.check("HSETEX none XX FIELDS 1 a 1", ":0", &[]);
    rig.check("HSETEX h FNX FIELDS 2 x 1 a 1", ":0", &[]);
    rig.check("HSETEX h FXX FIELDS 2 a 1 x 1", ":0", &[]);
    rig.check("HSETEX none FXX FIELDS 1 a 1", ":0", &[]);
    rig.check("HSETEX h XX FXX KEEPTTL FIELDS 1 a 3", ":1", &["HSETEX h KEEPTTL FIELDS 1 a 3"]);
    rig.check("HPTTL h FIELDS 2 a b", "*2|:100000|:100000", &[]);
    rig.check("HSETEX h FIELDS 1 a 4", ":1", &["HSETEX h FIELDS 1 a 4"]);
    rig.check("HPTTL h FIELDS 1 a", "*1|:-1", &[]);
    rig.check("HSETEX h PXAT 1000000500 FIELDS 1 a 5", ":1", &["HSETEX h PXAT 1000000500 FIELDS 1 a 5"]);
    rig.check("HSETEX h EX 0 FIELDS 2 a 1 x 1", ":1", &["HDEL h a"]);
    rig.check("HSETEX h PXAT 1 FIELDS 1 x 1", ":1", &[]);
    rig.replies(&[
        ("HGETALL h", "*2|$1|b|$1|2"),
        ("HSETEX h NX XX FIELDS 1 a 1", SYNTAX),
        ("HSETEX h FNX FXX FIELDS 1 a 1", SYNTAX),
        ("HSETEX h EX 1 PX 1 FIELDS 1 a 1", SYNTAX),
        ("HSETEX h EX FIELDS 1 a 1", SYNTAX),
        ("HSETEX h PERSIST FIELDS 1 a 1", SYNTAX),
        ("HSETEX h EX x FIELDS 1 a 1", WRONG_INT),
        ("HSETEX h EX -1 FIELDS 1 a 1", "-ERR invalid expire time in 'hsetex' command"),
        ("HSETEX h FIELDS 1 a 1 b", MISCOUNTED),
        ("HSETEX h FIELDS 4611686018427387905 a 1", MISCOUNTED),
        ("HSETEX h NAMES 1 a 1", MISCOUNTED),
        // Valkey takes the first such word for the one before the fields, even if it is the key.
        ("HSETEX fields FIELDS 1 a 1", WRONG_INT),
    ]);
}

#[test]
fn hgetex_gets_and_changes_the_time() {
    let mut rig = Rig::new();
    rig.run("HSET h a 1 b 2 c 3");
    rig.check("HGETEX h FIELDS 2 a x", "*2|$1|1|$-1", &[]);
    rig.check("HGETEX h EX 9 FIELDS 3 a x b", "*3|$1|1|$-1|$1|2", &["HPEXPIREAT h 1000009000 FIELDS 2 a b"]);
    rig.check("HGETEX h PERSIST FIELDS 3 a c x", "*3|$1|1|$1|3|$-1", &["HPERSIST h FIELDS 1 a"]);
    rig.check("HGETEX h PERSIST FIELDS 1 a", "*1|$1|1", &[]);
    rig.check("HGETEX h PXAT 5 FIELDS 3 a a c", "*3|$1|1|$-1|$1|3", &["HDEL h a c"]);
    rig.check("HGETEX nothing EX 5 FIELDS 2 a b", "*2|$-1|$-1", &[]);
    rig.replies(&[
        ("HGETEX h KEEPTTL FIELDS 1 a", SYNTAX),
        ("HGETEX h EX 5 PERSIST FIELDS 1 a", SYNTAX),
        ("HGETEX h EX x FIELDS 1 a", WRONG_INT),
        ("HGETEX h EX -1 FIELDS 1 a", "-ERR invalid expire time in 'hgetex' command"),
        ("HGETEX h EX 5 NAMES 1 a", MISCOUNTED),
        ("HGETEX h FIELDS 0 a", MISCOUNTED),
    ]);
    rig.check("HGETEX h EXAT 5 FIELDS 1 b", "*1|$1|2", &["HDEL h b"]);
    assert_eq!(rig.size(0), 0);
}

/// A hash with a field that has expired, one that will, and one that never does.
fn with_expired() -> Rig {
    let mut rig = Rig::new();
    rig.run("HSET h stay 1");
    rig.run("HSETEX h PX 10 FIELDS 1 gone 7");
    rig.run("HSETEX h PX 1000 FIELDS 1 later 3");
    rig.now += 11;
    rig
}

#[test]
fn expired_fields_are_not_seen_but_counted() {
    let mut rig = with_expired();
    rig.replies(&[
        ("HGET h gone", "$-1"),
        ("HMGET h gone stay", "*2|$-1|$1|1"),
        ("HEXISTS h gone", ":0"),
        ("HSTRLEN h gone", ":0"),
        ("HLEN h", ":3"),
        ("HTTL h FIELDS 1 gone", "*1|:-2"),
        ("HPERSIST h FIELDS 1 gone", "*1|:-2"),
        ("HEXPIRE h 100 FIELDS 1 gone", "*1|:-2"),
        ("HDEL h gone", ":0"),
        ("HGETDEL h FIELDS 1 gone", "*1|$-1"),
        ("HGETEX h EX 100 FIELDS 1 gone", "*1|$-1"),
        ("HSETEX h FXX FIELDS 1 gone 1", ":0"),
        ("HLEN h", ":3"),
    ]);
    for (line, len) in [("HGETALL h", 4), ("HKEYS h", 2), ("HVALS h", 2), ("HRANDFIELD h 9", 2)] {
        assert!(rig.run(line).starts_with(&format!("*{len}|")), "{line}");
    }
    assert!((0..50).all(|_| rig.run("HRANDFIELD h") != "$4|gone"));
    assert!(rig.run("HSCAN h 0 NOVALUES").starts_with("*2|$1|0|*2|"));
    assert_eq!(rig.run("COPY h copy"), ":1");
    assert_eq!(rig.run("HLEN copy"), ":3");
}

#[test]
fn expired_fields_are_as_good_as_new() {
    for (line, reply, effects) in [
        ("HSET h gone 1", ":1", &["HSET h gone 1"][..]),
        ("HSETNX h gone 1", ":1", &["HSET h gone 1"]),
        ("HINCRBY h gone 1", ":1", &["HSET h gone 1"]),
        ("HINCRBYFLOAT h gone 1", "$1|1", &["HSET h gone 1"]),
        ("HSETEX h FNX FIELDS 1 gone 1", ":1", &["HSETEX h FIELDS 1 gone 1"]),
        ("HSETEX h KEEPTTL FIELDS 1 gone 1", ":1", &["HDEL h gone", "HSETEX h KEEPTTL FIELDS 1 gone 1"]),
    ] {
        let mut rig = with_expired();
        rig.rules.notify = Classes::HASH;
        rig.events();
        rig.check(line, reply, effects);
        let events = rig.events();
        assert_eq!(events[0].name, "hexpired", "{line}");
        assert_eq!((rig.turn.counts.expired_fields, events.len()), (1, 2), "{line}");
        rig.replies(&[("HGET h gone", "$1|1"), ("HTTL h FIELDS 1 gone", "*1|:-1"), ("HLEN h", ":3")]);
    }
    let mut rig = with_expired();
    rig.check("HINCRBY h later 1", ":4", &["HSETEX h PXAT 1000001000 FIELDS 1 later 4"]);
    rig.check("HINCRBYFLOAT h later 1", "$1|5", &["HSETEX h PXAT 1000001000 FIELDS 1 later 5"]);
    rig.check("HSETEX h PX 0 FIELDS 1 gone 1", ":1", &["HDEL h gone"]);
}

#[test]
fn a_client_that_imports_sees_all() {
    let mut rig = with_expired();
    (rig.rules.importing, rig.rules.remove_expired, rig.import_source) = (true, false, true);
    assert_eq!(rig.run("HGET h gone"), "$1|7");
    assert_eq!(rig.run("HSET h gone 8"), ":0");
    assert_eq!(rig.run("HSETEX h PXAT 1 FIELDS 1 past 1"), ":1");
    assert_eq!(rig.run("HLEN h"), ":4");
    assert_eq!(expire(&mut rig, 1, &|| true), (Progress { removed: 0, finished: true }, vec![]));
    rig.import_source = false;
    assert_eq!(rig.run("HGET h past"), "$-1");
}

#[test]
fn expired_fields_are_removed() {
    let mut rig = with_expired();
    rig.rules.notify = Classes::from_bits(1 << 8 | 1 << 2);
    rig.events();
    let (done, log) = expire(&mut rig, 1, &|| true);
    assert_eq!((done.removed, done.finished, log), (1, true, vec!["HDEL h gone".to_owned()]));
    assert_eq!(rig.events()[0].name, "hexpired");
    assert_eq!((rig.run("HLEN h"), rig.turn.counts.expired_fields), (":2".to_owned(), 1));
    assert_eq!(expire(&mut rig, 1, &|| true), (Progress { removed: 0, finished: true }, vec![]));
    rig.run("HDEL h stay");
    rig.now += 1000;
    rig.events();
    let (_, log) = expire(&mut rig, 1, &|| true);
    assert_eq!(log, ["HDEL h later", "UNLINK h"]);
    assert_eq!(rig.events().iter().map(|event| event.name).collect::<Vec<_>>(), ["hexpired", "del"]);
    assert_eq!(rig.size(0), 0);
}

#[test]
fn many_expired_fields_go_in_batches() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        rig.db = 3;
        for n in 0..1000 {
            rig.run(&format!("HSETEX h{} PX 10 FIELDS 1 f{n} 1", n % 3));
        }
        rig.now += 20;
        let mut round = Round::default();
        let log = loop {
            let (done, log) = expire_from(&mut rig, &mut round, 1, &|| false);
            assert!(!done.finished && done.removed == log.len());
            if done.removed > 0 {
                break log;
            }
        };
        assert_eq!((log.len(), log[0].split(' ').count()), (1, 2 + 80));
        let (done, _) = expire(&mut rig, 10, &|| true);
        assert!(done.finished);
        assert_eq!((rig.size(3), rig.turn.counts.expired_fields), (0, 1000));
    }
}

/// A table knows its keys with fields that expire whatever becomes of them.
fn check_tables(rig: &Rig) {
    let field = |table: &Table| {
        let firsts = table.entries().filter_map(|entry| match entry.value() {
            Value::Object(ObjectRef::Map(map)) => map.earliest().map(|at| (at, entry.key().to_vec())),
            _ => None,
        });
        firsts.collect::<Vec<_>>()
    };
    for partition in 0..PARTITIONS as u16 {
        let mut part = rig.space.lock(partition);
        for db in 0..2 {
            for table in part.tables(db).iter() {
                let truth = field(table);
                assert_eq!(table.with_fields(), truth.len());
                let first = table.first_field().map(|(at, key)| (at, key.to_vec()));
                assert_eq!(first, truth.into_iter().min());
            }
        }
    }
}

fn line() -> impl Strategy<Value = String> {
    let (key, field) = ("[xyz]", "[abcd]");
    prop_oneof![
        (key, 0..40, field, field).prop_map(|(k, t, a, b)| format!("HSETEX {k} PX {t} FIELDS 2 {a} 1 {b} 2")),
        (key, field).prop_map(|(k, a)| format!("HSETEX {k} KEEPTTL FIELDS 1 {a} 3")),
        (key, field).prop_map(|(k, a)| format!("HSET {k} {a} 1")),
        (key, 0..40, field).prop_map(|(k, t, a)| format!("HPEXPIRE {k} {t} FIELDS 1 {a}")),
        (key, 0..40, field).prop_map(|(k, t, a)| format!("HGETEX {k} PX {t} FIELDS 1 {a}")),
        (key, field).prop_map(|(k, a)| format!("HPERSIST {k} FIELDS 1 {a}")),
        (key, field, field).prop_map(|(k, a, b)| format!("HDEL {k} {a} {b}")),
        (key, field).prop_map(|(k, a)| format!("HGETDEL {k} FIELDS 1 {a}")),
        (key, field).prop_map(|(k, a)| format!("HINCRBY {k} {a} 1")),
        (key, key).prop_map(|(k, to)| format!("RENAME {k} {to}")),
        (key, key).prop_map(|(k, to)| format!("COPY {k} {to} REPLACE")),
        (key, key).prop_map(|(k, to)| format!("COPY {k} {to} DB 1 REPLACE")),
        key.prop_map(|k| format!("MOVE {k} 1")),
        key.prop_map(|k| format!("SET {k} 1")),
        key.prop_map(|k| format!("DEL {k}")),
        key.prop_map(|k| format!("PEXPIRE {k} 20")),
        Just("expire".to_owned()),
        Just("wait".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tables_know_their_keys_with_fields(lines in proptest::collection::vec(line(), 1..60)) {
        let mut rig = Rig::new();
        for line in lines {
            match line.as_str() {
                "wait" => rig.now += 7,
                "expire" => drop(expire(&mut rig, 1, &|| true)),
                line => drop(rig.run(line)),
            }
            check_tables(&rig);
        }
        rig.now += 100;
        expire(&mut rig, 1, &|| true);
        check_tables(&rig);
    }
}
