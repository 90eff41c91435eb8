//! SCAN, KEYS, RANDOMKEY: what goes through a whole database.

mod generic_rig;

use generic_rig::{Rig, text};
use ironkeep_commands::active_expiry::remove_met;
use ironkeep_commands::chore::Chore;
use ironkeep_wire::client::Value;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One call of SCAN: the next cursor and the names.
fn scan(rig: &mut Rig, cursor: u64, options: &str) -> (u64, Vec<String>) {
    let Value::Array(parts) = rig.ask(&format!("SCAN {cursor} {options}")) else { panic!("no array") };
    let [cursor, Value::Array(names)] = &parts[..] else { panic!("not two parts") };
    (text(cursor).parse().expect("a cursor"), names.iter().map(text).collect())
}

/// A whole tour: how many calls it took, and the names.
fn tour(rig: &mut Rig, options: &str) -> (usize, Vec<String>) {
    let (mut cursor, mut calls, mut all) = (0, 0, Vec::new());
    loop {
        let (next, names) = scan(rig, cursor, options);
        (cursor, calls) = (next, calls + 1);
        all.extend(names);
        if cursor == 0 {
            return (calls, all);
        }
    }
}

fn fill(rig: &mut Rig, count: usize) {
    for i in 0..count {
        rig.run(&format!("SET key:{i} {i}"));
    }
}

#[test]
fn few_keys_take_one_call() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        for count in 0..=10 {
            fill(&mut rig, count);
            let (calls, names) = tour(&mut rig, "");
            assert_eq!((calls, names.len()), (1, count));
        }
    }
}

#[test]
fn a_tour_shows_every_key_once_when_nothing_changes() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        fill(&mut rig, 3000);
        for (hold_all, options, most) in
            [(false, "", 400), (true, "COUNT 100", 40), (false, "COUNT 100000", 1)]
        {
            rig.hold_all = hold_all;
            let (calls, names) = tour(&mut rig, options);
            assert!(calls <= most, "{calls} calls with {options}");
            assert_eq!((names.len(), names.iter().collect::<BTreeSet<_>>().len()), (3000, 3000));
        }
        let (_, names) = tour(&mut rig, "MATCH key:12? COUNT 50");
        assert_eq!(names.len(), 10);
        assert_eq!(tour(&mut rig, "TYPE list").1.len(), 0);
        assert_eq!(tour(&mut rig, "TYPE StRing MATCH *").1.len(), 3000);
    }
}

#[test]
fn arguments_of_scan() {
    let mut rig = Rig::new();
    rig.run("SET a 1");
    for (line, reply) in [
        ("SCAN abc", "-ERR invalid cursor"),
        ("SCAN -1", "-ERR invalid cursor"),
        ("SCAN abc COUNT 0", "-ERR invalid cursor"),
        ("SCAN 0 COUNT 0", "-ERR syntax error"),
        ("SCAN 0 COUNT a", "-ERR value is not an integer or out of range"),
        ("SCAN 0 COUNT", "-ERR syntax error"),
        ("SCAN 0 MATCH", "-ERR syntax error"),
        ("SCAN 0 TYPE", "-ERR syntax error"),
        ("SCAN 0 FOO 1", "-ERR syntax error"),
        ("SCAN 0 TYPE foo", "-ERR unknown type name 'foo'"),
        ("SCAN 0 NOVALUES", "-ERR NOVALUES option can only be used in HSCAN"),
        ("SCAN 0 NOSCORES", "-ERR NOSCORES option can only be used in ZSCAN"),
        ("SCAN +0", "*2|$1|0|*1|$1|a"),
        ("SCAN 18446744073709551615", "*2|$1|0|*0"),
        ("SCAN 0 COUNT 9223372036854775807", "*2|$1|0|*1|$1|a"),
    ] {
        rig.check(line, reply, &[]);
    }
}

#[test]
fn any_cursor_is_taken() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        fill(&mut rig, 500);
        for shift in 0..64 {
            for cursor in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                scan(&mut rig, cursor, "");
            }
        }
    }
}

#[test]
fn expired_keys_are_not_shown_and_go() {
    for (hold_all, left) in [(false, 20), (true, 15)] {
        let mut rig = Rig::new();
        rig.hold_all = hold_all;
        fill(&mut rig, 10);
        for i in 0..10 {
            rig.run(&format!("SET old:{i} 1 PX 5"));
        }
        rig.now += 6;
        // Only those that would have been shown.
        assert_eq!(tour(&mut rig, "MATCH old:[0-4] COUNT 1000").1.len(), 0);
        assert_eq!((rig.size(0), rig.turn.overdue.len()), (left, left - 15));
        let mut flushed = 0;
        let mut flush = |turn: &mut ironkeep_commands::Turn| flushed += turn.effects.by_db().count();
        remove_met(&mut Chore {
            space: &rig.space,
            rules: &rig.rules,
            now: rig.now,
            turn: &mut rig.turn,
            flush: &mut flush,
            halted: &|| false,
        });
        assert_eq!((rig.size(0), rig.turn.overdue.len()), (15, 0));
        assert_eq!(rig.turn.counts.expired, 5);
        assert_eq!(tour(&mut rig, "").1.len(), 10);
        rig.rules.remove_expired = false;
        rig.turn.overdue.clear();
        assert_eq!(tour(&mut rig, "").1.len(), 10);
        assert_eq!(
            (rig.turn.overdue.len(), rig.run("KEYS old*"), rig.run("KEYS key:3")),
            (0, "*0".into(), "*1|$5|key:3".into())
        );
    }
}

#[test]
fn keys_shows_what_matches() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        fill(&mut rig, 200);
        rig.raw(&["SET", "", "the empty name"]);
        for (pattern, count) in
            [("*", 201), ("key:*", 200), ("key:?", 10), ("key:1[0-4]", 5), ("nope", 0), ("key:7", 1)]
        {
            for hold_all in [false, true] {
                rig.hold_all = hold_all;
                let Value::Array(names) = rig.ask(&format!("KEYS {pattern}")) else { panic!("no array") };
                assert_eq!(names.len(), count, "{pattern}");
            }
        }
        rig.db = 1;
        rig.check("KEYS *", "*0", &[]);
    }
}

#[test]
fn random_keys_are_fair_over_partitions() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        rig.check("RANDOMKEY", "$-1", &[]);
        // Some crowd into one slot, some have theirs alone.
        for i in 0..20 {
            rig.run(&format!("MSET {{crowd}}{i} 1 alone{i} 1"));
        }
        let mut hits = BTreeMap::new();
        for nth in 0..8000 {
            rig.hold_all = nth % 2 == 0;
            *hits.entry(rig.run("RANDOMKEY")).or_insert(0) += 1;
        }
        assert_eq!(hits.len(), 40);
        // 200 expected, standard deviation 14.
        assert!(hits.values().all(|n| (110..290).contains(n)), "{hits:?}");
    }
}

#[test]
fn random_keys_have_not_expired() {
    for hold_all in [false, true] {
        let mut rig = Rig::new();
        rig.hold_all = hold_all;
        for i in 0..500 {
            rig.run(&format!("SET old:{i} 1 PX 5"));
        }
        rig.run("SET living 1");
        rig.now += 6;
        for _ in 0..20 {
            assert_eq!(rig.run("RANDOMKEY"), "$6|living");
        }
        rig.run("DEL living");
        assert_eq!(rig.run("RANDOMKEY"), "$-1");
        // Where nothing may be removed, an expired name is what Valkey gives.
        rig.rules.remove_expired = false;
        rig.run("SET old:0 1 PXAT 1");
        assert!(rig.run("RANDOMKEY").contains("old:"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 24 }))]
    #[test]
    fn a_tour_misses_nothing_that_stays(
        slotted: bool,
        crowd: bool,
        stay in 1usize..400,
        count in 1usize..40,
        ops in proptest::collection::vec((0u8..3, 0usize..4000), 1..4000),
    ) {
        let mut rig = if slotted { Rig::slotted() } else { Rig::new() };
        // In one slot the tables grow, shrink and split; spread out they come and go.
        let tag = if crowd { "{t}" } else { "" };
        for i in 0..stay {
            rig.run(&format!("SET {tag}stay:{i} 1"));
        }
        let (mut seen, mut cursor, mut ops) = (BTreeSet::new(), 0, ops.into_iter());
        loop {
            let (next, names) = scan(&mut rig, cursor, &format!("COUNT {count}"));
            seen.extend(names);
            if next == 0 {
                break;
            }
            cursor = next;
            for (op, i) in ops.by_ref().take(100) {
                let line = match op {
                    0 | 1 => format!("SET {tag}come:{i} 1"),
                    _ => format!("DEL {tag}come:{i}"),
                };
                rig.run(&line);
            }
        }
        for i in 0..stay {
            let name = format!("{tag}stay:{i}");
            prop_assert!(seen.contains(&name), "{} was missed", name);
        }
    }
}
