//! The commands that wait for an element of a list: what they reply with at once, what they wait for, what is logged.

mod common;

use common::Rig;

/// What the last command waits for: the places of its keys and its deadline.
fn wait(rig: &mut Rig) -> Option<(Vec<usize>, i64)> {
    rig.turn.wait.take().map(|wait| (wait.keys, wait.deadline))
}

fn patient() -> Rig {
    let mut rig = Rig::new();
    rig.turn.may_wait = true;
    rig
}

#[test]
fn what_is_there_is_taken_at_once() {
    let mut rig = patient();
    rig.run("RPUSH l 1 2 3 4 5 6 7");
    rig.check("BLPOP none l 0", "*2|$1|l|$1|1", &["LPOP l"]);
    rig.check("BRPOP l none 0.5", "*2|$1|l|$1|7", &["RPOP l"]);
    rig.check("BLMPOP 0 2 none l LEFT COUNT 2", "*2|$1|l|*2|$1|2|$1|3", &["LPOP l 2"]);
    rig.check("BLMOVE l m LEFT RIGHT 0", "$1|4", &["LMOVE l m LEFT RIGHT"]);
    rig.check("BRPOPLPUSH l m 0", "$1|6", &["RPOPLPUSH l m"]);
    assert_eq!(wait(&mut rig), None);
}

#[test]
fn what_is_not_there_is_waited_for() {
    let mut rig = patient();
    let now = rig.now;
    for (line, keys, deadline) in [
        ("BLPOP a b c 0", vec![1, 2, 3], 0),
        ("BRPOP a 1.5", vec![1], now + 1500),
        ("BLMPOP 0.0001 2 a b LEFT COUNT 7", vec![3, 4], now + 1),
        ("BLMOVE a b LEFT LEFT 2", vec![1], now + 2000),
        ("BRPOPLPUSH a b 0", vec![1], 0),
    ] {
        rig.check(line, "", &[]);
        assert_eq!(wait(&mut rig), Some((keys, deadline)), "{line}");
    }
}

#[test]
fn who_may_not_wait_is_told_so() {
    let mut rig = Rig::new();
    for (line, reply) in [
        ("BLPOP a 0", "*-1"),
        ("BRPOP a 1", "*-1"),
        ("BLMPOP 0 1 a LEFT", "*-1"),
        ("BLMOVE a b LEFT LEFT 0", "$-1"),
        ("BRPOPLPUSH a b 0", "$-1"),
    ] {
        rig.check(line, reply, &[]);
        assert_eq!(wait(&mut rig), None, "{line}");
    }
}

#[test]
fn errors_in_order() {
    let mut rig = patient();
    rig.run("SET s v");
    rig.replies(&[
        ("BLPOP s x", "-ERR timeout is not a float or out of range"),
        ("BLPOP s -1", "-ERR timeout is negative"),
        ("BLPOP s 1e30", "-ERR timeout is out of range"),
        ("BLMPOP x 0 s LEFT", "-ERR numkeys should be greater than 0"),
        ("BLMPOP x 1 s LEFT", "-ERR timeout is not a float or out of range"),
        ("BLMOVE s s UP LEFT x", "-ERR syntax error"),
        ("BLMOVE s s LEFT LEFT x", "-ERR timeout is not a float or out of range"),
        ("BRPOPLPUSH s s -1", "-ERR timeout is negative"),
    ]);
    assert_eq!(wait(&mut rig), None);
}

#[test]
fn only_a_list_is_worth_another_try() {
    let mut rig = patient();
    rig.run("BLPOP a 0");
    let fits = rig.turn.wait.take().map(|wait| wait.fits).expect("it waits");
    assert!(!fits(None));
    for (line, worth) in [("SET a x", false), ("DEL a", false), ("RPUSH a x", true)] {
        rig.run(line);
        let key = rig.space.key(b"a");
        let mut part = rig.space.lock(key.partition);
        let table = part.table(0, &key);
        let entry = table.find(key.hash, b"a").map(|place| table.at(place));
        assert_eq!(fits(entry.as_deref()), worth, "{line}");
    }
}
