//! Members taken from the ends of sorted sets, also by those who wait: replies, errors and effects.

mod common;

use common::Rig;
use ironkeep_commands::event::Classes;

const SYNTAX: &str = "-ERR syntax error";

fn filled() -> Rig {
    let mut rig = Rig::new();
    rig.run("ZADD z 1 a 2 b 3 c 4 d");
    rig.run("SET s x");
    rig
}

#[test]
fn pops() {
    let mut rig = filled();
    rig.check("ZPOPMIN z", "*2|$1|a|$1|1", &["ZPOPMIN z"]);
    rig.check("ZPOPMAX z 2", "*4|$1|d|$1|4|$1|c|$1|3", &["ZPOPMAX z 2"]);
    rig.check("ZPOPMIN z 0", "*0", &[]);
    assert_eq!(rig.run3("ZPOPMIN z 5"), "*1|*2|$1|b|,2");
    rig.replies(&[
        ("EXISTS z", ":0"),
        ("ZPOPMIN z", "*0"),
        ("ZPOPMIN z -1", "-ERR value is out of range, must be positive"),
        ("ZPOPMIN z x", "-ERR value is out of range, must be positive"),
        ("ZPOPMIN z 1 2", SYNTAX),
    ]);
    rig.run("ZADD z 1 a");
    assert_eq!(rig.run3("ZPOPMAX z"), "*2|$1|a|,1");
}

#[test]
fn pops_from_several_keys() {
    let mut rig = filled();
    rig.check("ZMPOP 2 nothing z MIN", "*2|$1|z|*1|*2|$1|a|$1|1", &["ZPOPMIN z 1"]);
    rig.check("ZMPOP 1 z MAX COUNT 9", "*2|$1|z|*3|*2|$1|d|$1|4|*2|$1|c|$1|3|*2|$1|b|$1|2", &["ZPOPMAX z 3"]);
    rig.check("ZMPOP 1 z MIN", "*-1", &[]);
    rig.replies(&[
        ("ZMPOP 0 z MIN", "-ERR numkeys should be greater than 0"),
        ("ZMPOP x z MIN", "-ERR numkeys should be greater than 0"),
        ("ZMPOP 2 z MIN", SYNTAX),
        ("ZMPOP 1 z MID", SYNTAX),
        ("ZMPOP 1 z MIN COUNT", SYNTAX),
        ("ZMPOP 1 z MIN COUNT 0 x", "-ERR count should be greater than 0"),
        ("ZMPOP 1 z MIN COUNT 1 COUNT 1", SYNTAX),
        ("ZMPOP 2 nothing s MIN", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ]);
}

#[test]
fn pops_that_wait() {
    let mut rig = filled();
    rig.check("BZPOPMIN nothing z 0", "*3|$1|z|$1|a|$1|1", &["ZPOPMIN z"]);
    rig.check("BZPOPMAX z 0", "*3|$1|z|$1|d|$1|4", &["ZPOPMAX z"]);
    rig.check("BZMPOP 0 1 z MIN COUNT 5", "*2|$1|z|*2|*2|$1|b|$1|2|*2|$1|c|$1|3", &["ZPOPMIN z 2"]);
    // Where nobody may wait, the time is over at once.
    rig.replies(&[
        ("BZPOPMIN z 0", "*-1"),
        ("BZMPOP 0 1 z MIN", "*-1"),
        ("BZPOPMIN s z -1", "-ERR timeout is negative"),
        ("BZPOPMIN z x", "-ERR timeout is not a float or out of range"),
        ("BZMPOP x 1 z MID", SYNTAX),
        ("BZPOPMIN z s 0", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ]);
    rig.turn.may_wait = true;
    assert_eq!(rig.run("BZPOPMIN y z 1.5"), "");
    let wait = rig.turn.wait.take().expect("it waits");
    assert_eq!((wait.keys, wait.deadline), (vec![1, 2], rig.now + 1500));
    assert!(!(wait.fits)(None));
    assert_eq!(rig.run("BZMPOP 0 2 y z MAX"), "");
    let wait = rig.turn.wait.take().expect("it waits");
    assert_eq!((wait.keys, wait.deadline), (vec![3, 4], 0));
}

#[test]
fn events() {
    let mut rig = filled();
    // All but that a key was not there.
    rig.rules.notify = Classes::from_bits(u32::MAX ^ 1 << 11);
    let mut told = |line: &str| -> Vec<&'static str> {
        rig.events();
        rig.run(line);
        rig.events().iter().map(|event| event.name).collect()
    };
    assert_eq!(told("ZADD new 1 a"), ["new", "zadd"]);
    assert_eq!(told("ZADD new 1 a"), [""; 0]);
    assert_eq!(told("ZINCRBY new 1 a"), ["zincr"]);
    assert_eq!(told("ZREM new a"), ["zrem", "del"]);
    assert_eq!(told("ZPOPMIN z"), ["zpopmin"]);
    assert_eq!(told("ZMPOP 1 z MAX"), ["zpopmax"]);
    assert_eq!(told("ZREMRANGEBYRANK z 0 0"), ["zremrangebyrank"]);
    assert_eq!(told("ZUNIONSTORE s 1 z"), ["zunionstore"]);
    assert_eq!(told("ZDIFFSTORE s 1 nothing"), ["del"]);
    assert_eq!(told("BZPOPMIN z 0"), ["zpopmin", "del"]);
    assert_eq!(told("GEOADD g 1 1 a"), ["new", "zadd"]);
    assert_eq!(told("GEOSEARCHSTORE g g FROMLONLAT 1 1 BYRADIUS 1 m"), ["geosearchstore"]);
    assert_eq!(told("GEORADIUS g 1 1 1 m STORE g"), ["georadiusstore"]);
}
