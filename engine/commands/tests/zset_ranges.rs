//! Ranges of sorted sets, and sets put together: replies, errors and effects, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const NO_FLOAT: &str = "-ERR min or max is not a float";
const NO_LEX: &str = "-ERR min or max not valid string range item";
const SYNTAX: &str = "-ERR syntax error";

fn filled() -> Rig {
    let mut rig = Rig::new();
    rig.run("ZADD z 1 a 2 b 3 c 4 d");
    rig.run("ZADD y 10 b 20 d 30 e");
    rig.run("SET s x");
    rig
}

#[test]
fn ranges() {
    let mut rig = filled();
    rig.replies(&[
        ("ZRANGE z 1 2", "*2|$1|b|$1|c"),
        ("ZRANGE z 0 -1 REV", "*4|$1|d|$1|c|$1|b|$1|a"),
        ("ZRANGE z 0 0 WITHSCORES", "*2|$1|a|$1|1"),
        ("ZRANGE z (1 3 BYSCORE", "*2|$1|b|$1|c"),
        ("ZRANGE z +inf 2 BYSCORE REV LIMIT 1 1", "*1|$1|c"),
        ("ZRANGE z [b + BYLEX LIMIT 0 2", "*2|$1|b|$1|c"),
        ("ZREVRANGE z 0 1 WITHSCORES", "*4|$1|d|$1|4|$1|c|$1|3"),
        ("ZRANGEBYSCORE z 2 3 LIMIT 1 -1 WITHSCORES", "*2|$1|c|$1|3"),
        ("ZRANGEBYSCORE z 2 3 LIMIT -1 5", "*0"),
        ("ZREVRANGEBYSCORE z 3 2", "*2|$1|c|$1|b"),
        ("ZRANGEBYLEX z - (c", "*2|$1|a|$1|b"),
        ("ZREVRANGEBYLEX z (c -", "*2|$1|b|$1|a"),
        ("ZRANGE nothing 0 -1", "*0"),
        ("ZCOUNT z 2 (4", ":2"),
        ("ZCOUNT nothing 0 1", ":0"),
        ("ZLEXCOUNT z [b [d", ":3"),
        ("ZRANGE z x 1", "-ERR value is not an integer or out of range"),
        ("ZRANGE z x 1 BYSCORE", NO_FLOAT),
        ("ZRANGE z a b BYLEX", NO_LEX),
        ("ZCOUNT z nan 1", NO_FLOAT),
        ("ZRANGE z 0 1 BYSCORE BYLEX", SYNTAX),
        ("ZREVRANGE z 0 1 REV", SYNTAX),
        ("ZRANGEBYLEX z - + LIMIT 0", SYNTAX),
        (
            "ZRANGE z 0 1 LIMIT 0 1",
            "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
        ),
        (
            "ZRANGEBYLEX z - + WITHSCORES",
            "-ERR syntax error, WITHSCORES not supported in combination with BYLEX",
        ),
    ]);
    assert_eq!(rig.run3("ZRANGE z 0 1 WITHSCORES"), "*2|*2|$1|a|,1|*2|$1|b|,2");
}

#[test]
fn ranges_that_change_keys() {
    let mut rig = filled();
    rig.check("ZRANGESTORE to z 0 1", ":2", &["ZRANGESTORE to z 0 1"]);
    rig.check("ZRANGESTORE s z 2 9 BYSCORE", ":3", &["ZRANGESTORE s z 2 9 BYSCORE"]);
    rig.check("ZRANGESTORE to nothing 0 1", ":0", &["ZRANGESTORE to nothing 0 1"]);
    rig.check("ZRANGESTORE to nothing 0 1", ":0", &[]);
    rig.check("ZRANGESTORE to z 0 1 WITHSCORES", SYNTAX, &[]);
    rig.check("ZREMRANGEBYRANK z 0 0", ":1", &["ZREMRANGEBYRANK z 0 0"]);
    rig.check("ZREMRANGEBYSCORE z 9 10", ":0", &[]);
    rig.check("ZREMRANGEBYLEX z (b +", ":2", &["ZREMRANGEBYLEX z (b +"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.check("ZREMRANGEBYSCORE z -inf +inf", ":1", &["ZREMRANGEBYSCORE z -inf +inf"]);
    rig.replies(&[
        ("EXISTS z", ":0"),
        ("ZREMRANGEBYLEX z a b", NO_LEX),
        ("ZREMRANGEBYSCORE nothing x 1", NO_FLOAT),
    ]);
}

#[test]
fn combinations() {
    let mut rig = filled();
    rig.replies(&[
        ("ZUNION 2 z y WITHSCORES", "*10|$1|a|$1|1|$1|c|$1|3|$1|b|$2|12|$1|d|$2|24|$1|e|$2|30"),
        ("ZINTER 2 z y WEIGHTS 1 0.5 AGGREGATE MAX WITHSCORES", "*4|$1|b|$1|5|$1|d|$2|10"),
        ("ZINTER 2 z y AGGREGATE MIN", "*2|$1|b|$1|d"),
        ("ZDIFF 2 z y WITHSCORES", "*4|$1|a|$1|1|$1|c|$1|3"),
        ("ZDIFF 2 z z", "*0"),
        ("ZDIFF 2 nothing z", "*0"),
        ("ZINTERCARD 2 z y", ":2"),
        ("ZINTERCARD 2 z y LIMIT 1", ":1"),
        ("ZINTERCARD 2 z y LIMIT -1", "-ERR LIMIT can't be negative"),
        ("ZUNION 0 z", "-ERR at least 1 input key is needed for 'zunion' command"),
        ("ZDIFFSTORE to 0 z", "-ERR at least 1 input key is needed for 'zdiffstore' command"),
        ("ZUNION x z", "-ERR value is not an integer or out of range"),
        ("ZUNION 3 z y", SYNTAX),
        ("ZUNION 2 z s WEIGHTS", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
        ("ZUNION 2 z y WEIGHTS 1", SYNTAX),
        ("ZUNION 2 z y WEIGHTS 1 x", "-ERR weight value is not a float"),
        ("ZUNION 1 z AGGREGATE AVG", SYNTAX),
        ("ZDIFF 1 z WEIGHTS 1", SYNTAX),
        ("ZUNIONSTORE to 1 z WITHSCORES", SYNTAX),
    ]);
    assert_eq!(rig.run3("ZINTER 2 z y WITHSCORES"), "*2|*2|$1|b|,12|*2|$1|d|,24");
    rig.check("ZUNIONSTORE s 2 z y WEIGHTS inf -inf", ":5", &["ZUNIONSTORE s 2 z y WEIGHTS inf -inf"]);
    // Infinities of both signs make zero.
    rig.replies(&[("ZSCORE s b", "$1|0"), ("ZSCORE s e", "$4|-inf")]);
    rig.check("ZINTERSTORE z 2 z y", ":2", &["ZINTERSTORE z 2 z y"]);
    rig.check("ZDIFFSTORE z 2 z z", ":0", &["ZDIFFSTORE z 2 z z"]);
    rig.replies(&[("EXISTS z", ":0")]);
}
