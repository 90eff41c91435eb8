//! Active expiry: everything that has expired goes, nothing else, in small batches with their effects.

mod generic_rig;

use generic_rig::{Rig, effects};
use ironkeep_commands::Turn;
use ironkeep_commands::active_expiry::{Progress, Round, step, time_share};
use ironkeep_commands::chore::Chore;
use ironkeep_keyspace::watch::Watch;
use proptest::prelude::*;
use std::cell::Cell;
use std::sync::Arc;

/// One step; gives what it logged, batch by batch.
fn expire(
    rig: &mut Rig,
    round: &mut Round,
    effort: u8,
    keep_going: &dyn Fn() -> bool,
) -> (Progress, Vec<Vec<String>>) {
    let mut batches = Vec::new();
    rig.turn.effects.clear();
    let mut flush = |turn: &mut Turn| {
        batches.push(effects(turn, 0));
        turn.effects.clear();
    };
    let (space, rules, now, turn) = (&rig.space, &rig.rules, rig.now, &mut rig.turn);
    let mut chore = Chore { space, rules, now, turn, flush: &mut flush, halted: &|| false };
    let progress = step(&mut chore, round, effort, keep_going);
    (progress, batches)
}

fn all(rig: &mut Rig) -> usize {
    let (progress, _) = expire(rig, &mut Round::default(), 1, &|| true);
    assert!(progress.finished);
    progress.removed
}

#[test]
fn removes_what_has_expired_in_every_database() {
    for mut rig in [Rig::new(), Rig::slotted()] {
        for db in [0, 3, 15] {
            rig.db = db;
            for i in 0..300 {
                rig.run(&format!("SET k{i} 1 PX {}", 1 + i));
                rig.run(&format!("SET forever{i} 1"));
            }
        }
        assert_eq!(all(&mut rig), 0);
        rig.now += 101;
        assert_eq!(all(&mut rig), 300);
        assert_eq!(all(&mut rig), 0);
        assert_eq!((rig.size(0), rig.size(3), rig.size(15)), (500, 500, 500));
        assert_eq!(rig.turn.counts.expired, 300);
        rig.now += 1000;
        assert_eq!(all(&mut rig), 600);
        assert_eq!(rig.size(15), 300);
    }
}

#[test]
fn logs_each_removal_in_its_database_batch_by_batch() {
    let mut rig = Rig::slotted();
    rig.db = 2;
    for i in 0..500 {
        rig.run(&format!("SET {{crowd}}{i} 1 PX 5"));
    }
    rig.now += 6;
    let (progress, batches) = expire(&mut rig, &mut Round::default(), 1, &|| true);
    assert_eq!((progress, rig.turn.dirty), (Progress { removed: 500, finished: true }, 1));
    assert!(batches.iter().all(|batch| batch.len() <= 20), "a batch is too large");
    let mut lines: Vec<String> = batches.concat();
    lines.sort_unstable();
    let mut wanted: Vec<String> = (0..500).map(|i| format!("2: UNLINK {{crowd}}{i}")).collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    rig.rules.lazy_expire = false;
    rig.run("SET k 1 PX 5");
    rig.now += 6;
    assert_eq!(expire(&mut rig, &mut Round::default(), 1, &|| true).1, [["2: DEL k"]]);
}

#[test]
fn pauses_when_told_to_and_goes_on_from_there() {
    let mut rig = Rig::new();
    for i in 0..5000 {
        rig.run(&format!("SET k{i} 1 PX 5"));
    }
    rig.now += 6;
    let (mut round, mut steps, mut removed) = (Round::default(), 0, 0);
    loop {
        let left = Cell::new(10);
        let (progress, batches) = expire(&mut rig, &mut round, 10, &|| {
            left.set(left.get() - 1);
            left.get() > 0
        });
        assert!(batches.len() <= 10 && batches.iter().all(|batch| batch.len() <= 65));
        (steps, removed) = (steps + 1, removed + progress.removed);
        if rig.size(0) == 0 {
            break;
        }
        assert!(steps < 100, "makes no progress");
    }
    assert_eq!(removed, 5000);
}

#[test]
fn leaves_removal_to_the_primary_where_there_is_one() {
    let mut rig = Rig::new();
    rig.run("SET k 1 PX 5");
    rig.now += 6;
    rig.rules.remove_expired = false;
    assert_eq!((all(&mut rig), rig.size(0)), (0, 1));
}

#[test]
fn tells_those_who_watch() {
    let mut rig = Rig::new();
    rig.run("SET k 1 PX 5");
    let watch = Arc::new(Watch::default());
    let partition = rig.space.key(b"k").partition;
    rig.space.lock(partition).watchers.add(0, b"k", &watch, false);
    rig.now += 6;
    assert_eq!(all(&mut rig), 1);
    assert!(watch.is_broken());
}

#[test]
fn effort_is_a_share_of_the_time() {
    assert_eq!([0, 1, 5, 10, 99].map(time_share), [25, 25, 33, 43, 43]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 16 }))]
    #[test]
    fn nothing_that_has_expired_is_ever_left(
        slotted: bool,
        ops in proptest::collection::vec((0u8..5, 0u32..400, 1i64..50), 1..1500),
    ) {
        let mut rig = if slotted { Rig::slotted() } else { Rig::new() };
        for (op, i, time) in ops {
            match op {
                0 => rig.run(&format!("SET {{t}}{i} 1 PX {time}")),
                1 => rig.run(&format!("SET {{t}}{i} 1")),
                2 => rig.run(&format!("PEXPIRE {{t}}{i} {time}")),
                3 => rig.run(&format!("DEL {{t}}{i}")),
                _ => {
                    rig.now += time;
                    all(&mut rig);
                    let living = rig.run("KEYS *");
                    prop_assert_eq!(living.split('|').next(), Some(&*format!("*{}", rig.size(0))));
                    String::new()
                }
            };
        }
    }
}
