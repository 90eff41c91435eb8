//! SORT and SORT_RO: orders, patterns, limits, what is stored and logged, as Valkey 9.1 does it.

mod common;

use common::Rig;

fn with_weights() -> Rig {
    let mut rig = Rig::new();
    rig.replies(&[
        ("RPUSH l 3 1 2 10", ":4"),
        ("MSET w1 30 w2 10 w3 20 w10 5", "+OK"),
        ("MSET n1 one n2 two n3 three", "+OK"),
    ]);
    rig
}

#[test]
fn by_number_and_by_bytes() {
    with_weights().replies(&[
        ("SORT l", "*4|$1|1|$1|2|$1|3|$2|10"),
        ("SORT l DESC", "*4|$2|10|$1|3|$1|2|$1|1"),
        ("SORT l ALPHA", "*4|$1|1|$2|10|$1|2|$1|3"),
        ("SORT_RO l ALPHA DESC", "*4|$1|3|$1|2|$2|10|$1|1"),
        ("SORT none", "*0"),
        ("RPUSH l x", ":5"),
        ("SORT l", "-ERR One or more scores can't be converted into double"),
        ("SORT l BY nosort", "*5|$1|3|$1|1|$1|2|$2|10|$1|x"),
        ("SORT l BY nosort DESC LIMIT 1 2", "*2|$2|10|$1|2"),
        ("RPUSH f 1.5 -inf +2 1e1 .5", ":5"),
        ("SORT f", "*5|$4|-inf|$2|.5|$3|1.5|$2|+2|$3|1e1"),
        ("RPUSH same 1.0 1 01", ":3"),
        ("SORT same", "*3|$2|01|$1|1|$3|1.0"),
        ("SORT same DESC", "*3|$3|1.0|$1|1|$2|01"),
        ("SET s v", "+OK"),
        ("SORT s", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ]);
}

#[test]
fn limits() {
    with_weights().replies(&[
        ("SORT l LIMIT 1 2", "*2|$1|2|$1|3"),
        ("SORT l LIMIT -1 2", "*2|$1|1|$1|2"),
        ("SORT l LIMIT 2 -1", "*2|$1|3|$2|10"),
        ("SORT l LIMIT 0 0", "*0"),
        ("SORT l LIMIT 9 9", "*0"),
        ("SORT l LIMIT 0 9223372036854775807", "*4|$1|1|$1|2|$1|3|$2|10"),
        ("SORT l LIMIT x 1", "-ERR value is not an integer or out of range"),
        ("SORT l LIMIT 1", "-ERR syntax error"),
        ("SORT l BY", "-ERR syntax error"),
        ("SORT_RO l STORE d", "-ERR syntax error"),
    ]);
}

#[test]
fn patterns() {
    with_weights().replies(&[
        ("SORT l BY w*", "*4|$2|10|$1|2|$1|3|$1|1"),
        ("SORT l BY w* DESC LIMIT 0 2", "*2|$1|1|$1|3"),
        ("SORT l GET n* GET #", "*8|$3|one|$1|1|$3|two|$1|2|$5|three|$1|3|$-1|$2|10"),
        ("SORT l GET n1", "*4|$-1|$-1|$-1|$-1"),
        ("SORT l BY n*", "-ERR One or more scores can't be converted into double"),
        // Who has no weight comes first.
        ("SORT l BY n* ALPHA", "*4|$2|10|$1|1|$1|3|$1|2"),
        ("SORT l BY missing*", "*4|$1|1|$2|10|$1|2|$1|3"),
        ("SORT_RO l BY w*->field GET w*->field LIMIT 0 1", "*1|$-1"),
        ("SORT l GET w*->", "*4|$-1|$-1|$-1|$-1"),
    ]);
    let mut rig = with_weights();
    assert_eq!(rig.run3("SORT l GET n* LIMIT 3 1"), "*1|_");
}

#[test]
fn stored() {
    let mut rig = with_weights();
    rig.check("SORT l STORE d", ":4", &["SORT l STORE d"]);
    rig.check("LRANGE d 0 -1", "*4|$1|1|$1|2|$1|3|$2|10", &[]);
    rig.check("SORT l BY w* GET n* STORE l", ":4", &["SORT l BY w* GET n* STORE l"]);
    rig.check("LRANGE l 0 -1", "*4|$0||$3|two|$5|three|$3|one", &[]);
    // Words that are equal in the order may come in another one elsewhere.
    rig.check("SORT d BY same* ALPHA STORE e", ":4", &["DEL e", "RPUSH e 1 2 3 10"]);
    rig.run("EXPIRE e 100");
    rig.check("SORT none STORE e", ":0", &["SORT none STORE e"]);
    rig.check("EXISTS e", ":0", &[]);
    rig.check("SORT none STORE e", ":0", &[]);
}

#[test]
fn the_key_to_store_in_may_be_named_like_an_option() {
    let mut rig = with_weights();
    for name in ["store", "by", "get", "limit"] {
        assert_eq!(rig.raw(&["SORT", "l", "STORE", name, "ASC"]), ":4", "{name}");
        assert_eq!(rig.run(&format!("LLEN {name}")), ":4");
    }
    assert_eq!(rig.raw(&["SORT", "l", "STORE", "get", "STORE", "other"]), ":4");
    assert_eq!(rig.run("LLEN other"), ":4");
}

#[test]
fn slots_of_patterns() {
    let mut rig = Rig::slotted();
    let denied = |option: &str| {
        format!(
            "-ERR {option} option of SORT denied in Cluster mode when keys formed by the pattern may be in different \
             slots."
        )
    };
    rig.replies(&[("RPUSH {t}l 2 1", ":2"), ("MSET {t}w1 9 {t}w2 8", "+OK")]);
    rig.replies(&[
        ("SORT {t}l BY {t}w*", "*2|$1|2|$1|1"),
        ("SORT {t}l GET {t}w* GET #", "*4|$1|9|$1|1|$1|8|$1|2"),
        ("SORT {t}l BY w*{t}", &denied("BY")),
        ("SORT {t}l BY {u}w*", &denied("BY")),
        ("SORT {t}l BY w", "*2|$1|2|$1|1"),
        ("SORT {t}l GET w", &denied("GET")),
    ]);
}
