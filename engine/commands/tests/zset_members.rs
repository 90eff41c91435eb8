//! Members of sorted sets: replies, errors and effects, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const SYNTAX: &str = "-ERR syntax error";

#[test]
fn adding() {
    let mut rig = Rig::new();
    rig.check("ZADD z 1 a 2 b", ":2", &["ZADD z 1 a 2 b"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.check("ZADD z 1 a", ":0", &[]);
    rig.replies(&[
        ("ZADD z CH 3 a 2 b 1 c", ":2"),
        ("ZADD z NX 9 a 4 d", ":1"),
        ("ZSCORE z a", "$1|3"),
        ("ZADD z XX CH 9 a 4 nobody", ":1"),
        ("ZADD z GT CH 8 a 10 b", ":1"),
        ("ZADD z LT CH 8 a 11 b", ":1"),
        ("ZADD z INCR 1.5 a", "$3|9.5"),
        ("ZADD z NX INCR 1 a", "$-1"),
        ("ZADD z XX INCR 1 nobody", "$-1"),
        ("ZINCRBY z -0.5 a", "$1|9"),
        ("ZINCRBY z inf a", "$3|inf"),
        ("ZINCRBY z -inf a", "-ERR resulting score is not a number (NaN)"),
        ("ZCARD z", ":4"),
        ("ZADD nothing XX 1 a", ":0"),
        ("EXISTS nothing", ":0"),
    ]);
    assert_eq!(rig.run3("ZADD z INCR 2 b"), ",12");
    assert_eq!(rig.run3("ZADD z NX INCR 2 b"), "_");
}

#[test]
fn what_cannot_be_added() {
    let mut rig = Rig::new();
    rig.run("SET s x");
    let both = "-ERR XX and NX options at the same time are not compatible";
    let directions = "-ERR GT, LT, and/or NX options at the same time are not compatible";
    for (line, reply) in [
        ("ZADD z 1 a 2", SYNTAX),
        ("ZADD z NX XX", SYNTAX),
        ("ZADD z NX XX 1 a", both),
        ("ZADD z NX GT 1 a", directions),
        ("ZADD z GT LT 1 a", directions),
        ("ZADD z INCR 1 a 2 b", "-ERR INCR option supports a single increment-element pair"),
        ("ZADD z 1 a nan b", "-ERR value is not a valid float"),
        ("ZADD z 1 a x b", "-ERR value is not a valid float"),
        ("ZINCRBY z nx a", SYNTAX),
        ("ZADD s x a", "-ERR value is not a valid float"),
        ("ZADD s 1 a", WRONG_TYPE),
        ("ZADD s XX 1 a", WRONG_TYPE),
        ("ZCARD s", WRONG_TYPE),
        ("ZRANK s a x", SYNTAX),
        ("ZRANK s a", WRONG_TYPE),
        ("ZRANK s a withscore x", "-ERR wrong number of arguments for 'zrank' command"),
        ("ZREM s a", WRONG_TYPE),
        ("ZMSCORE s a", WRONG_TYPE),
        ("ZPOPMIN s 0", WRONG_TYPE),
        ("ZSCAN s 0 x", WRONG_TYPE),
    ] {
        rig.check(line, reply, &[]);
    }
    rig.replies(&[("EXISTS z", ":0"), ("ZADD z 1", "-ERR wrong number of arguments for 'zadd' command")]);
}

#[test]
fn looking_and_removing() {
    let mut rig = Rig::new();
    rig.run("ZADD z 1 a 2.5 b 2.5 c -inf 7");
    rig.replies(&[
        ("ZSCORE z b", "$3|2.5"),
        ("ZSCORE z x", "$-1"),
        ("ZMSCORE z 7 x a", "*3|$4|-inf|$-1|$1|1"),
        ("ZMSCORE nothing a", "*1|$-1"),
        ("ZRANK z 7", ":0"),
        ("ZREVRANK z 7", ":3"),
        ("ZRANK z c WITHSCORE", "*2|:3|$3|2.5"),
        ("ZRANK z x WITHSCORE", "*-1"),
        ("ZREVRANK nothing x", "$-1"),
        ("ZREM nothing a", ":0"),
        ("TYPE z", "+zset"),
        ("OBJECT ENCODING z", "$8|listpack"),
    ]);
    assert_eq!(rig.run3("ZRANK z c WITHSCORE"), "*2|:3|,2.5");
    rig.check("ZREM z x", ":0", &[]);
    rig.check("ZREM z a b x", ":2", &["ZREM z a b x"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.check("ZREM z c 7 c", ":2", &["ZREM z c 7 c"]);
    rig.replies(&[("EXISTS z", ":0")]);
}

#[test]
fn forms_change_with_size() {
    let mut rig = Rig::new();
    for n in 0..128 {
        rig.run(&format!("ZADD z {n} m{n}"));
    }
    rig.replies(&[
        ("OBJECT ENCODING z", "$8|listpack"),
        ("ZADD z 500 last", ":1"),
        ("OBJECT ENCODING z", "$8|skiplist"),
    ]);
    rig.run(&format!("ZADD long 1 {}", "x".repeat(65)));
    rig.replies(&[
        ("OBJECT ENCODING long", "$8|skiplist"),
        ("ZSCORE z m77", "$2|77"),
        ("ZRANK z last", ":128"),
    ]);
    // A small set shows the text that it keeps, a big one seventeen digits.
    rig.run("ZADD small 0.1 a");
    rig.run("ZADD long 0.1 a");
    rig.replies(&[
        ("ZSCAN small 0", "*2|$1|0|*2|$1|a|$3|0.1"),
        ("ZSCAN long 0 MATCH a", "*2|$1|0|*2|$1|a|$19|0.10000000000000001"),
        ("ZSCAN small 0 NOSCORES", "*2|$1|0|*1|$1|a"),
        ("ZSCAN small 0 NOVALUES", "-ERR NOVALUES option can only be used in HSCAN"),
        ("ZSCAN small x", "-ERR invalid cursor"),
        ("ZSCAN nothing 0 COUNT 0", "*2|$1|0|*0"),
    ]);
}

#[test]
fn by_chance() {
    let mut rig = Rig::new();
    rig.run("ZADD z 1 a");
    rig.replies(&[
        ("ZRANDMEMBER z", "$1|a"),
        ("ZRANDMEMBER z -3", "*3|$1|a|$1|a|$1|a"),
        ("ZRANDMEMBER z 3 WITHSCORES", "*2|$1|a|$1|1"),
        ("ZRANDMEMBER z 0", "*0"),
        ("ZRANDMEMBER nothing", "$-1"),
        ("ZRANDMEMBER nothing 2", "*0"),
        ("ZRANDMEMBER z 1 x", SYNTAX),
        ("ZRANDMEMBER z 1 withscores x", SYNTAX),
        ("ZRANDMEMBER z x", "-ERR value is not an integer or out of range"),
        ("ZRANDMEMBER z -9223372036854775807 withscores", "-ERR value is out of range"),
    ]);
    assert_eq!(rig.run3("ZRANDMEMBER z -2 WITHSCORES"), "*2|*2|$1|a|,1|*2|$1|a|,1");
}
